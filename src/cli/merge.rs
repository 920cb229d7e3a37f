//! `nodeproof merge SHARD... -o FILE...`: what the shards of one run hold, as that run writes it.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::args::MergeArgs;
use super::outputs::Outputs;
use super::progress::Followed;
use super::signals::Temporaries;
use super::stop::CliError;
use super::{Exit, analyze, message};
use crate::benchmark::built_in;
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::export::Plan;
use crate::export::target::{self, Target};
use crate::limits::Limits;
use crate::matrix::report::Run;
use crate::matrix::waivers::{Waivers, file};
use crate::pipeline::shards::{Shards, Unmerged};

pub fn run(args: &MergeArgs) -> Result<Exit, CliError> {
    let catalog = args.catalogs.load()?;
    let files = args.shards.iter().map(|path| open(path));
    let shards = Shards::of(files.collect::<Result<_, _>>()?)?;
    let described = shards.run().cloned().ok_or_else(|| "no shard".to_owned())?;
    is_of_this_program(&described, catalog)?;
    let selection = Selection::settle(catalog, &described.benchmark, &described.control)?;
    let waivers = waivers(&shards, &described, catalog)?;
    let only_verifies = args.verify && args.outputs.typed.is_empty();
    let asks = described.made_with.allowed_signers_sha256.is_some();
    let plan = Plan {
        run: described,
        layout: args.outputs.layout(catalog, &selection),
    };
    let outputs = Outputs::settle(&args.outputs.typed, plan)?;
    let read: Vec<PathBuf> = { args.shards.iter() }
        .filter_map(|path| target::resolve(path).ok())
        .collect();
    for path in outputs.paths() {
        if target::resolve(&path).is_ok_and(|path| read.contains(&path)) {
            let name = path.display();
            return Err(CliError::from(format!(
                "{name}: is a shard itself; choose another name"
            )));
        }
    }
    let temporaries = Temporaries::watched();
    let targets: Vec<Target> = match only_verifies {
        true => Vec::new(),
        false => outputs
            .special()
            .and_then(|special| temporaries.opened(|| outputs.open(special)))
            .map_err(CliError::Output)?,
    };
    let (count, bundles) = (args.shards.len(), shards.bundles());
    let name = shards.waivers().map(|(name, _)| PathBuf::from(name));
    let mut followed = Followed::new(args.quiet || only_verifies);
    let merged = shards.merge(
        catalog,
        &selection,
        waivers.as_ref(),
        targets,
        &mut followed,
    );
    let report = merged.map_err(|why| match why {
        Unmerged::Wrong(why) => CliError::from(why),
        Unmerged::Lost(lost) => CliError::from(lost),
    })?;
    if only_verifies {
        message::say(format_args!(
            "{count} of {count} shards are whole, and of one run of {bundles} bundles"
        ));
        return Ok(Exit::Fine);
    }
    analyze::tell(&report, name.as_deref(), asks, args.quiet);
    Ok(analyze::exit(
        &report.summary,
        &report.coverage,
        args.fail_on,
    ))
}

fn open(path: &Path) -> Result<(String, BufReader<File>), CliError> {
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => Ok((name, BufReader::new(file))),
        Err(e) => Err(CliError::from(format!(
            "{name}: cannot be read ({e}); check the path"
        ))),
    }
}

/// Findings are numbered by the catalog, so it must be the one that judged.
fn is_of_this_program(run: &Run, catalog: &Catalog) -> Result<(), String> {
    let own = env!("CARGO_PKG_VERSION");
    if run.version != own {
        return Err(format!(
            "the shards were written by version {}, and this is {own}; merge them with the program that wrote them",
            run.version
        ));
    }
    let built_in = Some(built_in::digest());
    if run.made_with.catalog_sha256 != built_in {
        return Err(
            "the shards were judged by another built-in catalog; merge them with the program that wrote them"
                .to_owned(),
        );
    }
    if run.catalogs != catalog.added {
        return Err(format!(
            "the shards were made with {} added catalogs, and they are not those named here; name the same folders with --catalog and --kube-bench, in their order",
            run.catalogs.len()
        ));
    }
    Ok(())
}

/// The waivers file that the run was made with, read as of its time.
fn waivers<R: std::io::BufRead>(
    shards: &Shards<R>,
    run: &Run,
    catalog: &Catalog,
) -> Result<Option<Waivers>, String> {
    let as_of = run.as_of.as_deref().and_then(|time| time.parse().ok());
    let Some(((name, text), as_of)) = shards.waivers().zip(as_of) else {
        return Ok(None);
    };
    let mut limits = Limits::default();
    for (name, cap) in &run.limits {
        limits.set(&format!("{name}={cap}"))?;
    }
    file::read(name, text.as_bytes(), catalog, &limits, as_of).map(Some)
}
