//! What telling one finding's story needs of the pipeline: judging some bundles only, who they
//! are, and the way back from a citation to the bytes.

use std::collections::BTreeMap;
use std::io;

use super::{Fleet, Judged, Run};
use crate::bundle::shell::{self, Way};
use crate::fleet::index::{IndexEntry, What};
use crate::limits::Limits;
use crate::matrix::finding::FindingId;

/// A node that the first pass came to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundNode<'f> {
    /// The number of the bundle that speaks of it.
    pub unit: usize,
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
            .filter_map(|(unit, entry)| {
                Some(FoundNode {
                    unit,
                    cluster: entry.cluster.as_deref(),
                    node: entry.node.as_deref()?,
                    apart: None,
                })
            })
            .collect();
        for (unit, slot) in &self.known {
            let lender = slot.as_ref().ok();
            let lender = lender.and_then(|at| Some((*at, self.lenders.get(*at)?)));
            let loans = lender.into_iter().flat_map(|(at, lender)| {
                let own = lender.loans.iter().enumerate();
                let own = own.filter(move |(n, _)| self.join.borrowers(at, *n).is_empty());
                own.map(|(_, loan)| FoundNode {
                    unit: *unit,
                    cluster: lender.cluster.as_deref(),
                    node: &loan.node,
                    apart: None,
                })
            });
            all.extend(loans);
        }
        all.retain(|known| {
            self.identity
                .superseded_by(known.unit, known.node)
                .is_none()
        });
        all.sort_by_key(|known| known.unit);
        let mut first = BTreeMap::new();
        for known in &mut all {
            let machine = self.identity.apart(known.unit, known.node);
            let first = *first
                .entry((known.cluster, known.node, machine))
                .or_insert(known.unit);
            let bundle = self.index().names.get(known.unit).map(String::as_str);
            known.apart = FindingId::apart(machine, bundle.filter(|_| first != known.unit));
        }
        all
    }

    /// Whether a bundle must be read to know of which node it is.
    #[must_use]
    pub fn is_unknown(&self, unit: usize) -> bool {
        let entry = self.index().entries.get(unit);
        let is_plain = |entry: &IndexEntry| match entry.is_cluster {
            true => self.was_read(unit),
            false => entry.described && entry.node.is_some(),
        };
        !entry.is_some_and(is_plain)
    }

    /// The number of the bundle with this name.
    #[must_use]
    pub fn unit(&self, bundle: &str) -> Option<usize> {
        self.index().names.iter().position(|name| name == bundle)
    }

    /// The ways back to members of a bundle.
    #[must_use]
    pub fn ways(&self, unit: usize, members: &[&str], limits: &Limits) -> Vec<Option<Way>> {
        let mut all = self.reading.places.iter().zip(&self.index().held);
        let found = all.find(|(_, held)| held.units.contains(&unit));
        let Some((place, held)) = found else {
            return vec![None; members.len()];
        };
        let inner = match &held.what {
            What::Bundles(nest, _) => nest.inner.get(unit - held.units.start),
            What::Bundle | What::Unreadable(_) => None,
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
        let is_known = |unit| fleet.was_read(unit) || !wanted(unit);
        let make = |unit, read| self.judge_unit(unit, read, fleet);
        let mut units = 0..;
        fleet
            .reading
            .all(&self.pool, &is_known, &make, &mut |judged| {
                emit(units.next().unwrap_or_default(), judged)
            })
    }
}
