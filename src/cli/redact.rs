//! `nodeproof redact IN -o OUT`: a bundle that came in, without its secrets.

use serde_json::json;

use super::args::RedactArgs;
use super::signals::Temporaries;
use super::stop::CliError;
use super::table::{self, TableColumns};
use super::{Exit, message, summary};
use crate::bundle::{self, Place, Source, written};
use crate::evidence::layouts;
use crate::export::Sink;
use crate::export::target::{self, Lost, Target};
use crate::pipeline::redact::{self, NotRedacted, Redacted};

const COLUMNS: TableColumns<'_> = TableColumns {
    shown: &["count", "kind", "member"],
    spare: &[],
};

pub fn run(args: &RedactArgs) -> Result<Exit, CliError> {
    let limits = args.caps.limits()?;
    let read_as = layouts::named(args.read_as.as_deref())?;
    let out = &args.output;
    let is_compressed = out
        .to_str()
        .and_then(written::is_compressed)
        .ok_or_else(|| {
            format!(
                "{}: a redacted bundle is a .tar.gz, .tgz or .tar; choose such a name",
                out.display()
            )
        })?;
    let place = only_bundle(args)?;
    let temporaries = Temporaries::watched();
    let special = target::special(out).map_err(CliError::Output)?;
    let opened = temporaries.opened(|| Ok(vec![Target::file(out, special, |sink| sink)?]));
    let mut targets: Vec<Target<Sink>> = opened.map_err(CliError::Output)?;
    let redacted = match redact::redact(&place, &limits, read_as) {
        Ok(redacted) => redacted,
        Err(NotRedacted::Several(count)) => return Err(several(args, count)),
        Err(NotRedacted::Evidence(problem)) => {
            message::fatal(problem);
            return Ok(Exit::Evidence);
        }
    };
    for mut target in targets.drain(..) {
        let name = target.name.clone();
        let top = redacted.original.top.as_deref();
        let members = redacted.members();
        written::write(
            &mut target.export,
            is_compressed,
            top,
            &redacted.description,
            &members,
        )
        .and_then(|()| std::io::Write::flush(&mut target.export))
        .and_then(|()| target.publish())
        .map_err(|error| Lost::of(&name, error))?;
    }
    let rows: Vec<_> = (redacted.found.iter())
        .map(|one| json!({"member": one.member, "kind": one.kind, "count": one.count.to_string()}))
        .collect();
    let printed = table::print(args.format, &COLUMNS, &["member", "kind", "count"], &rows);
    tell(&redacted);
    Ok(printed)
}

/// The one bundle that is asked for, which is not written over.
fn only_bundle(args: &RedactArgs) -> Result<Place, CliError> {
    let paths = std::slice::from_ref(&args.path);
    bundle::exist(paths)?;
    let found = bundle::find(paths, &[])?;
    let count = found.places.len();
    let mut places = found.places.into_iter();
    let place = match (places.next(), count) {
        (Some(place), 1) => place,
        (None, _) => {
            let skipped = summary::skipped(found.skipped);
            return Err(CliError::from(format!(
                "no bundle in {}: {skipped}",
                args.path.display()
            )));
        }
        _ => return Err(several(args, count)),
    };
    let own = match &place.source {
        Source::File(path) | Source::Folder(path) => path.canonicalize().ok(),
        _ => None,
    };
    if own.is_some() && target::resolve(&args.output).ok() == own {
        return Err(CliError::from(format!(
            "{}: is the bundle itself; choose another name",
            args.output.display()
        )));
    }
    Ok(place)
}

fn several(args: &RedactArgs, count: usize) -> CliError {
    let path = args.path.display();
    CliError::from(format!(
        "{path} holds {count} bundles; unpack it, and redact them one by one"
    ))
}

/// Members that a message names.
const NAMED: usize = 20;

fn tell(redacted: &Redacted) {
    let name = &redacted.original.name;
    for problem in &redacted.original.problems {
        message::say(format_args!("warning: {problem}"));
    }
    if let Some(key) = &redacted.from.signed_by {
        message::say(format_args!(
            "warning: {name}: its signature ({key}) is not of the redacted bundle and was left out; keep the original as proof, or sign the copy"
        ));
    }
    for unsure in redacted.unsure.iter().take(NAMED) {
        message::say(format_args!(
            "not sure: {name}: {} {}; read it before it is passed on",
            unsure.member, unsure.why
        ));
    }
    if let Some(more) = redacted
        .unsure
        .len()
        .checked_sub(NAMED)
        .filter(|more| *more > 0)
    {
        message::say(format_args!(
            "not sure: {name}: and {more} more members, which bundle.json names"
        ));
    }
    let masked: u64 = redacted.found.iter().map(|one| one.count).sum();
    let mut members: Vec<&str> = redacted.found.iter().map(|one| &*one.member).collect();
    members.dedup();
    message::say(format_args!(
        "{masked} values masked in {} of {} members; {} members that nobody can be sure of. Original: sha256 {}",
        members.len(),
        redacted.original.members.len(),
        redacted.unsure.len(),
        redacted.original.digest,
    ));
}
