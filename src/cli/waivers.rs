//! `--waivers`: the file as named → what it says; and what became of it, for people.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;

use super::summary::counted;
use crate::benchmark::catalog::Catalog;
use crate::export::terminal;
use crate::limits::Limits;
use crate::matrix::summary::{Summary, Verdicts};
use crate::matrix::waivers::outcome::{Outcome, State};
use crate::matrix::waivers::{Waivers, file};

/// Reads the file.
///
/// # Errors
/// Lines, each with the file's name: it cannot be read, is too large, or what is wrong in it.
pub fn read(
    path: &Path,
    catalog: &Catalog,
    limits: &Limits,
    as_of: Timestamp,
) -> Result<Waivers, String> {
    let name = terminal::line(&path.display().to_string()).into_owned();
    let most = limits.member_bytes;
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(|e| format!("{name}: cannot be read ({e}); check the path after --waivers"))?;
    if bytes.len() as u64 > most {
        return Err(format!(
            "{name}: is larger than {most} bytes; shorten it, or raise --limit member-bytes=N"
        ));
    }
    file::read(&name, &bytes, catalog, limits, as_of)
        .map_err(|why| format!("the waivers file has to be corrected:\n{why}"))
}

/// What a reader should know of entries that did not do what they are there for, by line.
pub fn warnings(path: Option<&Path>, outcomes: &[Outcome<'_>]) -> Vec<String> {
    let name = path.map(|path| path.display().to_string());
    let name = name.unwrap_or_default();
    let outcomes = outcomes.iter().filter(|outcome| outcome.needs_care());
    outcomes
        .map(|outcome| format!("{name}:{outcome}"))
        .collect()
}

/// What stands beside findings, and how many entries did not do what they are there for.
pub fn lines(summary: &Summary, outcomes: &[Outcome<'_>]) -> Vec<String> {
    if outcomes.is_empty() {
        return Vec::new();
    }
    let attested: u64 = summary.attested.values().flat_map(Verdicts::values).sum();
    let mut lines = vec![
        String::new(),
        format!(
            "{} of {} waived, {attested} attested where no evidence decides.",
            summary.waived,
            counted(summary.of("fail"), "failing finding"),
        ),
    ];
    let of = |state| outcomes.iter().filter(|o| o.state == state).count();
    let cares = [
        (State::Expired, "expired"),
        (State::NotYet, "of later than today"),
        (State::Unmatched, "matching nothing"),
        (State::Unneeded, "unneeded"),
        (State::Redundant, "redundant"),
    ];
    let cares: Vec<String> = cares
        .into_iter()
        .filter(|(state, _)| of(*state) > 0)
        .map(|(state, words)| format!("{} {words}", of(state)))
        .collect();
    if !cares.is_empty() {
        lines.push(format!(
            "Of {} in the waivers file: {}.",
            match outcomes.len() {
                1 => "1 entry".to_owned(),
                n => format!("{n} entries"),
            },
            cares.join(", ")
        ));
    }
    lines
}
