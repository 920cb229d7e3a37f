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
    /// Rows per verdict.
    pub verdicts: Verdicts,
    /// The same per benchmark.
    pub benchmarks: BTreeMap<String, Verdicts>,
    /// Per benchmark and control: nodes with an answer, and nodes it was asked of.
    pub controls: BTreeMap<(String, String), (u64, u64)>,
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

/// Verdicts that evidence decided.
pub const ANSWERS: [&str; 3] = ["pass", "fail", "not-applicable"];

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
            if matches!(row.verdict.as_str(), "unknown" | "error") {
                let code = row.reason.split(':').next().unwrap_or_default();
                *self.undecided.entry(code.to_owned()).or_default() += 1;
            }
            let is_answer = ANSWERS.contains(&row.verdict.as_str());
            let (Some(benchmark), Some(control)) = (&row.benchmark, &row.control) else {
                self.unreadable += 1;
                continue;
            };
            let verdicts = self.benchmarks.entry(benchmark.clone()).or_default();
            *verdicts.entry(row.verdict.clone()).or_default() += 1;
            let key = (benchmark.clone(), control.clone());
            let (answers, asked) = self.controls.entry(key.clone()).or_default();
            *answers += u64::from(is_answer);
            *asked += 1;
            if row.verdict == "fail" {
                let title = row.title.clone().unwrap_or_default();
                self.failing.entry(key).or_insert((0, title)).0 += 1;
            }
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
    fn rows_are_counted_by_what_came_of_them() {
        let mut summary = Summary::default();
        summary.count(&[row("a", "1", "unknown"), row("a", "2", "fail")]);
        summary.count(&[row("b", "1", "unknown"), row("c", "1", "pass")]);
        summary.count(&[row("d", "", "error")]);
        assert_eq!((summary.bundles, summary.unreadable), (3, 1));
        let asked = summary.controls.get(&("b".to_owned(), "1".to_owned()));
        assert_eq!(asked, Some(&(1, 3)));
        assert_eq!(
            summary.undecided(),
            [("unknown-code", 2), ("error-code", 1)]
        );
        assert_eq!(summary.most_failing()[0].control, "2");
    }
}
