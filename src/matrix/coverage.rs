//! How far a run went: how many nodes are judged, and what stands between that and all of them.

pub mod not_collected;

use std::borrow::Cow;
use std::cmp::Ordering;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::problem::codes;
use not_collected::{Lack, NotCollected};

/// How far a run went.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
pub struct Coverage {
    /// Of all clusters of which a bundle has objects.
    pub clusters: Counted,
    /// Of all nodes: with evidence, or expected.
    pub nodes: Counted,
    /// Of those that were expected.
    pub expected: OfExpected,
    /// When the evidence was made, and by what.
    pub evidence: Made,
    /// Bundles made longer before `as_of` than this are too old, in seconds.
    pub max_age_seconds: Option<i64>,
    /// What stands between this run and all nodes, ordered by code, cluster, node and bundle.
    pub gaps: Vec<Gap>,
    /// Bundles that a newer one of their node stands for, and what failed in them.
    pub superseded: Vec<Superseded>,
    /// Controls that have no finding, because nothing was handed in for them.
    pub not_collected: Vec<NotCollected>,
}

/// When and by what the evidence of reported bundles was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct Made {
    /// The earliest `collected_at`, RFC 3339; null where no bundle says.
    pub first_collected_at: Option<String>,
    /// The latest.
    pub last_collected_at: Option<String>,
    /// The scripts that made them, by name and version.
    pub collectors: Vec<MadeBy>,
    /// Bundles of further collectors, where too many are named to list them.
    pub other_collectors: u64,
    /// Bundles that name no collector.
    pub without_collector: u64,
}

/// A script that made evidence.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct MadeBy {
    /// Its name; null where the bundle does not say.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its digest.
    pub sha256: Option<String>,
    /// Bundles that name it.
    pub bundles: u64,
}

impl Made {
    /// `2026-11-20T08:00:00Z to 2026-11-21T18:00:00Z`; empty where no bundle says.
    #[must_use]
    pub fn period(&self) -> String {
        match (&self.first_collected_at, &self.last_collected_at) {
            (Some(first), Some(last)) if first == last => first.clone(),
            (Some(first), Some(last)) => format!("{first} to {last}"),
            _ => String::new(),
        }
    }
}

impl MadeBy {
    /// Which script it is.
    #[must_use]
    pub fn sentence(&self) -> String {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let name = said(&self.name).unwrap_or_else(|| "without a name".to_owned());
        let version = said(&self.version).unwrap_or_else(|| "of no version".to_owned());
        let digest = said(&self.sha256).map(|digest| format!(", SHA-256 {digest}"));
        format!("{name} {version}{}", digest.unwrap_or_default())
    }
}

/// How many of how many nodes are judged: have a finding that passes or fails, or none that is
/// undecided and one that does not apply, in a bundle that is not superseded and not too old.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct Counted {
    /// Nodes that are judged.
    pub judged: u64,
    /// Nodes.
    pub of: u64,
}

/// The same of the nodes that were expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct OfExpected {
    /// The list's file name; null where cluster bundles list them.
    pub list: Option<String>,
    /// Its digest.
    pub list_sha256: Option<String>,
    /// How many of how many; a name of any cluster is judged if all nodes of that name are.
    #[serde(flatten)]
    pub nodes: Counted,
}

/// One thing that a reader of totals must know of a node or bundle.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct Gap {
    /// The cluster; null where nothing says.
    pub cluster: Option<String>,
    /// The node; null where nothing says. A name of over 512 bytes is cut.
    pub node: Option<String>,
    /// The bundle; null for an expected node without one.
    pub bundle: Option<String>,
    /// What it is.
    pub code: Code,
    /// The same as a sentence.
    pub why: String,
    /// Whether the node is counted as judged all the same.
    pub judged: bool,
}

impl Gap {
    /// Another gap of the same bundle and node.
    #[must_use]
    pub fn says(&self, code: Code, why: String) -> Self {
        Self {
            code,
            why,
            ..self.clone()
        }
    }

    /// The order of reports.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        (
            self.code,
            &self.cluster,
            &self.node,
            &self.bundle,
            &self.why,
        )
            .cmp(&(
                other.code,
                &other.cluster,
                &other.node,
                &other.bundle,
                &other.why,
            ))
    }
}

/// A bundle that another one of its node stands for. A failure of it that its node's newest bundle
/// does not show any more is named; what fails in both is a row of the newest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct Superseded {
    /// The cluster.
    pub cluster: Option<String>,
    /// The node.
    pub node: String,
    /// The bundle.
    pub bundle: String,
    /// The bundle that is reported.
    pub superseded_by: String,
    /// Findings that failed in it.
    pub failed: u64,
    /// Those that pass or do not apply in the newest, as `benchmark:control`.
    pub passed_since: Vec<String>,
    /// Those that the newest does not decide.
    pub undecided_since: Vec<String>,
    /// Why one of the two is not known to be the newer, so that what passes in the other is not
    /// decided there: what is the matter with one of them. Null where the order is plain.
    pub doubt: Option<String>,
}

/// Controls that a sentence names; the list has all.
const NAMED: usize = 5;

impl Superseded {
    /// What became of its failures.
    #[must_use]
    pub fn sentence(&self) -> String {
        let named = |what: &str, controls: &[String]| {
            let some = controls.iter().take(NAMED).map(String::as_str);
            let some: Vec<&str> = some.collect();
            let more = controls.len().saturating_sub(NAMED);
            match (controls.len(), more) {
                (0, _) => String::new(),
                (all, 0) => format!("; {all} {what}: {}", some.join(" ")),
                (all, more) => format!("; {all} {what}: {} and {more} more", some.join(" ")),
            }
        };
        let how = match &self.doubt {
            None => "newer and reported".to_owned(),
            Some(doubt) => format!(
                "reported, and which of the two is newer is not known, because one {doubt}; what fails here counts"
            ),
        };
        format!(
            "{} is {how}; findings that fail here: {}{}{}",
            self.superseded_by,
            self.failed,
            named("not decided there", &self.undecided_since),
            named("passing there", &self.passed_since),
        )
    }
}

impl Coverage {
    /// Per node and bundle that is not judged: why. A node may stand here more than once.
    pub fn not_judged(&self) -> impl Iterator<Item = &Gap> {
        self.gaps.iter().filter(|gap| !gap.judged)
    }

    /// `1 of 2 clusters and 3 of 4 nodes`; clusters only where some have findings of their own.
    #[must_use]
    pub fn judged(&self) -> String {
        let share = |counted: Counted, noun: &str| {
            let ending = if counted.of == 1 { "" } else { "s" };
            format!("{} of {} {noun}{ending}", counted.judged, counted.of)
        };
        let nodes = share(self.nodes, "node");
        match self.clusters.of {
            0 => nodes,
            _ => format!("{} and {nodes}", share(self.clusters, "cluster")),
        }
    }

    /// What was not handed in, of each code that came up.
    pub fn lacking(&self) -> impl Iterator<Item = (Lack, &[NotCollected])> {
        let same = self.not_collected.chunk_by(|a, b| a.code == b.code);
        same.filter_map(|lacks| Some((lacks.first()?.code, lacks)))
    }

    /// Controls that have no finding because nothing was handed in for them, where that is for the
    /// cluster's owner to hand in.
    #[must_use]
    pub fn not_asked(&self) -> u64 {
        let own = self.not_collected.iter().filter(|of| of.run_by.is_none());
        own.map(|of| of.controls.len() as u64).sum()
    }

    /// Bundles that have evidence of nothing.
    #[must_use]
    pub fn of_nobody(&self) -> u64 {
        let is_bundle = |gap: &&Gap| gap.code == Code::NoEvidence && gap.node.is_none();
        self.gaps.iter().filter(is_bundle).count() as u64
    }

    /// The gaps of each code that came up, in the order of the codes.
    pub fn by_code(&self) -> impl Iterator<Item = (Code, &[Gap])> {
        let same = self.gaps.chunk_by(|a, b| a.code == b.code);
        same.filter_map(|gaps| Some((gaps.first()?.code, gaps)))
    }
}

codes! {
    /// What a gap is: a closed list.
    Code:
    NoEvidence "no-evidence" "a node was expected and no bundle has evidence of it, or a bundle has evidence of nothing",
    Unreadable "unreadable" "the bundle cannot be read",
    NothingDecided "nothing-decided" "no finding of the node passes or fails, and some are undecided",
    TooOld "evidence-too-old" "the bundle is older than --max-age allows, so its node does not count as judged",
    TimeUnknown "collected-at-unknown" "--max-age was given, and the bundle does not say when it was made",
    ClockInFuture "clock-in-future" "the bundle says it was made after the time that is today",
    Superseded "superseded" "another bundle of the node is reported in its place",
    NotExpected "not-expected" "the list of the nodes that should be there does not name the node",
    MachineShared "machine-shared" "two nodes have one machine id: renamed, cloned, or named in two ways",
}

impl JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        "CoverageCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": Self::ALL.iter().map(|(_, word, _)| word).collect::<Vec<_>>()})
    }
}
