//! The run whole: first pass → judge → coverage → totals → outputs.

use std::io;

use jiff::Timestamp;

use super::{Fleet, Run};
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
use crate::matrix::waivers::outcome::{Outcome, Tally};
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
        mut targets: Vec<Target>,
        observer: &mut dyn Observer,
    ) -> Result<Report<'_>, Lost> {
        each(&mut targets, |target| target.export.begin())?;
        let fleet = self.first_pass(&found.places, measure.today);
        let mut summary = SummaryBuilder::of_run(found.skipped + fleet.index().skipped());
        let mut tally = Tally::default();
        let mut signatures = Signatures::default();
        let waivers = self.waivers.as_ref();
        let coverage = self.report(&fleet, found, measure, observer, &mut |judged| {
            let rows = judged.findings.iter();
            let rows: Vec<Row<'_>> = rows.map(|f| f.row(self.catalog, waivers)).collect();
            let reported = Reported {
                catalog: self.catalog,
                rows: &rows,
                bundle: &judged.bundle,
            };
            each(&mut targets, |target| target.export.bundle(&reported))?;
            if let Some(all) = waivers {
                let findings = judged.findings.iter();
                findings.for_each(|found| tally.count(all, found));
            }
            summary.add(&rows);
            signatures.count(judged.bundle.signature.as_ref());
            Ok::<(), Lost>(())
        })?;
        let summary = summary.finish();
        let waivers = waivers.map(|all| tally.outcomes(all, &summary));
        let waivers = waivers.unwrap_or_default();
        let of_none = problems(found, &fleet).collect();
        let totals = Totals::of(self.catalog, &summary, &coverage, of_none, &waivers);
        let remarks = finish(targets, &totals)?;
        Ok(Report {
            summary,
            coverage,
            waivers,
            signatures,
            remarks,
        })
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
        observer.begin(fleet.index().names.len() as u64);
        for problem in problems(found, fleet) {
            observer.problem(problem);
        }
        let expected = measure.expected.unwrap_or_else(|| fleet.listed());
        let (identity, names) = (&fleet.identity, &fleet.index().names);
        let mut counting = Counting::new(self.catalog, identity, names, measure.clock, expected);
        let (mut fails, mut errors) = (0, 0);
        self.judge(fleet, &mut |mut judged: Judged| {
            counting.settle(&mut judged);
            emit(&judged)?;
            for problem in &judged.bundle.problems {
                observer.problem(problem);
            }
            let count = |verdict| {
                let findings = judged.findings.iter();
                findings.filter(|found| found.verdict() == verdict).count() as u64
            };
            fails += count(Verdict::Fail);
            errors += count(Verdict::Error);
            observer.step(fails, errors);
            Ok::<(), E>(())
        })?;
        observer.end();
        Ok(counting.finish(&self.selection))
    }
}

/// What a reader should know that is of no bundle.
fn problems<'p>(found: &'p Found, fleet: &'p Fleet<'_>) -> impl Iterator<Item = &'p Problem> {
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
