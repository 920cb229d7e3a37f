//! What files of the control plane hold, read from their documents.

use crate::evidence::document::{Node, Value};

/// The text of a key; `None` where it is none.
pub(super) fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    match &node.get(key)?.node.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The items of a list under a key; none where it is no list.
pub(super) fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    match node.get(key).map(|entry| &entry.node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// The texts of a list under a key.
pub(super) fn texts<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = &'n str> {
    items(node, key)
        .iter()
        .filter_map(|item| match &item.value {
            Value::String(text) => Some(text.as_str()),
            _ => None,
        })
}

/// Why a document is not of this kind, in one of these versions of it.
pub(super) fn other_kind(node: &Node, kind: &str, versions: &[&str]) -> Option<String> {
    let own = text(node, "kind").unwrap_or("missing");
    if own != kind {
        return Some(format!("its kind is {own}, not {kind}"));
    }
    let own = text(node, "apiVersion").unwrap_or("missing");
    (!versions.contains(&own)).then(|| format!("its apiVersion is {own}, which is not read"))
}
