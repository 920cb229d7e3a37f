//! Counting clusters beside their nodes.

use super::{Code, Counting, Gap, Judged, NodeResult, Older};
use crate::fleet::identity::CLUSTER;
use crate::matrix::finding::Note;
use crate::matrix::made::short;
use crate::verdict::Verdict;

impl Counting<'_> {
    /// Counts a cluster in a bundle; its findings are left where it is reported.
    pub(super) fn settle_cluster(
        &mut self,
        bundle_number: usize,
        judged: &mut Judged,
        mut part: NodeResult,
        clock: Option<Code>,
        frame: &Gap,
    ) {
        let key = self.key(bundle_number, part.cluster.as_deref(), CLUSTER);
        let gap = Gap {
            cluster: part.cluster.as_deref().map(short),
            ..frame.clone()
        };
        let newer = self.identity.superseded_by(bundle_number, CLUSTER);
        if let Some(by) = newer.filter(|by| !self.lost.contains(by)) {
            self.older.push(Older {
                gap,
                key,
                by,
                doubt: self.identity.doubt(bundle_number, CLUSTER),
                failed: self.numbering.marks(&part.findings).failed,
            });
            judged.bundle.superseded_by = self.names.get(by).cloned();
            return;
        }
        if self.identity.supersedes(bundle_number) {
            let marks = self.numbering.marks(&part.findings);
            self.newest.insert((bundle_number, key), marks);
        }
        self.roles.collected(part.cluster.as_deref());
        self.tell_apart(bundle_number, CLUSTER, &mut part);
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
