//! `api/nodes.json` → the part of it that is asked for: names, labels and `nodeInfo` of nodes.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer as _, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

use super::Evidence;
use super::citation::Citation;
use super::kind::Kind;
use crate::limits::{Limits, passed};

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
            .and_then(|bytes| parse(bytes, self.limits()));
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
/// A phrase: what `serde_json` says of the whole, or that more than `bundle-values` is kept of it.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, String> {
    let mut json = Deserializer::from_slice(bytes);
    let left = Cell::new(limits.bundle_values);
    let keep = Keep {
        what: KeptPart::Named,
        left: &left,
    };
    let nodes = json.deserialize_any(keep);
    let nodes = nodes.and_then(|nodes| json.end().map(|()| nodes));
    nodes.map_err(|e| match left.get() {
        0 => passed("bundle-values", limits.bundle_values, "values"),
        _ => format!("is not JSON: {e}"),
    })
}

/// Reads a value, and keeps of it what is asked for, as long as there is room. All of it is checked,
/// as if it were kept: `IgnoredAny` lets pass what no JSON may hold.
#[derive(Clone, Copy)]
struct Keep<'l> {
    what: KeptPart,
    left: &'l Cell<u64>,
}

/// How much of a value is kept.
#[derive(Clone, Copy)]
enum KeptPart {
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

impl Keep<'_> {
    fn below(self, key: &str) -> Self {
        let what = match self.what {
            KeptPart::Named if key == "labels" => KeptPart::All,
            KeptPart::Named if !NAMED.contains(&key) => KeptPart::Nothing,
            same => same,
        };
        Self { what, ..self }
    }

    fn is_nothing(self) -> bool {
        matches!(self.what, KeptPart::Nothing)
    }

    /// Counts one more value that is kept.
    fn count<E: Error>(self) -> Result<(), E> {
        let left = self.left.get().saturating_sub(1);
        self.left.set(left);
        match left {
            0 => Err(E::custom("too many values")),
            _ => Ok(()),
        }
    }
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for Keep<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keep<'_> {
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
        Ok(match self.is_nothing() {
            true => Value::Null,
            false => text.into(),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            if !self.is_nothing() {
                self.count()?;
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
            if !keep.is_nothing() {
                self.count()?;
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
            let kept = parse(text.as_bytes(), &Limits::default()).unwrap_err();
            assert_eq!(kept, format!("is not JSON: {whole}"), "{text}");
        }
        assert!(parse(b"{\"x\":\"\xff\"}", &Limits::default()).is_err());
    }

    #[test]
    fn what_is_kept_has_a_limit() {
        let limits = Limits {
            bundle_values: 10,
            ..Limits::default()
        };
        let list = |n: usize| {
            format!(
                r#"{{"items":[{}0],"x":[{}0]}}"#,
                "{},".repeat(n),
                "0,".repeat(99)
            )
        };
        assert!(parse(list(5).as_bytes(), &limits).is_ok());
        let why = parse(list(20).as_bytes(), &limits).unwrap_err();
        assert!(why.contains("--limit bundle-values=N"), "{why}");
    }
}
