//! `nodeproof analyze`: judge bundles and write the matrix.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::args::{self, AnalyzeArgs, FailOn, GroupBy};
use super::outputs::Outputs;
use super::progress::Followed;
use super::signals::Temporaries;
use super::stop::Stop;
use super::summary;
use super::{Exit, collector, made_with, message, waivers};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::bundle;
use crate::export::target::Target;
use crate::export::{Layout, Plan};
use crate::fleet::expect::Expected;
use crate::matrix::clock::Clock;
use crate::matrix::coverage::Coverage;
use crate::matrix::report;
use crate::matrix::summary::Summary;
use crate::pipeline::analyze::{Measure, Report};
use crate::pipeline::{self, Run};

pub fn run(args: AnalyzeArgs) -> Result<Exit, Stop> {
    let catalog = args.judging.catalogs.load()?;
    let (run, outputs, measure) = settle(&args, &catalog)?;
    let temporaries = Temporaries::watched();
    let opened = outputs
        .special()
        .and_then(|special| temporaries.opened(|| outputs.open(special)));
    let targets = opened.map_err(Stop::Output)?;
    let parts = targets.iter().filter_map(Target::temporary);
    let never: Vec<PathBuf> = outputs.paths().chain(parts.map(PathBuf::from)).collect();
    let found = bundle::find(&args.paths, &never)?;
    if found.places.is_empty() {
        return Err(Stop::from(format!(
            "no bundle in {}: {}; give an archive, a folder with bundle.json, commands/, files/ or configz/, or a folder that holds such",
            list(&args.paths),
            summary::skipped(found.skipped)
        )));
    }
    let mut followed = Followed::new(args.quiet);
    let Report {
        summary,
        coverage,
        waivers: outcomes,
        signatures,
        remarks,
    } = run.analyze(&found, measure, targets, &mut followed)?;
    // Even --quiet must not hide what an output leaves out.
    for remark in remarks {
        message::say(format_args!("warning: {remark}"));
    }
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
    Ok(exit(&summary, &coverage, args.fail_on))
}

fn list(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    names.join(", ")
}

/// What was typed, settled. No output is opened, so that wrong usage is told from the rest.
fn settle<'c>(
    args: &AnalyzeArgs,
    catalog: &'c Catalog,
) -> Result<(Run<'c>, Outputs, Measure), Stop> {
    let selection = Selection::settle(catalog, &args.benchmark, &args.control)?;
    let limits = args.judging.caps.limits()?;
    let read_as = args.judging.read_as()?;
    let as_of = args.as_of.or_else(now);
    let measure = Measure {
        expected: args.expect.as_deref().map(expected).transpose()?,
        clock: Clock {
            as_of,
            max_age: args.max_age,
        },
        today: as_of.or_else(now),
    };
    let waivers = args.waivers.as_deref().zip(as_of);
    let waivers = waivers
        .map(|(path, as_of)| waivers::read(path, catalog, &limits, as_of))
        .transpose()
        .map_err(|why| Stop::Usage(why.lines().map(str::to_owned).collect()))?;
    let mut run = Run {
        read_as,
        limits,
        waivers,
        all_roles: args.roles == args::Roles::All,
        trusted: args.judging.trusted()?,
        ..Run::new(
            catalog,
            selection,
            pipeline::pool(args.judging.workers.threads())?,
        )
    };
    let mut described = run.described(collector::built_in(), as_of);
    described.settings = args.used.clone();
    let plan = Plan {
        run: described,
        layout: match (args.group_by, args.layout) {
            (Some(GroupBy::Nist), _) => Layout::ByNist,
            (None, args::Layout::Long) => Layout::Long,
            (None, args::Layout::Wide) => {
                Layout::Wide(report::Columns::of(catalog, &run.selection))
            }
        },
    };
    let mut outputs = Outputs::settle(&args.outputs, plan)?;
    if outputs.tell_the_run() {
        let signers = args.judging.trust.allowed_signers.as_deref();
        outputs.made_with(made_with::made_with(&args.command, signers));
    }
    run.excerpts = outputs.show_excerpts();
    bundle::exist(&args.paths)?;
    Ok((run, outputs, measure))
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

/// A waiver or attestation in force is honoured; an error is never waived.
fn exit(summary: &Summary, coverage: &Coverage, fail_on: FailOn) -> Exit {
    // What failed in an older bundle, and nothing newer decides, counts as failing still.
    let still = coverage.superseded.iter();
    let fails = summary.open_fails() + still.map(|s| s.undecided_since.len() as u64).sum::<u64>();
    let reached = match fail_on {
        FailOn::Never => 0,
        FailOn::Fail => fails,
        FailOn::Unknown => {
            let not_handed_in = coverage.not_asked() + coverage.of_nobody();
            fails + summary.open_unknowns() + summary.of("error") + not_handed_in
        }
    };
    if summary.of("error") > 0 {
        Exit::Evidence
    } else if reached > 0 {
        Exit::FailOn
    } else {
        Exit::Fine
    }
}
