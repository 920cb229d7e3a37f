//! Rows → the [`Summary`]. Every node is asked the same controls in the same order, so the place
//! after the last one is tried before a control is looked for.

use std::collections::{BTreeMap, HashMap};

use super::{ControlResult, RuleResult, Summary, Verdicts};
use crate::matrix::row::Row;
use crate::matrix::waivers::text::{Standing, standing};
use crate::verdict::Verdict;

/// Counts rows while they pass. It grows with benchmarks and controls, never with bundles.
#[derive(Default)]
pub struct SummaryBuilder {
    summary: Summary,
    verdicts: ByVerdict,
    controls: Vec<OfControl>,
    /// Places in `controls`.
    by_name: HashMap<(String, String), usize>,
    rules: Vec<OfRule>,
    /// Places in `rules`.
    by_key: HashMap<String, usize>,
    /// The place behind the control of the row before.
    next: usize,
    /// How many nodes' rows have begun.
    subject: u64,
}

type ByVerdict = [u64; Verdict::ALL.len()];

struct OfControl {
    benchmark: String,
    control: String,
    rule: Option<usize>,
    asked: ControlResult,
    verdicts: ByVerdict,
}

#[derive(Default)]
struct OfRule {
    key: String,
    title: String,
    failing: u64,
    nodes: u64,
    of_clusters: bool,
    /// The last `subject` that it was asked of, and on which it failed.
    asked_of: u64,
    failed_on: u64,
}

impl SummaryBuilder {
    /// Of a run that passed over so many files that are no bundles.
    #[must_use]
    pub fn of_run(skipped: u64) -> Self {
        let mut builder = Self::default();
        builder.summary.skipped = skipped;
        builder
    }

    /// Counts the rows of one bundle, and the nodes it speaks of. Those of one node stand together.
    pub fn add(&mut self, rows: &[Row<'_>]) {
        self.summary.bundles += 1;
        let mut node = None;
        for row in rows {
            if node != Some(row.node) {
                node = Some(row.node);
                self.subject += 1;
            }
            self.add_row(row);
        }
    }

    /// What they add up to.
    #[must_use]
    pub fn finish(self) -> Summary {
        let mut summary = self.summary;
        summary.verdicts = named(self.verdicts);
        let mut rules: Vec<(String, RuleResult)> = Vec::with_capacity(self.rules.len());
        for of in self.rules {
            let rule = RuleResult {
                title: of.title,
                failing: of.failing,
                nodes: of.nodes,
                of_clusters: of.of_clusters,
                ..RuleResult::default()
            };
            rules.push((of.key, rule));
        }
        for mut of in self.controls {
            if let Some((_, rule)) = of.rule.and_then(|at| rules.get_mut(at)) {
                let control = (of.benchmark.clone(), of.control.clone());
                rule.controls.insert(control);
            }
            of.asked.verdicts = named(of.verdicts);
            let controls = summary.controls.entry(of.benchmark).or_default();
            controls.insert(of.control, of.asked);
        }
        summary.rules = rules.into_iter().collect();
        summary
    }

    fn add_row(&mut self, row: &Row<'_>) {
        count(&mut self.verdicts, row.verdict);
        if matches!(row.verdict, Verdict::Unknown | Verdict::Error) {
            add(&mut self.summary.undecided, row.code);
        }
        match standing(row) {
            Some(Standing::Waived) => self.summary.waived += 1,
            Some(Standing::Attested(answer)) => {
                let answers = &mut self.summary.attested;
                let answers = answers.entry(answer.to_owned()).or_default();
                add(answers, row.verdict.as_str());
            }
            None => {}
        }
        let (Some(benchmark), Some(control)) = (row.benchmark, row.control) else {
            self.summary.unreadable += 1;
            return;
        };
        let at = self.place(benchmark, control, row);
        self.next = at + 1;
        let Some(of) = self.controls.get_mut(at) else {
            return;
        };
        count(&mut of.verdicts, row.verdict);
        if let Some(rule) = of.rule.and_then(|at| self.rules.get_mut(at)) {
            rule.count(row, self.subject);
        }
    }

    /// The control's place; a new one where it was not asked before.
    fn place(&mut self, benchmark: &str, control: &str, row: &Row<'_>) -> usize {
        let is_it = |of: &&OfControl| of.control == control && of.benchmark == benchmark;
        if self.controls.get(self.next).as_ref().is_some_and(is_it) {
            return self.next;
        }
        let name = (benchmark.to_owned(), control.to_owned());
        if let Some(at) = self.by_name.get(&name) {
            return *at;
        }
        let at = self.controls.len();
        let rule = row.rule.map(|key| self.rule(key));
        self.controls.push(OfControl {
            benchmark: name.0.clone(),
            control: name.1.clone(),
            rule,
            asked: ControlResult {
                title: row.title.unwrap_or_default().to_owned(),
                nist_800_53: row.nist_800_53.to_vec(),
                nist_basis: row.nist_basis.map(str::to_owned),
                verdicts: Verdicts::new(),
            },
            verdicts: ByVerdict::default(),
        });
        self.by_name.insert(name, at);
        at
    }

    fn rule(&mut self, key: &str) -> usize {
        if let Some(at) = self.by_key.get(key) {
            return *at;
        }
        let at = self.rules.len();
        self.rules.push(OfRule {
            key: key.to_owned(),
            ..OfRule::default()
        });
        self.by_key.insert(key.to_owned(), at);
        at
    }
}

impl OfRule {
    fn count(&mut self, row: &Row<'_>, subject: u64) {
        if self.title.is_empty() {
            self.title = row.title.unwrap_or_default().to_owned();
        }
        self.of_clusters |= row.node.is_none();
        if self.asked_of != subject {
            self.asked_of = subject;
            self.nodes += 1;
        }
        if row.verdict == Verdict::Fail && self.failed_on != subject {
            self.failed_on = subject;
            self.failing += 1;
        }
    }
}

fn count(counts: &mut ByVerdict, verdict: Verdict) {
    let mut all = Verdict::ALL.iter().zip(counts);
    if let Some((_, count)) = all.find(|(one, _)| **one == verdict) {
        *count += 1;
    }
}

/// Those that came up, by name.
fn named(counts: ByVerdict) -> Verdicts {
    let all = Verdict::ALL.iter().zip(counts);
    let all = all.filter(|(_, count)| *count > 0);
    all.map(|(verdict, count)| (verdict.as_str().to_owned(), count))
        .collect()
}

/// Adds one without making a key anew.
fn add(counts: &mut BTreeMap<String, u64>, key: &str) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => {
            counts.insert(key.to_owned(), 1);
        }
    }
}
