//! `api/nodes.json` → the part of it that is asked for: names, labels and `nodeInfo` of nodes.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

use super::Evidence;
use super::citation::Citation;
use super::layout::Kind;

impl Evidence<'_> {
    /// Whether the bundle has an `api/nodes.json`, good or bad.
    #[must_use]
    pub fn has_api_nodes(&self) -> bool {
        self.first(&Kind::ApiNodes).is_some()
    }

    /// `api/nodes.json`, where the bundle has one that can be read, without what nobody asks for:
    /// most of it is images and managed fields.
    #[must_use]
    pub fn api_nodes(&self) -> Option<(Value, Citation)> {
        let index = self.first(&Kind::ApiNodes)?;
        let parsed = self
            .bytes(index)
            .and_then(|bytes| parse(bytes).map_err(|e| format!("is not JSON: {e}")));
        match parsed {
            Ok(nodes) => Some((nodes, self.cite(index))),
            Err(what) => {
                self.report(
                    index,
                    what,
                    "versions, and whether machines are the same, are not known from it; collect again",
                );
                None
            }
        }
    }
}

/// Reads it, passing over what nobody asks for.
///
/// # Errors
/// What `serde_json` says of the whole.
pub(crate) fn parse(bytes: &[u8]) -> serde_json::Result<Value> {
    let mut json = Deserializer::from_slice(bytes);
    let nodes = json.deserialize_any(Keep::Named)?;
    json.end()?;
    Ok(nodes)
}

/// How much of a value is kept. All of it is checked, as if it were: `IgnoredAny` lets pass what no
/// JSON may hold.
#[derive(Clone, Copy)]
enum Keep {
    /// Texts, and of maps what these keys lead to.
    Named,
    /// Texts and all keys.
    All,
    /// Nothing.
    Nothing,
}

const NAMED: [&str; 10] = [
    "items",
    "metadata",
    "name",
    "status",
    "nodeInfo",
    "kubeletVersion",
    "machineID",
    "systemUUID",
    "operatingSystem",
    "osImage",
];

impl Keep {
    fn below(self, key: &str) -> Self {
        match self {
            Self::Named if key == "labels" => Self::All,
            Self::Named if !NAMED.contains(&key) => Self::Nothing,
            same => same,
        }
    }
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for Keep {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keep {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(match self {
            Self::Nothing => Value::Null,
            _ => text.into(),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            if !matches!(self, Self::Nothing) {
                list.push(item);
            }
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(Key(key)) = entries.next_key()? {
            let keep = self.below(&key);
            let value = entries.next_value_seed(keep)?;
            if !matches!(keep, Self::Nothing) {
                map.insert(key.into_owned(), value);
            }
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_passed_over_must_be_json_too() {
        let deep = format!(r#"{{"x":{}}}"#, "[".repeat(200));
        for text in [
            "",
            "{",
            "{} {}",
            r#"{"x":1e999}"#,
            r#"{"x":"\ud800"}"#,
            r#"{"x":01}"#,
            &deep,
        ] {
            let whole = serde_json::from_str::<Value>(text).unwrap_err();
            let kept = parse(text.as_bytes()).unwrap_err();
            assert_eq!(kept.to_string(), whole.to_string(), "{text}");
        }
        assert!(parse(b"{\"x\":\"\xff\"}").is_err());
    }
}
