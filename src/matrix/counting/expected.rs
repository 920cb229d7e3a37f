//! Which of the nodes that were expected are there.

use super::{Counting, Key, NodeResult};

impl Counting<'_> {
    /// Notes that a bundle speaks of a node; whether somebody expected that.
    pub(super) fn expect(&mut self, part: &NodeResult, key: &Key) -> bool {
        let node = self.nodes.entry(*key).or_default();
        let Some(name) = &part.node else {
            return true;
        };
        let expected = &self.expected;
        let at = expected.find(part.cluster.as_deref(), name);
        node.expected = at;
        if let Some(seen) = at.and_then(|at| self.seen.get_mut(at)) {
            *seen = true;
        }
        at.is_some() || !expected.is_whole(part.cluster.as_deref())
    }
}
