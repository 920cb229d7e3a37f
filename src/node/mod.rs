//! Evidence → the node it speaks of: name, cluster, version, platform, and how each was decided.

pub mod duty;
pub mod platform;
pub mod role;
pub mod system;
pub mod version;

use std::collections::BTreeSet;

use crate::bundle::Bundle;
use crate::evidence::Evidence;
use crate::evidence::citation::Citation;
use crate::evidence::masks::unmasked;
use crate::evidence::process::Process;
use crate::limits::NAME_BYTES;
use platform::Platform;
use role::Role;
use system::System;
use version::Version;

/// The machine that evidence speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name: `bundle.json`, else the only configz file's, else the top folder, else the
    /// archive's stem.
    pub name: String,
    /// Its cluster, where `bundle.json` says.
    pub cluster: Option<String>,
    /// The kubelet's version, and where it was read.
    pub version: Option<(Version, Citation)>,
    /// Control plane or worker; `None` where nothing proves either.
    pub role: Option<Role>,
    /// The distribution; `None` without any sign.
    pub platform: Option<Platform>,
    /// The operating system, and where it was read; `None` without any sign.
    pub system: Option<(System, Citation)>,
}

/// What the API says of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiNode {
    /// status.nodeInfo.kubeletVersion, and where it stands.
    pub version: Option<(Version, Citation)>,
    /// By status.nodeInfo.operatingSystem and osImage, and where it stands.
    pub system: Option<(System, Citation)>,
    /// By the node's labels.
    pub platform: Option<Platform>,
    /// By the node's labels; `None` where the API did not list the node.
    pub role: Option<Role>,
    /// status.nodeInfo.machineID
    pub machine_id: Option<String>,
    /// status.nodeInfo.systemUUID
    pub system_uuid: Option<String>,
}

impl ApiNode {
    /// Whether a verdict may rest on it.
    #[must_use]
    pub fn bears_on_verdicts(&self) -> bool {
        self.version.is_some() || self.platform.is_some() || self.system.is_some()
    }

    /// The same, cited from the bundle that lends it.
    #[must_use]
    pub fn lent_by(&self, bundle: &str) -> Self {
        let mut lent = self.clone();
        let version = lent.version.as_mut().map(|(_, citation)| citation);
        let system = lent.system.as_mut().map(|(_, citation)| citation);
        for citation in version.into_iter().chain(system) {
            citation.bundle = Some(bundle.to_owned());
        }
        lent
    }
}

impl Node {
    /// The node of a bundle. The API's version is the running one; the binary on disk may be
    /// newer than the process.
    #[must_use]
    pub fn of(evidence: &Evidence<'_>, processes: &[Process], api: Option<&ApiNode>) -> Self {
        let manifest = evidence.manifest.as_ref();
        let version = version(evidence, processes, api);
        let lent = api.and_then(|api| api.system.clone());
        let lent = lent.filter(|(system, _)| system.fits(evidence, processes));
        let system = lent.or_else(|| {
            // PID 1 is init's, and owners have numbers; Windows has neither.
            let is_unix = evidence.whole_process_list().is_some() || evidence.shows_unix_owners();
            let (system, by) = System::of_processes(processes).filter(|_| !is_unix)?;
            Some((system, by.citation.clone()))
        });
        let mains = evidence.main_processes();
        let platform = platform(version.as_ref(), api, processes, &mains);
        Self {
            name: name(evidence),
            cluster: manifest.and_then(|m| m.cluster.clone()),
            role: Role::of_processes(processes, evidence.whole_process_list().is_some())
                .or_else(|| api.and_then(|api| api.role)),
            version,
            platform,
            system,
        }
    }

    /// A node of which only the API speaks.
    #[must_use]
    pub fn of_api(name: &str, cluster: Option<&str>, api: &ApiNode) -> Self {
        Self {
            name: name.to_owned(),
            cluster: cluster.map(str::to_owned),
            role: api.role,
            version: api.version.clone(),
            platform: platform(api.version.as_ref(), Some(api), &[], &BTreeSet::new()),
            system: api.system.clone(),
        }
    }
}

/// The version of the kubelet that runs: what the API says of it, what it logged and the path it runs
/// from, which must not differ in what rules depend on; else what the program prints that lies there.
fn version(
    evidence: &Evidence<'_>,
    processes: &[Process],
    api: Option<&ApiNode>,
) -> Option<(Version, Citation)> {
    let mut running: Vec<(Version, Citation)> = Vec::new();
    let of_api = match api {
        Some(api) => api.version.clone(),
        None => listed_version(evidence),
    };
    running.extend(of_api);
    for (text, citation) in evidence.shown_kubelet_versions(processes) {
        running.extend(Version::parse(&text).map(|version| (version, citation)));
    }
    let first = running.first().map(|(version, _)| version.minor);
    if running
        .iter()
        .any(|(version, _)| Some(version.minor) != first)
    {
        return None;
    }
    running.into_iter().next().or_else(|| {
        let (text, citation) = evidence.running_kubelet_version(processes)?;
        Some((Version::find(&text)?, citation))
    })
}

/// The version that a list of nodes in the bundle itself has for the node, or for all of its nodes.
fn listed_version(evidence: &Evidence<'_>) -> Option<(Version, Citation)> {
    let (nodes, citation) = evidence.api_nodes()?;
    let listed = api_nodes(&nodes, &citation);
    let own = name(evidence);
    if let Some((_, api)) = listed.iter().find(|(name, _)| *name == own) {
        return api.version.clone();
    }
    let minor = |api: &ApiNode| api.version.as_ref().map(|(version, _)| version.minor);
    let (_, first) = listed.first()?;
    let agree = listed.iter().all(|(_, api)| minor(api) == minor(first));
    first.version.clone().filter(|_| agree)
}

/// What a bundle calls its node.
#[must_use]
pub fn name(evidence: &Evidence<'_>) -> String {
    if let Some(name) = evidence.manifest.as_ref().and_then(|m| m.node.clone()) {
        return name;
    }
    if let Some(name) = &evidence.machine.name {
        return name.clone();
    }
    let mut names = evidence.configz_nodes();
    names.retain(|name| unmasked(name).is_some());
    if let [only] = names.as_slice() {
        return only.clone();
    }
    unnamed(evidence.bundle)
}

/// What a node is called when nothing in the bundle says.
#[must_use]
pub fn unnamed(bundle: &Bundle) -> String {
    bundle.top.clone().unwrap_or_else(|| bundle.stem.clone())
}

fn platform(
    version: Option<&(Version, Citation)>,
    api: Option<&ApiNode>,
    processes: &[Process],
    mains: &BTreeSet<u32>,
) -> Option<Platform> {
    version
        .and_then(|(version, _)| Platform::of_version(version))
        .or_else(|| api.and_then(|api| api.platform))
        .or_else(|| Platform::of_processes(processes, mains))
}

/// Reads the nodes of `api/nodes.json`, by name.
#[must_use]
pub fn api_nodes(nodes: &serde_json::Value, citation: &Citation) -> Vec<(String, ApiNode)> {
    let items = nodes.get("items").and_then(|items| items.as_array());
    items
        .into_iter()
        .flatten()
        .enumerate()
        .filter_map(|(index, item)| {
            let text = |pointer: &str| {
                item.pointer(pointer)
                    .and_then(|value| value.as_str())
                    .filter(|text| !text.is_empty() && text.len() <= NAME_BYTES)
                    .map(str::to_owned)
            };
            let labels = item
                .pointer("/metadata/labels")
                .and_then(|labels| labels.as_object());
            let info = |key: &str| text(&format!("/status/nodeInfo/{key}"));
            let id = |key: &str| info(key).filter(|id| unmasked(id).is_some());
            let index = index.to_string();
            let place = |key: &str| citation.pointer(&["items", &index, "status", "nodeInfo", key]);
            Some((
                text("/metadata/name")?,
                ApiNode {
                    version: info("kubeletVersion")
                        .and_then(|v| Version::parse(&v))
                        .map(|v| (v, place("kubeletVersion"))),
                    system: info("operatingSystem")
                        .and_then(|name| System::of_node_info(&name, info("osImage").as_deref()))
                        .map(|system| (system, place("operatingSystem"))),
                    role: labels.map(|l| Role::of_labels(l.keys().map(String::as_str))),
                    platform: Platform::of_words(
                        labels
                            .into_iter()
                            .flat_map(|l| l.keys().map(String::as_str)),
                    ),
                    machine_id: id("machineID"),
                    system_uuid: id("systemUUID"),
                },
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::api_nodes::parse;
    use crate::limits::Limits;
    use serde_json::Value;

    #[test]
    fn what_is_kept_says_the_same_of_nodes_as_the_whole() {
        let text = r#"{"kind":"NodeList","items":[
            {"metadata":{"name":"a","labels":{"eks.amazonaws.com/nodegroup":"g","n\u00e9":7},
                "managedFields":[{"name":"x"}]},
             "status":{"images":[{"names":["x"],"sizeBytes":1.5}],"conditions":[{"status":"True"}],
                "nodeInfo":{"kubeletVersion":"v1.31.2-eks-1","machineID":"m","systemUUID":"s","osImage":"o","operatingSystem":"windows"}}},
            {"metadata":{"name":7},"status":null}, 5, {"metadata":[]},
            {"metadata":{"name":"b","name":"c","labels":[]},"status":{"nodeInfo":{"machineID":""}}}]}"#;
        let citation = Citation::whole("api/nodes.json");
        for text in [text, "{}", "[]", "7", r#"{"items":{"a":1}}"#] {
            let whole: Value = serde_json::from_str(text).unwrap();
            let kept = parse(text.as_bytes(), &Limits::default()).unwrap();
            assert_eq!(api_nodes(&kept, &citation), api_nodes(&whole, &citation));
        }
        let kept = parse(text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(api_nodes(&kept, &citation).len(), 2);
        assert!(!kept.to_string().contains("managedFields"));
    }
}
