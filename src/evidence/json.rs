//! The bytes of a JSON member → a [`Document`], with what Go's decoder accepts and serde's
//! ready-made value hides: document order, and keys that are given twice.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::document::{
    Counted, Document, Duplicate, Entry, Format, MapBuilder, Node, ParseError, Value, note_twice,
    too_deep, too_deep_message,
};
use crate::limits::{Limits, passed};

/// Entries of objects under one key that are gone through again: a file of nothing else would
/// cost the square of its size.
const MOST_MERGED: usize = 100_000;

/// Reads one JSON value.
///
/// Bytes that are not UTF-8 become U+FFFD, as in Go. Integers past 64 bits become floats.
///
/// # Errors
/// Anything that is not JSON, anything after the value, nesting past the limit, and half of a
/// UTF-16 pair in an escape (which Go replaces).
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Document, ParseError> {
    let text = super::text(bytes);
    let (root, reading) = read(&text, limits, false)?;
    let repeated = match reading.duplicates.is_empty() {
        true => None,
        false => Some(Box::new(read(&text, limits, true)?.0)),
    };
    Ok(Document {
        root,
        duplicates: reading.duplicates,
        format: Format::Json,
        values: reading.counted.0 << u32::from(repeated.is_some()),
        repeated,
    })
}

fn read<'l>(
    text: &str,
    limits: &'l Limits,
    keeps_all: bool,
) -> Result<(Node, JsonReading<'l>), ParseError> {
    let mut reading = JsonReading {
        limits,
        counted: Counted::default(),
        path: Vec::new(),
        duplicates: Vec::new(),
        before: None,
        merged: 0,
        keeps_all,
        minus_zero: minus_zero(text),
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = (&mut reading)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| parse_error(&error))?;
    Ok((Node { value, line: 0 }, reading))
}

/// What `-0` is: serde reads it as it reads `-0.0`, and Go takes the first alone for an integer.
/// Where a text has both, neither is one.
fn minus_zero(text: &str) -> Value {
    let has_point = ["-0.", "-0e", "-0E"].iter().any(|part| text.contains(part));
    match has_point {
        true => Value::Float(-0.0),
        false => Value::Int(0),
    }
}

/// Refuses a text with more values than a document may have, before anything is made of them.
///
/// # Errors
/// A phrase about the member.
pub fn within(bytes: &[u8], limits: &Limits) -> Result<(), String> {
    let most = limits.document_values;
    let (mut count, mut in_text, mut is_escaped) = (1, false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_text,
            b'"' => in_text = !in_text,
            b',' | b'[' | b'{' if !in_text => count += 1,
            _ => {}
        }
    }
    match count > most {
        true => Err(passed("document-values", most, "values")),
        false => Ok(()),
    }
}

fn parse_error(error: &serde_json::Error) -> ParseError {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = error.to_string();
    ParseError {
        line: u32::try_from(error.line()).unwrap_or(0),
        what: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
    }
}

/// One step from a collection to a value in it.
enum JsonStep {
    Key(String),
    Place(usize),
}

struct JsonReading<'a> {
    limits: &'a Limits,
    counted: Counted,
    /// From the root to the value being read; as long as the nesting is deep.
    path: Vec<JsonStep>,
    duplicates: Vec<Duplicate>,
    /// What an object under the same key gave already, which the next one goes on from.
    before: Option<Vec<Entry>>,
    /// Entries gone through again for that.
    merged: usize,
    /// Whether a map keeps every entry, also those of one key.
    keeps_all: bool,
    minus_zero: Value,
}

impl JsonReading<'_> {
    fn check_depth<E: Error>(&self) -> Result<(), E> {
        if too_deep(self.path.len(), self.limits) {
            return Err(E::custom(too_deep_message(self.limits)));
        }
        Ok(())
    }

    fn dotted_path(&self) -> String {
        let steps: Vec<String> = self
            .path
            .iter()
            .map(|step| match step {
                JsonStep::Key(key) => key.clone(),
                JsonStep::Place(place) => place.to_string(),
            })
            .collect();
        steps.join(".")
    }
}

impl<'de> DeserializeSeed<'de> for &mut JsonReading<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.counted.add(self.limits).map_err(D::Error::custom)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut JsonReading<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Uint(value), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        if value == 0.0 && value.is_sign_negative() {
            return Ok(self.minus_zero.clone());
        }
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        self.before = None;
        let mut list = Vec::new();
        loop {
            self.path.push(JsonStep::Place(list.len()));
            let value = items.next_element_seed(&mut *self)?;
            self.path.pop();
            match value {
                Some(value) => list.push(Node { value, line: 0 }),
                None => return Ok(Value::List(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let before = self.before.take().unwrap_or_default();
        self.merged += before.len();
        if self.merged > MOST_MERGED {
            return Err(A::Error::custom("the same keys stand in it too often"));
        }
        let mut map = MapBuilder::after(before);
        let mut all = Vec::new();
        while let Some(key) = entries.next_key::<String>()? {
            self.path.push(JsonStep::Key(key.clone()));
            if self.keeps_all {
                let value = entries.next_value_seed(&mut *self)?;
                self.path.pop();
                let node = Node { value, line: 0 };
                all.push(Entry { key, line: 0, node });
                continue;
            }
            if map.place(&key).is_some() {
                let mut all = std::mem::take(&mut self.duplicates);
                note_twice(&mut all, 0, || self.dotted_path());
                self.duplicates = all;
                self.before = map.take_map(&key);
            }
            let value = entries.next_value_seed(&mut *self)?;
            self.before = None;
            self.path.pop();
            map.insert(Entry {
                key,
                line: 0,
                node: Node { value, line: 0 },
            });
        }
        Ok(match self.keeps_all {
            true => Value::Map(all),
            false => map.finish(),
        })
    }
}

#[cfg(test)]
mod tests;
