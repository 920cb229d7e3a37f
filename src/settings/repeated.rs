//! A JSON configuration that gives keys twice → what Go's decoder makes of it, of each key one value.
//!
//! Source: facts on KubeletConfiguration decoding. Values are decoded one after the other into one
//! structure: objects merge, each value must have the right type, null takes back a pointer, list
//! or map and leaves anything else, and a null in a list leaves the element of the list before.

use super::keys::KEYS;
use super::kubelet::{SETTINGS, Setting};
use super::value::{SettingValue, ValueKind};
use crate::evidence::document::{Document, Entry, Node, Value};

/// The document as the decoder leaves it; `None` where no key stands twice.
pub(super) fn decoded(document: &Document) -> Option<Document> {
    let repeated = document.repeated.as_ref()?;
    Some(Document {
        root: fold(repeated, &mut Vec::new()),
        repeated: None,
        duplicates: document.duplicates.clone(),
        format: document.format,
        values: document.values,
    })
}

/// What the structure has at a path.
enum Field {
    /// A structure within it.
    Structure,
    /// A value, and whether null takes it back.
    Value(ValueKind, bool),
    /// A text that no table of settings has.
    Name,
    /// A key of a map of this kind.
    Key(ValueKind),
    /// Nothing we know of.
    Unknown,
}

impl Field {
    fn at(path: &[String]) -> Self {
        let path = path.join(".");
        if matches!(path.as_str(), "kind" | "apiVersion") {
            return Self::Name;
        }
        if let Some(setting) = Setting::named(&path) {
            return Self::Value(setting.kind, setting.is_pointer());
        }
        let mut keys = KEYS.iter();
        if let Some(key) = keys.find(|key| key.setting.path == path) {
            return Self::Value(key.setting.kind, key.pointer);
        }
        if let Some((parent, _)) = path.rsplit_once('.')
            && let Some(map) = Setting::named(parent)
        {
            return Self::Key(map.kind);
        }
        let other_keys = KEYS.iter().map(|key| &key.setting);
        let is_within = |setting: &Setting| {
            let rest = setting.path.strip_prefix(&path);
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        match SETTINGS.iter().chain(other_keys).any(is_within) {
            true => Self::Structure,
            false => Self::Unknown,
        }
    }

    /// Whether the decoder refuses a value of it.
    fn refuses(&self, node: &Node) -> bool {
        if node.mask_of_whole().is_some() || node.mask().is_some() {
            return false;
        }
        match self {
            Self::Structure => !matches!(node.value, Value::Map(_) | Value::Null),
            Self::Value(_, true) if node.value == Value::Null => false,
            Self::Value(kind, _) => SettingValue::from_node(*kind, node).is_err(),
            Self::Name => !matches!(node.value, Value::String(_) | Value::Null),
            Self::Key(ValueKind::Gates) => !matches!(node.value, Value::Bool(_) | Value::Null),
            Self::Key(ValueKind::Map) => !matches!(node.value, Value::String(_) | Value::Null),
            Self::Key(_) | Self::Unknown => false,
        }
    }

    /// Whether null leaves what was there before.
    fn keeps_on_null(&self) -> bool {
        match self {
            Self::Structure | Self::Name => true,
            Self::Value(kind, pointer) => {
                !pointer
                    && matches!(
                        kind,
                        ValueKind::Bool | ValueKind::Int(_) | ValueKind::Float | ValueKind::Text
                    )
            }
            Self::Key(_) | Self::Unknown => false,
        }
    }
}

fn fold(node: &Node, path: &mut Vec<String>) -> Node {
    let Value::Map(entries) = &node.value else {
        return node.clone();
    };
    let mut all: Vec<Entry> = Vec::new();
    for entry in entries {
        path.push(entry.key.clone());
        match all.iter_mut().find(|before| before.key == entry.key) {
            None => all.push(Entry {
                node: fold(&entry.node, path),
                ..entry.clone()
            }),
            Some(before) => {
                before.node = after(&before.node, &entry.node, path);
            }
        }
        path.pop();
    }
    Node {
        value: Value::Map(all),
        line: node.line,
    }
}

/// What a second value under a key leaves of the first.
fn after(first: &Node, second: &Node, path: &mut Vec<String>) -> Node {
    let field = Field::at(path);
    // What is refused once is refused.
    if field.refuses(first) {
        return first.clone();
    }
    match (&first.value, &second.value) {
        (_, Value::Null) if field.keeps_on_null() => first.clone(),
        (Value::Map(before), Value::Map(new)) => {
            let entries = before.iter().chain(new).cloned().collect();
            let both = Node {
                value: Value::Map(entries),
                line: first.line,
            };
            fold(&both, path)
        }
        (Value::List(before), Value::List(new)) => {
            let mut items = new.clone();
            for (item, before) in items.iter_mut().zip(before) {
                if item.value == Value::Null {
                    *item = before.clone();
                }
            }
            Node {
                value: Value::List(items),
                line: second.line,
            }
        }
        _ => fold(second, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::yaml_or_json;
    use crate::limits::Limits;

    #[test]
    fn each_value_of_a_key_is_decoded_into_what_the_one_before_left() {
        for (text, wanted) in [
            (
                r#"{"protectKernelDefaults":true,"protectKernelDefaults":null}"#,
                r#"{"protectKernelDefaults":true}"#,
            ),
            (
                r#"{"makeIPTablesUtilChains":false,"makeIPTablesUtilChains":null}"#,
                r#"{"makeIPTablesUtilChains":null}"#,
            ),
            (
                r#"{"authentication":{"anonymous":{"enabled":true}},"authentication":{"anonymous":null}}"#,
                r#"{"authentication":{"anonymous":{"enabled":true}}}"#,
            ),
            (
                r#"{"featureGates":{"A":true},"featureGates":null,"featureGates":{"B":false}}"#,
                r#"{"featureGates":{"B":false}}"#,
            ),
            (
                r#"{"featureGates":{"A":"x","A":true}}"#,
                r#"{"featureGates":{"A":"x"}}"#,
            ),
            (
                r#"{"readOnlyPort":"x","readOnlyPort":0}"#,
                r#"{"readOnlyPort":"x"}"#,
            ),
            (
                r#"{"readOnlyPort":0,"readOnlyPort":"x"}"#,
                r#"{"readOnlyPort":"x"}"#,
            ),
            (
                r#"{"tlsCipherSuites":["a","b"],"tlsCipherSuites":[null]}"#,
                r#"{"tlsCipherSuites":["a"]}"#,
            ),
            (r#"{"kind":"K","kind":null}"#, r#"{"kind":"K"}"#),
            (r#"{"own":{"a":1},"own":null}"#, r#"{"own":null}"#),
        ] {
            let document = yaml_or_json::parse(text.as_bytes(), &Limits::default()).unwrap();
            let folded = decoded(&document).unwrap().root.to_json().to_string();
            assert_eq!(folded, wanted, "{text}");
        }
    }
}
