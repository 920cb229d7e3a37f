//! The log collector of Amazon EKS, its script and the one of the node monitoring agent: one machine.
//! Files are copied without their modes.

use super::{Import, Layout, MemberNames, files, hostname_override, node_name, small_text};
use crate::bundle::Bundle;
use crate::evidence::kind::Kind;

pub(super) static LAYOUT: Layout = Layout {
    name: "eks-logs",
    tool: "the log collector of Amazon EKS",
    decides: "arguments and configuration files; no modes",
    looks_for: "system/ps.txt and kubelet/ beside system/instance-id.txt, kubelet/kubelet_service.txt or kubelet/kubelet.log",
    is_it,
    gives_way: false,
    wants,
    read,
};

const PROCESSES: &str = "system/ps.txt";
const INSTANCE: &str = "system/instance-id.txt";
/// Where the files are from whose folder the collector leaves out.
const CONFIG_FOLDER: &str = "/etc/kubernetes/kubelet";

fn is_it(names: &MemberNames<'_>) -> bool {
    // Where the metadata of the instance is not handed out, its id is missing.
    let marks = [
        INSTANCE,
        "kubelet/kubelet_service.txt",
        "kubelet/kubelet.log",
    ];
    let is_marked = || marks.iter().any(|name| names.has(name));
    names.has(PROCESSES) && names.has_below("kubelet/") && is_marked()
}

fn wants(name: &str) -> bool {
    [PROCESSES, INSTANCE].contains(&name) || path(name).is_some()
}

/// The path of a file on the machine.
fn path(name: &str) -> Option<String> {
    let rest = name.strip_prefix("kubelet/")?;
    let is_config = matches!(rest, "config.json" | "kubelet-config.json");
    let is_drop_in = rest
        .strip_prefix("config.json.d/")
        .is_some_and(|file| !file.is_empty());
    (is_config || is_drop_in).then(|| format!("{CONFIG_FOLDER}/{rest}"))
}

fn read(bundle: &Bundle) -> Vec<Import> {
    // eks_INSTANCE_DATE_TIME-ZONE_VERSION
    let parts: Vec<&str> = bundle.stem.split('_').collect();
    let named = match parts.as_slice() {
        ["eks", id, date, time, version] => Some((*id, *date, *time, *version)),
        _ => None,
    };
    let version = named.map(|(_, _, _, version)| version.to_owned());
    let mut import = Import::of(&LAYOUT, "EKS log collector", version);
    import.platform = Some("eks");
    for (index, member) in files(bundle) {
        let kind = match member.name.as_str() {
            PROCESSES => Some(Kind::ProcessList),
            name => path(name).map(Kind::File),
        };
        if let Some(kind) = kind {
            import.kinds.insert(index, kind);
        }
    }
    let instance = || small_text(bundle, INSTANCE).and_then(|name| node_name(&name));
    import.manifest.node = small_text(bundle, PROCESSES)
        .and_then(|list| hostname_override(&list))
        .or_else(instance)
        .or_else(|| node_name(named?.0));
    import.manifest.collected_at = named.and_then(|(_, date, time, _)| {
        let time = time.strip_suffix("-UTC")?;
        let (hour, minute) = time.split_at_checked(2)?;
        let written = format!("{date}T{hour}:{minute}:00Z");
        written.parse::<jiff::Timestamp>().ok()?;
        Some(written)
    });
    vec![import]
}
