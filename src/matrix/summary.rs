//! What a run adds up to.

mod builder;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

pub use super::score::{Score, Verdicts};
use crate::bundle;
use crate::problem;
pub use builder::SummaryBuilder;

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
    /// Failing rows that a waiver in force stands beside.
    pub waived: u64,
    /// Rows that a person answered, per answer and verdict.
    pub attested: BTreeMap<String, Verdicts>,
    /// Rows per benchmark, control and verdict.
    pub controls: BTreeMap<String, BTreeMap<String, ControlResult>>,
    /// What came of each rule, over all benchmarks.
    rules: BTreeMap<String, RuleResult>,
    /// Undecided rows per code.
    undecided: BTreeMap<String, u64>,
}

/// What came of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct RuleResult {
    title: String,
    /// Benchmarks and controls that ask for it.
    controls: BTreeSet<(String, String)>,
    /// Nodes on which it fails under one of them.
    failing: u64,
    nodes: u64,
    /// It is asked of clusters: these are counted as its nodes.
    of_clusters: bool,
}

/// What came of one control of one benchmark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ControlResult {
    /// What is to be true.
    pub title: String,
    /// Its NIST SP 800-53 controls.
    pub nist_800_53: Vec<String>,
    /// Where these come from.
    pub nist_basis: Option<String>,
    /// Nodes per verdict.
    pub verdicts: Verdicts,
}

impl ControlResult {
    /// Nodes it was asked of.
    #[must_use]
    pub fn nodes(&self) -> u64 {
        self.verdicts.values().sum()
    }

    /// Nodes with a verdict that evidence decided.
    #[must_use]
    pub fn answers(&self) -> u64 {
        let of = |verdict: &&str| self.verdicts.get(*verdict);
        ANSWERS.iter().filter_map(of).sum()
    }
}

/// A rule and how many nodes fail it, whichever benchmark asks for it.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Failing<'s> {
    /// The rule's key.
    pub rule: &'s str,
    /// What is to be true.
    pub title: &'s str,
    /// Nodes that fail it, each once.
    pub nodes: u64,
    /// Nodes it was asked of.
    pub of: u64,
    /// Whether clusters are meant, and not nodes.
    pub of_clusters: bool,
    /// The controls that ask for it, as `benchmark:control`.
    pub controls: Vec<String>,
}

impl Failing<'_> {
    /// The first of its controls, and how many more there are.
    #[must_use]
    pub fn some_controls(&self, most: usize) -> String {
        let some: Vec<&str> = self
            .controls
            .iter()
            .take(most)
            .map(String::as_str)
            .collect();
        let some = some.join(" ");
        match self.controls.len().saturating_sub(most) {
            0 => some,
            more => format!("{some} and {more} more"),
        }
    }
}

/// Verdicts that evidence decided.
pub const ANSWERS: [&str; 3] = ["pass", "fail", "not-applicable"];

/// Whether evidence decided it.
#[must_use]
pub fn is_answer(verdict: &str) -> bool {
    ANSWERS.contains(&verdict)
}

/// What a code at the head of a reason means; empty for what is no code.
#[must_use]
pub fn meaning(code: &str) -> &'static str {
    let of_verdict = problem::Code::named(code).map(problem::Code::meaning);
    let of_bundle = || bundle::Code::named(code).map(bundle::Code::meaning);
    of_verdict.or_else(of_bundle).unwrap_or_default()
}

impl Summary {
    /// How many rows have a verdict.
    #[must_use]
    pub fn of(&self, verdict: &str) -> u64 {
        self.verdicts.get(verdict).copied().unwrap_or(0)
    }

    /// Failing rows that nobody lives with: without a waiver in force, or attested as failing.
    #[must_use]
    pub fn open_fails(&self) -> u64 {
        let attested = self.attested.get("fail");
        let attested: u64 = attested.into_iter().flat_map(Verdicts::values).sum();
        self.of("fail") - self.waived.min(self.of("fail")) + attested
    }

    /// Unknown rows that no person answered.
    #[must_use]
    pub fn open_unknowns(&self) -> u64 {
        let answered = self.attested.values().filter_map(|of| of.get("unknown"));
        let answered: u64 = answered.sum();
        self.of("unknown") - answered.min(self.of("unknown"))
    }

    /// What came of a control.
    #[must_use]
    pub fn asked(&self, benchmark: &str, control: &str) -> Option<&ControlResult> {
        self.controls.get(benchmark)?.get(control)
    }

    /// Rows per benchmark and verdict.
    #[must_use]
    pub fn benchmarks(&self) -> BTreeMap<&str, Verdicts> {
        let sum = |controls: &BTreeMap<String, ControlResult>| {
            let mut sum = Verdicts::new();
            for (verdict, count) in controls.values().flat_map(|asked| &asked.verdicts) {
                *sum.entry(verdict.clone()).or_default() += count;
            }
            sum
        };
        let all = self.controls.iter();
        all.map(|(id, controls)| (id.as_str(), sum(controls)))
            .collect()
    }

    /// The rules that fail on most nodes, most first.
    #[must_use]
    pub fn most_failing(&self) -> Vec<Failing<'_>> {
        let failing = self.rules.iter().filter(|(_, rule)| rule.failing > 0);
        let mut failing: Vec<Failing<'_>> = failing
            .map(|(key, rule)| {
                let mut controls: Vec<&(String, String)> = rule.controls.iter().collect();
                controls.sort_by(|a, b| {
                    crate::benchmark::order::controls(&a.0, &b.0)
                        .then_with(|| crate::benchmark::order::controls(&a.1, &b.1))
                });
                Failing {
                    rule: key,
                    title: &rule.title,
                    nodes: rule.failing,
                    of: rule.nodes,
                    of_clusters: rule.of_clusters,
                    controls: controls.iter().map(|(b, c)| format!("{b}:{c}")).collect(),
                }
            })
            .collect();
        failing.sort_by(|a, b| b.nodes.cmp(&a.nodes).then_with(|| a.rule.cmp(b.rule)));
        failing
    }

    /// How many of the decided findings pass.
    #[must_use]
    pub fn score(&self) -> Score {
        Score::of(&self.verdicts)
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
    use crate::matrix::row::Row;
    use crate::verdict::Verdict::{self, Error, Fail, Pass, Unknown};

    fn row<'a>(node: &'a str, control: &'a str, verdict: Verdict) -> Row<'a> {
        Row {
            node: Some(node),
            benchmark: Some("b").filter(|_| !control.is_empty()),
            control: Some(control).filter(|c| !c.is_empty()),
            verdict,
            code: verdict.as_str(),
            rule: match control {
                "1" => Some("rule-1"),
                _ => Some("rule-2"),
            },
            ..Row::default()
        }
    }

    #[test]
    fn rows_are_counted_by_what_came_of_them() {
        let mut summary = SummaryBuilder::default();
        summary.add(&[row("a", "1", Unknown), row("a", "2", Fail)]);
        summary.add(&[row("b", "1", Unknown), row("c", "1", Pass)]);
        summary.add(&[row("d", "", Error)]);
        let summary = summary.finish();
        assert_eq!((summary.bundles, summary.unreadable), (3, 1));
        let asked = summary
            .asked("b", "1")
            .map(|asked| (asked.answers(), asked.nodes()));
        assert_eq!(asked, Some((1, 3)));
        assert_eq!(summary.undecided(), [("unknown", 2), ("error", 1)]);
        let failing = summary.most_failing();
        assert_eq!((failing.len(), failing[0].rule), (1, "rule-2"));
        assert_eq!(failing[0].controls, ["b:2"]);
        assert_eq!(summary.score().sentence(), "1 of 2 (50 %)");
    }

    #[test]
    fn a_rule_of_two_benchmarks_counts_a_node_once() {
        fn of<'a>(benchmark: &'a str, control: &'a str, node: &'a str, v: Verdict) -> Row<'a> {
            Row {
                benchmark: Some(benchmark),
                rule: Some("r"),
                ..row(node, control, v)
            }
        }
        let mut summary = SummaryBuilder::default();
        summary.add(&[of("a", "4.2.9", "n", Fail), of("b", "3.2.1", "n", Fail)]);
        summary.add(&[of("a", "4.2.10", "m", Pass), of("b", "3.2.1", "m", Unknown)]);
        let summary = summary.finish();
        let failing = summary.most_failing();
        assert_eq!((failing[0].nodes, failing[0].of), (1, 2));
        assert_eq!(failing[0].controls, ["a:4.2.9", "a:4.2.10", "b:3.2.1"]);
        assert_eq!(failing[0].some_controls(1), "a:4.2.9 and 2 more");
    }
}
