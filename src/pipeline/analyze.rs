//! The run whole: first pass → judge → coverage → totals → outputs.

use std::io;

use jiff::Timestamp;

use super::{Fleet, Run};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::bundle::Found;
use crate::export::Reported;
use crate::export::target::{Lost, Target};
use crate::fleet::expect::Expected;
use crate::matrix::clock::Clock;
use crate::matrix::counting::Counting;
use crate::matrix::coverage::Coverage;
use crate::matrix::judged::Judged;
use crate::matrix::report::Totals;
use crate::matrix::row::Row;
use crate::matrix::signatures::Signatures;
use crate::matrix::summary::{Summary, SummaryBuilder};
use crate::matrix::waivers::Waivers;
use crate::matrix::waivers::outcome::{Outcome, WaiverTally};
use crate::problem::Problem;
use crate::verdict::Verdict;

/// What coverage is measured against.
#[derive(Default)]
pub struct Measure {
    /// The nodes that are expected, where somebody listed them.
    pub expected: Option<Expected>,
    /// When evidence is too old, or of the future.
    pub clock: Clock,
    /// The time that is "today" for bundles that supersede one another.
    pub today: Option<Timestamp>,
}

/// Who follows a run while it goes on. `()` follows nothing.
pub trait Observer {
    /// So many bundles will be judged.
    fn begin(&mut self, _bundles: u64) {}
    /// What a reader should know of a bundle, or of the run.
    fn problem(&mut self, _problem: &Problem) {}
    /// One more bundle is judged; so many findings fail, or are errors, in all.
    fn step(&mut self, _fails: u64, _errors: u64) {}
    /// The last bundle is judged.
    fn end(&mut self) {}
}

impl Observer for () {}

/// What a run adds up to.
pub struct Report<'r> {
    /// The counts.
    pub summary: Summary,
    /// How far it went.
    pub coverage: Coverage,
    /// What became of every entry of the waivers file.
    pub waivers: Vec<Outcome<'r>>,
    /// How many bundles are signed, and how well.
    pub signatures: Signatures,
    /// What a reader of the outputs must know that they cannot say themselves.
    pub remarks: Vec<String>,
}

impl Run<'_> {
    /// Judges what was found and writes every output whole, or none.
    ///
    /// # Errors
    /// The first output, or temporary file, that could not be written.
    pub fn analyze(
        &self,
        found: &Found,
        measure: Measure,
        targets: Vec<Target>,
        observer: &mut dyn Observer,
    ) -> Result<Report<'_>, Lost> {
        let mut written = ReportSink::begin(self.catalog, self.waivers.as_ref(), targets)?;
        let fleet = self.first_pass(&found.places, measure.today);
        let skipped = found.skipped + fleet.index().skipped();
        let coverage = self.report(&fleet, found, measure, observer, &mut |judged| {
            written.take(judged)
        })?;
        written.finish(skipped, coverage, problems(found, &fleet).collect())
    }

    /// Judges what the first pass found, and hands on what is reported of each bundle, in order.
    ///
    /// # Errors
    /// What `emit` returned, or that a temporary file failed; judging stops there.
    pub fn report<E: From<io::Error>>(
        &self,
        fleet: &Fleet<'_>,
        found: &Found,
        measure: Measure,
        observer: &mut dyn Observer,
        emit: &mut dyn FnMut(&Judged) -> Result<(), E>,
    ) -> Result<Coverage, E> {
        let expected = measure.expected.unwrap_or_else(|| fleet.listed());
        let (identity, names) = (&fleet.identity, &fleet.index().names);
        let counting = Counting::new(self.catalog, identity, names, measure.clock, expected);
        let mut settled =
            Settled::begin(counting, names.len(), &mut problems(found, fleet), observer);
        self.judge(fleet, &mut |judged: Judged| settled.take(judged, emit))?;
        Ok(settled.finish(&self.selection))
    }
}

/// Bundles on their way into the counts, and past whoever follows the run.
pub(super) struct Settled<'s, 'o> {
    counting: Counting<'s>,
    observer: &'o mut dyn Observer,
    fails: u64,
    errors: u64,
}

impl<'s, 'o> Settled<'s, 'o> {
    /// So many bundles will come.
    pub(super) fn begin(
        counting: Counting<'s>,
        bundles: usize,
        problems: &mut dyn Iterator<Item = &Problem>,
        observer: &'o mut dyn Observer,
    ) -> Self {
        observer.begin(bundles as u64);
        problems.for_each(|problem| observer.problem(problem));
        Self {
            counting,
            observer,
            fails: 0,
            errors: 0,
        }
    }

    /// Counts the next bundle in row order, and hands on what is reported of it.
    pub(super) fn take<E>(
        &mut self,
        mut judged: Judged,
        emit: &mut dyn FnMut(&Judged) -> Result<(), E>,
    ) -> Result<(), E> {
        self.counting.settle(&mut judged);
        emit(&judged)?;
        for problem in &judged.bundle.problems {
            self.observer.problem(problem);
        }
        self.fails += count(&judged, Verdict::Fail);
        self.errors += count(&judged, Verdict::Error);
        self.observer.step(self.fails, self.errors);
        Ok(())
    }

    pub(super) fn finish(self, selection: &Selection) -> Coverage {
        self.observer.end();
        self.counting.finish(selection)
    }
}

/// Findings with this verdict.
pub(super) fn count(judged: &Judged, verdict: Verdict) -> u64 {
    let findings = judged.findings.iter();
    findings.filter(|found| found.verdict() == verdict).count() as u64
}

/// What is reported, on its way into every output and into what the run adds up to.
pub(super) struct ReportSink<'r> {
    catalog: &'r Catalog,
    waivers: Option<&'r Waivers>,
    targets: Vec<Target>,
    summary: SummaryBuilder,
    tally: WaiverTally,
    signatures: Signatures,
}

impl<'r> ReportSink<'r> {
    pub(super) fn begin(
        catalog: &'r Catalog,
        waivers: Option<&'r Waivers>,
        mut targets: Vec<Target>,
    ) -> Result<Self, Lost> {
        each(&mut targets, |target| target.export.begin())?;
        Ok(Self {
            catalog,
            waivers,
            targets,
            summary: SummaryBuilder::default(),
            tally: WaiverTally::default(),
            signatures: Signatures::default(),
        })
    }

    pub(super) fn take(&mut self, judged: &Judged) -> Result<(), Lost> {
        let rows = judged.findings.iter();
        let rows: Vec<Row<'_>> = rows.map(|f| f.row(self.catalog, self.waivers)).collect();
        let reported = Reported {
            catalog: self.catalog,
            rows: &rows,
            bundle: &judged.bundle,
        };
        each(&mut self.targets, |target| target.export.bundle(&reported))?;
        if let Some(all) = self.waivers {
            let findings = judged.findings.iter();
            findings.for_each(|found| self.tally.count(all, found));
        }
        self.summary.add(&rows);
        self.signatures.count(judged.bundle.signature.as_ref());
        Ok(())
    }

    /// Ends every output. `skipped` files were no bundles; `of_none` is of no bundle.
    pub(super) fn finish(
        self,
        skipped: u64,
        coverage: Coverage,
        of_none: Vec<&Problem>,
    ) -> Result<Report<'r>, Lost> {
        let mut summary = self.summary.finish();
        summary.skipped = skipped;
        let waivers = self.waivers.map(|all| self.tally.outcomes(all, &summary));
        let waivers = waivers.unwrap_or_default();
        let totals = Totals::of(self.catalog, &summary, &coverage, of_none, &waivers);
        let remarks = finish(self.targets, &totals)?;
        Ok(Report {
            summary,
            coverage,
            waivers,
            signatures: self.signatures,
            remarks,
        })
    }
}

/// What a reader should know that is of no bundle.
pub(super) fn problems<'p>(
    found: &'p Found,
    fleet: &'p Fleet<'_>,
) -> impl Iterator<Item = &'p Problem> {
    found.problems.iter().chain(fleet.index().problems())
}

/// Ends every output, and gives it its name once all are complete. Gives back their remarks.
pub(super) fn finish(mut targets: Vec<Target>, totals: &Totals<'_>) -> Result<Vec<String>, Lost> {
    each(&mut targets, |target| target.export.end(totals))?;
    let remarks = targets.iter().flat_map(|target| {
        let remarks = target.export.remarks().into_iter();
        remarks.map(|remark| format!("{}: {remark}", target.name))
    });
    let remarks = remarks.collect();
    for target in targets {
        let name = target.name.clone();
        target.publish().map_err(|error| Lost::of(&name, error))?;
    }
    Ok(remarks)
}

/// The same step for every output; the first that fails ends the run.
pub(super) fn each(
    targets: &mut [Target],
    mut step: impl FnMut(&mut Target) -> io::Result<()>,
) -> Result<(), Lost> {
    targets.iter_mut().try_for_each(|target| {
        let done = step(target);
        done.map_err(|error| Lost::of(&target.name, error))
    })
}
