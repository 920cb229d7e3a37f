//! `nodeproof convert REPORT.json -o FILE...`: any format from a stored report, without the evidence.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::args::ConvertArgs;
use super::outputs::Outputs;
use super::signals::Temporaries;
use super::stop::CliError;
use super::{Exit, message};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::export::Plan;
use crate::export::target;
use crate::matrix::stored::Stopped;
use crate::matrix::stored::parts::StoredParts;
use crate::pipeline::convert::{Unconverted, convert};

pub fn run(args: &ConvertArgs) -> Result<Exit, CliError> {
    let catalog = args.catalogs.load()?;
    let path = &args.report;
    let parts = StoredParts::read(open(path)?).map_err(|stopped| match stopped {
        Stopped::Wrong(why) => wrong(path, &why),
        Stopped::Taker(error) => error.into(),
    })?;
    if parts.run.catalogs != catalog.added {
        let count = parts.run.catalogs.len();
        return Err(wrong(
            path,
            &format!(
                " was made with {count} added catalogs, and they are not those named here; name the same folders with --catalog, in their order"
            ),
        ));
    }
    let outputs = settle(args, &parts, catalog)?;
    let remarks = [
        outputs.show_excerpts().then(|| {
            "xlsx and html show no words of the evidence: a JSON report does not hold them"
                .to_owned()
        }),
        (parts.run.version != env!("CARGO_PKG_VERSION")).then(|| {
            format!(
                "{} was written by version {}; titles of benchmarks are those of this version",
                path.display(),
                parts.run.version
            )
        }),
    ];
    let temporaries = Temporaries::watched();
    let opened = outputs
        .special()
        .and_then(|special| temporaries.opened(|| outputs.open(special)));
    let targets = opened.map_err(CliError::Output)?;
    let told = convert(catalog, parts, open(path)?, targets).map_err(|why| match why {
        Unconverted::Wrong(why) => wrong(path, &why),
        Unconverted::Lost(lost) => CliError::from(lost),
    })?;
    for remark in remarks.into_iter().flatten().chain(told) {
        message::say(format_args!("warning: {remark}"));
    }
    Ok(Exit::Fine)
}

fn settle(args: &ConvertArgs, parts: &StoredParts, catalog: &Catalog) -> Result<Outputs, CliError> {
    let run = &parts.run;
    let selection = Selection::settle(catalog, &run.benchmark, &run.control)?;
    let plan = Plan {
        run: run.clone(),
        layout: args.outputs.layout(catalog, &selection),
    };
    let outputs = Outputs::settle(&args.outputs.typed, plan)?;
    let report = target::resolve(&args.report).ok();
    for path in outputs.paths() {
        if report.is_some() && target::resolve(&path).ok() == report {
            let name = path.display();
            return Err(CliError::from(format!(
                "{name}: is the report itself; choose another name"
            )));
        }
    }
    Ok(outputs)
}

fn open(path: &Path) -> Result<BufReader<File>, CliError> {
    let opened = File::open(path).and_then(|file| match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(std::io::Error::other("it is no file, and is read twice")),
    });
    let file =
        opened.map_err(|e| wrong(path, &format!(" cannot be read ({e}); check the path")))?;
    Ok(BufReader::with_capacity(1 << 16, file))
}

fn wrong(path: &Path, why: &str) -> CliError {
    CliError::from(format!("{}:{why}", path.display()))
}
