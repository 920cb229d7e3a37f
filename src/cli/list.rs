//! `nodeproof list PATH`: the bundles below a folder, for `analyze --list`.

use super::args::ListArgs;
use super::stop::CliError;
use super::{Exit, message, summary};
use crate::bundle;
use crate::export::terminal;

pub fn run(args: &ListArgs) -> Result<Exit, CliError> {
    let root = &args.path;
    let found = bundle::find(std::slice::from_ref(root), &[])?;
    let shown = root.display();
    if found.places.is_empty() {
        let skipped = summary::skipped(found.skipped);
        return Err(CliError::from(format!(
            "no bundle in {shown}: {skipped}; name a folder that holds some"
        )));
    }
    let mut listed = Vec::new();
    for place in &found.places {
        let Some(name) = place.listed_below(root) else {
            return Err(CliError::from(format!(
                "{shown}: is a bundle itself; name the folder that it is in"
            )));
        };
        if !args.null && std::str::from_utf8(&name).is_ok_and(|name| terminal::line(name) != name) {
            return Err(CliError::from(format!(
                "{}: is a name that is no line; add --null",
                place.name
            )));
        }
        listed.extend(name);
        listed.push(if args.null { 0 } else { b'\n' });
    }
    for problem in &found.problems {
        message::say(format_args!("warning: {problem}"));
    }
    Ok(message::print_bytes(&listed))
}
