//! Which bundle borrows what of which lender.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::doubt::is_of_future;
use super::index::Entry;
use super::lend::{Lender, Loan};
use super::machine_id::usable;
use crate::node::ApiNode;

/// Who borrows from whom.
#[derive(Default)]
pub struct Join {
    /// Borrower's place → lender and loan, by index.
    by_place: BTreeMap<usize, (usize, usize)>,
    /// Lender and loan → the places that borrow it.
    borrowers: BTreeMap<(usize, usize), Vec<usize>>,
    /// Borrower's place → why a loan was refused.
    refused: BTreeMap<usize, String>,
}

impl Join {
    /// Matches node bundles with lenders: same non-empty cluster and node name, unless machine id
    /// or system UUID contradict. Of several lenders the newest that has a configz of the node and
    /// is not of the future; of two with one time the first in row order. Where one of both is of
    /// another tool, and names no cluster, the machine id has to be the same.
    #[must_use]
    pub fn of(index: &[Entry], lenders: &[Lender], today: Option<Timestamp>) -> Self {
        let mut newest: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
        for (l, lender) in lenders.iter().enumerate() {
            let Some(cluster) = lender.cluster.as_deref() else {
                continue;
            };
            for (n, loan) in lender.loans.iter().enumerate() {
                let slot = newest
                    .entry((cluster, loan.node.as_str()))
                    .or_insert((l, n));
                if rank(lenders, (l, n), today) > rank(lenders, *slot, today) {
                    *slot = (l, n);
                }
            }
        }
        let by_machine = ByMachine::of(lenders, today);
        let mut join = Self::default();
        for (place, entry) in index.iter().enumerate().filter(|(_, e)| !e.is_cluster) {
            let named = || newest.get(&(entry.cluster.as_deref()?, entry.node.as_deref()?));
            let Some(at) = named().copied().or_else(|| by_machine.find(entry)) else {
                continue;
            };
            let loan = lenders.get(at.0).and_then(|lender| lender.loans.get(at.1));
            match loan.and_then(|loan| contradiction(entry, &loan.api)) {
                Some(why) => {
                    join.refused.insert(place, why);
                }
                None => {
                    join.by_place.insert(place, at);
                    join.borrowers.entry(at).or_default().push(place);
                }
            }
        }
        join
    }

    /// What the bundle at a place borrows.
    #[must_use]
    pub fn loan<'l>(&self, place: usize, lenders: &'l [Lender]) -> Option<(&'l Lender, &'l Loan)> {
        let (lender, loan) = self.by_place.get(&place)?;
        let lender = lenders.get(*lender)?;
        Some((lender, lender.loans.get(*loan)?))
    }

    /// Why the bundle at a place borrows nothing, although the names agree.
    #[must_use]
    pub fn refused(&self, place: usize) -> Option<&str> {
        self.refused.get(&place).map(String::as_str)
    }

    /// The places of the bundles that borrow a loan; its rows are theirs. Empty: nobody but the
    /// lender speaks of it.
    #[must_use]
    pub fn borrowers(&self, lender: usize, loan: usize) -> &[usize] {
        self.borrowers
            .get(&(lender, loan))
            .map_or(&[], Vec::as_slice)
    }

    /// The places of the bundles that borrow what the bundle at a place borrows, itself among them.
    #[must_use]
    pub fn fellows(&self, place: usize) -> &[usize] {
        let at = self.by_place.get(&place);
        at.map_or(&[], |(lender, loan)| self.borrowers(*lender, *loan))
    }
}

/// What makes a loan the better one: that there is a reply at all, that its time can be, and then
/// that time.
fn rank(
    lenders: &[Lender],
    at: (usize, usize),
    today: Option<Timestamp>,
) -> Option<(bool, bool, Option<Timestamp>)> {
    let lender = lenders.get(at.0)?;
    let made_at = lender.made_at();
    let has_reply = lender.loans.get(at.1)?.has_reply();
    Some((has_reply, !is_of_future(made_at, today), made_at))
}

fn contradiction(entry: &Entry, api: &ApiNode) -> Option<String> {
    let pairs = [
        ("machine id", &entry.machine_id, &api.machine_id),
        ("system UUID", &entry.system_uuid, &api.system_uuid),
    ];
    pairs.into_iter().find_map(|(what, own, apis)| {
        let (own, apis) = (own.as_deref()?, apis.as_deref()?);
        (!own.eq_ignore_ascii_case(apis))
            .then(|| format!("its {what} is {own}, and the API knows {apis} under that name"))
    })
}

/// Loans by the machine they are of.
struct ByMachine<'l> {
    lenders: &'l [Lender],
    /// The newest of each node and machine; `None` where lenders of several clusters have one.
    newest: BTreeMap<(&'l str, String), Option<(usize, usize)>>,
}

impl<'l> ByMachine<'l> {
    fn of(lenders: &'l [Lender], today: Option<Timestamp>) -> Self {
        let mut newest: BTreeMap<(&str, String), Option<(usize, usize)>> = BTreeMap::new();
        for (l, lender) in lenders.iter().enumerate() {
            for (n, loan) in lender.loans.iter().enumerate() {
                let Some(machine) = loan.api.machine_id.as_deref().and_then(usable) else {
                    continue;
                };
                let key = (loan.node.as_str(), machine.to_ascii_lowercase());
                let slot = newest.entry(key).or_insert(Some((l, n)));
                let Some(other) = *slot else { continue };
                let cluster = |at: usize| lenders.get(at).and_then(|it| it.cluster.as_deref());
                if cluster(other.0) != cluster(l) {
                    *slot = None;
                } else if rank(lenders, (l, n), today) > rank(lenders, other, today) {
                    *slot = Some((l, n));
                }
            }
        }
        Self { lenders, newest }
    }

    /// The loan for a bundle, where it or the lender is of another tool and names no cluster.
    fn find(&self, entry: &Entry) -> Option<(usize, usize)> {
        let machine = entry.machine_id.as_deref().and_then(usable)?;
        let key = (entry.node.as_deref()?, machine.to_ascii_lowercase());
        let at = (*self.newest.get(&key)?)?;
        let lender = self.lenders.get(at.0)?;
        let is_unnamed = entry.cluster.is_none() || lender.cluster.is_none();
        (is_unnamed && (entry.is_import || lender.is_import)).then_some(at)
    }
}
