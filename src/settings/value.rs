//! The values settings have, read from arguments (as pflag reads them) and from documents (as
//! the kubelet's decoder reads them). Sources: facts on pflag and on KubeletConfiguration
//! decoding, both run against the real code.

use std::collections::BTreeMap;
use std::fmt;

use super::literal::{duration_text, parse_bool, parse_duration, parse_int};
use crate::evidence::document::{Node, Value};

/// What kind of value a setting or a flag holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// true or false
    Bool,
    /// a whole number of at most this many bits, signed
    Int(u32),
    /// a floating-point number (flags only)
    Float,
    /// a Go duration
    Duration,
    /// text
    Text,
    /// a list of texts
    List,
    /// text to text
    Map,
    /// text to bool: feature gates
    Gates,
    /// a list whose items are no texts
    AnyList,
    /// a map whose values are no texts
    AnyMap,
}

impl ValueKind {
    /// The kind a data file names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "int" | "int64" => Self::Int(64),
            "int32" => Self::Int(32),
            "float" => Self::Float,
            "duration" => Self::Duration,
            "string" => Self::Text,
            "list" => Self::AnyList,
            "string-list" => Self::List,
            "map" => Self::AnyMap,
            "string-map" => Self::Map,
            "bool-map" => Self::Gates,
            _ => return None,
        })
    }

    /// For people.
    #[must_use]
    pub fn described(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Int(_) => "a whole number",
            Self::Float => "a number in quotes",
            Self::Duration => "a duration in quotes",
            Self::Text => "a text",
            Self::List | Self::AnyList => "a list",
            Self::Map | Self::Gates | Self::AnyMap => "a map",
        }
    }
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// true or false
    Bool(bool),
    /// a whole number
    Int(i64),
    /// a duration in nanoseconds
    Duration(i64),
    /// text
    Text(String),
    /// a list
    List(Vec<String>),
    /// a map, values as text
    Map(BTreeMap<String, String>),
}

impl SettingValue {
    /// Whether this is Go's zero value, which mergo and `omitempty` treat as not set.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Bool(b) => !b,
            Self::Int(n) | Self::Duration(n) => *n == 0,
            Self::Text(s) => s.is_empty(),
            Self::List(l) => l.is_empty(),
            Self::Map(m) => m.is_empty(),
        }
    }

    /// Go's zero value of a kind.
    #[must_use]
    pub fn zero(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Bool => Self::Bool(false),
            ValueKind::Int(_) => Self::Int(0),
            ValueKind::Duration => Self::Duration(0),
            ValueKind::Text | ValueKind::Float => Self::Text(String::new()),
            ValueKind::List | ValueKind::AnyList => Self::List(Vec::new()),
            ValueKind::Map | ValueKind::Gates | ValueKind::AnyMap => Self::Map(BTreeMap::new()),
        }
    }

    /// A value from a flag's text.
    ///
    /// # Errors
    /// What pflag says of a text that is no value of this kind.
    pub fn from_argument(kind: ValueKind, text: &str) -> Result<Self, String> {
        match kind {
            ValueKind::Bool => parse_bool(text)
                .map(Self::Bool)
                .ok_or_else(|| format!("`{text}` is not a boolean")),
            ValueKind::Int(bits) => parse_int(text)
                .filter(|n| fits(*n, bits))
                .map(Self::Int)
                .ok_or_else(|| format!("`{text}` is not a whole number of {bits} bits")),
            ValueKind::Float => text
                .parse::<f64>()
                .map(|_| Self::Text(text.to_owned()))
                .map_err(|_| format!("`{text}` is not a number")),
            ValueKind::Duration => parse_duration(text)
                .map(Self::Duration)
                .ok_or_else(|| format!("`{text}` is not a duration")),
            ValueKind::Text => Ok(Self::Text(text.to_owned())),
            ValueKind::List | ValueKind::AnyList => super::flag_list::fields(text).map(Self::List),
            ValueKind::Map | ValueKind::AnyMap => Ok(Self::Map(pairs(text).into_iter().collect())),
            ValueKind::Gates => {
                let mut gates = BTreeMap::new();
                for item in text.split(',').filter(|item| !item.is_empty()) {
                    let (name, value) = item
                        .split_once('=')
                        .ok_or_else(|| format!("feature gate `{item}` has no value"))?;
                    let on = parse_bool(value.trim()).ok_or_else(|| {
                        format!("feature gate `{item}` is neither true nor false")
                    })?;
                    gates.insert(name.trim().to_owned(), on.to_string());
                }
                Ok(Self::Map(gates))
            }
        }
    }

    /// A value from a document; `None` for null where null leaves the default.
    ///
    /// # Errors
    /// Why the decoder refuses it: another type, or a number or duration that is none.
    pub fn from_node(kind: ValueKind, node: &Node) -> Result<Option<Self>, String> {
        let refuse = |wanted: &str| Err(format!("is a {}, not {wanted}", node.kind()));
        Ok(Some(match (kind, &node.value) {
            // metav1.Duration has its own decoder, which does not take null.
            (ValueKind::Duration, Value::Null) => return refuse("a duration"),
            (_, Value::Null) => return Ok(None),
            (ValueKind::Bool, Value::Bool(b)) => Self::Bool(*b),
            (ValueKind::Bool, _) => return refuse("a boolean"),
            (ValueKind::Int(bits), value) => match whole(value).filter(|n| fits(*n, bits)) {
                Some(n) => Self::Int(n),
                None => return refuse("a whole number in range"),
            },
            (ValueKind::Duration, Value::String(text)) => match parse_duration(text) {
                Some(nanos) => Self::Duration(nanos),
                None => return Err(format!("is `{text}`, not a duration")),
            },
            (ValueKind::Duration, _) => return refuse("a duration in quotes or with a unit"),
            (ValueKind::Text, Value::String(text)) => Self::Text(text.clone()),
            (ValueKind::Text | ValueKind::Float, _) => return refuse("a string"),
            (ValueKind::List, Value::List(items)) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    match &item.value {
                        Value::String(text) => list.push(text.clone()),
                        Value::Null => list.push(String::new()),
                        _ => return Err(format!("holds a {}, not a string", item.kind())),
                    }
                }
                Self::List(list)
            }
            (ValueKind::AnyList, Value::List(items)) => {
                Self::List(items.iter().map(Node::to_string).collect())
            }
            (ValueKind::List | ValueKind::AnyList, _) => return refuse("a list"),
            (ValueKind::Map | ValueKind::Gates | ValueKind::AnyMap, Value::Map(entries)) => {
                let mut map = BTreeMap::new();
                for entry in entries {
                    let text = match (kind, &entry.node.value) {
                        (ValueKind::Map, Value::String(text)) => text.clone(),
                        (ValueKind::Map, Value::Null) => String::new(),
                        (ValueKind::Gates, Value::Bool(on)) => on.to_string(),
                        (ValueKind::Gates, Value::Null) => "false".to_owned(),
                        (ValueKind::AnyMap, _) => entry.node.to_string(),
                        _ => {
                            return Err(format!(
                                "holds a {} under `{}`",
                                entry.node.kind(),
                                entry.key
                            ));
                        }
                    };
                    map.insert(entry.key.clone(), text);
                }
                Self::Map(map)
            }
            (ValueKind::Map | ValueKind::Gates | ValueKind::AnyMap, _) => return refuse("a map"),
        }))
    }
}

impl SettingValue {
    /// As a word of a sentence: what has no text is `empty`.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.to_string() {
            text if text.is_empty() => "empty".to_owned(),
            text => text,
        }
    }
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(b) => b.fmt(f),
            Self::Int(n) => n.fmt(f),
            Self::Duration(nanos) => f.write_str(&duration_text(*nanos)),
            Self::Text(text) => f.write_str(text),
            Self::List(items) => f.write_str(&items.join(",")),
            Self::Map(map) => {
                let items: Vec<String> = map.iter().map(|(k, v)| format!("{k}={v}")).collect();
                f.write_str(&items.join(","))
            }
        }
    }
}

fn fits(number: i64, bits: u32) -> bool {
    bits >= 64 || i32::try_from(number).is_ok()
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(n) => Some(*n),
        _ => None,
    }
}

fn pairs(text: &str) -> Vec<(String, String)> {
    text.split(',')
        .filter(|item| !item.is_empty())
        .map(|item| {
            let at = item.find(['=', '<', ':']).unwrap_or(item.len());
            let (key, value) = item.split_at(at);
            let value = value.get(1..).unwrap_or("");
            (key.trim().to_owned(), value.trim().to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_argument_text_panics(text in ".{0,40}") {
            for kind in ["bool", "int32", "float", "duration", "string-list", "string-map", "bool-map"] {
                let _ = SettingValue::from_argument(ValueKind::named(kind).unwrap(), &text);
            }
        }
    }
}
