//! `microk8s inspect`: one machine. Its components run in one process, which reads their arguments
//! from files. The copies have lost their modes.

use serde_json::Value;

use super::nodes::of_value;
use super::{Import, Layout, MemberNames, files, small_text};
use crate::bundle::Bundle;
use crate::evidence::kind::Kind;

pub(super) static LAYOUT: Layout = Layout {
    name: "microk8s-inspect",
    tool: "microk8s inspect",
    decides: "arguments of the kubelet and the kube-proxy; no modes",
    looks_for: "args/kubelet and snap.microk8s.*/",
    is_it,
    gives_way: false,
    wants,
    read,
};

const PROCESSES: &str = "sys/ps";
const VERSION: &str = "k8s/version";
const DUMP: &str = "k8s/cluster-info-dump";
const DATA: &str = "/var/snap/microk8s/";

fn is_it(names: &MemberNames<'_>) -> bool {
    names.has("args/kubelet") && names.has_below("snap.microk8s.")
}

fn wants(name: &str) -> bool {
    [PROCESSES, VERSION, DUMP].contains(&name) || arguments(name).is_some()
}

/// The component whose arguments a member holds.
fn arguments(name: &str) -> Option<&str> {
    name.strip_prefix("args/")
        .filter(|component| component.starts_with("kube") && !component.contains('/'))
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let mut import = Import::of(&LAYOUT, "microk8s inspect", None);
    import.platform = Some("microk8s");
    let processes = small_text(bundle, PROCESSES).unwrap_or_default();
    let revision = revision(&processes).unwrap_or("current");
    for (index, member) in files(bundle) {
        let name = member.name.as_str();
        if name == PROCESSES {
            import.kinds.insert(index, Kind::ProcessList);
        } else if let Some(component) = arguments(name) {
            let path = format!("{DATA}{revision}/args/{component}");
            import.kinds.insert(index, Kind::File(path));
        } else if name == VERSION {
            import.version = small_text(bundle, VERSION).map(|text| (text, index));
        }
    }
    let dump = small_text(bundle, DUMP);
    let mut lists = dump
        .as_deref()
        .map(|text| serde_json::Deserializer::from_str(text).into_iter::<Value>());
    let first = lists.as_mut().and_then(|lists| lists.next()?.ok());
    let nodes = first.map_or_else(Vec::new, |list| of_value(&list, 0));
    import.manifest.node = match nodes.as_slice() {
        [only] => Some(only.name.clone()),
        _ => Some(bundle.stem.clone()),
    };
    vec![import]
}

/// The revision whose files the processes name, if all name one.
fn revision(processes: &str) -> Option<&str> {
    let mut found = None;
    for (at, _) in processes.match_indices(DATA) {
        let rest = processes.get(at + DATA.len()..)?;
        let (revision, rest) = rest.split_once('/')?;
        let is_number = !revision.is_empty() && revision.bytes().all(|b| b.is_ascii_digit());
        if !is_number || !rest.starts_with("args/") {
            continue;
        }
        if found.is_some_and(|other| other != revision) {
            return None;
        }
        found = Some(revision);
    }
    found
}
