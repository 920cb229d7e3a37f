//! What archives of other tools say of themselves: they are superseded, lend and borrow as native
//! bundles do. None of them names a cluster, so that the machine id proves what a name does not.

use super::index::Entry;
use super::lend::{Lender, Loan};
use crate::bundle::Bundle;
use crate::evidence::Evidence;
use crate::evidence::layouts::layout_of;
use crate::limits::Limits;
use crate::node::ApiNode;
use crate::node::version::Version;

/// What an archive of another tool says of its nodes.
#[derive(Debug)]
pub struct ToolArchive {
    /// Of the one node that it shows the processes of.
    pub entry: Option<Entry>,
    /// The configz of its nodes.
    pub lender: Option<Lender>,
}

impl ToolArchive {
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
