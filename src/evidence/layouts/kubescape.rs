//! What Kubescape's scanners of hosts report: the replies of host-scanner, and the objects that
//! node-agent writes. Each is of one node; replies that name none are told by folder and file name.

use std::collections::BTreeMap;

use super::scanned::{HostReport, kind, reports};
use super::{Import, Layout, files, override_of};
use crate::bundle::{Bundle, Content};
use crate::evidence::host_report::is_of_kubescape;
use crate::evidence::kind::Kind;
use crate::evidence::{head, text};

pub(super) static LAYOUT: Layout = Layout {
    name: "kubescape-host",
    tool: "reports of Kubescape's host-scanner and node-agent (KubeletInfo, KubeProxyInfo, ControlPlaneInfo …)",
    decides: "arguments, the kubelet's configuration file, modes and owners of files; no drop-ins",
    looks_for: "objects of hostdata.kubescape.cloud, or cmdLine beside configFile, kubeConfigFile or serviceFiles",
    is_it: |names| files(names.0).any(|(_, member)| is_of_kubescape(head(member))),
    gives_way: true,
    wants: |_| false,
    read,
};

/// Words of a file's name that say which report it is.
const KINDS: [&str; 6] = [
    "kubeletinfos",
    "kubeletinfo",
    "kubeproxyinfos",
    "kubeproxyinfo",
    "controlplaneinfos",
    "controlplaneinfo",
];

/// The node that reports name, or what else tells whose they are.
type Key = (Option<String>, String);

fn read(bundle: &Bundle) -> Vec<Import> {
    let mut nodes: BTreeMap<Key, Vec<HostReport>> = BTreeMap::new();
    for report in reports(bundle) {
        let of_file = match (&report.node, bundle.members.get(report.index)) {
            (None, Some(member)) => place(&member.name),
            _ => String::new(),
        };
        let key = (report.node.clone(), of_file);
        nodes.entry(key).or_default().push(report);
    }
    let nodes = nodes
        .into_iter()
        .flat_map(|(key, reports)| apart(key, reports));
    let named = bundle
        .members
        .iter()
        .enumerate()
        .filter_map(|(index, part)| {
            let (source, pointer) = part.name.rsplit_once('#')?;
            Some(((source, pointer), index))
        });
    let parts: BTreeMap<(&str, &str), usize> = named.collect();
    let mut imports: Vec<Import> = Vec::new();
    for ((node, place), reports) in nodes {
        let mut import = Import::of(&LAYOUT, "Kubescape", None);
        import.manifest.node = node;
        for report in &reports {
            let source = bundle.members.get(report.index);
            let source = source.map_or("", |source| source.name.as_str());
            let from = parts.range((source, report.pointer.as_str())..);
            let own = from.take_while(|((name, pointer), _)| {
                *name == source && pointer.starts_with(&report.pointer)
            });
            for ((_, pointer), index) in own {
                let Some(kind) = kind(report, pointer) else {
                    continue;
                };
                let part = bundle.members.get(*index);
                let is_real = part.is_some_and(|part| part.attributes.is_some());
                import.real.extend(is_real.then_some(*index));
                import.kinds.insert(*index, kind);
            }
        }
        let times = reports.iter().filter_map(|report| report.made_at.clone());
        import.manifest.collected_at = times.max();
        if import.manifest.node.is_none() {
            import.manifest.node = own_name(bundle, &import).or(Some(place));
            import.manifest.node.take_if(|name| name.is_empty());
        }
        imports.push(import);
    }
    imports
}

/// A group of reports by itself, or each of its own where it is of several machines: replies that name
/// no node are of one only where no two of them are of one kind, and none says another name.
fn apart(key: Key, reports: Vec<HostReport>) -> Vec<(Key, Vec<HostReport>)> {
    let lines: Vec<&str> = reports.iter().filter_map(HostReport::line).collect();
    let mut names: Vec<String> = lines
        .iter()
        .copied()
        .filter_map(|line| override_of([line].into_iter()))
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut programs: Vec<&str> = reports.iter().map(HostReport::program).collect();
    programs.sort_unstable();
    let all = programs.len();
    programs.dedup();
    if key.0.is_some() || names.len() < 2 && programs.len() == all {
        return vec![(key, reports)];
    }
    let numbered = reports.into_iter().zip(1..);
    numbered
        .map(|(report, number)| ((None, format!("{}#{number}", key.1)), vec![report]))
        .collect()
}

/// What its folder, or else the name of its file, says of whose a reply is.
fn place(name: &str) -> String {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let file = file.to_ascii_lowercase();
    let stem = file
        .rsplit_once('.')
        .map_or(file.as_str(), |(stem, _)| stem);
    let is_between = |c: char| matches!(c, '-' | '_' | '.');
    let word = KINDS.iter().find_map(|word| {
        let (before, after) = stem.split_once(word)?;
        Some(format!("{before}{after}"))
    });
    let stem = word.as_deref().unwrap_or(stem).trim_matches(is_between);
    let folder = folder.rsplit('/').next().unwrap_or_default();
    match stem {
        "" => folder.to_owned(),
        stem => stem.to_owned(),
    }
}

/// The name that the arguments give the node.
fn own_name(bundle: &Bundle, import: &Import) -> Option<String> {
    let lines = import
        .kinds
        .iter()
        .filter(|(_, kind)| **kind == Kind::Arguments);
    let lines = lines.filter_map(|(index, _)| match &bundle.members.get(*index)?.content {
        Content::Kept(bytes) => Some(text(bytes)),
        _ => None,
    });
    let lines: Vec<_> = lines.collect();
    override_of(lines.iter().map(|line| &**line))
}
