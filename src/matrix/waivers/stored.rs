//! The `waivers` part of a report → entries and outcomes again.

use serde::Deserialize;

use super::outcome::{Outcome, State};
use super::{Attestation, Force, Says, Until, Waiver, WaiverEntry, text};
use crate::matrix::row::Row;

/// What became of an entry, as a report holds it.
#[derive(Clone, Debug, Deserialize)]
pub struct StoredOutcome {
    line: u32,
    kind: Kind,
    state: State,
    matched: u64,
    findings: u64,
    control: String,
    benchmarks: Vec<String>,
    clusters: Vec<String>,
    nodes: Vec<String>,
    #[serde(rename = "type")]
    of_type: Option<String>,
    justification: Option<String>,
    owner: Option<String>,
    approver: Option<String>,
    ticket: Option<String>,
    answer: Option<String>,
    by: Option<String>,
    at: Option<String>,
    artefact: Option<String>,
    explanation: Option<String>,
    expires: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Waiver,
    Attestation,
}

/// The entries of a report's waivers file, and what became of each.
#[derive(Debug, Default)]
pub struct StoredWaivers {
    entries: Vec<(WaiverEntry, String)>,
    outcomes: Vec<StoredOutcome>,
}

impl StoredOutcome {
    fn entry(&self) -> WaiverEntry {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let says = match self.kind {
            Kind::Waiver => Says::Waiver(Waiver {
                of_type: self.of_type.clone(),
                justification: text(&self.justification),
                owner: text(&self.owner),
                approver: self.approver.clone(),
                ticket: self.ticket.clone(),
            }),
            Kind::Attestation => Says::Attestation(Attestation {
                answer: text(&self.answer),
                by: text(&self.by),
                at: text(&self.at),
                artefact: text(&self.artefact),
                explanation: self.explanation.clone(),
            }),
        };
        WaiverEntry {
            line: self.line,
            control: self.control.clone(),
            benchmarks: self.benchmarks.clone(),
            clusters: self.clusters.clone(),
            nodes: self.nodes.clone(),
            says,
            expires: self.expires.as_deref().and_then(Until::parse),
            force: match self.state {
                State::Expired => Force::Expired,
                State::NotYet => Force::NotYet,
                _ => Force::InForce,
            },
        }
    }
}

impl StoredWaivers {
    /// Of the `waivers` part.
    #[must_use]
    pub fn of(outcomes: Vec<StoredOutcome>) -> Self {
        let entries = outcomes.iter().map(|outcome| {
            let entry = outcome.entry();
            let text = text::of(&entry);
            (entry, text)
        });
        Self {
            entries: entries.collect(),
            outcomes,
        }
    }

    /// The entry whose text stands beside a row. Entries of one control with one text say the same.
    #[must_use]
    pub fn beside(&self, row: &Row<'_>) -> Option<&WaiverEntry> {
        let waiver = row.waiver.as_deref()?;
        let mut entries = self.entries.iter();
        let found = entries.find(|(entry, text)| {
            Some(entry.control.as_str()) == row.control
                && text == waiver
                && entry.is_for(row.verdict)
        });
        found.map(|(entry, _)| entry)
    }

    /// What became of every entry, in the order of the file.
    #[must_use]
    pub fn outcomes(&self) -> Vec<Outcome<'_>> {
        let all = self.entries.iter().zip(&self.outcomes);
        all.map(|((entry, _), stored)| {
            Outcome::new(entry, stored.state, (stored.matched, stored.findings))
        })
        .collect()
    }
}
