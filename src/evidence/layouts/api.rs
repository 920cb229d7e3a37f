//! Archives in which only the API speaks of nodes: which there are, and their versions.

use super::nodes::{import, listed, of_value};
use super::{Import, Layout, MemberNames, files, json};
use crate::bundle::Bundle;

const DECIDES: &str = "which nodes there are, and their versions; nothing of their configuration";

/// The Insights operator of OpenShift takes the files out of the plans of machines.
pub(super) static INSIGHTS: Layout = Layout {
    name: "insights",
    tool: "archives of the Insights operator of OpenShift",
    decides: DECIDES,
    looks_for: "config/node/ beside insights-operator/, config/version.json or config/machineconfigpools/",
    is_it: |names: &MemberNames<'_>| {
        names.has_below(INSIGHTS_NODES)
            && (names.has_below("insights-operator/")
                || names.has("config/version.json")
                || names.has_below("config/machineconfigpools/"))
    },
    gives_way: false,
    wants: |name| name.starts_with(INSIGHTS_NODES),
    read: read_insights,
};

/// `kubectl cluster-info dump`.
pub(super) static DUMP: Layout = Layout {
    name: "cluster-info-dump",
    tool: "kubectl cluster-info dump --output-directory",
    decides: DECIDES,
    looks_for: "nodes.json beside NAMESPACE/pods.json",
    is_it: |names: &MemberNames<'_>| {
        let is_pods = |name: &str| name.ends_with("/pods.json") && name.matches('/').count() == 1;
        names.has(DUMP_NODES) && names.any(is_pods)
    },
    gives_way: true,
    wants: |name| name == DUMP_NODES,
    read: read_dump,
};

const INSIGHTS_NODES: &str = "config/node/";
const DUMP_NODES: &str = "nodes.json";

fn read_insights(bundle: &Bundle) -> Vec<Import> {
    let mut blank = Import::of(&INSIGHTS, "Insights operator", None);
    blank.platform = Some("openshift");
    let nodes = files(bundle).filter(|(_, member)| member.name.starts_with(INSIGHTS_NODES));
    let nodes = nodes.filter_map(|(index, member)| Some((json(bundle, &member.name)?, index)));
    nodes
        .flat_map(|(node, index)| of_value(&node, index))
        .map(|node| import(&blank, node))
        .collect()
}

fn read_dump(bundle: &Bundle) -> Vec<Import> {
    let blank = Import::of(&DUMP, "kubectl cluster-info dump", None);
    let nodes = listed(bundle, &[DUMP_NODES]).into_iter();
    nodes.map(|node| import(&blank, node)).collect()
}
