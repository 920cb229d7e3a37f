//! node-collector, which Trivy runs: modes of files at paths of its own choice, of a node that it
//! does not name. It may agree with other evidence, and decides nothing.

use super::{Layout, MemberNames, files};
use crate::evidence::head;
use crate::evidence::host_report::is_of_node_collector;

pub(super) static LAYOUT: Layout = Layout {
    name: "node-collector",
    tool: "reports of node-collector (Trivy), which name no node",
    decides: "nothing: it names no node, and reads paths that no process has to name",
    looks_for: "documents of kind NodeInfo with info",
    is_it: |names: &MemberNames<'_>| {
        files(names.0).any(|(_, member)| is_of_node_collector(head(member)))
    },
    gives_way: true,
    wants: |_| false,
    read: |_| Vec::new(),
};
