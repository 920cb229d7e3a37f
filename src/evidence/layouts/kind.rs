//! `kind export logs`: a folder for each node. What a kubelet logs of its flags proves nothing.

use super::{Import, Layout, MemberNames, files, node_name, small_text};
use crate::bundle::Bundle;

pub(super) static LAYOUT: Layout = Layout {
    name: "kind-logs",
    tool: "kind export logs",
    decides: "which nodes there are, and their versions; nothing of their configuration",
    looks_for: "kind-version.txt and NODE/kubernetes-version.txt",
    is_it: |names: &MemberNames<'_>| names.has(VERSION) && names.any(|name| node(name).is_some()),
    gives_way: true,
    wants: |name| name == VERSION || node(name).is_some(),
    read,
};

const VERSION: &str = "kind-version.txt";

/// The node whose version a member gives.
fn node(name: &str) -> Option<&str> {
    let node = name.strip_suffix("/kubernetes-version.txt")?;
    (!node.contains('/')).then_some(node)
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let version = small_text(bundle, VERSION);
    let nodes = files(bundle).filter_map(|(index, member)| {
        let mut import = Import::of(&LAYOUT, "kind export logs", version.clone());
        import.manifest.node = Some(node_name(node(&member.name)?)?);
        import.version = small_text(bundle, &member.name).map(|text| (text, index));
        Some(import)
    });
    nodes.collect()
}
