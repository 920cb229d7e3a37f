//! The bytes of a YAML or JSON member → one tree of values, as the kubelet sees it after its own
//! conversion of YAML to JSON.

use std::collections::HashMap;

use crate::limits::{Limits, PASSED, TOLD_TWICE, passed};

/// Levels no `--limit` lifts: the readers of a tree recurse, and so does dropping it.
const MOST_LEVELS: u64 = 128;

/// Keys of a map up to which a look at each is faster than a hash.
const FEW_KEYS: usize = 16;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// 1-based line in the file, of an alias the line of what it stands for; 0 in JSON.
    pub line: u32,
}

/// What JSON can hold, plus the two sizes of integers that Go tells apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, or nothing at all.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer. A whole YAML float (`1e3`) is one too, as Go writes it into JSON as `1000`;
    /// `1e3` in a JSON file is a [`Value::Float`], which Go refuses to read into an integer.
    Int(i64),
    /// An integer above `i64::MAX`.
    Uint(u64),
    /// Any other number; always finite.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    List(Vec<Node>),
    /// A map in document order; of a duplicate key the last value alone, at the first one's place.
    /// In JSON an object twice is one object, as Go reads the second into the first.
    Map(Vec<Entry>),
}

/// One key of a map and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key; a number or boolean as text, as in JSON.
    pub key: String,
    /// 1-based line of the key; 0 in JSON.
    pub line: u32,
    /// The value.
    pub node: Node,
}

impl Node {
    /// The entry of a map under `key`, or `None` where there is none or this is no map.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The entry at a dotted path of keys, such as `authentication.anonymous.enabled`.
    ///
    /// Keys that hold a dot themselves can be reached by [`Node::get`] alone.
    pub fn at(&self, path: &str) -> Option<&Entry> {
        let mut keys = path.split('.');
        let first = self.get(keys.next()?)?;
        keys.try_fold(first, |entry, key| entry.node.get(key))
    }

    /// Follows a dotted path of keys to its end, or to what on the way is no map or masked: how many keys it
    /// followed, and what stands there. `None` where a map lacks the next key.
    pub fn toward(&self, path: &str) -> Option<(usize, &Node)> {
        let mut node = self;
        for (count, key) in path.split('.').enumerate() {
            if !matches!(node.value, Value::Map(_)) || node.mask_of_whole().is_some() {
                return Some((count, node));
            }
            node = &node.get(key)?.node;
        }
        Some((path.split('.').count(), node))
    }

    /// Whether it is, or holds, a text with `part` in it.
    pub fn holds_text(&self, part: &str) -> bool {
        match &self.value {
            Value::String(text) => text.contains(part),
            Value::List(items) => items.iter().any(|item| item.holds_text(part)),
            Value::Map(entries) => entries.iter().any(|entry| entry.node.holds_text(part)),
            _ => false,
        }
    }

    /// `null`, `bool`, `number`, `string`, `list` or `map`.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::Uint(_) | Value::Float(_) => "number",
            Value::String(_) => "string",
            Value::List(_) => "list",
            Value::Map(_) => "map",
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(value) => Json::from(*value),
            Value::Uint(value) => Json::from(*value),
            Value::Float(value) => Json::from(*value),
            Value::String(value) => Json::String(value.clone()),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(entries) => {
                let pairs = entries.iter().map(|e| (e.key.clone(), e.node.to_json()));
                Json::Object(pairs.collect())
            }
        }
    }
}

/// Strings without quotes, everything else as JSON.
impl std::fmt::Display for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.value {
            Value::String(text) => f.write_str(text),
            _ => self.to_json().fmt(f),
        }
    }
}

/// Which syntax a document was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML 1.1 as go.yaml.in/yaml/v2 reads it.
    Yaml,
    /// JSON.
    Json,
}

/// A key that a map gives twice. The kubelet warns of it in `--config` and refuses it in a drop-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// Dotted path of the key; a place in a list is its number from 0.
    pub path: String,
    /// 1-based line of the later one; 0 in JSON.
    pub line: u32,
}

/// A document read whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The value of the document.
    pub root: Node,
    /// Keys given more than once, in document order; the first of many.
    pub duplicates: Vec<Duplicate>,
    /// The syntax it was read as.
    pub format: Format,
    /// How many values were read.
    pub values: u64,
    /// Of JSON that gives a key twice, the tree with every entry of every map, in document order.
    pub repeated: Option<Box<Node>>,
}

/// Why a member is no document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// 1-based line, 0 where it is not known.
    pub line: u32,
    /// What is wrong, as part of a sentence.
    pub what: String,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.what),
            line => write!(f, "line {line}: {}", self.what),
        }
    }
}

impl std::error::Error for ParseError {}

impl ParseError {
    /// A phrase about the member, which should have been `wanted`.
    #[must_use]
    pub fn phrase(&self, wanted: &str) -> String {
        // What is too large may be all that it should be.
        if self.what.starts_with(PASSED) {
            self.what.clone()
        } else {
            format!("{wanted}: {}", self.what)
        }
    }
}

/// Notes a key that is given twice, unless enough of them are known.
pub(super) fn note_twice(all: &mut Vec<Duplicate>, line: u32, path: impl FnOnce() -> String) {
    let (most, longest) = TOLD_TWICE;
    if all.len() < most {
        let mut path = path();
        path.truncate(path.floor_char_boundary(longest));
        path.shrink_to_fit();
        all.push(Duplicate { path, line });
    }
}

/// Values as they are read, counted against `document-values`.
#[derive(Default)]
pub(super) struct Counted(pub(super) u64);

impl Counted {
    /// One more.
    ///
    /// # Errors
    /// There are too many: a phrase.
    pub(super) fn add(&mut self, limits: &Limits) -> Result<(), String> {
        self.0 += 1;
        let most = limits.document_values;
        match self.0 > most {
            true => Err(passed("document-values", most, "values")),
            false => Ok(()),
        }
    }
}

/// Whether a list or map that `parents` others enclose is too deep: its values would pass the limit.
pub(super) fn too_deep(parents: usize, limits: &Limits) -> bool {
    u64::try_from(parents).map_or(true, |parents| parents + 1 >= limits.depth.min(MOST_LEVELS))
}

/// What `too_deep` means, in words.
pub(super) fn too_deep_message(limits: &Limits) -> String {
    match limits.depth {
        own if own < MOST_LEVELS => passed("depth", own, "levels of lists and maps"),
        _ => format!("lists and maps are nested {MOST_LEVELS} deep, more than is read"),
    }
}

/// A map while it is read; finds a key again without looking at all of them.
#[derive(Default)]
pub(super) struct MapBuilder {
    entries: Vec<Entry>,
    places: HashMap<String, usize>,
}

impl MapBuilder {
    /// A map that goes on from these entries.
    pub(super) fn after(entries: Vec<Entry>) -> Self {
        let mut map = Self::default();
        for entry in entries {
            map.insert(entry);
        }
        map
    }

    /// The entries of the map under `key`; what takes its place is to be inserted.
    pub(super) fn take_map(&mut self, key: &str) -> Option<Vec<Entry>> {
        let place = self.place(key)?;
        match &mut self.entries.get_mut(place)?.node.value {
            Value::Map(entries) => Some(std::mem::take(entries)),
            _ => None,
        }
    }

    /// The place of `key`, if the map has it.
    pub(super) fn place(&self, key: &str) -> Option<usize> {
        if self.places.is_empty() {
            self.entries.iter().position(|entry| entry.key == key)
        } else {
            self.places.get(key).copied()
        }
    }

    /// Adds an entry, or replaces the one with its key; says whether it replaced one.
    pub(super) fn insert(&mut self, entry: Entry) -> bool {
        if let Some(old) = self
            .place(&entry.key)
            .and_then(|place| self.entries.get_mut(place))
        {
            *old = entry;
            return true;
        }
        if !self.places.is_empty() {
            self.places.insert(entry.key.clone(), self.entries.len());
        }
        self.entries.push(entry);
        if self.places.is_empty() && self.entries.len() > FEW_KEYS {
            let keys = self.entries.iter().map(|entry| entry.key.clone());
            self.places = keys.enumerate().map(|(place, key)| (key, place)).collect();
        }
        false
    }

    /// The finished map.
    pub(super) fn finish(self) -> Value {
        Value::Map(self.entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::yaml::parse;

    fn read(text: &str) -> Result<Document, ParseError> {
        parse(text.as_bytes(), &Limits::default())
    }

    #[test]
    fn a_path_of_keys_finds_its_entry() {
        let document = read("a:\n  b:\n    c: 7\nd: [x]\n").unwrap();
        let entry = document.root.at("a.b.c").unwrap();
        assert_eq!((entry.line, entry.node.value.clone()), (3, Value::Int(7)));
        for path in ["", "a.x", "a.b.c.d", "d.0", "a."] {
            assert_eq!(document.root.at(path), None, "{path}");
        }
        assert_eq!(document.root.get("d").unwrap().node.kind(), "list");
        assert_eq!(entry.node.to_string(), "7");
    }

    #[test]
    fn a_map_of_many_keys_keeps_order_and_the_last_value() {
        let mut text: String = (0..100).map(|n| format!("k{n}: {n}\n")).collect();
        text.push_str("k50: new\nk1: newer\n");
        let document = read(&text).unwrap();
        let Value::Map(entries) = &document.root.value else {
            panic!("no map");
        };
        let keys: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        assert_eq!(keys, (0..100).map(|n| format!("k{n}")).collect::<Vec<_>>());
        assert_eq!(entries[50].node.to_string(), "new");
        assert_eq!((entries[1].line, document.duplicates.len()), (102, 2));
    }
}
