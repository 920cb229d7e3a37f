//! Support bundles of troubleshoot.sh: what the API shows of a cluster, and what a vendor asked for
//! of its nodes. What lies in a folder that is called like a node is of that node.

use super::nodes::{import, listed};
use super::{Import, Layout, MemberNames, files, small_text};
use crate::bundle::Bundle;
use crate::evidence::head;
use crate::evidence::kind::Kind;
use crate::evidence::layout;

pub(super) static LAYOUT: Layout = Layout {
    name: "troubleshoot",
    tool: "support bundles of troubleshoot.sh (kubectl support-bundle)",
    decides: "which nodes there are, and their versions; files where they were copied from a node",
    looks_for: "version.yaml and cluster-resources/",
    is_it,
    gives_way: true,
    wants,
    read,
};

const NODES: [&str; 1] = ["cluster-resources/nodes.json"];
const VERSION: &str = "version.yaml";

fn is_it(names: &MemberNames<'_>) -> bool {
    names.has(VERSION) && names.has_below("cluster-resources/")
}

fn wants(name: &str) -> bool {
    NODES.contains(&name) || name == VERSION
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let version = small_text(bundle, VERSION).and_then(|text| {
        let mut lines = text.lines();
        let version = lines.find_map(|line| line.trim().strip_prefix("versionNumber:"));
        version.map(|version| version.trim().to_owned())
    });
    let blank = Import::of(&LAYOUT, "troubleshoot support-bundle", version);
    let nodes = listed(bundle, &NODES).into_iter();
    let mut imports: Vec<Import> = nodes.map(|node| import(&blank, node)).collect();
    for import in &mut imports {
        let folder = import
            .manifest
            .node
            .as_ref()
            .map(|node| format!("/{node}/"));
        let Some(folder) = folder else { continue };
        for (index, member) in files(bundle) {
            let Some((_, below)) = member.name.split_once(&folder) else {
                continue;
            };
            let kind = layout::classify(below, head(member));
            let is_of_node = match &kind {
                Kind::File(path) => path.strip_prefix('/') == Some(below),
                Kind::ProcessList | Kind::Configz(_) => true,
                _ => false,
            };
            if is_of_node && !member.name.starts_with("cluster-resources/") {
                import.kinds.insert(index, kind);
            }
        }
    }
    imports
}
