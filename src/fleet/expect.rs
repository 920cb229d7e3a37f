//! Whom a run should have evidence of: a list that somebody wrote, or else what cluster bundles
//! list.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::lend::Lender;
use crate::bundle::sha256_hex;

/// A node that should have evidence.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ExpectedNode {
    /// Its cluster; `None`: any, and evidence that names none.
    pub cluster: Option<Box<str>>,
    /// Its name.
    pub node: Box<str>,
}

/// The nodes that should have evidence.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// The file's name and its digest; `None` where cluster bundles list them.
    pub list: Option<(String, String)>,
    /// In order, each once.
    nodes: Vec<ExpectedNode>,
    /// Clusters whose nodes are all listed.
    whole: BTreeSet<Box<str>>,
}

impl Expected {
    /// Reads a list. `.txt`: one name per line, of any cluster. `.csv`: `cluster,node`, under these
    /// names or not; an empty cluster is any. In both, blank lines and lines that begin with `#`
    /// are passed over.
    ///
    /// # Errors
    /// A sentence with the file, the line, what is wrong and what to do.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, String> {
        let shown = path.display();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is = |ending: &str| name.to_ascii_lowercase().ends_with(ending);
        let read = match (is(".txt"), is(".csv")) {
            (true, _) => names,
            (_, true) => pairs,
            _ => {
                return Err(format!(
                    "{shown}: a list of nodes ends in .txt (a name per line) or .csv (cluster,node)"
                ));
            }
        };
        let digest = sha256_hex(bytes);
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            format!("{shown}: line {line}: is not UTF-8; save the list as UTF-8")
        })?;
        let mut nodes = read(text).map_err(|(line, why)| format!("{shown}: line {line}: {why}"))?;
        if nodes.is_empty() {
            return Err(format!(
                "{shown}: names no node; leave --expect away, or list one"
            ));
        }
        nodes.sort();
        nodes.dedup();
        Ok(Self {
            list: Some((name.into_owned(), digest)),
            nodes,
            whole: BTreeSet::new(),
        })
    }

    /// The nodes that cluster bundles list. A cluster bundle without a cluster's name lists
    /// nobody's.
    #[must_use]
    pub fn listed(lenders: &[Lender]) -> Self {
        let mut listed = Self::default();
        for lender in lenders {
            let Some(cluster) = lender.cluster.as_deref() else {
                continue;
            };
            if lender.lists_nodes {
                listed.whole.insert(cluster.into());
            }
            listed
                .nodes
                .extend(lender.loans.iter().map(|loan| ExpectedNode {
                    cluster: Some(cluster.into()),
                    node: loan.node.as_str().into(),
                }));
        }
        listed.nodes.sort();
        listed.nodes.dedup();
        listed
    }

    /// All of them, in order.
    #[must_use]
    pub fn nodes(&self) -> &[ExpectedNode] {
        &self.nodes
    }

    /// Where a node stands in [`Self::nodes`].
    #[must_use]
    pub fn find(&self, cluster: Option<&str>, node: &str) -> Option<usize> {
        let at = |cluster: Option<&str>| {
            let key = (cluster, node);
            let of = |e: &ExpectedNode| (e.cluster.as_deref(), &*e.node).cmp(&key);
            self.nodes.binary_search_by(of).ok()
        };
        cluster
            .and_then(|cluster| at(Some(cluster)))
            .or_else(|| at(None))
    }

    /// Whether a node of this cluster that is not among them is one that nobody expected.
    #[must_use]
    pub fn is_whole(&self, cluster: Option<&str>) -> bool {
        self.list.is_some() || cluster.is_some_and(|cluster| self.whole.contains(cluster))
    }
}

type Listed = Result<Vec<ExpectedNode>, (u64, String)>;

/// Lines that say something, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let lines = (1..).zip(text.lines().map(str::trim));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn names(text: &str) -> Listed {
    lines(text)
        .map(|(at, line)| {
            let is_odd = |c: char| c.is_whitespace() || c.is_control() || ",;/".contains(c);
            if line.contains(is_odd) {
                return Err((
                    at,
                    format!(
                        "`{line}` is no node's name; write one name per line, or cluster,node into a .csv"
                    ),
                ));
            }
            Ok(ExpectedNode {
                cluster: None,
                node: line.into(),
            })
        })
        .collect()
}

fn pairs(text: &str) -> Listed {
    let mut nodes = Vec::new();
    for (index, (at, line)) in lines(text).enumerate() {
        let cells = cells(line);
        let is = |head: [&str; 2]| {
            let same = |(cell, head): (&String, &str)| cell.eq_ignore_ascii_case(head);
            index == 0 && cells.len() == 2 && cells.iter().zip(head).all(same)
        };
        let why = match &cells[..] {
            _ if is(["cluster", "node"]) => continue,
            _ if is(["node", "cluster"]) => {
                "the columns stand the other way round; write cluster,node".to_owned()
            }
            [_, node] if node.is_empty() => "names no node; write cluster,node".to_owned(),
            [cluster, node] => {
                nodes.push(ExpectedNode {
                    cluster: Some(&**cluster).filter(|c| !c.is_empty()).map(Into::into),
                    node: node.as_str().into(),
                });
                continue;
            }
            _ => format!(
                "holds {} instead of two cells; write cluster,node, with a comma between them",
                cells.len()
            ),
        };
        return Err((at, why));
    }
    Ok(nodes)
}

/// The cells of one line.
fn cells(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(line.as_bytes());
    let record = reader.records().next().and_then(Result::ok);
    let record = record.unwrap_or_default();
    record.iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(name: &str, bytes: &[u8]) -> Result<Vec<String>, String> {
        let expected = Expected::parse(Path::new(name), bytes)?;
        let shown =
            |e: &ExpectedNode| format!("{}/{}", e.cluster.as_deref().unwrap_or("*"), e.node);
        Ok(expected.nodes().iter().map(shown).collect())
    }

    #[test]
    fn a_list_is_read_as_people_write_it() {
        for (name, text, wanted) in [
            ("n.txt", "b\na\n", &["*/a", "*/b"][..]),
            (
                "n.txt",
                "\u{feff}# all\r\n\r\n a \r\na\r\n  # b\r\n",
                &["*/a"],
            ),
            ("N.TXT", "a", &["*/a"]),
            ("n.txt", "cluster\nnode", &["*/cluster", "*/node"]),
            ("n.csv", "c,a\nc,b", &["c/a", "c/b"]),
            (
                "n.csv",
                "\u{feff}Cluster, Node\r\nc, a\r\n\r\n# x\r\nd,a\r\nc,a\r\n",
                &["c/a", "d/a"],
            ),
            ("n.csv", "cluster,node\n,a\nc,a", &["*/a", "c/a"]),
            ("n.csv", "\"c, d\",\"a\"\n", &["c, d/a"]),
            ("n.csv", "c,a\ncluster,node\n", &["c/a", "cluster/node"]),
        ] {
            let got = parsed(name, text.as_bytes());
            assert_eq!(
                got.as_deref().unwrap_or_default(),
                wanted,
                "{text:?}: {got:?}"
            );
        }
    }

    #[test]
    fn what_is_wrong_with_a_list_is_told_with_its_line() {
        for (name, bytes, wanted) in [
            (
                "n.txt",
                &b"a\n\nb c\n"[..],
                "n.txt: line 3: `b c` is no node's name",
            ),
            ("n.txt", b"c,a\n", "n.txt: line 1: `c,a`"),
            ("n.txt", b"c/a\n", "n.txt: line 1: `c/a`"),
            ("n.txt", b"a\nb\xff\n", "n.txt: line 2: is not UTF-8"),
            ("n.txt", b"# a\n\n", "n.txt: names no node"),
            ("n.csv", b"cluster,node\n", "n.csv: names no node"),
            (
                "n.csv",
                b"cluster,node\n# x\nc;a\n",
                "n.csv: line 3: holds 1 instead",
            ),
            ("n.csv", b"c,a\nc,a,x\n", "n.csv: line 2: holds 3 instead"),
            ("n.csv", b"c,\n", "n.csv: line 1: names no node"),
            (
                "n.csv",
                b"node,cluster\na,c\n",
                "n.csv: line 1: the columns",
            ),
            ("n.lst", b"a\n", "n.lst: a list of nodes ends in .txt"),
            ("n", b"a\n", "n: a list of nodes ends in .txt"),
        ] {
            let why = parsed(name, bytes).unwrap_err();
            assert!(why.starts_with(wanted), "{why}");
        }
    }

    #[test]
    fn a_name_is_looked_for_in_its_cluster_and_then_in_any() {
        let expected = Expected::parse(Path::new("n.csv"), b"c,a\nd,b\n,b\n").unwrap();
        for (cluster, node, at) in [
            (Some("c"), "a", Some(1)),
            (Some("d"), "a", None),
            (None, "a", None),
            (Some("d"), "b", Some(2)),
            (Some("c"), "b", Some(0)),
            (None, "b", Some(0)),
        ] {
            assert_eq!(expected.find(cluster, node), at, "{cluster:?} {node}");
        }
    }

    proptest! {
        #[test]
        fn any_list_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), csv: bool) {
            let name = if csv { "n.csv" } else { "n.txt" };
            if let Ok(expected) = Expected::parse(Path::new(name), &bytes) {
                prop_assert!(expected.nodes().iter().all(|n| !n.node.is_empty()));
            }
        }
    }
}
