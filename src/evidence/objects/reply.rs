//! What the API replied to a list: where its objects stand, and what stands beside them.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer as _, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Deserializer, Map, Value};

use super::split::{SplitSink, Splitter};
use crate::limits::{Limits, passed};

/// A reply.
#[derive(Default)]
pub(super) struct Reply {
    /// What stands beside the objects.
    rest: Map<String, Value>,
    /// How many objects it has; `None` where it has no list of any.
    count: Option<usize>,
}

/// Where an object stands in the bytes of a reply, and how many bytes it has.
pub(super) type Span = (usize, usize);

impl Reply {
    /// A text beside the objects.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.rest.get(key).and_then(Value::as_str)
    }

    /// Whether it has a list of objects.
    pub(super) fn has_list(&self) -> bool {
        self.count.is_some()
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

/// Reads a reply, and shows each object once, so that none but the one at hand is held.
///
/// # Errors
/// A phrase: it is no JSON, or an object has more than `api-values`.
pub(super) fn read(
    bytes: &[u8],
    limits: &Limits,
    show: &mut dyn FnMut(&Value),
) -> Result<(Reply, Vec<Span>), String> {
    let mut found = ReplyFound {
        around: Vec::new(),
        spans: Vec::new(),
        most: limits.api_values,
        is_large: false,
        show,
    };
    let mut splitter = Splitter::new(usize::MAX);
    splitter.take(bytes, &mut found);
    splitter.end(&mut found);
    if found.is_large {
        return Err(passed("api-values", limits.api_values, "values"));
    }
    let mut json = Deserializer::from_slice(&found.around);
    let reply = json.deserialize_any(WholeReply);
    let reply = reply.and_then(|reply| json.end().map(|()| reply));
    let reply = reply.map_err(|e| format!("is not JSON: {e}"))?;
    if reply.count.unwrap_or_default() != found.spans.len() {
        return Err("has objects that cannot be told apart".to_owned());
    }
    Ok((reply, found.spans))
}

struct ReplyFound<'f> {
    /// The reply with nothing in the place of each object.
    around: Vec<u8>,
    spans: Vec<Span>,
    /// Values that an object may have, and whether one has more.
    most: u64,
    is_large: bool,
    show: &'f mut dyn FnMut(&Value),
}

impl SplitSink for ReplyFound<'_> {
    fn around(&mut self, bytes: &[u8]) {
        self.around.extend_from_slice(bytes);
    }

    fn object(&mut self, at: u64, bytes: &[u8]) -> bool {
        if values(bytes) > self.most {
            self.is_large = true;
            return false;
        }
        let Ok(object) = serde_json::from_slice::<Value>(bytes) else {
            // What is said of it is what a reader of the whole says.
            self.around.extend_from_slice(bytes);
            return false;
        };
        (self.show)(&object);
        self.around.extend_from_slice(b"null");
        let at = usize::try_from(at).unwrap_or_default();
        self.spans.push((at, bytes.len()));
        true
    }
}

struct WholeReply;

impl<'de> Visitor<'de> for WholeReply {
    type Value = Reply;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of the API")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Reply, A::Error> {
        let mut reply = Reply::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == "items" {
                let count = map.next_value_seed(Items)?;
                if reply.count.replace(count).is_some() {
                    return Err(A::Error::custom("`items` stands twice"));
                }
            } else {
                reply.rest.insert(key, map.next_value()?);
            }
        }
        Ok(reply)
    }
}

struct Items;

impl<'de> DeserializeSeed<'de> for Items {
    type Value = usize;

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<usize, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}

/// No fewer than the values and keys of an object, told before any of it is held.
fn values(bytes: &[u8]) -> u64 {
    let (mut in_text, mut is_escaped, mut count) = (false, false, 1);
    for byte in bytes {
        match (in_text, byte) {
            (true, _) if is_escaped => is_escaped = false,
            (true, b'\\') => is_escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b',' | b':' | b'[' | b'{') => count += 1,
            _ => {}
        }
    }
    count
}
