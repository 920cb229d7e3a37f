//! Sonobuoy: what the API shows of every node of a cluster, and the journal of each where its plugin
//! for that ran. journald itself writes the arguments of a process beside what it says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::nodes::listed;
use super::{Import, Layout, MemberNames, files, json};
use crate::bundle::{Bundle, Content};
use crate::evidence::kind::Kind;
use crate::evidence::text;

pub(super) static LAYOUT: Layout = Layout {
    name: "sonobuoy",
    tool: "Sonobuoy, since 0.8",
    decides: "what configz shows of each node, and arguments where the systemd-logs plugin ran; no modes",
    looks_for: "meta/config.json (before 0.9 config.json and serverversion/) beside hosts/ or resources/",
    is_it,
    gives_way: false,
    wants,
    read,
};

/// Where the nodes are listed, in newer and older archives.
const NODES: [&str; 3] = [
    "resources/cluster/core_v1_nodes.json",
    "resources/cluster/Nodes.json",
    "resources/non-ns/Nodes.json",
];
const CONFIG: [&str; 2] = ["meta/config.json", "config.json"];
const RUN_LOG: &str = "meta/run.log";

fn is_it(names: &MemberNames<'_>) -> bool {
    let is_new = names.has("meta/config.json");
    let is_old = names.has("config.json") && names.has("serverversion/serverversion.json");
    (is_new || is_old) && (names.has_below("hosts/") || names.has_below("resources/"))
}

fn wants(name: &str) -> bool {
    NODES.contains(&name) || CONFIG.contains(&name) || name == RUN_LOG || journal(name).is_some()
}

/// The node whose journal a member is.
fn journal(name: &str) -> Option<&str> {
    let new = || {
        let rest = name.strip_prefix("plugins/systemd-logs/results/")?;
        rest.strip_suffix("/systemd_logs")
    };
    let old = || name.strip_prefix("plugins/systemd_logs/results/");
    new().or_else(old).filter(|node| !node.contains('/'))
}

/// The node whose configz reply a member is.
fn configz(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("hosts/")?;
    rest.strip_suffix("/configz.json")
        .filter(|node| !node.contains('/'))
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let version = CONFIG.iter().find_map(|name| {
        let config = json(bundle, name)?;
        Some(config.get("Version")?.as_str()?.to_owned())
    });
    let blank = Import::of(&LAYOUT, "Sonobuoy", version);
    let collected_at = last_time(bundle);
    let mut nodes: BTreeMap<String, Import> = BTreeMap::new();
    for (index, member) in files(bundle) {
        let (name, kind) = match (configz(&member.name), journal(&member.name)) {
            (Some(name), _) => (name, Kind::Configz(name.to_owned())),
            (None, Some(name)) => (name, Kind::ProcessList),
            (None, None) => continue,
        };
        let import = nodes
            .entry(name.to_owned())
            .or_insert_with(|| blank.clone());
        import.kinds.insert(index, kind);
    }
    // A node on the list of which nothing else was had is a node without evidence.
    for listed in listed(bundle, &NODES) {
        let import = nodes.entry(listed.name.clone());
        listed.tell(import.or_insert_with(|| blank.clone()));
    }
    let named = nodes.into_iter().map(|(name, mut import)| {
        import.manifest.node = Some(name);
        import.manifest.collected_at.clone_from(&collected_at);
        import
    });
    named.collect()
}

/// The time of the last line of its log.
fn last_time(bundle: &Bundle) -> Option<String> {
    let member = bundle
        .members
        .iter()
        .find(|member| member.name == RUN_LOG)?;
    let Content::Kept(bytes) = &member.content else {
        return None;
    };
    let log = text(bytes);
    let last = log.lines().rev().find(|line| !line.trim().is_empty())?;
    let entry: Value = serde_json::from_str(last).ok()?;
    let time = entry.get("time")?.as_str()?;
    time.parse::<jiff::Timestamp>().ok()?;
    Some(time.to_owned())
}
