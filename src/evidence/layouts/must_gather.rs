//! must-gather of OpenShift: what the API shows of a cluster. Of a node it holds the version; what a
//! MachineConfig plans is not what stands on the node, and lines of a log prove no argument.

use super::{Import, Layout, Names, files, small_text};
use crate::bundle::Bundle;

pub(super) static LAYOUT: Layout = Layout {
    name: "must-gather",
    tool: "oc adm must-gather of OpenShift",
    decides: "which nodes there are, and their versions; nothing of their configuration",
    looks_for: "cluster-scoped-resources/core/nodes/, below one folder per image",
    is_it,
    gives_way: false,
    wants,
    read,
};

const NODES: &str = "cluster-scoped-resources/core/nodes/";

fn is_it(names: &Names<'_>) -> bool {
    names.any(|name| node(name).is_some())
}

fn wants(name: &str) -> bool {
    node(name).is_some()
}

/// The node that a member describes.
fn node(name: &str) -> Option<&str> {
    let at = name.find(NODES)?;
    let is_folder = at == 0 || name.as_bytes().get(at - 1) == Some(&b'/');
    let rest = name.get(at + NODES.len()..).filter(|_| is_folder)?;
    let node = rest.strip_suffix(".yaml")?;
    (!node.is_empty() && !node.contains('/')).then_some(node)
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let described = files(bundle).filter_map(|(index, member)| {
        let name = node(&member.name)?;
        let mut import = Import::of(&LAYOUT, "must-gather", None);
        import.platform = Some("openshift");
        import.manifest.node = Some(name.to_owned());
        let text = small_text(bundle, &member.name);
        let version = text.as_deref().and_then(|text| {
            let mut lines = text.lines();
            lines.find_map(|line| line.trim().strip_prefix("kubeletVersion:"))
        });
        let version = version.map(|version| version.trim().trim_matches('"').to_owned());
        import.version = version.map(|version| (version, index));
        Some(import)
    });
    described.collect()
}
