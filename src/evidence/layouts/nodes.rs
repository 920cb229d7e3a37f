//! Nodes as an API lists them: a bare array, or a list object.

use serde_json::Value;

use super::{Import, files, json};
use crate::bundle::Bundle;

/// A node, the version of its kubelet, and the member that says so.
pub(super) type Listed = (String, Option<String>, usize);

/// The nodes that the first of these members lists.
pub(super) fn listed(bundle: &Bundle, names: &[&str]) -> Vec<Listed> {
    let found = files(bundle).find(|(_, member)| names.contains(&member.name.as_str()));
    let Some((index, member)) = found else {
        return Vec::new();
    };
    let list = json(bundle, &member.name).unwrap_or_default();
    of_value(&list, index)
}

/// The nodes of a list, or the one that this is.
pub(super) fn of_value(list: &Value, index: usize) -> Vec<Listed> {
    let items = list.as_array().or_else(|| list.get("items")?.as_array());
    let one = list.pointer("/status/nodeInfo").map(|_| list);
    let items = items.into_iter().flatten().chain(one);
    items.filter_map(|item| node(item, index)).collect()
}

fn node(item: &Value, index: usize) -> Option<Listed> {
    let name = item.pointer("/metadata/name")?.as_str()?.to_owned();
    let version = item.pointer("/status/nodeInfo/kubeletVersion");
    let version = version.and_then(Value::as_str).map(str::to_owned);
    (name.len() <= crate::limits::NAME_BYTES).then_some((name, version, index))
}

/// A node of which only the API speaks.
pub(super) fn import(blank: &Import, (name, version, index): Listed) -> Import {
    let mut import = blank.clone();
    import.manifest.node = Some(name);
    import.version = version.map(|version| (version, index));
    import
}
