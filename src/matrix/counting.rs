//! Findings of bundle after bundle → coverage. Those of superseded bundles go no further than this; rows
//! of bundles that are too old, or of the future, get their note here.
//!
//! Kept per node: digests of its name and a few words; per bundle that supersedes or is superseded:
//! a bit or two per control; per gap: its sentence.

mod clusters;
mod expected;
mod roles;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::clock::Clock;
use super::coverage::{Code, Counted, Coverage, Gap, OfExpected, Superseded};
use super::finding::{Finding, FindingId, Note};
use super::judged::{Judged, NodeResult};
use super::made::{Provenance, short};
use super::marks::{Controls, Marks, Numbering};
use super::roles::CollectedRoles;
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::bundle::sha256_hex;
use crate::fleet::doubt::BundleDoubt;
use crate::fleet::expect::Expected;
use crate::fleet::identity::Identity;
use crate::verdict::Verdict;

/// Half a digest in hexadecimal: of fixed length, however long the names are that a bundle gives
/// itself.
type Key = [u8; 32];

#[derive(Debug, Default)]
struct CountedNode {
    is_judged: bool,
    /// Some gap says why it may not be.
    is_explained: bool,
    /// Where it stands among the expected.
    expected: Option<usize>,
    /// What to say where nothing better comes.
    gap: Option<Box<Gap>>,
}

/// A node in a superseded bundle.
struct Older {
    gap: Gap,
    key: Key,
    by: usize,
    /// Why the other is not known to be newer.
    doubt: Option<BundleDoubt>,
    failed: Controls,
}

/// Counts while rows pass.
pub struct Counting<'f> {
    catalog: &'f Catalog,
    identity: &'f Identity,
    names: &'f [String],
    clock: Clock,
    expected: Expected,
    bundle_number: usize,
    nodes: HashMap<Key, CountedNode>,
    /// Per cluster: whether it is judged.
    clusters: HashMap<Key, bool>,
    /// Cluster and name → the bundle whose rows had them first.
    named: HashMap<Key, usize>,
    /// Per expected node: whether any bundle speaks of it.
    seen: Vec<bool>,
    gaps: Vec<(Option<Key>, Gap)>,
    evidence: Provenance,
    numbering: Numbering,
    older: Vec<Older>,
    newest: BTreeMap<(usize, Key), Marks>,
    /// Bundles that could be read once, and then not.
    lost: BTreeSet<usize>,
    roles: CollectedRoles,
}

impl<'f> Counting<'f> {
    /// Of bundles with these names, in row order.
    #[must_use]
    pub fn new(
        catalog: &'f Catalog,
        identity: &'f Identity,
        names: &'f [String],
        clock: Clock,
        expected: Expected,
    ) -> Self {
        Self {
            catalog,
            identity,
            names,
            bundle_number: 0,
            nodes: HashMap::new(),
            clusters: HashMap::new(),
            named: HashMap::new(),
            seen: vec![false; expected.nodes().len()],
            expected,
            clock,
            gaps: Vec::new(),
            evidence: Provenance::default(),
            numbering: Numbering::default(),
            older: Vec::new(),
            newest: BTreeMap::new(),
            lost: BTreeSet::new(),
            roles: CollectedRoles::default(),
        }
    }

    /// Counts the next bundle in row order. What is left of its rows is the matrix.
    pub fn settle(&mut self, judged: &mut Judged) {
        let bundle_number = self.bundle_number;
        self.bundle_number += 1;
        let is_readable = judged.is_readable();
        if is_readable {
            self.evidence.add(&judged.bundle);
        }
        if !is_readable && self.identity.was_read(bundle_number) {
            self.lost.insert(bundle_number);
        }
        let clock = self.clock.check(judged.bundle.collected_at.as_deref());
        let frame = gap_of(judged);
        if frame.node.is_none() {
            let unreadable = judged.findings.first().filter(|_| !is_readable);
            let clock = clock.as_ref().map(|(code, why)| (*code, why.as_str()));
            let unreadable =
                unreadable.map(|found| (Code::Unreadable, found.answer.reason.as_str()));
            let nothing = judged.no_evidence.as_deref();
            let nothing = nothing.map(|why| (Code::NoEvidence, why));
            for (code, why) in unreadable.into_iter().chain(nothing).chain(clock) {
                self.gaps.push((None, frame.says(code, why.to_owned())));
            }
            if !is_readable && self.identity.is_cluster(bundle_number) {
                return;
            }
        }
        self.count_roles(bundle_number, &judged.asked);
        for mut part in judged.take_parts() {
            if part.node.is_none() && is_readable {
                let clock = clock.as_ref().map(|(code, _)| *code);
                self.settle_cluster(bundle_number, judged, part, clock, &frame);
                continue;
            }
            let name = part
                .node
                .clone()
                .unwrap_or_else(|| judged.bundle.name.clone());
            let key = self.key(bundle_number, part.cluster.as_deref(), &name);
            let gap = Gap {
                cluster: part.cluster.as_deref().map(short),
                node: part.node.as_deref().map(short),
                ..frame.clone()
            };
            let is_expected = self.expect(&part, &key);
            let newer = self.identity.superseded_by(bundle_number, &name);
            let newer = newer.filter(|by| is_readable && !self.lost.contains(by));
            if let Some((code, why)) = clock.as_ref().filter(|_| part.node.is_some()) {
                self.gaps.push((Some(key), gap.says(*code, why.clone())));
            }
            if let Some(by) = newer {
                if judged.bundle.node == part.node {
                    judged.bundle.superseded_by = self.names.get(by).cloned();
                }
                // A name on the API's list makes way without a word: it shows nothing.
                if !self.identity.is_only_listed(bundle_number, &name) {
                    let failed = self.numbering.marks(&part.findings).failed;
                    self.older.push(Older {
                        gap,
                        key,
                        by,
                        doubt: self.identity.doubt(bundle_number, &name),
                        failed,
                    });
                }
                continue;
            }
            if !is_expected && part.node.is_some() {
                let why = match (&self.expected.list, &part.cluster) {
                    (Some((list, _)), _) => format!("{} does not name it", short(list)),
                    (None, cluster) => format!(
                        "the cluster bundle of {} does not list it: it has left the cluster, or its name or cluster is another there",
                        short(cluster.as_deref().unwrap_or("its cluster"))
                    ),
                };
                self.gaps
                    .push((Some(key), gap.says(Code::NotExpected, why)));
            }
            if let Some(other) = self.identity.shares(bundle_number, &name) {
                let why = format!("its machine id is that of {} too", short(other));
                self.gaps
                    .push((Some(key), gap.says(Code::MachineShared, why)));
            }
            if self.identity.supersedes(bundle_number) {
                let marks = self.numbering.marks(&part.findings);
                self.newest.insert((bundle_number, key), marks);
            }
            self.tell_apart(bundle_number, &name, &mut part);
            let clock = clock.as_ref().map(|(code, _)| *code);
            for found in &mut part.findings {
                found.notes.extend(clock.map(Note::from));
            }
            self.count(
                bundle_number,
                (&name, key),
                &part,
                (is_readable, clock),
                gap,
            );
            judged.findings.append(&mut part.findings);
        }
    }

    /// Counts a node in a bundle that is reported.
    fn count(
        &mut self,
        bundle_number: usize,
        (name, key): (&str, Key),
        part: &NodeResult,
        (is_readable, clock): (bool, Option<Code>),
        gap: Gap,
    ) {
        use Verdict::{Error, Fail, NotApplicable, Pass, Unknown};
        let has = |of: &[Verdict]| part.findings.iter().any(|f| of.contains(&f.verdict()));
        // What does not apply is an answer where all is: not beside what nobody can decide.
        let is_answered = has(&[Pass, Fail]) || has(&[NotApplicable]) && !has(&[Unknown, Error]);
        let is_young = clock.is_none_or(|code| code == Code::ClockInFuture);
        let better = if !is_readable {
            let reason = part.findings.first().map(|f| f.answer.reason.clone());
            // A bundle that no node is known of has been named already.
            let named = reason.filter(|_| part.node.is_some());
            named.map(|reason| gap.says(Code::Unreadable, reason))
        } else if self.identity.is_only_listed(bundle_number, name) && !is_answered {
            let why = "the API lists it, and no bundle has evidence of it".to_owned();
            Some(gap.says(Code::NoEvidence, why))
        } else {
            None
        };
        let node = self.nodes.entry(key).or_default();
        node.is_judged |= is_answered && is_young && is_readable;
        node.is_explained |= !is_readable || !is_young || better.is_some();
        if node.gap.is_none() && !node.is_judged && !node.is_explained {
            let why = part.undecided();
            node.gap = Some(Box::new(gap.says(Code::NothingDecided, why)));
        }
        self.gaps.extend(better.map(|gap| (Some(key), gap)));
    }

    /// A node is told by cluster and name, where these are several machines' by what tells these
    /// apart, and without a cluster by its bundle, unless the machine id tells.
    fn key(&self, bundle_number: usize, cluster: Option<&str>, name: &str) -> Key {
        let apart = self.identity.apart(bundle_number, name);
        let is_told =
            cluster.is_some() || apart.is_some() || self.identity.is_proven(bundle_number, name);
        let bundle = self.names.get(bundle_number).filter(|_| !is_told);
        let parts = [cluster, Some(name), apart, bundle.map(String::as_str)];
        digest(&parts)
    }

    /// Gives findings of another machine, or of another bundle that is not known to be of the same
    /// node, an id of their own.
    fn tell_apart(&mut self, bundle_number: usize, name: &str, part: &mut NodeResult) {
        let apart = self.identity.apart(bundle_number, name);
        let key = digest(&[part.cluster.as_deref(), Some(name), apart]);
        let findings = part.findings.iter_mut();
        let findings: Vec<&mut Finding> = findings.filter(|f| f.control.is_some()).collect();
        if findings.is_empty() {
            return;
        }
        let first = *self.named.entry(key).or_insert(bundle_number);
        let bundle = self.names.get(bundle_number).map(String::as_str);
        if let Some(apart) = FindingId::apart(apart, bundle.filter(|_| first != bundle_number)) {
            for found in findings {
                found.identify(Some(&apart), self.catalog);
            }
        }
    }

    /// What all of it adds up to, where these controls were selected.
    #[must_use]
    pub fn finish(mut self, selection: &Selection) -> Coverage {
        let mut coverage = Coverage {
            evidence: std::mem::take(&mut self.evidence).finish(),
            max_age_seconds: self.clock.max_age.map(|age| age.as_secs()),
            ..Coverage::default()
        };
        for older in std::mem::take(&mut self.older) {
            let superseded = self.compare(&older);
            let gap = older.gap.says(Code::Superseded, superseded.sentence());
            self.gaps.push((Some(older.key), gap));
            coverage.superseded.push(superseded);
        }
        coverage.clusters = Counted {
            judged: self.clusters.values().filter(|judged| **judged).count() as u64,
            of: self.clusters.len() as u64,
        };
        let listed = &self.expected;
        let mut all_judged = self.seen.clone();
        for (key, node) in &mut self.nodes {
            coverage.nodes.of += 1;
            coverage.nodes.judged += u64::from(node.is_judged);
            if let Some(judged) = node.expected.and_then(|at| all_judged.get_mut(at)) {
                *judged &= node.is_judged;
            }
            let gap = node.gap.take().filter(|_| !node.is_judged);
            let gap = gap.filter(|_| !node.is_explained);
            self.gaps.extend(gap.map(|gap| (Some(*key), *gap)));
        }
        for (missing, _) in listed.nodes().iter().zip(&self.seen).filter(|(_, s)| !**s) {
            coverage.nodes.of += 1;
            let gap = Gap {
                cluster: missing.cluster.as_deref().map(str::to_owned),
                node: Some(missing.node.to_string()),
                bundle: None,
                code: Code::NoEvidence,
                why: "it was expected, and no bundle speaks of it".to_owned(),
                judged: false,
            };
            self.gaps.push((None, gap));
        }
        coverage.expected = OfExpected {
            list: listed.list.as_ref().map(|(name, _)| name.clone()),
            list_sha256: listed.list.as_ref().map(|(_, digest)| digest.clone()),
            nodes: Counted {
                judged: all_judged.iter().filter(|judged| **judged).count() as u64,
                of: all_judged.len() as u64,
            },
        };
        for (key, mut gap) in self.gaps {
            let node = key.and_then(|key| self.nodes.get(&key));
            let cluster = key.and_then(|key| self.clusters.get(&key));
            gap.judged = node.is_some_and(|node| node.is_judged) || cluster == Some(&true);
            coverage.gaps.push(gap);
        }
        coverage.not_collected = self.roles.not_collected(self.catalog, selection);
        coverage.gaps.sort_by(Gap::order);
        coverage
    }

    fn compare(&self, older: &Older) -> Superseded {
        let none = Marks::default();
        let now = self.newest.get(&(older.by, older.key));
        // What is not known to be newer decides nothing.
        let now = now.map(|now| match older.doubt {
            Some(_) => Marks {
                passed: Controls::default(),
                ..now.clone()
            },
            None => now.clone(),
        });
        let (passed, undecided) =
            self.numbering
                .changes(&older.failed, &now.unwrap_or(none), self.catalog);
        Superseded {
            cluster: older.gap.cluster.clone(),
            node: older.gap.node.clone().unwrap_or_default(),
            bundle: older.gap.bundle.clone().unwrap_or_default(),
            superseded_by: self.names.get(older.by).cloned().unwrap_or_default(),
            failed: older.failed.count(),
            passed_since: passed,
            undecided_since: undecided,
            doubt: older.doubt.map(|doubt| doubt.as_str().to_owned()),
        }
    }
}

/// What is known of a bundle by itself.
fn gap_of(judged: &Judged) -> Gap {
    let bundle = &judged.bundle;
    Gap {
        cluster: bundle.cluster.as_deref().map(short),
        node: bundle.node.as_deref().map(short),
        bundle: Some(bundle.name.clone()),
        code: Code::NothingDecided,
        why: String::new(),
        judged: false,
    }
}

fn digest(parts: &[Option<&str>]) -> Key {
    let mut key = Vec::new();
    for part in parts {
        // Nothing is not the same as an empty name.
        key.push(u8::from(part.is_some()));
        key.extend(part.unwrap_or_default().as_bytes());
        key.push(0);
    }
    let digest = sha256_hex(&key);
    digest.as_bytes().first_chunk().copied().unwrap_or_default()
}
