//! A waivers file and the time that is "today" → which waiver or attestation stands beside which
//! row. A verdict is never changed.

mod fields;
pub mod file;
pub mod outcome;
pub mod stored;
pub mod text;
mod until;

use std::collections::BTreeMap;

use globset::GlobSet;

use crate::verdict::Verdict;
pub use until::Until;

/// What a waivers file says, read at some time.
#[derive(Debug, Default)]
pub struct Waivers {
    /// SHA-256 of the file.
    pub sha256: String,
    /// Its entries in the order of the file: waivers and attestations as they stand there.
    pub entries: Vec<WaiverEntry>,
    nodes: Globs,
    clusters: Globs,
}

/// The globs of all entries in one set: a name is looked at once, however many entries there are.
#[derive(Debug, Default)]
struct Globs {
    set: GlobSet,
    /// The entry that each glob is of.
    entry_of: Vec<usize>,
}

/// One entry of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverEntry {
    /// 1-based line where it begins.
    pub line: u32,
    /// The control as numbered.
    pub control: String,
    /// Canonical ids; empty: every benchmark.
    pub benchmarks: Vec<String>,
    /// Globs of cluster names; empty: every cluster, and nodes of none.
    pub clusters: Vec<String>,
    /// Globs of node names.
    pub nodes: Vec<String>,
    /// What it says.
    pub says: Says,
    /// When it ends.
    pub expires: Option<Until>,
    /// Whether it holds at the time that is "today".
    pub force: Force,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// That somebody lives with a failing finding.
    Waiver(Waiver),
    /// That a person looked where no evidence decides.
    Attestation(Attestation),
}

/// Why a failing finding is lived with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// One of [`TYPES`].
    pub of_type: Option<String>,
    /// Why.
    pub justification: String,
    /// Who answers for it.
    pub owner: String,
    /// Who agreed.
    pub approver: Option<String>,
    /// Where that is written down.
    pub ticket: Option<String>,
}

/// What a person found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// One of [`ANSWERS`].
    pub answer: String,
    /// Who.
    pub by: String,
    /// When, as written.
    pub at: String,
    /// What shows it.
    pub artefact: String,
    /// In words.
    pub explanation: Option<String>,
}

/// The types of waivers.
pub const TYPES: [&str; 3] = [
    "false-positive",
    "operational-requirement",
    "risk-adjustment",
];
/// The answers of attestations: verdicts that decide.
pub const ANSWERS: [&str; 3] = ["pass", "fail", "not-applicable"];

/// Whether an entry holds at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// It does.
    InForce,
    /// It is over.
    Expired,
    /// It was attested later than that.
    NotYet,
}

impl WaiverEntry {
    /// Whether a finding with this verdict is one that it can stand beside: a waiver beside a fail,
    /// an attestation beside what no evidence decides.
    #[must_use]
    pub fn is_for(&self, verdict: Verdict) -> bool {
        match self.says {
            Says::Waiver(_) => verdict == Verdict::Fail,
            Says::Attestation(_) => matches!(verdict, Verdict::Manual | Verdict::Unknown),
        }
    }
}

/// The entries that match a node, by control and in the order of the file.
#[derive(Debug, Default)]
pub struct OfNode<'w>(BTreeMap<&'w str, Vec<usize>>);

impl OfNode<'_> {
    /// Those of a control.
    pub(super) fn of_control(&self, number: &str) -> impl Iterator<Item = usize> {
        self.0.get(number).into_iter().flatten().copied()
    }
}

impl Globs {
    fn matching(&self, name: &str) -> impl Iterator<Item = usize> {
        let globs = self.set.matches(name).into_iter();
        globs.filter_map(|glob| self.entry_of.get(glob).copied())
    }
}

impl Waivers {
    /// The entries that match a node.
    #[must_use]
    pub fn of_node(&self, cluster: Option<&str>, node: &str) -> OfNode<'_> {
        let mut found: Vec<usize> = self.nodes.matching(node).collect();
        found.sort_unstable();
        found.dedup();
        let clusters: Vec<usize> = cluster
            .map(|cluster| self.clusters.matching(cluster).collect())
            .unwrap_or_default();
        let mut of_node = OfNode::default();
        for at in found {
            if let Some(entry) = self.entries.get(at)
                && (entry.clusters.is_empty() || clusters.contains(&at))
            {
                of_node.0.entry(&entry.control).or_default().push(at);
            }
        }
        of_node
    }

    /// Of the entries that match a finding, the one that stands beside it.
    pub(super) fn standing(&self, matching: &[usize], verdict: Verdict) -> Option<usize> {
        matching.iter().copied().find(|at| {
            let entry = self.entries.get(*at);
            entry.is_some_and(|e| e.is_for(verdict) && e.force == Force::InForce)
        })
    }

    /// How many entries are waivers, and how many attestations.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let is_waiver = |entry: &&WaiverEntry| matches!(entry.says, Says::Waiver(_));
        let waivers = self.entries.iter().filter(is_waiver).count();
        (waivers, self.entries.len() - waivers)
    }
}
