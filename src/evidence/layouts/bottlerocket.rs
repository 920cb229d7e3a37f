//! `logdog` of Bottlerocket: one machine. The state of its kubelet's unit holds its arguments; its
//! settings are what is planned.

use super::{Import, Layout, MemberNames, files, json, node_name};
use crate::bundle::Bundle;
use crate::evidence::head;
use crate::evidence::kind::Kind;
use crate::evidence::layout;

pub(super) static LAYOUT: Layout = Layout {
    name: "bottlerocket-logs",
    tool: "logdog of Bottlerocket",
    decides: "arguments, as the state of the kubelet's unit shows them; no files, no modes",
    looks_for: "settings.json and kube-status",
    is_it: |names: &MemberNames<'_>| names.has(SETTINGS) && names.has(STATE),
    gives_way: false,
    wants: |name| [SETTINGS, STATE].contains(&name),
    read,
};

const SETTINGS: &str = "settings.json";
const STATE: &str = "kube-status";

fn read(bundle: &Bundle) -> Vec<Import> {
    let mut import = Import::of(&LAYOUT, "Bottlerocket logdog", None);
    let state = files(bundle).find(|(_, member)| member.name == STATE);
    let state = state.filter(|(_, m)| layout::classify(&m.name, head(m)) == Kind::ServiceState);
    import
        .kinds
        .extend(state.map(|(index, _)| (index, Kind::ServiceState)));
    let settings = json(bundle, SETTINGS).unwrap_or_default();
    let settings = settings.get("settings").unwrap_or(&settings);
    let name = ["/kubernetes/hostname-override", "/network/hostname"]
        .iter()
        .find_map(|key| settings.pointer(key)?.as_str());
    import.manifest.node = name.and_then(node_name);
    vec![import]
}
