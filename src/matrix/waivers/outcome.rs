//! Findings and the entries that match them → what became of each entry.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Force, Says, WaiverEntry, Waivers};
use crate::matrix::finding::Finding;
use crate::matrix::summary::Summary;

/// Counted while findings pass.
#[derive(Debug, Default)]
pub struct WaiverTally(Vec<EntryCounts>);

#[derive(Clone, Copy, Debug, Default)]
struct EntryCounts {
    matched: u64,
    beside: u64,
    /// Findings that it is for, and that another entry stands beside.
    taken: u64,
}

/// What became of an entry.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It stands beside findings.
    InForce,
    /// It is over.
    Expired,
    /// It was attested after the time that is "today".
    NotYet,
    /// No finding of its control was judged.
    NotJudged,
    /// Its control was judged, on no node that it names.
    Unmatched,
    /// It matches findings, and none of them needs it.
    Unneeded,
    /// An entry before it stands beside all that need it.
    Redundant,
}

/// An entry and what became of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Outcome<'w> {
    line: u32,
    kind: &'static str,
    /// What became of it.
    pub state: State,
    /// Findings that it matches, whatever their verdict.
    matched: u64,
    /// Findings that it stands beside.
    findings: u64,
    control: &'w str,
    benchmarks: &'w [String],
    clusters: &'w [String],
    nodes: &'w [String],
    #[serde(rename = "type")]
    of_type: Option<&'w str>,
    justification: Option<&'w str>,
    owner: Option<&'w str>,
    approver: Option<&'w str>,
    ticket: Option<&'w str>,
    answer: Option<&'w str>,
    by: Option<&'w str>,
    at: Option<&'w str>,
    artefact: Option<&'w str>,
    explanation: Option<&'w str>,
    expires: Option<&'w str>,
}

impl WaiverTally {
    /// Counts a finding and the entries that match it.
    pub fn count(&mut self, waivers: &Waivers, found: &Finding) {
        self.0.resize(waivers.entries.len(), EntryCounts::default());
        let standing = found.waiver;
        for at in &found.waivers {
            let (Some(counts), Some(entry)) = (self.0.get_mut(*at), waivers.entries.get(*at))
            else {
                continue;
            };
            counts.matched += 1;
            if standing == Some(*at) {
                counts.beside += 1;
            } else if standing.is_some() && entry.is_for(found.verdict()) {
                counts.taken += 1;
            }
        }
    }

    /// What became of every entry, in the order of the file.
    #[must_use]
    pub fn outcomes<'w>(&self, waivers: &'w Waivers, summary: &Summary) -> Vec<Outcome<'w>> {
        let entries = waivers.entries.iter().enumerate();
        let outcomes = entries.map(|(at, entry)| {
            let counts = self.0.get(at).copied().unwrap_or_default();
            Outcome::of(entry, counts, summary)
        });
        outcomes.collect()
    }
}

impl<'w> Outcome<'w> {
    fn of(entry: &'w WaiverEntry, counts: EntryCounts, summary: &Summary) -> Self {
        let is_judged = summary.controls.iter().any(|(id, controls)| {
            (entry.benchmarks.is_empty() || entry.benchmarks.contains(id))
                && controls.contains_key(&entry.control)
        });
        let state = match entry.force {
            Force::Expired => State::Expired,
            Force::NotYet => State::NotYet,
            Force::InForce if counts.beside > 0 => State::InForce,
            Force::InForce if counts.taken > 0 => State::Redundant,
            Force::InForce if counts.matched > 0 => State::Unneeded,
            Force::InForce if is_judged => State::Unmatched,
            Force::InForce => State::NotJudged,
        };
        Self::new(entry, state, (counts.matched, counts.beside))
    }

    /// `matched` findings the entry matches, `findings` of them it stands beside.
    pub(super) fn new(
        entry: &'w WaiverEntry,
        state: State,
        (matched, findings): (u64, u64),
    ) -> Self {
        let (waiver, said) = match &entry.says {
            Says::Waiver(waiver) => (Some(waiver), None),
            Says::Attestation(said) => (None, Some(said)),
        };
        Self {
            line: entry.line,
            kind: if waiver.is_some() {
                "waiver"
            } else {
                "attestation"
            },
            state,
            matched,
            findings,
            control: &entry.control,
            benchmarks: &entry.benchmarks,
            clusters: &entry.clusters,
            nodes: &entry.nodes,
            of_type: waiver.and_then(|w| w.of_type.as_deref()),
            justification: waiver.map(|w| w.justification.as_str()),
            owner: waiver.map(|w| w.owner.as_str()),
            approver: waiver.and_then(|w| w.approver.as_deref()),
            ticket: waiver.and_then(|w| w.ticket.as_deref()),
            answer: said.map(|s| s.answer.as_str()),
            by: said.map(|s| s.by.as_str()),
            at: said.map(|s| s.at.as_str()),
            artefact: said.map(|s| s.artefact.as_str()),
            explanation: said.and_then(|s| s.explanation.as_deref()),
            expires: entry.expires.as_ref().map(|until| until.text.as_str()),
        }
    }

    /// Whether whoever keeps the file should hear of it.
    #[must_use]
    pub fn needs_care(&self) -> bool {
        !matches!(self.state, State::InForce | State::NotJudged)
    }
}

/// `7: the waiver of 4.2.6 has expired (2026-01-31); renew it, or take it out`, for the file's name
/// to stand before it.
impl fmt::Display for Outcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, kind, .. } = self;
        write!(f, "{line}: the {kind} of {} ", self.control)?;
        match self.state {
            State::InForce => write!(f, "stands beside findings: {}", self.findings),
            State::Expired => {
                let expires = self.expires.unwrap_or_default();
                write!(f, "has expired ({expires}); renew it, or take it out")
            }
            State::NotYet => {
                let at = self.at.unwrap_or_default();
                write!(
                    f,
                    "is of later ({at}) than today; see --as-of, or correct `at`"
                )
            }
            State::NotJudged => f.write_str("is of a control that was not judged"),
            State::Unmatched => f.write_str(
                "matches no finding; correct nodes, clusters or benchmark, or take it out",
            ),
            State::Unneeded => {
                let needed = match *kind {
                    "waiver" => "fails",
                    _ => "is manual or unknown",
                };
                let of = self.matched;
                write!(
                    f,
                    "matches none that {needed}, of {of} findings in all; take it out"
                )
            }
            State::Redundant => {
                f.write_str("says what an entry before it says already; take one of them out")
            }
        }
    }
}
