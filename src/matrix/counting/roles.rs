//! Counting the roles of the nodes that are reported.

use super::Counting;
use crate::fleet::identity::CLUSTER;
use crate::matrix::roles::JudgedSubject;

impl Counting<'_> {
    /// Counts what a bundle's nodes and cluster are judged by; not what a newer bundle stands for.
    pub(super) fn count_roles(&mut self, bundle_number: usize, all: &[JudgedSubject]) {
        for asked in all {
            let name = asked.node.as_deref().unwrap_or(CLUSTER);
            let newer = self.identity.superseded_by(bundle_number, name);
            if newer.is_none_or(|by| self.lost.contains(&by)) {
                self.roles.add(asked);
            }
        }
    }
}
