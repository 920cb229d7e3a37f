//! `nodeproof analyze`: judge bundles and write the matrix.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::args::{self, AnalyzeArgs, FailOn, GroupBy};
use super::outputs::{Lost, Outputs};
use super::progress::Progress;
use super::signals::Temporaries;
use super::summary::{self, Signatures};
use super::{Exit, collector, message, waivers};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::bundle;
use crate::export::target::Target;
use crate::export::{Export, Layout, Plan};
use crate::fleet::expect::Expected;
use crate::matrix::clock::Clock;
use crate::matrix::counting::Counting;
use crate::matrix::coverage::Coverage;
use crate::matrix::judged::{Judged, Shown};
use crate::matrix::report::{self, Totals};
use crate::matrix::summary::Summary;
use crate::matrix::waivers::outcome::{Outcome, Tally};
use crate::pipeline::{self, Run};
use crate::problem::Problem;

/// What coverage is measured against.
struct Asked {
    /// Where somebody listed them.
    expected: Option<Expected>,
    clock: Clock,
}

pub fn run(args: AnalyzeArgs) -> Exit {
    let catalog = match args.judging.catalogs.load() {
        Ok(catalog) => catalog,
        Err(why) => return usage(&why),
    };
    let (run, outputs, asked) = match settle(&args, &catalog) {
        Ok(settled) => settled,
        Err(wrong) => {
            let mut lines = wrong.0.into_iter();
            lines.next().into_iter().for_each(message::fatal);
            lines.for_each(message::say);
            return Exit::Usage;
        }
    };
    let temporaries = Temporaries::watched();
    let opened = outputs
        .special()
        .and_then(|special| temporaries.opened(|| outputs.open(special)));
    let targets = match opened {
        Ok(targets) => targets,
        Err(why) => {
            message::fatal(why);
            return Exit::Output;
        }
    };
    let parts = targets.iter().filter_map(Target::temporary);
    let never: Vec<PathBuf> = outputs.paths().chain(parts.map(PathBuf::from)).collect();
    let found = match bundle::find(&args.paths, &never) {
        Ok(found) => found,
        Err(why) => return usage(&why),
    };
    if found.places.is_empty() {
        return usage(&format!(
            "no bundle in {}: {}; give an archive, a folder with bundle.json, commands/, files/ or configz/, or a folder that holds such",
            list(&args.paths),
            summary::skipped(found.skipped)
        ));
    }
    match write(&run, asked, &found, targets, args.quiet) {
        Err(lost) => {
            if let Some(why) = lost.message() {
                message::fatal(why);
            }
            Exit::Output
        }
        Ok((summary, coverage, outcomes, signatures)) => {
            if !args.quiet {
                for warning in waivers::warnings(args.waivers.as_deref(), &outcomes) {
                    message::say(format_args!("warning: {warning}"));
                }
                let lines = summary::lines(&summary, &coverage, summary::columns()).into_iter();
                let lines = lines.chain(signatures.line(run.trusted.signers.is_some()));
                for line in lines.chain(waivers::lines(&summary, &outcomes)) {
                    message::say(line);
                }
            }
            exit(&summary, &coverage, args.fail_on)
        }
    }
}

fn usage(why: &str) -> Exit {
    message::fatal(why);
    Exit::Usage
}

fn list(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    names.join(", ")
}

/// What is wrong with what was typed, line by line.
struct Wrong(Vec<String>);

impl From<String> for Wrong {
    fn from(why: String) -> Self {
        Self(vec![why])
    }
}

/// What was typed, settled. No output is opened, so that wrong usage is told from the rest.
fn settle<'c>(
    args: &AnalyzeArgs,
    catalog: &'c Catalog,
) -> Result<(Run<'c>, Outputs, Asked), Wrong> {
    let selection = Selection::settle(catalog, &args.benchmark, &args.control)?;
    let limits = args.judging.caps.limits()?;
    let read_as = args.judging.read_as()?;
    let as_of = args.as_of.or_else(now);
    let asked = Asked {
        expected: args.expect.as_deref().map(expected).transpose()?,
        clock: Clock {
            as_of,
            max_age: args.max_age,
        },
    };
    let waivers = args.waivers.as_deref().zip(as_of);
    let waivers = waivers
        .map(|(path, as_of)| waivers::read(path, catalog, &limits, as_of))
        .transpose()
        .map_err(|why| Wrong(why.lines().map(str::to_owned).collect()))?;
    let plan = Plan {
        run: report::Run::of(
            catalog,
            &selection,
            &limits,
            collector::built_in(),
            as_of.map(|time| time.to_string()),
            waivers.as_ref(),
        ),
        layout: match (args.group_by, args.layout) {
            (Some(GroupBy::Nist), _) => Layout::ByNist,
            (None, args::Layout::Long) => Layout::Long,
            (None, args::Layout::Wide) => Layout::Wide(report::Columns::of(catalog, &selection)),
        },
    };
    let outputs = Outputs::settle(&args.output, args.format.as_deref(), plan)?;
    bundle::exist(&args.paths)?;
    let run = Run {
        catalog,
        selection,
        read_as,
        limits,
        waivers,
        all_roles: args.roles == args::Roles::All,
        excerpts: outputs.show_excerpts(),
        trusted: args.judging.trusted()?,
        tells: None,
        pool: pipeline::pool(args.judging.workers.threads())?,
    };
    Ok((run, outputs, asked))
}

/// Whole seconds, as people write them.
pub(super) fn now() -> Option<Timestamp> {
    Timestamp::from_second(Timestamp::now().as_second()).ok()
}

fn expected(path: &Path) -> Result<Expected, String> {
    let bytes = std::fs::read(path).map_err(|e| {
        format!(
            "--expect: {}: cannot be read ({e}); check the path",
            path.display()
        )
    })?;
    Expected::parse(path, &bytes).map_err(|why| format!("--expect: {why}"))
}

fn write<'r>(
    run: &'r Run<'_>,
    asked: Asked,
    found: &bundle::Found,
    mut targets: Vec<Target>,
    quiet: bool,
) -> Result<(Summary, Coverage, Vec<Outcome<'r>>, Signatures), Lost> {
    each(&mut targets, |export| export.begin())?;
    let fleet = run.first_pass(&found.places, asked.clock.as_of.or_else(now));
    let mut progress = Progress::new(fleet.index().names.len() as u64, quiet);
    let mut summary = Summary::of_run(found.skipped + fleet.index().skipped());
    let of_none: Vec<&Problem> = (found.problems.iter())
        .chain(fleet.index().problems())
        .collect();
    for problem in &of_none {
        progress.warn(problem);
    }
    let expected = asked.expected.unwrap_or_else(|| fleet.listed());
    let names = &fleet.index().names;
    let mut coverage = Counting::new(&fleet.identity, names, asked.clock, expected);
    let mut tally = Tally::default();
    let mut signatures = Signatures::default();
    run.judge(&fleet, &mut |mut judged: Judged| {
        coverage.settle(&mut judged);
        for Shown {
            row,
            excerpt,
            waivers,
            ..
        } in &judged.rows
        {
            each(&mut targets, |export| export.row(row, excerpt.as_deref()))?;
            if let Some(all) = &run.waivers {
                tally.count(all, row, waivers);
            }
        }
        each(&mut targets, |export| export.bundle(&judged.bundle))?;
        for problem in &judged.bundle.problems {
            progress.warn(problem);
        }
        signatures.count(judged.bundle.signature.as_ref());
        summary.count(judged.rows.iter().map(|shown| &shown.row));
        progress.step(summary.of("fail"), summary.of("error"));
        Ok::<(), Lost>(())
    })?;
    progress.end();
    let coverage = coverage.finish();
    let outcomes = run.waivers.as_ref();
    let outcomes = outcomes.map(|all| tally.outcomes(all, &summary));
    let outcomes = outcomes.unwrap_or_default();
    let totals = Totals::of(run.catalog, &summary, &coverage, of_none, &outcomes);
    each(&mut targets, |export| export.end(&totals))?;
    for target in targets {
        let name = target.name.clone();
        target.publish().map_err(|error| Lost::of(&name, error))?;
    }
    Ok((summary, coverage, outcomes, signatures))
}

/// The same step for every output; the first that fails ends the run.
fn each(
    targets: &mut [Target],
    mut step: impl FnMut(&mut dyn Export) -> io::Result<()>,
) -> Result<(), Lost> {
    targets.iter_mut().try_for_each(|target| {
        step(&mut *target.export).map_err(|error| Lost::of(&target.name, error))
    })
}

/// A waiver or attestation in force is honoured; an error is never waived.
fn exit(summary: &Summary, coverage: &Coverage, fail_on: FailOn) -> Exit {
    // What failed in an older bundle, and nothing newer decides, counts as failing still.
    let still = coverage.superseded.iter();
    let fails = summary.open_fails() + still.map(|s| s.undecided_since.len() as u64).sum::<u64>();
    let reached = match fail_on {
        FailOn::Never => 0,
        FailOn::Fail => fails,
        FailOn::Unknown => fails + summary.open_unknowns() + summary.of("error"),
    };
    if summary.of("error") > 0 {
        Exit::Evidence
    } else if reached > 0 {
        Exit::FailOn
    } else {
        Exit::Fine
    }
}
