//! What one bundle says of one node, and which of several accounts is reported.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::CLUSTER;
use crate::fleet::doubt::{BundleDoubt, is_of_future};
use crate::fleet::index::Entry;
use crate::fleet::lend::Lender;
use crate::fleet::machine_id::usable;

/// What one bundle says of one node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account<'a> {
    pub(super) bundle_number: usize,
    pub(super) cluster: Option<&'a str>,
    pub(super) node: &'a str,
    pub(super) machine: Option<&'a str>,
    pub(super) system: Option<&'a str>,
    pub(super) at: Option<Timestamp>,
    /// Whether it names its machine itself.
    pub(super) names_machine: bool,
    /// Why it is not known to be newer than others.
    pub(super) doubt: Option<BundleDoubt>,
    /// A cluster bundle's: it is read already.
    pub(super) is_loan: bool,
    /// It is more than a name on the API's list.
    pub(super) has_evidence: bool,
    /// The bundles that borrow it: its rows are theirs.
    pub(super) borrowers: &'a [usize],
}

/// What a bundle with objects says of its cluster.
pub(super) fn cluster(bundle_number: usize, lender: &Lender) -> Option<Account<'_>> {
    lender.has_objects.then(|| Account {
        bundle_number,
        cluster: lender.cluster.as_deref(),
        node: CLUSTER,
        machine: None,
        system: None,
        at: time(lender.collected_at.as_deref()),
        names_machine: false,
        doubt: None,
        is_loan: true,
        has_evidence: true,
        borrowers: &[],
    })
}

pub(super) fn account(bundle_number: usize, entry: &Entry) -> Option<Account<'_>> {
    Some(Account {
        bundle_number,
        cluster: entry.cluster.as_deref(),
        node: entry.node.as_deref()?,
        machine: entry.machine_id.as_deref().and_then(usable),
        system: entry.system_uuid.as_deref().and_then(usable),
        at: time(entry.collected_at.as_deref()),
        names_machine: entry.machine_id.as_deref().and_then(usable).is_some(),
        doubt: None,
        is_loan: false,
        has_evidence: true,
        borrowers: &[],
    })
}

/// The one to be reported last: the newest that is not in doubt; of two with one time the first in
/// row order. What the API shows does not stand for what is on disk, nor the other way round; a name
/// on its list stands for nothing.
pub(super) fn ranked(
    group: Vec<Account<'_>>,
    today: Option<Timestamp>,
) -> (Vec<Account<'_>>, Vec<Account<'_>>) {
    let (mut loans, mut own): (Vec<_>, Vec<_>) =
        group.into_iter().partition(|account| account.is_loan);
    for kind in [&mut loans, &mut own] {
        // The API names machines only where it was asked for its nodes too.
        let named = kind.iter().filter(|a| a.names_machine && !a.is_loan);
        let first_named = named.filter_map(|account| account.at).min();
        for account in kind.iter_mut() {
            let is_later =
                first_named.is_some_and(|first| account.at.is_some_and(|at| first <= at));
            account.doubt = if is_of_future(account.at, today) {
                Some(BundleDoubt::Future)
            } else if is_later && !account.names_machine {
                Some(BundleDoubt::NoMachine)
            } else {
                None
            };
        }
        kind.sort_by_key(|account| {
            let first = std::cmp::Reverse(account.bundle_number);
            let is_certain = account.doubt.is_none();
            (account.has_evidence, is_certain, account.at, first)
        });
    }
    (loans, own)
}

pub(super) fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.trim().parse().ok()
}

fn lower(id: &str) -> String {
    id.to_ascii_lowercase()
}

/// The order of ids, whatever the case of their letters; none comes first.
pub(super) fn by_id(a: Option<&str>, b: Option<&str>) -> Ordering {
    fn letters(id: &str) -> impl Iterator<Item = u8> {
        id.bytes().map(|byte| byte.to_ascii_lowercase())
    }
    match (a, b) {
        (Some(a), Some(b)) => letters(a).cmp(letters(b)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

pub(super) fn distinct<'a>(
    accounts: &[Account<'a>],
    id: impl Fn(&Account<'a>) -> Option<&'a str>,
) -> usize {
    let ids: BTreeSet<String> = accounts.iter().filter_map(id).map(lower).collect();
    ids.len()
}

/// What accounts of one machine have in common where a name is of several: the machine id, and the
/// system UUID too where two have one machine id. What says neither may be of any, and is on its
/// own.
pub(super) fn keys(same_name: &[Account<'_>], name: &dyn Fn(usize) -> String) -> Vec<String> {
    let mut systems: BTreeMap<Option<String>, BTreeSet<String>> = BTreeMap::new();
    for account in same_name {
        let of_machine = systems.entry(account.machine.map(lower)).or_default();
        of_machine.extend(account.system.map(lower));
    }
    let key = |account: &Account<'_>| {
        let machine = account.machine.map(lower);
        let several = systems.get(&machine).is_some_and(|all| all.len() > 1);
        match (machine, account.system.map(lower)) {
            (Some(machine), _) if !several => format!("machine {machine}"),
            (machine, Some(system)) => format!("system {}/{system}", machine.unwrap_or_default()),
            (_, None) => format!("bundle {}", name(account.bundle_number)),
        }
    };
    same_name.iter().map(key).collect()
}
