//! An entry → the text of the `waiver` column, and back to what that means for a count.

use super::{ANSWERS, Says, WaiverEntry};
use crate::matrix::row::Row;

const ATTESTED: &str = "attested: ";

/// What the `waiver` column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A waiver is in force.
    Waived,
    /// A person answered: one of [`ANSWERS`].
    Attested(&'static str),
}

/// The text of an entry: `risk-adjustment until 2027-01-31: why (owner A; approver B; ticket C)` or
/// `attested: pass by A at 2026-11-01, artefact C: why`.
pub(in crate::matrix) fn of(entry: &WaiverEntry) -> String {
    match &entry.says {
        Says::Waiver(waiver) => {
            let kind = waiver.of_type.as_deref().unwrap_or("waived");
            let until = entry.expires.as_ref().map(|until| until.text.as_str());
            let named = [
                ("owner", Some(&waiver.owner)),
                ("approver", waiver.approver.as_ref()),
                ("ticket", waiver.ticket.as_ref()),
            ];
            let named = named.into_iter();
            let named = named.filter_map(|(what, name)| Some(format!("{what} {}", name?)));
            format!(
                "{kind} until {}: {} ({})",
                until.unwrap_or_default(),
                waiver.justification,
                named.collect::<Vec<_>>().join("; ")
            )
        }
        Says::Attestation(said) => {
            let why = said.explanation.as_ref().map(|why| format!(": {why}"));
            format!(
                "{ATTESTED}{} by {} at {}, artefact {}{}",
                said.answer,
                said.by,
                said.at,
                said.artefact,
                why.unwrap_or_default()
            )
        }
    }
}

/// What stands beside a row.
#[must_use]
pub fn standing(row: &Row<'_>) -> Option<Standing> {
    match row.entry.map(|entry| &entry.says) {
        Some(Says::Waiver(_)) => Some(Standing::Waived),
        Some(Says::Attestation(said)) => answer(&said.answer).map(Standing::Attested),
        None => standing_of(row.waiver.as_deref()),
    }
}

fn answer(word: &str) -> Option<&'static str> {
    ANSWERS.into_iter().find(|answer| *answer == word)
}

/// What a cell of the column says.
#[must_use]
pub fn standing_of(cell: Option<&str>) -> Option<Standing> {
    let text = cell?;
    let Some(said) = text.strip_prefix(ATTESTED) else {
        return Some(Standing::Waived);
    };
    let word = said.split(' ').next().unwrap_or_default();
    answer(word).map(Standing::Attested)
}
