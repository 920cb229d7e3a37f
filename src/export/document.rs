//! The parts of the JSON report that stand behind its rows and bundles.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::matrix::coverage::Coverage;
use crate::matrix::nist::{NistLine, Rollup, Supporting};
use crate::matrix::report::{Answered, Totals};
use crate::matrix::summary::{Failing, Score, Verdicts};
use crate::problem::Problem;

/// How far the run went.
#[derive(JsonSchema, Serialize)]
pub(super) struct Reached<'t> {
    bundles: Bundles,
    /// Files beside the bundles that were none.
    files_skipped: u64,
    #[serde(flatten)]
    coverage: &'t Coverage,
    /// Per control that was judged: how many nodes have an answer.
    controls: &'t [Answered<'t>],
    /// What a reader should know that is of no bundle.
    problems: &'t [&'t Problem],
}

#[derive(JsonSchema, Serialize)]
struct Bundles {
    /// Bundles looked at.
    found: u64,
    /// Those that could be read.
    read: u64,
}

impl<'t> Reached<'t> {
    pub(super) fn of(totals: &'t Totals<'t>) -> Self {
        let summary = totals.summary;
        Self {
            bundles: Bundles {
                found: summary.bundles,
                read: summary.bundles.saturating_sub(summary.unreadable),
            },
            files_skipped: summary.skipped,
            coverage: totals.coverage,
            controls: &totals.answered,
            problems: &totals.problems,
        }
    }
}

/// What the findings add up to.
#[derive(JsonSchema, Serialize)]
pub(super) struct Summed<'t> {
    /// Findings per verdict.
    verdicts: &'t Verdicts,
    /// Failing findings that a waiver in force stands beside.
    waived: u64,
    /// Findings that a person answered, per answer and verdict.
    attested: &'t BTreeMap<String, Verdicts>,
    /// Findings per benchmark and verdict, in catalog order.
    #[schemars(with = "BTreeMap<String, Verdicts>")]
    benchmarks: Map<String, Value>,
    /// How many of the decided findings pass.
    score: Score,
    /// Rules that fail, over all benchmarks, those that fail on most nodes first.
    failing_rules: Vec<Failing<'t>>,
    nist_800_53: ByNist<'t>,
}

/// The same by NIST SP 800-53 Rev. 5: a finding counts once under each of its controls, and once
/// under each of their families.
#[derive(JsonSchema, Serialize)]
struct ByNist<'t> {
    families: Vec<Rolled<'t>>,
    controls: Vec<Rolled<'t>>,
    unmapped: Unmapped<'t>,
}

/// A family or control.
#[derive(JsonSchema, Serialize)]
struct Rolled<'t> {
    /// `CM`, or `CM-7(1)`.
    id: &'t str,
    /// NIST's title of it.
    title: &'t str,
    /// The worst verdict among its findings.
    worst: Option<&'t str>,
    /// Findings per verdict.
    verdicts: &'t Verdicts,
    /// Which findings these are.
    supported_by: Vec<Supporting<'t>>,
}

/// Findings of controls that map to none.
#[derive(JsonSchema, Serialize)]
struct Unmapped<'t> {
    /// Findings per verdict.
    verdicts: &'t Verdicts,
    /// Which findings these are.
    supported_by: Vec<Supporting<'t>>,
}

impl<'t> From<NistLine<'t>> for Rolled<'t> {
    fn from(line: NistLine<'t>) -> Self {
        Self {
            id: line.id,
            title: line.title,
            worst: line.support.worst(),
            verdicts: &line.support.verdicts,
            supported_by: line.support.findings(),
        }
    }
}

impl<'t> Summed<'t> {
    pub(super) fn of(totals: &'t Totals<'t>, rollup: &'t Rollup) -> Self {
        let summary = totals.summary;
        let counts = summary.benchmarks();
        let counted = totals.benchmarks.iter().filter_map(|benchmark| {
            let counts = counts.get(benchmark.id)?;
            Some((benchmark.id.to_owned(), json!(counts)))
        });
        Self {
            verdicts: &summary.verdicts,
            waived: summary.waived,
            attested: &summary.attested,
            benchmarks: counted.collect(),
            score: summary.score(),
            failing_rules: summary.most_failing(),
            nist_800_53: ByNist {
                families: rollup.families().map(Rolled::from).collect(),
                controls: rollup.controls().into_iter().map(Rolled::from).collect(),
                unmapped: Unmapped {
                    verdicts: &rollup.unmapped.verdicts,
                    supported_by: rollup.unmapped.findings(),
                },
            },
        }
    }
}
