//! Counting clusters beside their nodes.

use super::{Code, Counting, Gap, Judged, Older, Part, undecided};
use crate::fleet::identity::CLUSTER;
use crate::matrix::made::short;

impl Counting<'_> {
    /// Counts a cluster in a bundle; its rows are left where it is reported.
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
                failed: self.numbering.marks(part.rows()).failed,
            });
            judged.bundle.superseded_by = self.names.get(by).cloned();
            return;
        }
        if self.identity.supersedes(unit) {
            let marks = self.numbering.marks(part.rows());
            self.newest.insert((unit, key), marks);
        }
        self.tell_apart(unit, CLUSTER, &mut part);
        for row in part.rows_mut() {
            row.notes.extend(clock.map(|code| code.as_str().to_owned()));
        }
        let is_young = clock.is_none_or(|code| code == Code::ClockInFuture);
        let is_answered = part
            .rows()
            .any(|row| matches!(row.verdict.as_str(), "pass" | "fail"));
        let is_judged = self.clusters.entry(key).or_default();
        *is_judged |= is_answered && is_young;
        if !*is_judged {
            let why = undecided(&part);
            self.gaps
                .push((Some(key), gap.says(Code::NothingDecided, why)));
        }
        judged.rows.append(&mut part.shown);
    }
}
