//! What the API replied to a list: its objects one by one, without what no rule reads.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer as _, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

use crate::limits::{Limits, passed};

/// A reply.
#[derive(Default)]
pub(super) struct Reply {
    /// What stands beside the objects.
    rest: Map<String, Value>,
    /// The objects; `None` where it has none.
    pub(super) items: Option<Vec<Value>>,
}

impl Reply {
    /// A text beside the objects.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.rest.get(key).and_then(Value::as_str)
    }

    /// What the reply itself says of objects that are not in it.
    pub(super) fn more(&self) -> Option<String> {
        let metadata = self.rest.get("metadata")?;
        let is_more = |value: &Value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Number(n) => n.as_u64() != Some(0),
            _ => true,
        };
        let keys = ["continue", "remainingItemCount"];
        let mut found = keys.iter().filter_map(|key| metadata.get(*key));
        found
            .any(is_more)
            .then(|| "it is one page of more".to_owned())
    }
}

/// Reads a reply.
///
/// # Errors
/// A phrase: it is no JSON, or more than `api-values` is kept of it.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Reply, String> {
    let mut json = Deserializer::from_slice(bytes);
    let mut left = limits.api_values;
    let reply = json.deserialize_any(Whole { left: &mut left });
    let reply = reply.and_then(|reply| json.end().map(|()| reply));
    reply.map_err(|e| match left {
        0 => passed("api-values", limits.api_values, "values"),
        _ => format!("is not JSON: {e}"),
    })
}

struct Whole<'l> {
    left: &'l mut u64,
}

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = Reply;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of the API")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Reply, A::Error> {
        let mut reply = Reply::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == "items" {
                let items = map.next_value_seed(Items { left: self.left })?;
                if reply.items.replace(items).is_some() {
                    return Err(A::Error::custom("`items` stands twice"));
                }
            } else {
                reply.rest.insert(key, map.next_value()?);
            }
        }
        Ok(reply)
    }
}

struct Items<'l> {
    left: &'l mut u64,
}

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = Vec<Value>;

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<Vec<Value>, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = Vec<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Value>, A::Error> {
        let mut items = Vec::new();
        while let Some(mut item) = seq.next_element::<Value>()? {
            strip(&mut item);
            *self.left = self.left.saturating_sub(count(&item));
            if *self.left == 0 {
                return Err(A::Error::custom("too many values"));
            }
            items.push(item);
        }
        Ok(items)
    }
}

/// Takes out what no rule reads: most of an object is who wrote it when, and how it fares.
fn strip(item: &mut Value) {
    let metadata = item.get_mut("metadata").and_then(Value::as_object_mut);
    if let Some(metadata) = metadata {
        metadata.remove("managedFields");
    }
    let status = item.get_mut("status").and_then(Value::as_object_mut);
    if let Some(status) = status {
        status.retain(|key, _| key == "phase");
    }
}

fn count(value: &Value) -> u64 {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum::<u64>(),
        _ => 0,
    }
}
