//! `talosctl support`: a folder for each node. Its list of processes has the path of a program in the
//! place of its first word, and resources that say how the kubelet is set are masked.

use std::collections::BTreeSet;

use super::{Import, Layout, Names, files, node_name};
use crate::bundle::Bundle;

pub(super) static LAYOUT: Layout = Layout {
    name: "talos-support",
    tool: "talosctl support",
    decides: "which nodes there are; nothing of their configuration",
    looks_for: "NODE/processes beside NODE/resources/",
    is_it: |names: &Names<'_>| {
        names.any(|name| {
            node(name).is_some_and(|node| names.has_below(&format!("{node}/resources/")))
        })
    },
    gives_way: true,
    wants: |_| false,
    read,
};

/// The node whose processes a member lists.
fn node(name: &str) -> Option<&str> {
    let node = name.strip_suffix("/processes")?;
    (!node.contains('/')).then_some(node)
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let names = files(bundle).filter_map(|(_, member)| node_name(node(&member.name)?));
    let names: BTreeSet<String> = names.collect();
    let nodes = names.into_iter().map(|name| {
        let mut import = Import::of(&LAYOUT, "talosctl support", None);
        import.manifest.node = Some(name);
        import
    });
    nodes.collect()
}
