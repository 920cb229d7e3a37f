//! What is true of a corpus, as a table, and how it differs from what an analysis said.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::case::Verdict;

/// The rule the table is about, where an analysis judges by several.
pub const RULE: &str = "kubelet-make-iptables-util-chains";

/// One line of the table.
pub struct Expected {
    pub bundle: String,
    /// Empty where the archive does not even say that.
    pub node: String,
    pub verdict: Verdict,
    pub case: &'static str,
}

pub fn write(path: &Path, lines: &[Expected]) -> io::Result<()> {
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["bundle", "node", "verdict", "case"])?;
    for line in lines {
        csv.write_record([&line.bundle, &line.node, line.verdict.as_str(), line.case])?;
    }
    csv.flush()
}

/// Compares a table with the rows of a CSV matrix that has the columns `bundle`, `node` and
/// `verdict`; a row without node is of the whole bundle. Returns how many lines were compared, and a sentence for each that is wrong.
pub fn compare(expected: &Path, matrix: &Path) -> io::Result<(usize, Vec<String>)> {
    let mut said: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for row in records(matrix)? {
        let of_bundle = || row.get("control").is_none_or(String::is_empty);
        if row.get("rule").is_none_or(|rule| rule == RULE) || of_bundle() {
            let cell = |name: &str| row.get(name).cloned().unwrap_or_default();
            let verdicts = said.entry((cell("bundle"), cell("node"))).or_default();
            verdicts.push(cell("verdict"));
        }
    }
    let lines = records(expected)?;
    let count = lines.len();
    let mut wrong = Vec::new();
    for line in lines {
        let [bundle, node, verdict, case] = ["bundle", "node", "verdict", "case"]
            .map(|name| line.get(name).cloned().unwrap_or_default());
        let verdicts = said
            .remove(&(bundle.clone(), node.clone()))
            .or_else(|| said.remove(&(bundle.clone(), String::new())))
            .unwrap_or_default();
        if verdicts.is_empty() || verdicts.iter().any(|said| *said != verdict) {
            wrong.push(format!(
                "{bundle} {node} ({case}): {verdicts:?}, not {verdict}"
            ));
        }
    }
    wrong.extend(
        said.into_keys()
            .map(|(bundle, node)| format!("{bundle} {node}: nobody asked")),
    );
    Ok((count, wrong))
}

fn records(path: &Path) -> io::Result<Vec<BTreeMap<String, String>>> {
    let mut reader = csv::Reader::from_path(path)?;
    let rows: Result<_, csv::Error> = reader.deserialize().collect();
    Ok(rows?)
}
