//! `nodeproof analyze`: judge bundles and write the matrix.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::args::{self, AnalyzeArgs, FailOn};
use super::bundles::{exist, found};
use super::made_with::{self, described};
use super::outputs::Outputs;
use super::progress::Followed;
use super::signals::Temporaries;
use super::stop::CliError;
use super::summary;
use super::{Exit, message, waivers};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::export::Plan;
use crate::export::target::Target;
use crate::fleet::expect::Expected;
use crate::matrix::clock::Clock;
use crate::matrix::coverage::Coverage;
use crate::matrix::summary::Summary;
use crate::pipeline::analyze::{Measure, Report};
use crate::pipeline::{self, Run};

pub fn run(args: AnalyzeArgs) -> Result<Exit, CliError> {
    let catalog = args.judging.catalogs.load()?;
    let (run, measure) = settle(&args, catalog)?;
    if let Some(shard) = args.shard {
        return super::shard::run(&args, shard, run, measure);
    }
    let mut run = run;
    let outputs = outputs(&args, &run, measure.clock.as_of)?;
    run.excerpts = outputs.show_excerpts();
    exist(&args.paths, args.list.as_deref())?;
    let temporaries = Temporaries::watched();
    let opened = outputs
        .special()
        .and_then(|special| temporaries.opened(|| outputs.open(special)));
    let targets = opened.map_err(CliError::Output)?;
    let parts = targets.iter().filter_map(Target::temporary);
    let never: Vec<PathBuf> = outputs.paths().chain(parts.map(PathBuf::from)).collect();
    let found = found(&args, &never)?;
    let mut followed = Followed::new(args.quiet);
    let report = run.analyze(&found, measure, targets, &mut followed)?;
    let asks = run.trusted.signers.is_some();
    tell(&report, args.waivers.as_deref(), asks, args.quiet);
    Ok(exit(&report.summary, &report.coverage, args.fail_on))
}

/// Says what a run adds up to; `asks` whether signatures are asked for.
pub(super) fn tell(report: &Report<'_>, waived_in: Option<&Path>, asks: bool, quiet: bool) {
    // Even --quiet must not hide what an output leaves out.
    for remark in &report.remarks {
        message::say(format_args!("warning: {remark}"));
    }
    if quiet {
        return;
    }
    for warning in waivers::warnings(waived_in, &report.waivers) {
        message::say(format_args!("warning: {warning}"));
    }
    let lines = summary::lines(&report.summary, &report.coverage, summary::columns());
    let lines = lines.into_iter().chain(report.signatures.line(asks));
    for line in lines.chain(waivers::lines(&report.summary, &report.waivers)) {
        message::say(line);
    }
}

/// What was typed, settled. Nothing is opened, so that wrong usage is told from the rest.
fn settle<'c>(args: &AnalyzeArgs, catalog: &'c Catalog) -> Result<(Run<'c>, Measure), CliError> {
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
        .map_err(|why| CliError::Usage(why.lines().map(str::to_owned).collect()))?;
    let run = Run {
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
    Ok((run, measure))
}

/// The outputs that were typed. None is opened.
fn outputs(args: &AnalyzeArgs, run: &Run<'_>, as_of: Option<Timestamp>) -> Result<Outputs, String> {
    let plan = Plan {
        run: described(args, run, as_of),
        layout: args.outputs.layout(run.catalog, &run.selection),
    };
    let mut outputs = Outputs::settle(&args.outputs.typed, plan)?;
    if outputs.tell_the_run() {
        outputs.made_with(made_with::of_analyze(args));
    }
    Ok(outputs)
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
pub(super) fn exit(summary: &Summary, coverage: &Coverage, fail_on: FailOn) -> Exit {
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
