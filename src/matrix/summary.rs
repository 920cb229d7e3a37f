//! What a run adds up to, counted while rows pass. It grows with benchmarks and controls, never
//! with bundles.

use std::collections::BTreeMap;

use super::row::Row;

/// Rows per verdict.
pub type Verdicts = BTreeMap<String, u64>;

/// Counts of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Bundles looked at.
    pub bundles: u64,
    /// Bundles that cannot be read.
    pub unreadable: u64,
    /// Files that are no bundles.
    pub skipped: u64,
    /// Nodes the run knows of: with findings, or with a bundle that cannot be read.
    pub nodes: u64,
    /// Nodes of which evidence decided at least one control.
    pub judged: u64,
    /// Rows per verdict.
    pub verdicts: Verdicts,
    /// Rows per benchmark and verdict, in the order in which benchmarks first came up.
    pub benchmarks: Vec<(String, Verdicts)>,
    /// Failing rows per benchmark and control, with its title.
    failing: BTreeMap<(String, String), (u64, String)>,
    /// Undecided rows per code.
    undecided: BTreeMap<String, u64>,
}

/// A control and how many nodes fail it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing<'s> {
    /// The benchmark.
    pub benchmark: &'s str,
    /// The control.
    pub control: &'s str,
    /// What is to be true.
    pub title: &'s str,
    /// Nodes.
    pub nodes: u64,
}

impl Summary {
    /// Counts the rows of one place: one bundle, and the nodes it speaks of.
    pub fn count(&mut self, rows: &[Row]) {
        self.bundles += 1;
        let mut node: Option<(&Row, bool)> = None;
        for row in rows {
            *self.verdicts.entry(row.verdict.clone()).or_default() += 1;
            self.count_control(row);
            let decided = matches!(row.verdict.as_str(), "pass" | "fail" | "not-applicable");
            node = match node {
                Some((first, judged)) if first.node == row.node && first.cluster == row.cluster => {
                    Some((first, judged || decided))
                }
                before => {
                    self.close(before);
                    Some((row, decided))
                }
            };
        }
        self.close(node);
    }

    fn close(&mut self, node: Option<(&Row, bool)>) {
        if let Some((_, judged)) = node {
            self.nodes += 1;
            self.judged += u64::from(judged);
        }
    }

    fn count_control(&mut self, row: &Row) {
        if matches!(row.verdict.as_str(), "unknown" | "error") {
            let code = row.reason.split(':').next().unwrap_or_default();
            *self.undecided.entry(code.to_owned()).or_default() += 1;
        }
        let (Some(benchmark), Some(control)) = (&row.benchmark, &row.control) else {
            self.unreadable += 1;
            return;
        };
        let at = match self.benchmarks.iter().position(|(id, _)| id == benchmark) {
            Some(at) => at,
            None => {
                self.benchmarks.push((benchmark.clone(), Verdicts::new()));
                self.benchmarks.len() - 1
            }
        };
        if let Some((_, verdicts)) = self.benchmarks.get_mut(at) {
            *verdicts.entry(row.verdict.clone()).or_default() += 1;
        }
        if row.verdict == "fail" {
            let key = (benchmark.clone(), control.clone());
            let title = row.title.clone().unwrap_or_default();
            self.failing.entry(key).or_insert((0, title)).0 += 1;
        }
    }

    /// How many rows have a verdict.
    #[must_use]
    pub fn of(&self, verdict: &str) -> u64 {
        self.verdicts.get(verdict).copied().unwrap_or(0)
    }

    /// The controls that fail on most nodes, most first.
    #[must_use]
    pub fn most_failing(&self) -> Vec<Failing<'_>> {
        let mut failing: Vec<Failing<'_>> = self
            .failing
            .iter()
            .map(|((benchmark, control), (nodes, title))| Failing {
                benchmark,
                control,
                title,
                nodes: *nodes,
            })
            .collect();
        failing.sort_by(|a, b| {
            b.nodes
                .cmp(&a.nodes)
                .then_with(|| a.benchmark.cmp(b.benchmark))
                .then_with(|| super::order::controls(a.control, b.control))
        });
        failing
    }

    /// Why rows are not decided: codes, most frequent first.
    #[must_use]
    pub fn undecided(&self) -> Vec<(&str, u64)> {
        let mut codes: Vec<(&str, u64)> = self
            .undecided
            .iter()
            .map(|(code, count)| (code.as_str(), *count))
            .collect();
        codes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        codes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(node: &str, control: &str, verdict: &str) -> Row {
        Row {
            node: Some(node.to_owned()),
            benchmark: Some("b".to_owned()).filter(|_| !control.is_empty()),
            control: Some(control.to_owned()).filter(|c| !c.is_empty()),
            verdict: verdict.to_owned(),
            reason: format!("{verdict}-code: because"),
            ..Row::default()
        }
    }

    #[test]
    fn nodes_count_as_judged_when_evidence_decided_something() {
        let mut summary = Summary::default();
        summary.count(&[row("a", "1", "unknown"), row("a", "2", "fail")]);
        summary.count(&[row("b", "1", "unknown"), row("c", "1", "pass")]);
        summary.count(&[row("d", "", "error")]);
        assert_eq!((summary.bundles, summary.unreadable), (3, 1));
        assert_eq!((summary.judged, summary.nodes), (2, 4));
        assert_eq!(
            summary.undecided(),
            [("unknown-code", 2), ("error-code", 1)]
        );
        assert_eq!(summary.most_failing()[0].control, "2");
    }
}
