//! AKS Periscope: of each node the argument lines of its kubelets, and nothing of files.

use std::collections::BTreeMap;

use super::{Import, Layout, MemberNames, files, node_name};
use crate::bundle::Bundle;
use crate::evidence::kind::Kind;

pub(super) static LAYOUT: Layout = Layout {
    name: "aks-periscope",
    tool: "AKS Periscope",
    decides: "arguments of the kubelet; no files, no modes",
    looks_for: "kubeletcmd, alone or below a folder for each node",
    is_it: |names: &MemberNames<'_>| names.any(is_arguments),
    gives_way: true,
    wants: is_arguments,
    read,
};

/// What `ps -o cmd= -C kubelet` printed.
const ARGUMENTS: &str = "kubeletcmd";

fn is_arguments(name: &str) -> bool {
    name.rsplit('/').next() == Some(ARGUMENTS)
}

/// The node that a member is filed under.
fn node(name: &str) -> Option<String> {
    let (folders, _) = name.rsplit_once('/')?;
    let folder = folders.rsplit('/').find(|folder| *folder != ARGUMENTS);
    folder.and_then(node_name)
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let mut blank = Import::of(&LAYOUT, "AKS Periscope", None);
    blank.platform = Some("aks");
    let mut nodes: BTreeMap<Option<String>, Import> = BTreeMap::new();
    for (index, member) in files(bundle).filter(|(_, member)| is_arguments(&member.name)) {
        // The zip of a node is named after it, and has no folder for it.
        let named = || bundle.top.as_deref().filter(|top| *top != ARGUMENTS);
        let whole = || node_name(named().unwrap_or(&bundle.stem));
        let node = node(&member.name).or_else(whole);
        let import = nodes.entry(node.clone()).or_insert_with(|| blank.clone());
        import.manifest.node = node;
        import.kinds.insert(index, Kind::Arguments);
    }
    nodes.into_values().collect()
}
