//! `talosctl support`: a folder for each node, called by its address. Its list of processes has the path
//! of a program in the place of its first word, and resources that say how the kubelet is set are masked.

use serde_json::Value;

use super::nodes::of_value;
use super::{Import, Layout, MemberNames, files, node_name, yaml};
use crate::bundle::{Bundle, Member};
use crate::evidence::kind::Kind;
use crate::evidence::{head, ps};

pub(super) static LAYOUT: Layout = Layout {
    name: "talos-support",
    tool: "talosctl support",
    decides: "arguments, as the processes of each node show them; no files, no modes",
    looks_for: "NODE/processes beside NODE/resources/, or as Talos prints them",
    is_it: |names: &MemberNames<'_>| {
        files(names.0).any(|(_, member)| {
            let beside = |node| names.has_below(&format!("{node}/resources/"));
            node(&member.name).is_some_and(|node| beside(node) || is_list(member))
        })
    },
    gives_way: true,
    wants: |name| node(name).is_some() || NODES.contains(&name),
    read,
};

/// Where the API lists the nodes.
const NODES: [&str; 2] = [
    "cluster/kubernetesResources/nodes.yaml",
    "kubernetesResources/nodes.yaml",
];
/// The columns that Talos alone prints.
const COLUMNS: &[u8] = b"VIRTMEM";

/// The node whose processes a member lists.
fn node(name: &str) -> Option<&str> {
    let node = name.strip_suffix("/processes")?;
    (!node.is_empty() && !node.contains('/')).then_some(node)
}

fn is_list(member: &Member) -> bool {
    let head = head(member);
    ps::looks_like_ps(head) && memchr::memmem::find(head, COLUMNS).is_some()
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let listed = files(bundle).find(|(_, member)| NODES.contains(&member.name.as_str()));
    let listed = listed.and_then(|(index, member)| Some((yaml(member)?, index)));
    let lists = files(bundle).filter_map(|(index, member)| {
        let folder = node(&member.name)?;
        let mut import = Import::of(&LAYOUT, "talosctl support", None);
        import.manifest.node = node_name(folder);
        let own = listed
            .as_ref()
            .and_then(|(all, at)| Some((at_address(all, folder)?, *at)));
        for node in own.into_iter().flat_map(|(node, at)| of_value(node, at)) {
            import.manifest.node = Some(node.name.clone());
            node.tell(&mut import);
        }
        if is_list(member) {
            import.kinds.insert(index, Kind::ProcessList);
        }
        Some(import)
    });
    lists.collect()
}

/// The node that the API lists with this address.
fn at_address<'n>(list: &'n Value, address: &str) -> Option<&'n Value> {
    let mut items = list.get("items")?.as_array()?.iter();
    items.find(|item| {
        let addresses = item.pointer("/status/addresses").and_then(Value::as_array);
        let mut addresses = addresses.into_iter().flatten();
        addresses.any(|of| of.get("address").and_then(Value::as_str) == Some(address))
    })
}
