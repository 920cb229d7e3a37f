//! The findings of two reports, OLD whole and then NEW one by one → what changed. Memory holds an
//! index of OLD and the changes; what OLD says waits in a temporary file without a name.

pub mod change;
pub mod scope;
mod spool;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::io;

use serde_json::Value;

use crate::bundle::sha256_hex;
use change::{Change, ChangeKind, Compared, FindingState};
use scope::{Remark, remarks};
use spool::{CompareSpool, TextPlace};

/// What one report is of.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// How it was made: `run` of a JSON report; `None` where it does not say.
    pub run: Option<Value>,
    /// Findings in it.
    pub findings: u64,
    nodes: BTreeMap<Name, ComparedNode>,
    /// Bundles of which no node is known, because they cannot be read.
    nameless: BTreeSet<String>,
    bundles: BTreeSet<String>,
    controls: BTreeSet<(String, String)>,
    /// Findings that stand in it more than once, as where a node has several bundles.
    repeated: u64,
}

/// Cluster and node.
type Name = (Option<String>, String);

#[derive(Clone, Debug, Default)]
struct ComparedNode {
    benchmarks: BTreeSet<String>,
}

impl Side {
    /// Nodes in it, those of bundles that cannot be read among them.
    #[must_use]
    pub fn nodes(&self) -> u64 {
        (self.nodes.len() + self.nameless.len()) as u64
    }

    /// Whether it has the bundle of a finding, or another one of its node.
    fn knows(&self, finding: &Compared) -> bool {
        let knows_node = finding.node.is_some() && self.nodes.contains_key(&name(finding));
        knows_node || self.bundles.contains(&finding.bundle)
    }

    fn see(&mut self, finding: &Compared) {
        self.findings += 1;
        if !self.bundles.contains(&finding.bundle) {
            self.bundles.insert(finding.bundle.clone());
        }
        if finding.node.is_none() && finding.control.is_none() {
            self.nameless.insert(finding.bundle.clone());
        }
        let node = finding.node.as_ref().map(|_| self.node_mut(finding));
        if let (Some(benchmark), Some(control)) = (&finding.benchmark, &finding.control) {
            if let Some(node) = node.filter(|node| !node.benchmarks.contains(benchmark)) {
                node.benchmarks.insert(benchmark.clone());
            }
            let key = (benchmark.clone(), control.clone());
            self.controls.insert(key);
        }
    }

    fn node_mut(&mut self, finding: &Compared) -> &mut ComparedNode {
        self.nodes.entry(name(finding)).or_default()
    }

    /// How it does without a finding that the other side has; `None` where that needs no telling:
    /// the node was judged by another benchmark, or not at all.
    fn lacks(&self, finding: &Compared) -> Option<Lack> {
        let (Some(benchmark), Some(control)) = (&finding.benchmark, &finding.control) else {
            return Some(Lack::Finding);
        };
        let Some(node) = self.nodes.get(&name(finding)) else {
            return Some(Lack::Node);
        };
        if !node.benchmarks.contains(benchmark) {
            return None;
        }
        let key = (benchmark.clone(), control.clone());
        Some(if self.controls.contains(&key) {
            Lack::Finding
        } else {
            Lack::Control
        })
    }
}

enum Lack {
    Node,
    Control,
    Finding,
}

fn name(finding: &Compared) -> Name {
    let node = finding.node.clone().unwrap_or_default();
    (finding.cluster.clone(), node)
}

/// What changed.
#[derive(Clone, Debug)]
pub struct ReportComparison {
    /// What OLD is of.
    pub old: Side,
    /// What NEW is of.
    pub new: Side,
    /// Where the two are of different things.
    pub not_comparable: Vec<Remark>,
    /// In the order of NEW; what is gone comes after, in the order of OLD.
    pub changes: Vec<Change>,
}

impl ReportComparison {
    /// How many changes there are of each kind.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<ChangeKind, u64> {
        let mut counts = BTreeMap::new();
        for change in &self.changes {
            *counts.entry(change.kind).or_default() += 1;
        }
        counts
    }

    /// How many changes are for the worse.
    #[must_use]
    pub fn regressions(&self) -> u64 {
        self.changes.iter().filter(|c| c.regression).count() as u64
    }
}

/// OLD while it is read.
#[derive(Default)]
pub struct Old {
    side: Side,
    spool: CompareSpool,
    /// In the order of OLD.
    entries: Vec<ComparedFinding>,
    /// By finding id; more than one where it is repeated.
    by_id: HashMap<Box<str>, VecDeque<usize>>,
}

struct ComparedFinding {
    place: TextPlace,
    /// Of what it says.
    digest: Box<str>,
    is_matched: bool,
}

impl Old {
    /// Takes the next finding.
    ///
    /// # Errors
    /// The temporary file failed.
    pub fn add(&mut self, finding: &Compared) -> io::Result<()> {
        self.side.see(finding);
        let at = self.by_id.entry(finding.finding_id.as_str().into());
        let at = at.or_default();
        self.side.repeated += u64::from(!at.is_empty());
        at.push_back(self.entries.len());
        self.entries.push(ComparedFinding {
            place: self.spool.put(&serde_json::to_vec(finding)?)?,
            digest: digest(finding)?,
            is_matched: false,
        });
        Ok(())
    }

    /// Goes on with NEW.
    #[must_use]
    pub fn against_new(self) -> New {
        New {
            old: self,
            side: Side::default(),
            seen: HashMap::new(),
            changes: Vec::new(),
            whole: BTreeMap::new(),
        }
    }

    fn fetch(&mut self, at: usize) -> io::Result<Option<Compared>> {
        let Some(entry) = self.entries.get(at) else {
            return Ok(None);
        };
        let bytes = self.spool.get(&entry.place)?;
        Ok(Some(serde_json::from_slice(&bytes)?))
    }
}

/// NEW while it is read.
pub struct New {
    old: Old,
    side: Side,
    seen: HashMap<Box<str>, u32>,
    changes: Vec<Change>,
    /// Changes of whole nodes and controls: their place in `changes`.
    whole: BTreeMap<(ChangeKind, Option<String>, String), usize>,
}

impl New {
    /// Takes the next finding.
    ///
    /// # Errors
    /// The temporary file failed.
    pub fn add(&mut self, finding: &Compared) -> io::Result<()> {
        self.side.see(finding);
        let seen = self.seen.entry(finding.finding_id.as_str().into());
        let seen = seen.or_default();
        *seen += 1;
        self.side.repeated += u64::from(*seen > 1);
        let twin = self.old.by_id.get_mut(finding.finding_id.as_str());
        let Some(at) = twin.and_then(VecDeque::pop_front) else {
            match self.old.side.lacks(finding) {
                Some(Lack::Node) => self.count(ChangeKind::NewNode, finding),
                Some(Lack::Control) => self.count(ChangeKind::NewControl, finding),
                Some(Lack::Finding) if finding.control.is_none() => {
                    let kind = if self.old.side.knows(finding) {
                        ChangeKind::NewlyUnreadable
                    } else {
                        ChangeKind::NewUnreadable
                    };
                    self.changes.push(Change::of(kind, None, Some(finding)));
                }
                Some(Lack::Finding) => {
                    let change = Change::of(ChangeKind::NewFinding, None, Some(finding));
                    self.changes.push(change);
                }
                None => {}
            }
            return Ok(());
        };
        let digest = digest(finding)?;
        let is_same = self.old.entries.get_mut(at).is_some_and(|entry| {
            entry.is_matched = true;
            entry.digest == digest
        });
        if !is_same && let Some(old) = self.old.fetch(at)? {
            self.changes.extend(Change::between(&old, finding));
        }
        Ok(())
    }

    /// Adds a finding to the change of its whole node or control.
    fn count(&mut self, kind: ChangeKind, finding: &Compared) {
        let of_node = matches!(kind, ChangeKind::NewNode | ChangeKind::GoneNode);
        let key = if of_node {
            let (cluster, node) = name(finding);
            (kind, cluster, node)
        } else {
            let control = finding.control.clone().unwrap_or_default();
            (kind, finding.benchmark.clone(), control)
        };
        match self
            .whole
            .get(&key)
            .and_then(|at| self.changes.get_mut(*at))
        {
            Some(change) => change.findings += 1,
            None => {
                self.whole.insert(key, self.changes.len());
                self.changes.push(Change::whole(kind, finding));
            }
        }
    }

    /// What changed, once both are read. The two are how each was made.
    ///
    /// # Errors
    /// The temporary file failed.
    pub fn finish(
        mut self,
        old: Option<Value>,
        new: Option<Value>,
    ) -> io::Result<ReportComparison> {
        for at in 0..self.old.entries.len() {
            if self
                .old
                .entries
                .get(at)
                .is_none_or(|entry| entry.is_matched)
            {
                continue;
            }
            let Some(finding) = self.old.fetch(at)? else {
                continue;
            };
            match self.side.lacks(&finding) {
                Some(Lack::Node) => self.count(ChangeKind::GoneNode, &finding),
                Some(Lack::Control) => self.count(ChangeKind::GoneControl, &finding),
                Some(Lack::Finding) => {
                    let kind = match finding.control {
                        Some(_) => ChangeKind::GoneFinding,
                        None if self.side.knows(&finding) => ChangeKind::ReadableAgain,
                        None => ChangeKind::GoneUnreadable,
                    };
                    self.changes.push(Change::of(kind, Some(&finding), None));
                }
                None => {}
            }
        }
        let old = Side {
            run: old,
            ..self.old.side
        };
        let new = Side {
            run: new,
            ..self.side
        };
        Ok(ReportComparison {
            not_comparable: remarks(&old, &new),
            changes: self.changes,
            old,
            new,
        })
    }
}

fn digest(finding: &Compared) -> io::Result<Box<str>> {
    let bytes = serde_json::to_vec(&FindingState::of(finding))?;
    Ok(sha256_hex(&bytes).chars().take(32).collect())
}

#[cfg(test)]
mod tests;
