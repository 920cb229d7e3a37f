//! What a run adds up to, counted while rows pass.

use std::collections::{BTreeMap, HashMap};

use super::row::Row;
use crate::bundle::sha256_hex;

/// Counts of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Bundles looked at.
    pub bundles: u64,
    /// Bundles that cannot be read.
    pub unreadable: u64,
    /// Files that are no bundles.
    pub skipped: u64,
    /// Rows per verdict.
    pub verdicts: BTreeMap<String, u64>,
    /// The same per benchmark.
    pub benchmarks: BTreeMap<String, BTreeMap<String, u64>>,
    /// Per benchmark and control: nodes with an answer, and nodes it was asked of.
    pub controls: BTreeMap<(String, String), (u64, u64)>,
    /// Nodes with a finding, by a digest of cluster and name: whether any has an answer.
    nodes: HashMap<Box<str>, bool>,
}

/// Verdicts that evidence decided.
const ANSWERS: [&str; 3] = ["pass", "fail", "not-applicable"];

impl Summary {
    /// Of a run that passed over so many files that are no bundles.
    #[must_use]
    pub fn of_run(skipped: u64) -> Self {
        Self {
            skipped,
            ..Self::default()
        }
    }

    /// Counts the rows of one bundle, and the nodes it speaks of.
    pub fn count(&mut self, rows: &[Row]) {
        self.bundles += 1;
        for row in rows {
            *self.verdicts.entry(row.verdict.clone()).or_default() += 1;
            let (Some(benchmark), Some(control)) = (&row.benchmark, &row.control) else {
                self.unreadable += 1;
                continue;
            };
            let verdicts = self.benchmarks.entry(benchmark.clone()).or_default();
            *verdicts.entry(row.verdict.clone()).or_default() += 1;
            let is_answer = ANSWERS.contains(&row.verdict.as_str());
            let key = (benchmark.clone(), control.clone());
            let (answers, asked) = self.controls.entry(key).or_default();
            *answers += u64::from(is_answer);
            *asked += 1;
            *self.nodes.entry(identity(row)).or_default() |= is_answer;
        }
    }

    /// How many rows have a verdict.
    #[must_use]
    pub fn of(&self, verdict: &str) -> u64 {
        self.verdicts.get(verdict).copied().unwrap_or(0)
    }

    /// Nodes with at least one finding.
    #[must_use]
    pub fn nodes(&self) -> u64 {
        self.nodes.len() as u64
    }

    /// Nodes with at least one finding that evidence decided.
    #[must_use]
    pub fn answered_nodes(&self) -> u64 {
        self.nodes.values().filter(|answered| **answered).count() as u64
    }
}

/// Of fixed length, however long the names are that a bundle gives itself.
fn identity(row: &Row) -> Box<str> {
    let parts = [row.cluster.as_deref(), row.node.as_deref()];
    let key = parts.map(Option::unwrap_or_default).join("\0");
    sha256_hex(key.as_bytes()).chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_in_two_bundles_is_one_node() {
        let row = |cluster: &str, node: &str, verdict: &str| Row {
            cluster: Some(cluster.to_owned()),
            node: Some(node.to_owned()),
            benchmark: Some("b".to_owned()),
            control: Some("1".to_owned()),
            verdict: verdict.to_owned(),
            ..Row::default()
        };
        let mut summary = Summary::default();
        summary.count(&[row("a", "n", "unknown")]);
        summary.count(&[row("a", "n", "pass"), row("b", "n", "unknown")]);
        assert_eq!((summary.nodes(), summary.answered_nodes()), (2, 1));
        assert_eq!(summary.controls.values().next(), Some(&(1, 3)));
        assert_eq!((summary.bundles, summary.unreadable), (2, 0));
    }
}
