//! Counting clusters beside their nodes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Code, Counting, Gap, Judged, Older, Part};
use crate::fleet::identity::CLUSTER;
use crate::matrix::coverage::not_collected::{Lack, NotCollected};
use crate::matrix::finding::Note;
use crate::matrix::made::short;
use crate::verdict::Verdict;

impl Counting<'_> {
    /// Counts a cluster in a bundle; its findings are left where it is reported.
    pub(super) fn settle_cluster(
        &mut self,
        unit: usize,
        judged: &mut Judged,
        mut part: Part,
        clock: Option<Code>,
        frame: &Gap,
    ) {
        let key = self.key(unit, part.cluster.as_deref(), CLUSTER);
        let gap = Gap {
            cluster: part.cluster.as_deref().map(short),
            ..frame.clone()
        };
        let newer = self.identity.superseded_by(unit, CLUSTER);
        if let Some(by) = newer.filter(|by| !self.lost.contains(by)) {
            self.older.push(Older {
                gap,
                key,
                by,
                doubt: self.identity.doubt(unit, CLUSTER),
                failed: self.numbering.marks(&part.findings).failed,
            });
            judged.bundle.superseded_by = self.names.get(by).cloned();
            return;
        }
        if self.identity.supersedes(unit) {
            let marks = self.numbering.marks(&part.findings);
            self.newest.insert((unit, key), marks);
        }
        self.asked.collected.insert(part.cluster.clone());
        self.tell_apart(unit, CLUSTER, &mut part);
        for found in &mut part.findings {
            found.notes.extend(clock.map(Note::from));
        }
        let is_young = clock.is_none_or(|code| code == Code::ClockInFuture);
        let is_answered = part
            .findings
            .iter()
            .any(|found| matches!(found.verdict(), Verdict::Pass | Verdict::Fail));
        let is_judged = self.clusters.entry(key).or_default();
        *is_judged |= is_answered && is_young;
        if !*is_judged {
            let why = part.undecided();
            self.gaps
                .push((Some(key), gap.says(Code::NothingDecided, why)));
        }
        judged.findings.append(&mut part.findings);
    }
}

/// What clusters are asked, whether or not something of them came in.
#[derive(Default)]
pub(super) struct Asked {
    /// The benchmarks that the nodes of each are judged by.
    benchmarks: BTreeMap<Option<String>, BTreeSet<String>>,
    /// Those that have findings of their own.
    collected: BTreeSet<Option<String>>,
}

impl Asked {
    /// Notes by what the nodes of a bundle that is reported are judged.
    pub(super) fn nodes(&mut self, judged: &mut Judged) {
        if judged.bundle.superseded_by.is_some() {
            return;
        }
        for (cluster, benchmark) in std::mem::take(&mut judged.judged_by) {
            self.benchmarks
                .entry(cluster)
                .or_default()
                .insert(benchmark);
        }
    }

    /// Per cluster of which nothing came in, and benchmark: the controls that are open.
    pub(super) fn not_collected(
        &self,
        of_cluster: &dyn Fn(&str) -> Vec<String>,
    ) -> Vec<NotCollected> {
        let open = self.benchmarks.iter();
        let open = open.filter(|(cluster, _)| !self.collected.contains(*cluster));
        let pairs = open.flat_map(|(cluster, ids)| ids.iter().map(move |id| (cluster, id)));
        let one = |(cluster, id): (&Option<String>, &String)| NotCollected {
            cluster: cluster.as_deref().map(short),
            code: Lack::ClusterNotCollected,
            benchmark: id.clone(),
            controls: of_cluster(id),
        };
        pairs
            .map(one)
            .filter(|one| !one.controls.is_empty())
            .collect()
    }
}
