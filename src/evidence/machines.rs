//! Which machines a loose archive is of. Evidence of two machines is never joined: a machine is the
//! smallest folder that holds recognised evidence, and what lies deeper belongs to it only at an
//! absolute path or in a folder of commands.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{self, Kind};
use super::{Evidence, head};
use crate::bundle::{Bundle, Content, Member};
use crate::limits::Limits;

/// The first folders of an absolute path of Linux. A path counts from the root of its machine: below
/// `root/` or `mnt/` lies a copy.
const TOP_FOLDERS: [&str; 24] = [
    "backup",
    "bin",
    "boot",
    "data",
    "dev",
    "etc",
    "home",
    "lib",
    "lib32",
    "lib64",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "sbin",
    "snap",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var",
    "lost+found",
];
/// Folders that somebody puts around the files of a machine, beside what its commands printed.
const AROUND_FILES: [&str; 3] = ["host", "rootfs", "files"];
/// Folders in which what commands printed is filed.
const COMMAND_FOLDERS: [&str; 7] = [
    "commands",
    "configz",
    "insights_commands",
    "sos_commands",
    "sos_logs",
    "system",
    "systeminfo",
];
/// Words of a file's name that say what is in it. Words that nodes are called by, such as `agent` or
/// `server`, are none: without them two nodes would have one name.
const KINDS: [&str; 16] = [
    "aux",
    "auxw",
    "auxww",
    "auxwww",
    "cmdline",
    "config",
    "configz",
    "ef",
    "efw",
    "efww",
    "journal",
    "journalctl",
    "kubelet",
    "proc",
    "processes",
    "ps",
];
/// Endings of a file's name that say how it is written.
const ENDINGS: [&str; 7] = ["gz", "json", "log", "out", "txt", "yaml", "yml"];

/// One machine in a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Its root below the bundle's top folder: empty, or with a slash at its end.
    pub root: String,
    /// What its folder or its files are called; none where it is the whole bundle.
    pub name: Option<String>,
    /// The members that are its, where others lie in the same folder.
    only: Option<BTreeSet<usize>>,
    /// The bundle is of one machine, so all that is recognised in it speaks of that.
    is_whole: bool,
}

impl Machine {
    fn whole() -> Self {
        Self {
            is_whole: true,
            ..Self::default()
        }
    }

    /// A member's name below the machine's root; `None` where it belongs to another machine.
    fn below<'n>(&self, index: usize, name: &'n str) -> Option<&'n str> {
        let is_own = self.only.as_ref().is_none_or(|only| only.contains(&index));
        name.strip_prefix(&self.root).filter(|_| is_own)
    }

    /// What a member is to this machine.
    pub(super) fn kind(&self, index: usize, member: &Member) -> Kind {
        let Some(below) = self.below(index, &member.name) else {
            return Kind::Other;
        };
        let kind = layout::classify(below, head(member));
        if self.is_whole && !matches!(kind, Kind::File(_)) {
            return kind;
        }
        let is_elsewhere = || root_of(&member.name, &kind) != self.root;
        let is_copy = matches!(&kind, Kind::File(path) if !ends_as(path, below));
        if kind == Kind::Other || is_copy || (is_by_content(below, &kind) && is_elsewhere()) {
            return Kind::Other;
        }
        kind
    }

    /// The absolute path on the machine at which a member stands.
    pub(super) fn node_path(&self, index: usize, member: &Member) -> Option<String> {
        let below = self.below(index, &member.name)?;
        layout::node_path(below).filter(|path| ends_as(path, below))
    }
}

/// Whether a path is what stands at the machine's root, and not a copy further down.
fn ends_as(path: &str, below: &str) -> bool {
    let around = AROUND_FILES.iter().find_map(|around| {
        let rest = below.strip_prefix(around)?;
        rest.strip_prefix('/')
    });
    path.strip_prefix('/') == Some(around.unwrap_or(below))
}

/// Whether only a member's content or the end of its name says what it is.
fn is_by_content(below: &str, kind: &Kind) -> bool {
    !layout::is_native(below) && !matches!(kind, Kind::File(_))
}

/// The root of the machine that a member of this kind is of.
fn root_of(name: &str, kind: &Kind) -> String {
    let folders: Vec<&str> = name.split('/').collect();
    let (_, folders) = folders.split_last().unwrap_or((&"", &[]));
    let is_path = matches!(kind, Kind::File(_) | Kind::CommandLine(_));
    let end = if is_path {
        let top = folders
            .iter()
            .position(|folder| TOP_FOLDERS.contains(folder));
        let around = top.and_then(|at| at.checked_sub(1));
        let around = around.filter(|at| AROUND_FILES.contains(&folders[*at]));
        around.or(top)
    } else {
        folders
            .iter()
            .position(|folder| COMMAND_FOLDERS.contains(folder))
    };
    let root = folders
        .get(..end.unwrap_or(folders.len()))
        .unwrap_or_default();
    root.iter().map(|folder| format!("{folder}/")).collect()
}

/// Whether it is evidence of a machine, and not only what an API says of it.
fn is_of_machine(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::ProcessList | Kind::CommandLine(_) | Kind::Journal | Kind::File(_)
    )
}

/// The machines of a bundle, by root. A bundle that describes itself, or is laid out as ours, is of
/// one; so is an archive without processes, as of replies of the API, whose nodes are told apart by name.
#[must_use]
pub fn machines(bundle: &Bundle) -> Vec<Machine> {
    let members = || bundle.members.iter().enumerate();
    let kept = members().filter(|(_, member)| !matches!(member.content, Content::Passed));
    if members().any(|(_, member)| layout::is_native(&member.name)) {
        return vec![Machine::whole()];
    }
    let mut roots: BTreeMap<String, Vec<(usize, Kind)>> = BTreeMap::new();
    for (index, member) in kept {
        let kind = layout::classify(&member.name, head(member));
        if kind != Kind::Other {
            let root = root_of(&member.name, &kind);
            roots.entry(root).or_default().push((index, kind));
        }
    }
    let runs = |(_, kind): &(usize, Kind)| matches!(kind, Kind::ProcessList | Kind::CommandLine(_));
    if !roots.values().flatten().any(runs) {
        return vec![Machine::whole()];
    }
    // A configuration that lies somewhere by itself is of nobody.
    let speaks = |kinds: &[(usize, Kind)]| {
        kinds
            .iter()
            .any(|(_, kind)| is_of_machine(kind) || matches!(kind, Kind::Configz(_)))
    };
    roots.retain(|_, kinds| speaks(kinds));
    let is_only = roots.len() == 1;
    let mut machines = Vec::new();
    for (root, kinds) in roots {
        let folder = root
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let name = Some(folder.to_owned()).filter(|folder| !folder.is_empty());
        let whole = Machine {
            name: name.filter(|_| !is_only),
            root,
            only: None,
            is_whole: false,
        };
        let apart = by_stem(bundle, &whole, &kinds);
        match apart.len() {
            0 | 1 => machines.push(whole),
            _ => machines.extend(apart),
        }
    }
    machines
}

/// The machines whose files lie beside each other in one folder, told by what their names have
/// beside the words for what is in them. Files at absolute paths there are nobody's.
fn by_stem(bundle: &Bundle, whole: &Machine, kinds: &[(usize, Kind)]) -> Vec<Machine> {
    let mut stems: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut others = BTreeSet::new();
    for (index, kind) in kinds {
        let name = bundle
            .members
            .get(*index)
            .map(|member| member.name.as_str());
        let below = name.and_then(|name| name.strip_prefix(&whole.root));
        match below {
            Some(below) if !below.contains('/') && !matches!(kind, Kind::File(_)) => {
                stems.entry(stem(below)).or_default().insert(*index);
            }
            _ => {
                others.insert(*index);
            }
        }
    }
    let unnamed = stems.remove("").unwrap_or_default();
    if stems.len() < 2 {
        return Vec::new();
    }
    let mut machines: Vec<Machine> = stems
        .into_iter()
        .map(|(stem, only)| Machine {
            root: whole.root.clone(),
            name: Some(stem),
            only: Some(only),
            is_whole: false,
        })
        .collect();
    others.extend(unnamed);
    if !others.is_empty() {
        machines.push(Machine {
            only: Some(others),
            ..whole.clone()
        });
    }
    machines
}

/// What a file's name has beside the words for what is in it.
fn stem(file: &str) -> String {
    let is_between = |c: char| matches!(c, '.' | '-' | '_' | ' ');
    let has = |words: &[&str], word: &str| words.contains(&word.to_ascii_lowercase().as_str());
    let mut name = file.trim_matches(is_between);
    while let Some((rest, ending)) = name.rsplit_once('.')
        && has(&ENDINGS, ending)
    {
        name = rest.trim_matches(is_between);
    }
    loop {
        if has(&KINDS, name) {
            return String::new();
        }
        let first = name
            .split_once(is_between)
            .filter(|(word, _)| has(&KINDS, word));
        let last = name
            .rsplit_once(is_between)
            .filter(|(_, word)| has(&KINDS, word));
        name = match (first, last) {
            (Some((_, rest)), _) | (None, Some((rest, _))) => rest.trim_matches(is_between),
            (None, None) => return name.to_owned(),
        };
    }
}

impl<'b> Evidence<'b> {
    /// The evidence of every machine in a bundle.
    #[must_use]
    pub fn of_machines(bundle: &'b Bundle, limits: &'b Limits) -> Vec<Self> {
        let machines = machines(bundle).into_iter();
        machines
            .map(|machine| Self::of_machine(bundle, limits, machine))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stem_of_a_name_is_what_tells_its_machine() {
        for (file, expected) in [
            ("ps.txt", ""),
            ("ps_-elfL", "elfL"),
            ("node-a-ps.txt", "node-a"),
            ("ps_node-a.txt", "node-a"),
            ("node-a.configz.json", "node-a"),
            (
                "node-a.example.org-kubelet-config.yaml",
                "node-a.example.org",
            ),
            ("kubelet-config.json", ""),
            ("ip-10-0-1-5-ps-ef.log", "ip-10-0-1-5"),
            ("k3s-server-1-ps.txt", "k3s-server-1"),
            ("k3s-agent-1-configz.json", "k3s-agent-1"),
            ("log-01-configz.json", "log-01"),
            ("api-01-ps.txt", "api-01"),
        ] {
            assert_eq!(stem(file), expected, "{file}");
        }
    }

    #[test]
    fn a_machine_begins_where_its_evidence_lies() {
        let file = |path: &str| Kind::File(path.to_owned());
        for (name, kind, root) in [
            ("ps.txt", Kind::ProcessList, ""),
            ("a/ps.txt", Kind::ProcessList, "a/"),
            ("a/sos_commands/process/ps_auxwww", Kind::ProcessList, "a/"),
            ("a/proc/7/cmdline", Kind::CommandLine(7), "a/"),
            ("a/var/lib/kubelet/config.yaml", file("x"), "a/"),
            ("a/host/etc/kubernetes/x", file("x"), "a/"),
            ("root/backup/var/lib/kubelet/config.yaml", file("x"), ""),
            ("mnt/snapshot/etc/kubernetes/x", file("x"), ""),
            ("snapshot/etc/kubernetes/x", file("x"), "snapshot/"),
        ] {
            assert_eq!(root_of(name, &kind), root, "{name}");
        }
    }
}
