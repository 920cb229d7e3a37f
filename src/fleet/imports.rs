//! What archives of other tools say of themselves: they are superseded, lend and borrow as native
//! bundles do. None of them names a cluster, so that the machine id proves what a name does not.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::identity::told;
use super::index::Entry;
use super::lend::{Lender, Loan, rank};
use crate::bundle::Bundle;
use crate::evidence::Evidence;
use crate::evidence::layouts::layout_of;
use crate::limits::Limits;
use crate::node::ApiNode;
use crate::node::version::Version;

/// What an archive of another tool says of its nodes.
#[derive(Debug)]
pub struct Told {
    /// Of the one node that it shows the processes of.
    pub entry: Option<Entry>,
    /// The configz of its nodes.
    pub lender: Option<Lender>,
}

impl Told {
    /// Of an archive; nothing of one that no tool made. `paths` are the settings that are lent.
    #[must_use]
    pub fn of(bundle: &Bundle, limits: &Limits, paths: &[&str]) -> Option<Self> {
        layout_of(bundle).filter(|layout| layout.is_of_tool())?;
        let machines = Evidence::of_machines(bundle, limits);
        let loans: Vec<Loan> = machines.iter().filter_map(|it| loan(it, paths)).collect();
        // What an API shows of a node does not stand for what runs on it.
        let entry = match machines.as_slice() {
            [only] if loans.is_empty() && !only.processes().is_empty() => {
                only.import().map(|import| Entry::of(&import.manifest))
            }
            _ => None,
        };
        let lender = machines.first().filter(|_| !loans.is_empty());
        let lender = lender.map(|first| Lender::of_tool(first, loans));
        Some(Self { entry, lender })
    }
}

fn loan(evidence: &Evidence<'_>, paths: &[&str]) -> Option<Loan> {
    let manifest = &evidence.import()?.manifest;
    let node = manifest.node.clone()?;
    let configz = evidence.configz(&node)?;
    let version = evidence.kubelet_version();
    let version = version.and_then(|(text, at)| Some((Version::parse(&text)?, at)));
    let api = ApiNode {
        version,
        machine_id: manifest.host.machine_id.clone(),
        system_uuid: manifest.host.system_uuid.clone(),
        ..ApiNode::default()
    };
    Some(Loan::of_tool(node, configz, api, paths))
}

/// Loans by the machine they are of.
pub(super) struct ByMachine<'l> {
    lenders: &'l [Lender],
    /// The newest of each node and machine; `None` where lenders of several clusters have one.
    newest: BTreeMap<(&'l str, String), Option<(usize, usize)>>,
}

impl<'l> ByMachine<'l> {
    pub(super) fn of(lenders: &'l [Lender], today: Option<Timestamp>) -> Self {
        let mut newest: BTreeMap<(&str, String), Option<(usize, usize)>> = BTreeMap::new();
        for (l, lender) in lenders.iter().enumerate() {
            for (n, loan) in lender.loans.iter().enumerate() {
                let Some(machine) = loan.api.machine_id.as_deref().and_then(told) else {
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
    pub(super) fn find(&self, entry: &Entry) -> Option<(usize, usize)> {
        let machine = entry.machine_id.as_deref().and_then(told)?;
        let key = (entry.node.as_deref()?, machine.to_ascii_lowercase());
        let at = (*self.newest.get(&key)?)?;
        let lender = self.lenders.get(at.0)?;
        let is_unnamed = entry.cluster.is_none() || lender.cluster.is_none();
        (is_unnamed && (entry.is_import || lender.is_import)).then_some(at)
    }
}
