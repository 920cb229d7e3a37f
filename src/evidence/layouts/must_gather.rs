//! must-gather of OpenShift: what the API shows of a cluster. Of a node it holds the version; what a
//! MachineConfig plans is not what stands on the node, and lines of a log prove no argument.

use super::nodes::{import, of_value};
use super::{Import, Layout, MemberNames, files, yaml};
use crate::bundle::Bundle;
use crate::evidence::text;

pub(super) static LAYOUT: Layout = Layout {
    name: "must-gather",
    tool: "oc adm must-gather and oc adm inspect of OpenShift",
    decides: "which nodes there are, and their versions; nothing of their configuration",
    looks_for: "cluster-scoped-resources/, event-filter.html or gather.logs, below one folder per image",
    is_it,
    gives_way: true,
    wants,
    read,
};

/// Where nodes are described: a file for each, and in older versions one of all.
const NODES: &str = "cluster-scoped-resources/core/nodes/";
const LIST: &str = "cluster-scoped-resources/core/nodes.yaml";
/// What no other tool puts into its archives.
const MARKS: [&str; 3] = ["event-filter.html", "gather.logs", "must-gather.logs"];
/// Folders around it: of the run, of the node that the collector ran on, and of the image.
const DEPTH: usize = 3;

fn is_it(names: &MemberNames<'_>) -> bool {
    names.any(|name| {
        let file = name.rsplit('/').next().unwrap_or_default();
        let is_near = name.matches('/').count() <= DEPTH;
        let is_resource = name
            .match_indices("cluster-scoped-resources/")
            .any(|(at, _)| name.get(..at).is_some_and(is_folder));
        is_resource || is_near && MARKS.contains(&file)
    })
}

/// Whether a path begins behind it that has not too many folders around.
fn is_folder(around: &str) -> bool {
    (around.is_empty() || around.ends_with('/')) && around.matches('/').count() <= DEPTH
}

fn wants(name: &str) -> bool {
    describes(name) || is_version(name)
}

fn is_version(name: &str) -> bool {
    let around = name.strip_suffix("version");
    around.is_some_and(is_folder)
}

/// Whether a member describes nodes.
fn describes(name: &str) -> bool {
    let below = |what: &str| {
        let at = name.find(what)?;
        name.get(at + what.len()..)
            .filter(|_| name.get(..at).is_some_and(is_folder))
    };
    below(NODES).is_some_and(|rest| node(rest).is_some()) || below(LIST) == Some("")
}

/// The node that a file is named after.
fn node(file: &str) -> Option<&str> {
    let node = file.strip_suffix(".yaml")?;
    (!node.is_empty() && !node.contains('/')).then_some(node)
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let mut blank = Import::of(&LAYOUT, "must-gather", version(bundle));
    blank.platform = Some("openshift");
    let described = files(bundle).filter(|(_, member)| describes(&member.name));
    let nodes = described.flat_map(|(index, member)| {
        let listed = yaml(member).map(|it| of_value(&it, index));
        let mut nodes: Vec<Import> = listed
            .into_iter()
            .flatten()
            .map(|node| import(&blank, node))
            .collect();
        let (_, file) = member.name.rsplit_once('/').unwrap_or_default();
        let is_list = member.name.ends_with(LIST);
        if let Some(name) = node(file).filter(|_| nodes.is_empty() && !is_list) {
            let mut named = blank.clone();
            named.manifest.node = Some(name.to_owned());
            nodes.push(named);
        }
        nodes
    });
    let mut imports: Vec<Import> = nodes.collect();
    // Each image that was run shows the same nodes.
    imports.sort_by(|a, b| a.manifest.node.cmp(&b.manifest.node));
    imports.dedup_by(|a, b| a.manifest.node == b.manifest.node);
    imports
}

/// The second line of its `version`, below the name of the image.
fn version(bundle: &Bundle) -> Option<String> {
    let (_, member) = files(bundle).find(|(_, member)| is_version(&member.name))?;
    let text = text(super::kept(member)?);
    let mut lines = text.lines();
    lines.next().filter(|first| first.contains("must-gather"))?;
    let version = lines.next()?.trim();
    let is_one = !version.is_empty() && version.len() <= crate::limits::NAME_BYTES;
    is_one.then(|| version.to_owned())
}
