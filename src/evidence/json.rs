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
    let mut reading = Reading {
        limits,
        counted: Counted::default(),
        path: Vec::new(),
        duplicates: Vec::new(),
        before: None,
        merged: 0,
    };
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let value = (&mut reading)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| parse_error(&error))?;
    Ok(Document {
        root: Node { value, line: 0 },
        duplicates: reading.duplicates,
        format: Format::Json,
        values: reading.counted.0,
    })
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
enum Step {
    Key(String),
    Place(usize),
}

struct Reading<'a> {
    limits: &'a Limits,
    counted: Counted,
    /// From the root to the value being read; as long as the nesting is deep.
    path: Vec<Step>,
    duplicates: Vec<Duplicate>,
    /// What an object under the same key gave already, which the next one goes on from.
    before: Option<Vec<Entry>>,
    /// Entries gone through again for that.
    merged: usize,
}

impl Reading<'_> {
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
                Step::Key(key) => key.clone(),
                Step::Place(place) => place.to_string(),
            })
            .collect();
        steps.join(".")
    }
}

impl<'de> DeserializeSeed<'de> for &mut Reading<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.counted.add(self.limits).map_err(D::Error::custom)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Reading<'_> {
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
            self.path.push(Step::Place(list.len()));
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
        while let Some(key) = entries.next_key::<String>()? {
            self.path.push(Step::Key(key.clone()));
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
        Ok(map.finish())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Document, ParseError> {
        parse(text.as_bytes(), &Limits::default())
    }

    fn value_of(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Int(value) => (*value).into(),
            Value::Uint(value) => (*value).into(),
            Value::Float(value) => (*value).into(),
            Value::String(value) => value.as_str().into(),
            Value::List(items) => items.iter().map(value_of).collect(),
            Value::Map(entries) => {
                let pairs = entries.iter().map(|e| (e.key.clone(), value_of(&e.node)));
                serde_json::Value::Object(pairs.collect())
            }
        }
    }

    #[test]
    fn numbers_keep_the_kind_go_would_give_them() {
        for (text, value) in [
            ("9223372036854775807", Value::Int(i64::MAX)),
            ("-9223372036854775808", Value::Int(i64::MIN)),
            ("9223372036854775808", Value::Uint(1 << 63)),
            (
                "18446744073709551616",
                Value::Float(18_446_744_073_709_551_616.0),
            ),
            ("1e3", Value::Float(1000.0)),
            ("10255.0", Value::Float(10255.0)),
        ] {
            assert_eq!(read(text).unwrap().root.value, value, "{text}");
        }
    }

    #[test]
    fn of_a_duplicate_key_the_last_counts_and_both_are_told() {
        let document = read(r#"{"a":{"b":1,"c":2,"b":3},"l":[{"x":1,"x":2}]}"#).unwrap();
        assert_eq!(document.root.at("a.b").unwrap().node.value, Value::Int(3));
        let paths: Vec<&str> = document
            .duplicates
            .iter()
            .map(|d| d.path.as_str())
            .collect();
        assert_eq!(paths, ["a.b", "l.0.x"]);
    }

    #[test]
    fn an_object_twice_is_one_object() {
        for (text, value) in [
            (
                r#"{"a":{"b":1,"c":2},"a":{"c":3,"d":4}}"#,
                r#"{"a":{"b":1,"c":3,"d":4}}"#,
            ),
            (
                r#"{"a":{"b":{"x":1}},"a":{"b":{"y":2}}}"#,
                r#"{"a":{"b":{"x":1,"y":2}}}"#,
            ),
            (r#"{"a":{"b":1},"a":2}"#, r#"{"a":2}"#),
            (r#"{"a":{"b":1},"a":[{"c":2}]}"#, r#"{"a":[{"c":2}]}"#),
            (
                r#"{"a":{"b":1},"a":2,"c":{"d":3}}"#,
                r#"{"a":2,"c":{"d":3}}"#,
            ),
            (
                r#"{"a":{"b":1},"a":{"b":{"c":2}}}"#,
                r#"{"a":{"b":{"c":2}}}"#,
            ),
        ] {
            let wanted: serde_json::Value = serde_json::from_str(value).unwrap();
            assert_eq!(value_of(&read(text).unwrap().root), wanted, "{text}");
        }
    }

    #[test]
    fn an_object_that_stands_again_and_again_is_refused() {
        let keys: Vec<String> = (0..1_000).map(|n| format!("\"k{n}\":0")).collect();
        let again = ",\"a\":{}".repeat(200);
        let text = format!("{{\"a\":{{{}}}{again}}}", keys.join(","));
        assert!(read(&text).unwrap_err().what.contains("too often"));
    }

    #[test]
    fn what_go_refuses_is_an_error_with_its_line() {
        for (text, line) in [
            ("{\"a\":1,}", 1),
            ("{\n\"a\": 01}", 2),
            ("{}\n{}", 2),
            ("{\"a\":NaN}", 1),
            ("\u{feff}{}", 1),
            ("", 1),
            ("{\"a\":'b'}", 1),
        ] {
            assert_eq!(read(text).unwrap_err().line, line, "{text:?}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_in_strings() {
        let document = parse(b"{\"a\":\"x\xff\"}", &Limits::default()).unwrap();
        assert_eq!(
            document.root.get("a").unwrap().node.value,
            Value::String("x\u{fffd}".to_owned())
        );
    }

    #[test]
    fn depth_is_capped_whatever_the_limit() {
        let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
        for (depth, fits) in [(128, 127), (1_000_000, 127), (3, 2)] {
            let limits = Limits {
                depth,
                ..Limits::default()
            };
            assert!(parse(nested(fits).as_bytes(), &limits).is_ok(), "{depth}");
            assert!(
                parse(nested(fits + 1).as_bytes(), &limits).is_err(),
                "{depth}"
            );
        }
        assert!(read(&"[".repeat(100_000)).is_err());
        assert!(read(&"{\"a\":".repeat(100_000)).is_err());
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let scalar = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        scalar.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_reads_as_serde_json_reads_it(value in any_json()) {
            let text = value.to_string();
            let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(value_of(&read(&text).unwrap().root), expected);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, &Limits::default());
        }
    }
}
