//! Every cap on hostile input, with its reason (DESIGN §8).

/// Caps that hold for one run. All are settable by `--limit NAME=N`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Members per bundle: a real node has a few hundred files of evidence.
    pub members: u64,
    /// Bytes of one member that are kept: a larger one is no configuration file.
    pub member_bytes: u64,
    /// Bytes kept per bundle, names included: what one worker may hold in memory.
    pub kept_bytes: u64,
    /// Bytes a bundle may inflate to.
    pub inflated_bytes: u64,
    /// Inflated : compressed past the first 64 MiB; text of real nodes stays below 20.
    pub ratio: u64,
    /// Nesting depth of YAML and JSON.
    pub depth: u64,
    /// Values that YAML aliases may expand to, per document.
    pub alias_nodes: u64,
    /// Bytes that YAML aliases may expand to, per document: the texts behind them are copied.
    pub alias_bytes: u64,
    /// Values of one YAML or JSON document, of YAML its keys too: each takes some 100 bytes of memory
    /// and may be written in two. A kubelet's configuration has about 200, a bundle.json about 2,000.
    pub document_values: u64,
    /// Values of all documents of one bundle that are held at a time: its configuration files.
    pub bundle_values: u64,
    /// Rows of stat.tsv: a collector writes a few thousand.
    pub metadata_rows: u64,
    /// Processes in the lists of one bundle: the largest PID of most systems is 32,768.
    pub listed_processes: u64,
    /// Processes of one component: a node runs one kubelet, a host of nodes in containers some
    /// dozens, and each is resolved with all of its files.
    pub processes: u64,
    /// Words of one argument line: those of a kubelet are about 30.
    pub argument_words: u64,
    /// Bytes of one argument line: Linux takes 128 KiB per word, and `ps` shows no more of a line.
    pub argument_bytes: u64,
    /// Files of one folder of drop-ins: each counts for every setting of every process.
    pub drop_ins: u64,
    /// Nodes of one cluster bundle that have no bundle of their own: their rows are held together.
    /// Kubernetes itself is made for 5,000.
    pub nodes: u64,
    /// Bytes of a list of API objects in a cluster bundle, and of all of them: 50,000 pods have 240 MB.
    pub api_bytes: u64,
    /// Values and keys that are kept of one API object: one is read at a time. A pod has some hundreds.
    pub api_values: u64,
    /// Offenders that one finding on a cluster names and cites; the rest is counted.
    pub offenders: u64,
    /// Lines of what systemd shows of all units.
    pub unit_lines: u64,
    /// Bytes of a member's path.
    pub path_length: u64,
    /// Bytes of one archive inside an archive of bundles, and of all that wait to be judged: what
    /// comes out of a compressed archive must be held in memory.
    pub nested_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            members: 100_000,
            member_bytes: 16 << 20,
            kept_bytes: 64 << 20,
            inflated_bytes: 2 << 30,
            ratio: 200,
            depth: 128,
            alias_nodes: 10_000,
            alias_bytes: 1 << 20,
            document_values: 100_000,
            bundle_values: 500_000,
            metadata_rows: 100_000,
            listed_processes: 100_000,
            processes: 64,
            argument_words: 1_000,
            argument_bytes: 128 << 10,
            drop_ins: 256,
            nodes: 5_000,
            api_bytes: 256 << 20,
            api_values: 200_000,
            offenders: 1_000,
            unit_lines: 20_000,
            path_length: 4_096,
            nested_bytes: 256 << 20,
        }
    }
}

/// Inflated bytes below which the ratio is not looked at: small files of one letter compress well.
pub const RATIO_FREE_BYTES: u64 = 64 << 20;

/// Words of all argument lines of a bundle that are no component's: nobody asks for more.
pub const OTHER_WORDS: u64 = 100_000;

/// Bytes of a name or time that a description or the API gives: every row of the node repeats it.
/// Kubernetes takes 253 for a node.
pub const NAME_BYTES: usize = 512;

/// Keys given twice that are told of one document, and bytes of the path of each.
pub const TOLD_TWICE: (usize, usize) = (100, 1_024);

/// Bytes of one catalog file of a user: the largest built in has 20 KiB.
pub const CATALOG_FILE_BYTES: u64 = 1 << 20;

/// Files of one catalog of a user; about 120 are built in.
pub const CATALOG_FILES: usize = 4_096;

/// How what passed a limit is told: a phrase about the member, with the flag that raises it.
#[must_use]
pub fn passed(name: &str, value: u64, what: &str) -> String {
    format!(
        "{PASSED}{what} than the limit `{name}`, which is {value}; if you trust where it comes from, raise `--limit {name}=N`"
    )
}

/// How such a phrase begins.
pub const PASSED: &str = "has more ";

impl Limits {
    /// The names `--limit` takes.
    pub const NAMES: [&'static str; 23] = [
        "members",
        "member-bytes",
        "kept-bytes",
        "inflated-bytes",
        "ratio",
        "depth",
        "alias-nodes",
        "alias-bytes",
        "document-values",
        "bundle-values",
        "metadata-rows",
        "listed-processes",
        "processes",
        "argument-words",
        "argument-bytes",
        "drop-ins",
        "nodes",
        "api-bytes",
        "api-values",
        "offenders",
        "unit-lines",
        "path-length",
        "nested-bytes",
    ];

    /// Sets one limit from `NAME=N`.
    ///
    /// # Errors
    /// A sentence that says what is wrong: no `=`, an unknown name, or not a whole number above 0.
    pub fn set(&mut self, assignment: &str) -> Result<(), String> {
        let (name, value) = assignment
            .split_once('=')
            .ok_or_else(|| format!("`{assignment}` is not NAME=N"))?;
        let number: u64 = value
            .parse()
            .ok()
            .filter(|n| *n > 0)
            .ok_or_else(|| format!("`{value}` is not a whole number above 0"))?;
        let field = self.field(name).ok_or_else(|| {
            format!(
                "there is no limit `{name}`; the limits are {}",
                Self::NAMES.join(", ")
            )
        })?;
        *field = number;
        Ok(())
    }

    fn field(&mut self, name: &str) -> Option<&mut u64> {
        Some(match name {
            "members" => &mut self.members,
            "member-bytes" => &mut self.member_bytes,
            "kept-bytes" => &mut self.kept_bytes,
            "inflated-bytes" => &mut self.inflated_bytes,
            "ratio" => &mut self.ratio,
            "depth" => &mut self.depth,
            "alias-nodes" => &mut self.alias_nodes,
            "alias-bytes" => &mut self.alias_bytes,
            "document-values" => &mut self.document_values,
            "bundle-values" => &mut self.bundle_values,
            "metadata-rows" => &mut self.metadata_rows,
            "listed-processes" => &mut self.listed_processes,
            "processes" => &mut self.processes,
            "argument-words" => &mut self.argument_words,
            "argument-bytes" => &mut self.argument_bytes,
            "drop-ins" => &mut self.drop_ins,
            "nodes" => &mut self.nodes,
            "api-bytes" => &mut self.api_bytes,
            "api-values" => &mut self.api_values,
            "offenders" => &mut self.offenders,
            "unit-lines" => &mut self.unit_lines,
            "path-length" => &mut self.path_length,
            "nested-bytes" => &mut self.nested_bytes,
            _ => return None,
        })
    }

    /// Those that are not the default.
    #[must_use]
    pub fn changed(&self) -> Vec<(&'static str, u64)> {
        let (mut own, mut default) = (self.clone(), Self::default());
        let names = Self::NAMES.into_iter();
        let values =
            names.filter_map(|name| Some((name, *own.field(name)?, *default.field(name)?)));
        let changed = values.filter(|(_, own, default)| own != default);
        changed.map(|(name, own, _)| (name, own)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_limit_can_be_set() {
        for name in Limits::NAMES {
            let mut limits = Limits::default();
            limits.set(&format!("{name}=7")).unwrap();
            assert_eq!(limits.changed(), [(name, 7)]);
        }
    }

    #[test]
    fn a_wrong_limit_says_what_is_wrong() {
        let mut limits = Limits::default();
        for (given, part) in [
            ("members", "NAME=N"),
            ("members=x", "whole number"),
            ("members=0", "above 0"),
            ("size=3", "no limit `size`"),
        ] {
            assert!(limits.set(given).unwrap_err().contains(part), "{given}");
        }
    }
}
