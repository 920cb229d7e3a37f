//! Counts → what the page says without a script: the summary, the benchmarks with their controls,
//! and the roll-up by NIST SP 800-53.

use serde::Serialize;

use super::coverage::CoverageSection;
use super::dictionary::letter;
use super::inert::visible;
use crate::benchmark::order;
use crate::matrix::coverage;
use crate::matrix::nist::{self, NistLine, Rollup};
use crate::matrix::report::{JudgedBy, Run, Totals};
use crate::matrix::summary::{ControlResult, Score, Verdicts};
use crate::verdict::Verdict;

/// Rules that are listed as failing most, and controls that each is named with.
const MOST_FAILING: usize = 15;
const CONTROLS: usize = 4;

/// How often a verdict was given.
#[derive(Serialize)]
struct VerdictCount {
    verdict: &'static str,
    letter: char,
    count: u64,
    /// Where its part of a bar of 100 begins, and how wide it is.
    from: f64,
    width: f64,
}

/// Every verdict, in the order of summaries.
fn counts(verdicts: &Verdicts) -> Vec<VerdictCount> {
    let all = verdicts.values().sum::<u64>().max(1);
    let mut before = 0;
    let percent = |count: u64| (count as f64 / all as f64 * 10_000.0).round() / 100.0;
    Verdict::ALL
        .iter()
        .map(|verdict| {
            let count = verdicts.get(verdict.as_str()).copied().unwrap_or(0);
            let from = percent(before);
            before += count;
            VerdictCount {
                verdict: verdict.as_str(),
                letter: letter(*verdict),
                count,
                from,
                width: percent(count),
            }
        })
        .collect()
}

/// A line of a table of counts.
#[derive(Serialize)]
struct CountLine<'t> {
    id: &'t str,
    title: &'t str,
    worst: &'static str,
    counts: Vec<VerdictCount>,
    findings: u64,
    /// Decided findings that pass, as `17 of 20 (85 %)`.
    score: String,
}

impl<'t> CountLine<'t> {
    fn of(id: &'t str, title: &'t str, verdicts: &Verdicts) -> Self {
        Self {
            id,
            title,
            worst: nist::worst(verdicts).unwrap_or_default(),
            counts: counts(verdicts),
            findings: verdicts.values().sum(),
            score: Score::of(verdicts).sentence(),
        }
    }
}

/// One control of a benchmark.
#[derive(Serialize)]
struct ControlLine<'t> {
    #[serde(flatten)]
    counted: CountLine<'t>,
    /// Nodes with an answer.
    answers: u64,
    nist_800_53: &'t [String],
    /// Where these come from.
    nist_basis: Option<&'t str>,
}

impl<'t> ControlLine<'t> {
    fn of(id: &'t str, asked: &'t ControlResult) -> Self {
        Self {
            counted: CountLine::of(id, &asked.title, &asked.verdicts),
            answers: asked.answers(),
            nist_800_53: &asked.nist_800_53,
            nist_basis: asked.nist_basis.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct BenchmarkLine<'t> {
    about: &'t JudgedBy<'t>,
    counted: CountLine<'t>,
    controls: Vec<ControlLine<'t>>,
}

#[derive(Serialize)]
struct FailingLine<'t> {
    rule: &'t str,
    title: &'t str,
    controls: String,
    nodes: u64,
    of: u64,
    of_clusters: bool,
}

/// A control of 800-53, and what supports it.
#[derive(Serialize)]
struct Supported<'t> {
    counted: CountLine<'t>,
    by: Vec<(&'t str, CountLine<'t>)>,
}

#[derive(Serialize)]
struct Family<'t> {
    counted: CountLine<'t>,
    controls: Vec<Supported<'t>>,
}

/// What the template is given.
#[derive(Serialize)]
pub(super) struct SummaryContext<'t> {
    run: &'t Run,
    nodes: u64,
    judged: u64,
    /// Clusters that have findings of their own.
    clusters: &'t coverage::Counted,
    bundles: u64,
    unreadable: u64,
    skipped: u64,
    waived: u64,
    /// When the evidence was collected; empty where no bundle says.
    period: String,
    made_by: Vec<MadeByLine>,
    all: CountLine<'t>,
    benchmarks: Vec<BenchmarkLine<'t>>,
    failing: Vec<FailingLine<'t>>,
    families: Vec<Family<'t>>,
    coverage: CoverageSection<'t>,
}

impl<'t> SummaryContext<'t> {
    pub(super) fn of(
        run: &'t Run,
        totals: &'t Totals<'t>,
        rollup: &'t Rollup,
        waived: u64,
    ) -> Self {
        let summary = totals.summary;
        let failing = summary.most_failing().into_iter().take(MOST_FAILING);
        let sums = summary.benchmarks();
        let controls = rollup.controls();
        let benchmark = |about: &'t JudgedBy<'t>| {
            let mut controls: Vec<(&String, &ControlResult)> =
                summary.controls.get(about.id)?.iter().collect();
            controls.sort_by(|a, b| order::controls(a.0, b.0));
            let controls = controls
                .into_iter()
                .map(|(id, asked)| ControlLine::of(id, asked));
            Some(BenchmarkLine {
                about,
                counted: CountLine::of(about.id, about.title, sums.get(about.id)?),
                controls: controls.collect(),
            })
        };
        Self {
            run,
            nodes: totals.coverage.nodes.of,
            judged: totals.coverage.nodes.judged,
            clusters: &totals.coverage.clusters,
            bundles: summary.bundles,
            unreadable: summary.unreadable,
            skipped: summary.skipped,
            waived,
            period: totals.coverage.evidence.period(),
            made_by: made_by(totals),
            all: CountLine::of("", "", &summary.verdicts),
            benchmarks: totals.benchmarks.iter().filter_map(benchmark).collect(),
            failing: failing
                .map(|failing| FailingLine {
                    rule: failing.rule,
                    title: failing.title,
                    controls: failing.some_controls(CONTROLS),
                    nodes: failing.nodes,
                    of: failing.of,
                    of_clusters: failing.of_clusters,
                })
                .collect(),
            families: rollup
                .families()
                .map(|line| family(line, &controls, totals))
                .collect(),
            coverage: CoverageSection::of(totals),
        }
    }
}

/// Who made the evidence, with names from it made visible.
#[derive(Serialize)]
struct MadeByLine {
    what: String,
    bundles: u64,
}

fn made_by(totals: &Totals<'_>) -> Vec<MadeByLine> {
    let made = &totals.coverage.evidence;
    let by = made.collectors.iter().map(|by| (by.sentence(), by.bundles));
    let others = [
        ("further collectors".to_owned(), made.other_collectors),
        ("no collector is named".to_owned(), made.without_collector),
    ];
    let all = by.chain(others).filter(|(_, bundles)| *bundles > 0);
    all.map(|(what, bundles)| MadeByLine {
        what: visible(&what),
        bundles,
    })
    .collect()
}

fn family<'t>(
    family: NistLine<'t>,
    controls: &[NistLine<'t>],
    totals: &'t Totals<'t>,
) -> Family<'t> {
    let of_line = |line: &NistLine<'t>| CountLine::of(line.id, line.title, &line.support.verdicts);
    let is_of_family = |line: &&NistLine<'t>| line.id.split('-').next() == Some(family.id);
    let controls = controls.iter().filter(is_of_family).map(|line| {
        let by = line.support.findings().into_iter().map(|of| {
            let asked = totals.summary.asked(of.benchmark, of.control);
            let title = asked.map_or("", |asked| asked.title.as_str());
            (of.benchmark, CountLine::of(of.control, title, of.verdicts))
        });
        Supported {
            counted: of_line(line),
            by: by.collect(),
        }
    });
    Family {
        controls: controls.collect(),
        counted: of_line(&family),
    }
}
