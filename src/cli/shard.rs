//! `nodeproof analyze --shard I/N`: one of several runs, for `merge`.

use std::path::{Path, PathBuf};

use super::args::AnalyzeArgs;
use super::bundles::{exist, found};
use super::made_with::{self, described};
use super::progress::Followed;
use super::signals::Temporaries;
use super::stop::CliError;
use super::{Exit, message};
use crate::export::target::{self, Target};
use crate::fleet::shard::Shard;
use crate::matrix::shard::Writer;
use crate::pipeline::Run;
use crate::pipeline::analyze::Measure;
use crate::pipeline::shards::Sharded;

pub fn run(
    args: &AnalyzeArgs,
    shard: Shard,
    run: Run<'_>,
    measure: Measure,
) -> Result<Exit, CliError> {
    let path = args.outputs.typed.only().ok_or_else(|| {
        "--shard: writes one file, which `merge` makes every format of; give one -o and no --format"
            .to_owned()
    })?;
    let waivers = args.waivers.as_deref().map(text).transpose()?;
    let mut described = described(args, &run, measure.clock.as_of);
    described.made_with = made_with::of_analyze(args);
    let sharded = Sharded {
        shard,
        described,
        waivers,
    };
    // Formats that show the words at the place that decided are made of shards too.
    let run = Run {
        excerpts: true,
        ..run
    };
    exist(&args.paths, args.list.as_deref())?;
    let temporaries = Temporaries::watched();
    let opened = target::special(path)
        .and_then(|special| temporaries.opened(|| Ok([Target::file(path, special, Writer::new)?])));
    let [target] = opened.map_err(CliError::Output)?;
    let parts = target.temporary().into_iter();
    let never: Vec<PathBuf> = parts.chain([path]).map(PathBuf::from).collect();
    let found = found(args, &never)?;
    let mut followed = Followed::new(args.quiet);
    let errors = run.shard(&found, measure, sharded, target, &mut followed)?;
    if !args.quiet {
        message::say(format_args!(
            "{}: shard {shard}; `nodeproof merge` puts all {} together",
            path.display(),
            shard.of
        ));
    }
    Ok(match errors {
        0 => Exit::Fine,
        _ => Exit::Evidence,
    })
}

/// The waivers file: its name and its text.
fn text(path: &Path) -> Result<(String, String), String> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|e| format!("{name}: cannot be read ({e}); check the path after --waivers"))?;
    Ok((name, text))
}
