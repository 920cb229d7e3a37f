//! `nodeproof pack PATH... -o PACK`: many bundles in one archive with an index of them.

use std::path::Path;

use super::args::PackArgs;
use super::signals::Temporaries;
use super::stop::CliError;
use super::{Exit, bundles, message, summary};
use crate::bundle::pack::{NotPacked, Pack};
use crate::bundle::{Found, NotOpened, Source};
use crate::evidence::layout;
use crate::export::Sink;
use crate::export::target::{self, Lost, Target};

pub fn run(args: &PackArgs) -> Result<Exit, CliError> {
    let limits = args.caps.limits()?;
    let out = &args.output;
    let special = target::special(out).map_err(CliError::Output)?;
    let ends_well = out
        .extension()
        .is_some_and(|it| it.eq_ignore_ascii_case("tar"));
    if special.is_none() && !ends_well {
        return Err(CliError::from(format!(
            "{}: a pack is a .tar; choose such a name",
            out.display()
        )));
    }
    bundles::exist(&args.paths, args.list.as_deref())?;
    let resolved = target::resolve(out).map_err(CliError::Output)?;
    for path in &args.paths {
        lies_outside(&resolved, path, out)?;
    }
    let named = (&args.paths, args.list.as_deref());
    let never = std::slice::from_ref(out);
    let found = bundles::named(named.0, named.1, never, NotOpened::default())?;
    for place in &found.places {
        if let Source::Folder(path) = &place.source {
            lies_outside(&resolved, path, out)?;
        }
    }
    let temporaries = Temporaries::watched();
    let opened = temporaries.opened(|| Ok(vec![Target::file(out, special, |sink| sink)?]));
    let targets: Vec<Target<Sink>> = opened.map_err(CliError::Output)?;
    let Found {
        places,
        skipped,
        problems,
    } = found;
    for problem in &problems {
        message::say(format_args!("warning: {problem}"));
    }
    let name = out.display().to_string();
    let packed = Pack::of(places, &limits, &layout::is_evidence).and_then(|pack| {
        for mut target in targets {
            pack.write(&mut target.export)?;
            target.publish().map_err(NotPacked::Output)?;
        }
        Ok(pack)
    });
    match packed {
        Ok(pack) => {
            tell(&pack, skipped, limits.nested_bytes);
            Ok(Exit::Fine)
        }
        Err(NotPacked::Refused(why)) => Err(CliError::from(why)),
        Err(NotPacked::Output(error)) => Err(CliError::from(Lost::of(&name, error))),
        Err(NotPacked::Evidence(problem)) => {
            message::fatal(problem);
            Ok(Exit::Evidence)
        }
    }
}

/// Refuses a pack in what is packed: the next run over that would read it beside its bundles.
fn lies_outside(resolved: &Path, packed: &Path, out: &Path) -> Result<(), CliError> {
    let packed_at = packed.canonicalize();
    match packed_at.is_ok_and(|at| resolved.starts_with(at)) {
        true => Err(CliError::from(format!(
            "{}: lies in what is packed, `{}`; choose a place outside it",
            out.display(),
            packed.display()
        ))),
        false => Ok(()),
    }
}

fn tell(pack: &Pack, skipped: u64, most: u64) {
    for name in &pack.large {
        message::say(format_args!(
            "warning: {name}: is larger than the limit `nested-bytes`, which is {most}; judge the pack with a higher `--limit nested-bytes=N`"
        ));
    }
    let count = summary::counted(pack.count() as u64, "bundle");
    message::say(format_args!(
        "{count} packed. {}.",
        summary::skipped(skipped)
    ));
}
