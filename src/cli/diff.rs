//! `nodeproof diff OLD NEW`: two reports, or evidence that is judged first → what changed.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::args::{DiffArgs, FailOnChange};
use super::progress::Followed;
use super::signals::Temporaries;
use super::stop::CliError;
use super::{Exit, analyze, collector};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::bundle;
use crate::export::Sink;
use crate::export::changes::{ChangesFormat, FORMATS};
use crate::export::target::{self, Lost, Target};
use crate::matrix::compare::change::Compared;
use crate::matrix::compare::{Old, ReportComparison};
use crate::matrix::judged::Judged;
use crate::matrix::stored;
use crate::pipeline::analyze::Measure;
use crate::pipeline::{self, Run};
use crate::verdict::Verdict;

/// What takes the findings of one side.
type Take<'t> = &'t mut dyn FnMut(&Compared) -> io::Result<()>;

pub fn run(args: &DiffArgs) -> Result<Exit, CliError> {
    let (comparison, errors) = compared(args)?;
    let is_reached = args.fail_on == FailOnChange::Regression;
    Ok(if errors > 0 {
        Exit::Evidence
    } else if is_reached && comparison.regressions() > 0 {
        Exit::FailOn
    } else {
        Exit::Fine
    })
}

/// The comparison, written; and how many rows of judged evidence are errors.
fn compared(args: &DiffArgs) -> Result<(ReportComparison, u64), CliError> {
    let catalog = args.judging.catalogs.load()?;
    let (format, judge) = settle(args, catalog)?;
    let temporaries = Temporaries::watched();
    let path = args.output.as_deref();
    let special = path.map(target::special).transpose();
    let special = special.map_err(CliError::Output)?.flatten();
    let open = || {
        let target: Target<Sink> = match &args.output {
            Some(path) => Target::file(path, special, |sink| sink)?,
            None => Target::stdout(|sink| sink)?,
        };
        Ok(vec![target])
    };
    let mut targets = temporaries.opened(open).map_err(CliError::Output)?;
    let mut errors = 0;
    let mut old = Old::default();
    let run_of_old = judge.side(&args.old, &mut errors, &mut |finding| old.add(finding))?;
    let mut new = old.against_new();
    let run_of_new = judge.side(&args.new, &mut errors, &mut |finding| new.add(finding))?;
    let comparison = new.finish(run_of_old, run_of_new)?;
    for target in &mut targets {
        (format.write)(&comparison, &mut target.export)
            .map_err(|error| Lost::of(&target.name, error))?;
    }
    for target in targets {
        let name = target.name.clone();
        target.publish().map_err(|error| Lost::of(&name, error))?;
    }
    Ok((comparison, errors))
}

/// How evidence is judged, the same for both sides.
struct Judge<'c> {
    run: Run<'c>,
    /// `run` of its report.
    header: Value,
    never: Vec<PathBuf>,
    quiet: bool,
}

fn settle<'c>(
    args: &DiffArgs,
    catalog: &'c Catalog,
) -> Result<(&'static ChangesFormat, Judge<'c>), String> {
    let named = |name: &str| {
        ChangesFormat::named(name).ok_or_else(|| {
            let names = ChangesFormat::names();
            format!("there is no format `{name}`; the formats are {names}")
        })
    };
    let ending = args
        .output
        .as_ref()
        .and_then(|path| path.extension()?.to_str());
    let by_ending = ending.and_then(ChangesFormat::named);
    let format = match (by_ending, &args.format, &args.output) {
        (Some(format), _, _) => format,
        (None, Some(name), _) => named(name)?,
        (None, None, None) => named(FORMATS.first().map_or("", |format| format.name))?,
        (None, None, Some(path)) => {
            return Err(format!(
                "{}: the ending names no format; add --format, or end it in one of: txt, {}",
                path.display(),
                ChangesFormat::names()
            ));
        }
    };
    let paths = [&args.old, &args.new];
    for path in paths {
        if path.as_os_str() == "-" {
            return Err("stdin cannot be compared; save it to a file and name that".to_owned());
        }
        bundle::exist(std::slice::from_ref(path))?;
    }
    let judging = &args.judging;
    let asks_to_judge = !(args.benchmark.is_empty()
        && args.control.is_empty()
        && judging.caps.limit.is_empty()
        && judging.catalogs.dirs.is_empty());
    if asks_to_judge && paths.iter().all(|path| is_report(path)) {
        return Err(
            "-b, -c, --catalog and --limit are about evidence, and two reports are judged already; leave them out"
                .to_owned(),
        );
    }
    let auto = ["auto".to_owned()];
    let benchmarks: &[String] = match args.benchmark.as_slice() {
        [] => &auto,
        typed => typed,
    };
    let selection = Selection::settle(catalog, benchmarks, &args.control)?;
    let limits = args.judging.caps.limits()?;
    let read_as = args.judging.read_as()?;
    let run = Run {
        read_as,
        limits,
        trusted: args.judging.trusted()?,
        ..Run::new(
            catalog,
            selection,
            pipeline::pool(args.judging.workers.threads())?,
        )
    };
    let header = run.described(collector::built_in(), None);
    let judge = Judge {
        header: serde_json::to_value(header).map_err(|e| e.to_string())?,
        run,
        never: args.output.iter().cloned().collect(),
        quiet: args.quiet,
    };
    Ok((format, judge))
}

/// Whether a path is meant to be a report rather than evidence, by how it begins.
fn is_report(path: &Path) -> bool {
    let is_named = path
        .extension()
        .is_some_and(|ending| ["json", "jsonl", "csv"].iter().any(|e| ending == *e));
    let begins = || -> io::Result<bool> {
        let mut file = BufReader::new(File::open(path)?);
        let head = file.fill_buf()?;
        Ok(stored::is_json(head) || stored::is_csv(head))
    };
    fs::metadata(path).is_ok_and(|there| !there.is_dir())
        && (is_named || begins().unwrap_or_default())
}

impl Judge<'_> {
    /// Hands the findings of one side on. Gives back how its report was made.
    fn side(
        &self,
        path: &Path,
        errors: &mut u64,
        take: Take<'_>,
    ) -> Result<Option<Value>, CliError> {
        if is_report(path) {
            return report_of(path, take);
        }
        let found = bundle::find(&[path.to_owned()], &self.never)?;
        if found.places.is_empty() {
            return Err(CliError::from(format!(
                "{}: is neither a report nor evidence; give a report in JSON or JSON Lines, or bundles",
                path.display()
            )));
        }
        let fleet = self.run.first_pass(&found.places, analyze::now());
        let mut followed = Followed::new(self.quiet);
        // What a newer bundle of the node supersedes is no row here either.
        let measure = Measure::default();
        let emit = &mut |judged: &Judged| {
            for found in &judged.findings {
                *errors += u64::from(found.verdict() == Verdict::Error);
                take(&Compared::from(&found.row(self.run.catalog, None)))?;
            }
            Ok::<(), io::Error>(())
        };
        self.run
            .report(&fleet, &found, measure, &mut followed, emit)?;
        Ok(Some(self.header.clone()))
    }
}

fn report_of(path: &Path, take: Take<'_>) -> Result<Option<Value>, CliError> {
    let name = path.display();
    let wrong = |why: String| CliError::from(format!("{name}:{why}"));
    let cannot = |e: io::Error| wrong(format!(" cannot be read ({e}); check the file"));
    let mut source = BufReader::with_capacity(1 << 16, File::open(path).map_err(cannot)?);
    let head = source.fill_buf().map_err(cannot)?;
    if stored::is_csv(head) {
        return Err(wrong(
            " is CSV; a report in JSON or JSON Lines is needed: nodeproof analyze … -o report.json"
                .to_owned(),
        ));
    }
    let is_lines = path.extension().is_some_and(|ending| ending == "jsonl");
    if head.is_empty() && is_lines {
        return Ok(None);
    }
    let take = &mut |finding: Compared| take(&finding);
    stored::read(source, take).map_err(|stopped| match stopped {
        stored::Stopped::Wrong(why) => wrong(why),
        stored::Stopped::Taker(error) => error.into(),
    })
}
