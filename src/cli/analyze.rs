//! `nodeproof analyze`: judge bundles and write the matrix.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::args::{self, AnalyzeArgs, FailOn};
use super::outputs::Outputs;
use super::progress::Followed;
use super::signals::Temporaries;
use super::stop::Stop;
use super::summary;
use super::{Exit, collector, made_with, message, waivers};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::bundle::{self, Found, NotOpened};
use crate::export::Plan;
use crate::export::target::Target;
use crate::fleet::expect::Expected;
use crate::matrix::clock::Clock;
use crate::matrix::coverage::Coverage;
use crate::matrix::custody::MadeWith;
use crate::matrix::report;
use crate::matrix::summary::Summary;
use crate::pipeline::analyze::{Measure, Report};
use crate::pipeline::{self, Run};

pub fn run(args: AnalyzeArgs) -> Result<Exit, Stop> {
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
    let targets = opened.map_err(Stop::Output)?;
    let parts = targets.iter().filter_map(Target::temporary);
    let never: Vec<PathBuf> = outputs.paths().chain(parts.map(PathBuf::from)).collect();
    let found = found(&args, &never)?;
    let mut followed = Followed::new(args.quiet);
    let report = run.analyze(&found, measure, targets, &mut followed)?;
    let asks = run.trusted.signers.is_some();
    tell(&report, args.waivers.as_deref(), asks, args.quiet);
    Ok(exit(&report.summary, &report.coverage, args.fail_on))
}

/// Checks that what is to be read is there, which can be told before anything else is done.
pub(super) fn exist(paths: &[PathBuf], list: Option<&Path>) -> Result<(), String> {
    bundle::exist(paths)?;
    match (list, paths) {
        (None, _) | (Some(_), []) => Ok(()),
        (Some(_), [root]) if root.is_dir() => Ok(()),
        (Some(_), _) => Err(
            "--list names bundles below one folder; give one PATH, which is a folder, or none"
                .to_owned(),
        ),
    }
}

/// The bundles that were named; `never` are files that this run writes.
pub(super) fn found(args: &AnalyzeArgs, never: &[PathBuf]) -> Result<Found, String> {
    let not_opened = not_opened(args.not_opened.as_deref())?;
    named(&args.paths, args.list.as_deref(), never, not_opened)
}

/// The bundles that PATHs or a list name.
pub(super) fn named(
    paths: &[PathBuf],
    listed: Option<&Path>,
    never: &[PathBuf],
    not_opened: NotOpened,
) -> Result<Found, String> {
    let Some(path) = listed else {
        let found = bundle::find_but(paths, never, not_opened)?;
        return match found.places.is_empty() {
            false => Ok(found),
            true => Err(format!(
                "no bundle in {}: {}; give an archive, a folder with bundle.json, commands/, files/ or configz/, or a folder that holds such",
                list(paths),
                summary::skipped(found.skipped)
            )),
        };
    };
    let mut bytes = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => std::io::stdin().lock().read_to_end(&mut bytes),
        false => File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
    };
    let shown = path.display();
    read.map_err(|e| format!("--list: {shown}: cannot be read ({e}); check the path"))?;
    let root = paths.first().map(PathBuf::as_path);
    let found = bundle::find_listed(root, &bytes, never, not_opened)?;
    match found.places.is_empty() {
        false => Ok(found),
        true => Err(format!(
            "--list: {shown}: names no bundle: {}; write a path a line",
            summary::skipped(found.skipped)
        )),
    }
}

fn not_opened(list: Option<&Path>) -> Result<NotOpened, String> {
    let Some(path) = list else {
        return Ok(NotOpened::default());
    };
    let shown = path.display();
    let bytes = std::fs::read(path)
        .map_err(|e| format!("--not-opened: {shown}: cannot be read ({e}); check the path"))?;
    NotOpened::of(&bytes)
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

fn list(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    names.join(", ")
}

/// What was typed, settled. Nothing is opened, so that wrong usage is told from the rest.
fn settle<'c>(args: &AnalyzeArgs, catalog: &'c Catalog) -> Result<(Run<'c>, Measure), Stop> {
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

/// How the run is made, as a report says it.
pub(super) fn described(
    args: &AnalyzeArgs,
    run: &Run<'_>,
    as_of: Option<Timestamp>,
) -> report::Run {
    let mut described = run.described(collector::built_in(), as_of);
    described.settings = args.used.clone();
    described
}

/// What of it only a report in JSON says: it takes reading the program's own file.
pub(super) fn made_with(args: &AnalyzeArgs) -> MadeWith {
    let signers = args.judging.trust.allowed_signers.as_deref();
    made_with::made_with(&args.command, signers)
}

/// The outputs that were typed. None is opened.
fn outputs(args: &AnalyzeArgs, run: &Run<'_>, as_of: Option<Timestamp>) -> Result<Outputs, String> {
    let plan = Plan {
        run: described(args, run, as_of),
        layout: args.outputs.layout(run.catalog, &run.selection),
    };
    let mut outputs = Outputs::settle(&args.outputs.typed, plan)?;
    if outputs.tell_the_run() {
        outputs.made_with(made_with(args));
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
