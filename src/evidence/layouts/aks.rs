//! The log collector of Azure Kubernetes Service: one machine, of which neither processes nor the
//! kubelet's configuration are taken.

use super::{Import, Layout, MemberNames, node_name, small_text};
use crate::bundle::Bundle;

pub(super) static LAYOUT: Layout = Layout {
    name: "aks-logs",
    tool: "the log collector of Azure Kubernetes Service",
    decides: "which node it is; nothing of its configuration",
    looks_for: "collect/ and var/log/azure/ beside etc/default/kubelet or proc/cmdline",
    is_it: |names: &MemberNames<'_>| {
        let is_node = names.has("etc/default/kubelet") || names.has("proc/cmdline");
        is_node && names.has_below("collect/") && names.has_below("var/log/azure/")
    },
    gives_way: true,
    wants: |name| name == HOSTNAME,
    read,
};

const HOSTNAME: &str = "etc/hostname";

fn read(bundle: &Bundle) -> Vec<Import> {
    let mut import = Import::of(&LAYOUT, "AKS log collector", None);
    import.platform = Some("aks");
    let hostname = small_text(bundle, HOSTNAME).and_then(|name| node_name(&name));
    import.manifest.node = hostname;
    vec![import]
}
