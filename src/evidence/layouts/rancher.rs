//! The logs collector of Rancher: one machine. Its copies of configuration files lack lines, so that
//! arguments alone speak.

use super::{Import, Layout, MemberNames, files, hostname_override, node_name, small_text};
use crate::bundle::Bundle;
use crate::evidence::kind::Kind;

pub(super) static LAYOUT: Layout = Layout {
    name: "rancher-logs",
    tool: "the logs collector of Rancher, and each nodeinfo.tar.gz of its supportability review",
    decides: "arguments, and configz where the review has it; no configuration files, no modes",
    looks_for: "systeminfo/ps beside systeminfo/hostname or systeminfo/kubeletconfig.json",
    is_it,
    gives_way: false,
    wants,
    read,
};

const PROCESSES: &str = "systeminfo/ps";
const HOSTNAME: &str = "systeminfo/hostname";
/// In what the supportability review has of each node.
const CONFIGZ: &str = "systeminfo/kubeletconfig.json";
/// What a distribution says of its own version, and who it is.
const VERSIONS: [(&str, &str); 2] = [("rke2/version", "rke2"), ("k3s/version", "k3s")];

fn is_it(names: &MemberNames<'_>) -> bool {
    names.has(PROCESSES) && (names.has(HOSTNAME) || names.has(CONFIGZ))
}

fn wants(name: &str) -> bool {
    [PROCESSES, HOSTNAME, CONFIGZ].contains(&name) || VERSIONS.iter().any(|(file, _)| *file == name)
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let mut import = Import::of(&LAYOUT, "Rancher logs collector", None);
    let hostname = || small_text(bundle, HOSTNAME).and_then(|name| node_name(&name));
    import.manifest.node = small_text(bundle, PROCESSES)
        .and_then(|list| hostname_override(&list))
        .or_else(hostname)
        .or_else(|| node_name(&bundle.stem));
    for (index, member) in files(bundle) {
        let name = member.name.as_str();
        if name == PROCESSES {
            import.kinds.insert(index, Kind::ProcessList);
        }
        if name == CONFIGZ {
            let node = import.manifest.node.clone().unwrap_or_default();
            import.kinds.insert(index, Kind::Configz(node));
        }
        if let Some((_, platform)) = VERSIONS.iter().find(|(file, _)| *file == name)
            && let Some(text) = small_text(bundle, name)
            && text.contains(platform)
        {
            import.version = Some((text, index));
            import.platform = Some(platform);
        }
    }
    vec![import]
}
