//! What explaining one finding needs of the pipeline: judging some bundles only, who they
//! are, and the way back from a citation to the bytes.

use std::collections::BTreeMap;
use std::io;

use super::{Fleet, Judged, Run};
use crate::bundle::shell::{self, Way};
use crate::fleet::index::{Entry, HeldAs};
use crate::limits::Limits;
use crate::matrix::finding::FindingId;

/// A node that the first pass came to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundNode<'f> {
    /// The number of the bundle that speaks of it.
    pub bundle_number: usize,
    /// Its cluster.
    pub cluster: Option<&'f str>,
    /// Its name.
    pub node: &'f str,
    /// What tells it from another of this cluster and name.
    pub apart: Option<String>,
}

impl Fleet<'_> {
    /// The nodes whose names the first pass came to know, in row order.
    #[must_use]
    pub fn known_nodes(&self) -> Vec<FoundNode<'_>> {
        let entries = self.index().entries.iter().enumerate();
        let own = entries.filter(|(_, entry)| entry.described && !entry.is_cluster);
        let mut all: Vec<FoundNode<'_>> = own
            .filter_map(|(bundle_number, entry)| {
                Some(FoundNode {
                    bundle_number,
                    cluster: entry.cluster.as_deref(),
                    node: entry.node.as_deref()?,
                    apart: None,
                })
            })
            .collect();
        for (bundle_number, slot) in &self.known {
            let lender = slot.as_ref().ok();
            let lender = lender.and_then(|at| Some((*at, self.lenders.get(*at)?)));
            let loans = lender.into_iter().flat_map(|(at, lender)| {
                let own = lender.loans.iter().enumerate();
                let own = own.filter(move |(n, _)| self.join.borrowers(at, *n).is_empty());
                own.map(|(_, loan)| FoundNode {
                    bundle_number: *bundle_number,
                    cluster: lender.cluster.as_deref(),
                    node: &loan.node,
                    apart: None,
                })
            });
            all.extend(loans);
        }
        all.retain(|known| {
            self.identity
                .superseded_by(known.bundle_number, known.node)
                .is_none()
        });
        all.sort_by_key(|known| known.bundle_number);
        let mut first = BTreeMap::new();
        for known in &mut all {
            let machine = self.identity.apart(known.bundle_number, known.node);
            let first = *first
                .entry((known.cluster, known.node, machine))
                .or_insert(known.bundle_number);
            let bundle = self
                .index()
                .names
                .get(known.bundle_number)
                .map(String::as_str);
            known.apart =
                FindingId::apart(machine, bundle.filter(|_| first != known.bundle_number));
        }
        all
    }

    /// Whether a bundle must be read to know of which node it is.
    #[must_use]
    pub fn is_unknown(&self, bundle_number: usize) -> bool {
        let entry = self.index().entries.get(bundle_number);
        let is_plain = |entry: &Entry| match entry.is_cluster {
            true => self.was_read(bundle_number),
            false => entry.described && entry.node.is_some(),
        };
        !entry.is_some_and(is_plain)
    }

    /// The number of the bundle with this name.
    #[must_use]
    pub fn bundle_number(&self, bundle: &str) -> Option<usize> {
        self.index().names.iter().position(|name| name == bundle)
    }

    /// The ways back to members of a bundle.
    #[must_use]
    pub fn ways(
        &self,
        bundle_number: usize,
        members: &[&str],
        limits: &Limits,
    ) -> Vec<Option<Way>> {
        let mut all = self.reading.places.iter().zip(&self.index().held);
        let found = all.find(|(_, held)| held.bundle_numbers.contains(&bundle_number));
        let Some((place, held)) = found else {
            return vec![None; members.len()];
        };
        let inner = match &held.what {
            HeldAs::Bundles(nest, _) => nest.inner.get(bundle_number - held.bundle_numbers.start),
            HeldAs::Bundle | HeldAs::Unreadable(_) => None,
        };
        shell::ways(place, inner.map(|inner| &*inner.path), members, limits)
    }
}

impl Run<'_> {
    /// Judges the bundles that `wanted` names, and those the first pass has read, and hands the
    /// results on in row order, each with the number of its bundle; others come empty.
    ///
    /// # Errors
    /// What `emit` returned, or that a temporary file failed; judging stops there.
    pub fn judge_some<E: From<io::Error>>(
        &self,
        fleet: &Fleet<'_>,
        wanted: &(dyn Fn(usize) -> bool + Sync),
        emit: &mut dyn FnMut(usize, Judged) -> Result<(), E>,
    ) -> Result<(), E> {
        let is_known = |bundle_number| fleet.was_read(bundle_number) || !wanted(bundle_number);
        let make = |bundle_number, read| self.judge_numbered(bundle_number, read, fleet);
        let mut bundle_numbers = 0..;
        fleet
            .reading
            .all(&self.pool, &is_known, &make, &mut |judged| {
                emit(bundle_numbers.next().unwrap_or_default(), judged)
            })
    }
}
