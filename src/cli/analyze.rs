//! `nodeproof analyze`: judge bundles and write the matrix.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::args::{AnalyzeArgs, FailOn};
use super::progress::Progress;
use super::{Exit, message};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::bundle;
use crate::export::Format;
use crate::export::target::Target;
use crate::limits::Limits;
use crate::matrix::summary::Summary;
use crate::pipeline::{Judged, Run};

/// What was typed, settled.
struct Options {
    outputs: Vec<(PathBuf, &'static Format)>,
    stdout: Option<&'static Format>,
    limits: Limits,
    threads: usize,
}

pub fn run(args: AnalyzeArgs) -> Exit {
    let catalog = match Catalog::built_in() {
        Ok(catalog) => catalog,
        Err(why) => return usage(&why),
    };
    let selection = match Selection::settle(&catalog, &args.benchmark, &args.control) {
        Ok(selection) => selection,
        Err(why) => return usage(&why),
    };
    let options = match settle(&args) {
        Ok(options) => options,
        Err(why) => return usage(&why),
    };
    let targets = match open(&options) {
        Ok(targets) => targets,
        Err(why) => {
            message::fatal(why);
            return Exit::Output;
        }
    };
    let never: Vec<PathBuf> = options
        .outputs
        .iter()
        .map(|(path, _)| path.clone())
        .collect();
    let found = match bundle::find(&args.paths, &never) {
        Ok(found) => found,
        Err(why) => return usage(&why),
    };
    if found.places.is_empty() {
        return usage(&format!(
            "no bundle in {}: {} other files were skipped; give an archive, a folder with bundle.json, commands/, files/ or configz/, or a folder that holds such",
            list(&args.paths),
            found.skipped
        ));
    }
    let run = Run {
        catalog: &catalog,
        selection,
        limits: options.limits,
        threads: options.threads,
    };
    let outcome = write(&run, &found, targets, args.quiet);
    match outcome {
        Err(why) => {
            message::fatal(why);
            Exit::Output
        }
        Ok(summary) => {
            if !args.quiet {
                report(&summary);
            }
            exit(&summary, args.fail_on)
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

fn settle(args: &AnalyzeArgs) -> Result<Options, String> {
    let mut limits = Limits::default();
    for assignment in &args.limit {
        limits
            .set(assignment)
            .map_err(|why| format!("--limit: {why}"))?;
    }
    let named = args
        .format
        .as_deref()
        .map(|name| {
            Format::named(name).ok_or_else(|| {
                format!(
                    "there is no format `{name}`; the formats are {}",
                    Format::names()
                )
            })
        })
        .transpose()?;
    let mut outputs = Vec::new();
    let mut seen = BTreeSet::new();
    for path in &args.output {
        let ending = path
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default();
        let format = Format::named(ending).or(named).ok_or_else(|| {
            format!(
                "{}: the ending names no format; add --format, or end it in one of: {}",
                path.display(),
                Format::names()
            )
        })?;
        if !seen.insert(target(path)) {
            return Err(format!("{}: is named as output twice", path.display()));
        }
        outputs.push((path.clone(), format));
    }
    let stdout = outputs
        .is_empty()
        .then(|| named.or_else(|| Format::named("csv")))
        .flatten();
    let threads = args.jobs.map_or_else(
        || std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        std::num::NonZero::get,
    );
    Ok(Options {
        outputs,
        stdout,
        limits,
        threads,
    })
}

/// A path by which two spellings of one target are seen to be the same.
fn target(path: &Path) -> PathBuf {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

fn open(options: &Options) -> Result<Vec<Target>, String> {
    options
        .outputs
        .iter()
        .map(|(path, format)| Target::file(path, format))
        .chain(options.stdout.map(|format| Ok(Target::stdout(format))))
        .collect()
}

fn write(
    run: &Run<'_>,
    found: &bundle::Found,
    mut targets: Vec<Target>,
    quiet: bool,
) -> Result<Summary, String> {
    let failed = |e: std::io::Error| format!("an output could not be written: {e}");
    for target in &mut targets {
        target.export.begin().map_err(failed)?;
    }
    let progress = Progress::new(found.places.len() as u64, quiet);
    let mut summary = Summary {
        skipped: found.skipped,
        ..Summary::default()
    };
    let warn = |text: &dyn std::fmt::Display| {
        if !quiet {
            progress.say(&format!("warning: {text}"));
        }
    };
    for problem in &found.problems {
        warn(problem);
    }
    run.judge(found, &mut |judged: Judged| {
        for row in &judged.rows {
            for target in &mut targets {
                target.export.row(row).map_err(failed)?;
            }
        }
        for problem in &judged.problems {
            warn(problem);
        }
        summary.count(&judged.rows);
        progress.step(summary.of("fail"), summary.of("error"));
        Ok(())
    })?;
    progress.end();
    for target in &mut targets {
        target.export.end(&summary).map_err(failed)?;
    }
    for target in targets {
        target.publish()?;
    }
    Ok(summary)
}

fn report(summary: &Summary) {
    let verdicts: Vec<String> = summary
        .verdicts
        .iter()
        .map(|(verdict, count)| format!("{count} {verdict}"))
        .collect();
    message::say(format_args!(
        "{} bundles ({} unreadable, {} other files skipped), {} nodes: {}",
        summary.bundles,
        summary.unreadable,
        summary.skipped,
        summary.nodes,
        verdicts.join(", ")
    ));
}

fn exit(summary: &Summary, fail_on: FailOn) -> Exit {
    let reached = match fail_on {
        FailOn::Never => 0,
        FailOn::Fail => summary.of("fail"),
        FailOn::Unknown => summary.of("fail") + summary.of("unknown") + summary.of("error"),
    };
    if summary.of("error") > 0 {
        Exit::Evidence
    } else if reached > 0 {
        Exit::FailOn
    } else {
        Exit::Fine
    }
}
