//! Nodes as an API lists them: a bare array, or a list object.

use serde_json::Value;

use super::{Import, files, json};
use crate::bundle::Bundle;
use crate::evidence::masks::unmasked;

/// A node as an API lists it.
pub(super) struct Listed {
    pub(super) name: String,
    /// The version of its kubelet.
    version: Option<String>,
    machine_id: Option<String>,
    system_uuid: Option<String>,
    /// The member that says so.
    index: usize,
}

impl Listed {
    /// Tells an import of the node what the API knows of it.
    pub(super) fn tell(self, import: &mut Import) {
        let index = self.index;
        import.version = self.version.map(|version| (version, index));
        import.manifest.host.machine_id = self.machine_id;
        import.manifest.host.system_uuid = self.system_uuid;
    }
}

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
    let text = |key: &str| {
        let text = item.pointer("/status/nodeInfo")?.get(key)?.as_str()?;
        let is_short = text.len() <= crate::limits::NAME_BYTES;
        (is_short && !text.is_empty()).then(|| text.to_owned())
    };
    (name.len() <= crate::limits::NAME_BYTES).then(|| Listed {
        version: text("kubeletVersion"),
        // A mask is the same on every machine.
        machine_id: text("machineID").filter(|id| unmasked(id).is_some()),
        system_uuid: text("systemUUID").filter(|id| unmasked(id).is_some()),
        name,
        index,
    })
}

/// A node of which only the API speaks.
pub(super) fn import(blank: &Import, listed: Listed) -> Import {
    let mut import = blank.clone();
    import.manifest.node = Some(listed.name.clone());
    listed.tell(&mut import);
    import
}
