//! What bundles say of themselves → which of them speak of one node, and which of these is
//! reported.
//!
//! Two bundles are of one node if they give it the same cluster and name and neither machine id nor
//! system UUID contradict. Without a cluster a name proves nothing: the machine id must be the same.
//! Only a bundle whose first member is bundle.json takes part; so do nodes of which nobody but
//! cluster bundles speaks.
//!
//! The newest is reported. A bundle of the future, one that names no machine id where an earlier of
//! its node does, and the later of two with one time are in doubt: they make way for others, and settle
//! nothing that fails in these.

mod account;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::doubt::BundleDoubt;
use super::join::Join;
use super::lend::Lender;
use super::machine_id::usable;
use super::reading::Reading;
use crate::evidence::masks::unmasked;
use account::{Account, account, by_id, cluster, distinct, keys, ranked, time};

/// Tries to read bundles; gives those that can be.
type Read<'r> = dyn Fn(&BTreeSet<usize>) -> BTreeSet<usize> + 'r;

/// What is known of a node of a bundle beside its name.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct KnownNode {
    apart: Option<Box<str>>,
    superseded_by: Option<usize>,
    doubt: Option<BundleDoubt>,
    shares: Option<Box<str>>,
    is_only_listed: bool,
}

/// Who the bundles of a run are. It holds what is not plain from a bundle by itself.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Identity {
    /// By bundle, then node.
    known: BTreeMap<usize, BTreeMap<Box<str>, KnownNode>>,
    clusters: BTreeSet<usize>,
    /// Bundles that are reported in place of older ones.
    newest: BTreeSet<usize>,
    /// Bundles that borrow what is reported in place of an older cluster bundle's.
    borrowers: BTreeSet<usize>,
    /// Bundles that were tried.
    unreadable: BTreeSet<usize>,
}

/// The name under which a cluster itself stands among its nodes: no node has it.
pub const CLUSTER: &str = "";

/// How many of the newest bundles of a node are tried, if they cannot be read, before all of them
/// are reported. An archive of bundles is read once per try.
const TRIES: usize = 3;

impl Identity {
    /// Of indexed bundles, and of the cluster bundles among them that could be read, as `join` has
    /// numbered them. Where a node has several bundles the newest are read, because one that cannot
    /// be read supersedes nothing. `today` tells what is of the future.
    #[must_use]
    pub fn of(
        reading: &Reading<'_>,
        lenders: &[(usize, &Lender)],
        join: &Join,
        today: Option<Timestamp>,
    ) -> Self {
        let read = |wanted: &BTreeSet<usize>| {
            let is_wanted = |bundle_number| wanted.contains(&bundle_number);
            let all = (0..reading.places.len()).into_par_iter();
            let read = all.flat_map_iter(|place| reading.some(place, &is_wanted, &|_| ()));
            let readable = read
                .filter_map(|(bundle_number, outcome)| outcome.is_ok().then_some(bundle_number));
            readable.collect()
        };
        let index = &reading.index.entries;
        let mut identity = Self::default();
        let clusters = index.iter().enumerate().filter(|(_, e)| e.is_cluster);
        identity.clusters = clusters.map(|(bundle_number, _)| bundle_number).collect();
        let mut accounts: Vec<Account<'_>> = Vec::with_capacity(index.len());
        let own = (index.iter().enumerate())
            .filter(|(_, entry)| entry.described && !entry.is_cluster)
            .filter_map(|(bundle_number, entry)| account(bundle_number, entry));
        accounts.extend(own);
        let own = accounts.len();
        for (l, &(bundle_number, lender)) in lenders.iter().enumerate() {
            accounts.extend(cluster(bundle_number, lender));
            for (n, loan) in lender.loans.iter().enumerate() {
                let borrowers = join.borrowers(l, n);
                if !loan.has_reply() {
                    identity.know(bundle_number, &loan.node).is_only_listed = true;
                }
                let machine = loan.api.machine_id.as_deref().and_then(usable);
                let system = loan.api.system_uuid.as_deref().and_then(usable);
                // Who borrows is that machine, whether it says so itself or not.
                for borrower in borrowers {
                    let own = accounts.get_mut(..own).unwrap_or_default();
                    let at = own.binary_search_by_key(borrower, |account| account.bundle_number);
                    if let Some(own) = at.ok().and_then(|at| own.get_mut(at)) {
                        own.machine = own.machine.or(machine);
                        own.system = own.system.or(system);
                    }
                }
                // A masked name is nobody's: two of them are not one node.
                if unmasked(&loan.node).is_none() {
                    continue;
                }
                accounts.push(Account {
                    bundle_number,
                    cluster: lender.cluster.as_deref(),
                    node: &loan.node,
                    machine,
                    system,
                    at: time(lender.collected_at.as_deref()),
                    names_machine: machine.is_some(),
                    doubt: None,
                    is_loan: true,
                    has_evidence: loan.has_reply(),
                    borrowers,
                });
            }
        }
        identity.note_shared_machines(&accounts);
        let groups = identity.group(&mut accounts, &|bundle_number| {
            reading.name(bundle_number).to_owned()
        });
        let ranked = |group| ranked(group, today);
        let (loans, mut own): (_, Vec<Vec<Account<'_>>>) = groups.into_iter().map(ranked).unzip();
        // What does not say when it was made cannot be put in order, so it stands beside the others.
        for group in &mut own {
            group.retain(|account| account.at.is_some());
        }
        identity.supersede(own, &read);
        identity.supersede(loans, &read);
        identity
    }

    /// Puts the accounts of one machine together; those of a name that is not one machine's are
    /// told apart.
    fn group<'a>(
        &mut self,
        accounts: &mut [Account<'a>],
        name: &dyn Fn(usize) -> String,
    ) -> Vec<Vec<Account<'a>>> {
        accounts.sort_by_key(|account| (account.cluster, account.node, account.bundle_number));
        let of_one_name = accounts.chunk_by(|a, b| (a.cluster, a.node) == (b.cluster, b.node));
        let mut groups = Vec::new();
        // What a bundle says of itself and what the API says do not stand for each other.
        let competes = |group: &[Account<'_>]| {
            let loans = group.iter().filter(|account| account.is_loan).count();
            loans > 1 || group.len() - loans > 1
        };
        for same_name in of_one_name.filter(|same| same.len() > 1) {
            let machines = distinct(same_name, |account| account.machine);
            let systems = distinct(same_name, |account| account.system);
            let is_named = |a: &Account<'_>| a.cluster.is_some() || a.machine.is_some();
            if machines < 2 && systems < 2 && same_name.iter().all(is_named) {
                if competes(same_name) {
                    groups.push(same_name.to_vec());
                }
                continue;
            }
            let mut machines: BTreeMap<String, Vec<Account<'a>>> = BTreeMap::new();
            for (account, key) in same_name.iter().zip(keys(same_name, name)) {
                self.know(account.bundle_number, account.node).apart = Some(key.clone().into());
                machines.entry(key).or_default().push(*account);
            }
            groups.extend(machines.into_values().filter(|group| competes(group)));
        }
        groups
    }

    fn supersede(&mut self, mut groups: Vec<Vec<Account<'_>>>, read: &Read<'_>) {
        for _ in 0..TRIES {
            groups.retain(|group| group.len() > 1);
            let newest = groups.iter().filter_map(|group| group.last());
            let wanted: BTreeSet<usize> = newest
                .filter(|a| !a.is_loan)
                .map(|a| a.bundle_number)
                .collect();
            let readable = match wanted.is_empty() {
                true => BTreeSet::new(),
                false => read(&wanted),
            };
            for group in &mut groups {
                let Some(newest) = group.pop() else { continue };
                if !newest.is_loan && !readable.contains(&newest.bundle_number) {
                    self.unreadable.insert(newest.bundle_number);
                } else {
                    let reported = match self.reporter(newest.borrowers, newest.node) {
                        Some(borrower) => {
                            self.borrowers.insert(borrower);
                            borrower
                        }
                        None => {
                            self.newest.insert(newest.bundle_number);
                            newest.bundle_number
                        }
                    };
                    for older in group.drain(..) {
                        let known = self.know(older.bundle_number, older.node);
                        known.superseded_by = Some(reported);
                        let same_time = (older.at == newest.at).then_some(BundleDoubt::SameTime);
                        known.doubt = newest.doubt.or(older.doubt).or(same_time);
                    }
                }
            }
        }
    }

    /// Of bundles of one node that borrow the same, the one that is reported.
    #[must_use]
    pub fn reporter(&self, borrowers: &[usize], node: &str) -> Option<usize> {
        let is_reported =
            |bundle_number: &&usize| self.superseded_by(**bundle_number, node).is_none();
        let is_readable = |bundle_number: &&usize| !self.unreadable.contains(*bundle_number);
        let mut all = borrowers.iter().filter(is_reported);
        let readable = all.clone().rfind(is_readable);
        readable.or_else(|| all.next_back()).copied()
    }

    /// One machine under several names: renamed, cloned from an image, or named in two ways.
    fn note_shared_machines(&mut self, accounts: &[Account<'_>]) {
        let mut by_machine: Vec<&Account<'_>> =
            accounts.iter().filter(|a| a.machine.is_some()).collect();
        by_machine.sort_by(|a, b| {
            let of_machine = by_id(a.machine, b.machine).then(by_id(a.system, b.system));
            of_machine.then(a.bundle_number.cmp(&b.bundle_number))
        });
        let is_same = |a: &&Account<'_>, b: &&Account<'_>| {
            by_id(a.machine, b.machine)
                .then(by_id(a.system, b.system))
                .is_eq()
        };
        for same in by_machine.chunk_by(is_same) {
            let name = |at: usize| same.get(at).map(|account| (account.cluster, account.node));
            let Some(second) = (1..same.len()).find(|at| name(*at) != name(0)) else {
                continue;
            };
            for (at, account) in same.iter().enumerate() {
                let other = if name(at) == name(0) { second } else { 0 };
                let other = same.get(other).map(|other| other.node.into());
                self.know(account.bundle_number, account.node).shares = other;
            }
        }
    }

    fn know(&mut self, bundle_number: usize, node: &str) -> &mut KnownNode {
        let of_unit = self.known.entry(bundle_number).or_default();
        of_unit.entry(node.into()).or_default()
    }

    fn get(&self, bundle_number: usize, node: &str) -> Option<&KnownNode> {
        self.known.get(&bundle_number)?.get(node)
    }

    /// What tells a node of a bundle from others of its cluster and name; `None` where its name is
    /// one machine's.
    #[must_use]
    pub fn apart(&self, bundle_number: usize, node: &str) -> Option<&str> {
        self.get(bundle_number, node)?.apart.as_deref()
    }

    /// The bundle that is reported in place of this one.
    #[must_use]
    pub fn superseded_by(&self, bundle_number: usize, node: &str) -> Option<usize> {
        self.get(bundle_number, node)?.superseded_by
    }

    /// Why a bundle that is reported in place of this one settles nothing that fails in this one:
    /// one of the two is not known to be the older.
    #[must_use]
    pub fn doubt(&self, bundle_number: usize, node: &str) -> Option<BundleDoubt> {
        self.get(bundle_number, node)?.doubt
    }

    /// Whether a bundle, or what it borrows, is reported in place of others.
    #[must_use]
    pub fn supersedes(&self, bundle_number: usize) -> bool {
        self.was_read(bundle_number) || self.borrowers.contains(&bundle_number)
    }

    /// Whether a bundle is known to be readable because it is reported in place of others.
    #[must_use]
    pub fn was_read(&self, bundle_number: usize) -> bool {
        self.newest.contains(&bundle_number)
    }

    /// Whether the machine id proves that others of the same name are the same node.
    #[must_use]
    pub fn is_proven(&self, bundle_number: usize, node: &str) -> bool {
        self.supersedes(bundle_number) || self.superseded_by(bundle_number, node).is_some()
    }

    /// Another node with the same machine id.
    #[must_use]
    pub fn shares(&self, bundle_number: usize, node: &str) -> Option<&str> {
        self.get(bundle_number, node)?.shares.as_deref()
    }

    /// Whether nothing but the API's list speaks of a node.
    #[must_use]
    pub fn is_only_listed(&self, bundle_number: usize, node: &str) -> bool {
        self.get(bundle_number, node)
            .is_some_and(|known| known.is_only_listed)
    }

    /// What is known of the bundles that `has` names.
    #[must_use]
    pub fn part(&self, has: &dyn Fn(usize) -> bool) -> Self {
        let some = |all: &BTreeSet<usize>| {
            all.iter()
                .copied()
                .filter(|bundle_number| has(*bundle_number))
                .collect()
        };
        let known = self
            .known
            .iter()
            .filter(|(bundle_number, _)| has(**bundle_number));
        Self {
            known: known
                .map(|(bundle_number, own)| (*bundle_number, own.clone()))
                .collect(),
            clusters: some(&self.clusters),
            newest: some(&self.newest),
            borrowers: some(&self.borrowers),
            unreadable: some(&self.unreadable),
        }
    }

    /// Adds what is known of other bundles.
    pub fn join(&mut self, other: Self) {
        self.known.extend(other.known);
        self.clusters.extend(other.clusters);
        self.newest.extend(other.newest);
        self.borrowers.extend(other.borrowers);
        self.unreadable.extend(other.unreadable);
    }

    /// Whether bundles say of themselves that they are of a cluster.
    #[must_use]
    pub fn is_cluster(&self, bundle_number: usize) -> bool {
        self.clusters.contains(&bundle_number)
    }
}
