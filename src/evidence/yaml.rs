//! The bytes of a YAML member → a [`Document`] of its first document, as the kubelet reads it:
//! go.yaml.in/yaml/v2 (YAML 1.1), then sigs.k8s.io/yaml's conversion to JSON.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Parser, Span};

use super::document::{
    Counted, Document, Duplicate, Entry, Format, MapBuilder, Node, ParseError, Value, note_twice,
    too_deep, too_deep_message,
};
use crate::limits::{Limits, passed};

mod dialect;
mod scalar;
mod spelling;
mod step;

use dialect::{Dialect, line_number};
use scalar::KeyKind;
use step::{Step, scalar_step};

/// Reads the first document; what follows it is not looked at, as in the kubelet.
///
/// Nothing but blanks and comments is a null. A merge key writes where it stands: over keys before
/// it, under keys after it, and what it writes over is a duplicate (in yaml.v2's strict mode too).
///
/// # Errors
/// No YAML; no UTF-8; values JSON has not; limits passed; and what YAML 1.1 and 1.2 read
/// differently, or not at all in 1.1.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Document, ParseError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or(bytes);
        let breaks = before.iter().filter(|byte| **byte == b'\n').count();
        ParseError {
            line: line_number(breaks + 1),
            what: "is not UTF-8".to_owned(),
        }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let has_marks = !spelling::holds_mark(text);
    let text = &*spelling::for_parser(text);
    let mut dialect = Dialect::of(text, has_marks)?;
    let mut builder = Builder::new(limits);
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_anchor_events: true,
        emit_comments: false,
    };
    let mut last_line = usize::MAX;
    let mut events = Parser::new_from_str_with_options(text, options);
    while let Some(event) = events.next() {
        let (event, span) = event.map_err(|error| dialect.place(&error))?;
        if event == Event::DocumentEnd {
            last_line = dialect.last_line(&span);
            // libyaml looks at the next token before it ends a document that no mark ends.
            if dialect.goes_on_after(&span)
                && let Some(Err(error)) = events.next()
            {
                return Err(dialect.place(&error));
            }
            break;
        }
        dialect.see(&event, &span)?;
        let line = line_number(span.start.line());
        builder
            .take(dialect.as_libyaml(event, &span), &span)
            .map_err(|what| ParseError { line, what })?;
    }
    dialect.finish(last_line)?;
    let root = builder.root.unwrap_or(Node {
        value: Value::Null,
        line: 1,
    });
    // One that a later value of its key replaced never gets into JSON.
    if let Some(line) = builder.infinite.then(|| scalar::infinite(&root)).flatten() {
        let what = "an infinite number, or none, cannot stand in JSON".to_owned();
        return Err(ParseError { line, what });
    }
    Ok(Document {
        root,
        duplicates: builder.duplicates,
        format: Format::Yaml,
        values: builder.counted.0,
        repeated: None,
    })
}

/// An anchored node's steps in [`Builder::recorded`]; no end while it is still open.
#[derive(Clone, Copy)]
struct Recording {
    start: usize,
    end: Option<usize>,
}

struct Frame {
    line: u32,
    anchor: usize,
    collection: Collection,
}

enum Collection {
    List(Vec<Node>),
    Map {
        map: MapBuilder,
        /// Of each entry in `map`.
        kinds: Vec<KeyKind>,
        key: Option<Key>,
    },
}

/// A key that waits for its value.
enum Key {
    Named {
        text: String,
        kind: KeyKind,
        line: u32,
    },
    Merge {
        line: u32,
    },
}

/// Builds the tree without recursion: depth costs no stack.
struct Builder<'a> {
    limits: &'a Limits,
    stack: Vec<Frame>,
    root: Option<Node>,
    duplicates: Vec<Duplicate>,
    /// The steps of all anchored nodes, once each, to be taken again where an alias stands.
    recorded: Vec<(Step, u32)>,
    recordings: HashMap<usize, Recording>,
    open_recordings: usize,
    expanded: u64,
    expanded_bytes: u64,
    counted: Counted,
    /// Whether a number was read that JSON has not.
    infinite: bool,
}

impl<'a> Builder<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            stack: Vec::new(),
            root: None,
            duplicates: Vec::new(),
            recorded: Vec::new(),
            recordings: HashMap::new(),
            open_recordings: 0,
            expanded: 0,
            expanded_bytes: 0,
            counted: Counted::default(),
            infinite: false,
        }
    }

    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), String> {
        let line = line_number(span.start.line());
        let (step, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => (scalar_step(&text, style, tag)?, anchor),
            Event::SequenceStart(_, anchor, _) => (Step::ListStart, anchor),
            Event::MappingStart(_, anchor, _) => (Step::MapStart, anchor),
            Event::SequenceEnd | Event::MappingEnd => (Step::End, 0),
            Event::Alias(anchor) => (Step::Alias(anchor), 0),
            _ => return Ok(()),
        };
        let is_collection = matches!(step, Step::ListStart | Step::MapStart);
        let start = self.recorded.len();
        if anchor != 0 || self.open_recordings > 0 {
            self.recorded.push((step.clone(), line));
        }
        if anchor != 0 {
            let end = (!is_collection).then_some(start + 1);
            self.recordings.insert(anchor, Recording { start, end });
            self.open_recordings += usize::from(is_collection);
        }
        match step {
            Step::Alias(target) => self.expand(target),
            step => self.apply(step, line, anchor),
        }
    }

    /// Takes the steps of an anchored node once more, and those of the aliases in it.
    fn expand(&mut self, target: usize) -> Result<(), String> {
        let mut ranges = vec![self.recording(target)?];
        while let Some((next, end)) = ranges.last_mut() {
            if next == end {
                ranges.pop();
                continue;
            }
            let (step, line) = self.recorded.get(*next).cloned().ok_or(SELF_REFERENCE)?;
            *next += 1;
            if let Step::Alias(target) = step {
                ranges.push(self.recording(target)?);
                continue;
            }
            self.expanded += u64::from(!matches!(step, Step::End));
            if self.expanded > self.limits.alias_nodes {
                let most = self.limits.alias_nodes;
                return Err(passed("alias-nodes", most, "values behind its aliases"));
            }
            self.expanded_bytes += step.bytes();
            if self.expanded_bytes > self.limits.alias_bytes {
                let most = self.limits.alias_bytes;
                return Err(passed("alias-bytes", most, "bytes behind its aliases"));
            }
            self.apply(step, line, 0)?;
        }
        Ok(())
    }

    fn recording(&self, target: usize) -> Result<(usize, usize), String> {
        let recording = self
            .recordings
            .get(&target)
            .ok_or("an alias has no anchor")?;
        let end = recording.end.ok_or(SELF_REFERENCE)?;
        let is_map = matches!(
            self.recorded.get(recording.start),
            Some((Step::MapStart, _))
        );
        if self.awaits_merge() && !is_map {
            return Err(MERGE_WANTS_MAPS.to_owned());
        }
        Ok((recording.start, end))
    }

    fn awaits_merge(&self) -> bool {
        matches!(
            self.stack.last(),
            Some(Frame {
                collection: Collection::Map {
                    key: Some(Key::Merge { .. }),
                    ..
                },
                ..
            })
        )
    }

    fn apply(&mut self, step: Step, line: u32, anchor: usize) -> Result<(), String> {
        if !matches!(step, Step::End) {
            self.counted.add(self.limits)?;
        }
        let awaited_key = match self.stack.last_mut().map(|frame| &mut frame.collection) {
            Some(Collection::Map { key, .. }) if key.is_none() => Some(key),
            _ => None,
        };
        match (step, awaited_key) {
            (Step::Scalar { merge: true, .. }, Some(key)) => *key = Some(Key::Merge { line }),
            (Step::Scalar { value, .. }, Some(key)) => {
                let (text, kind) = scalar::key(value)?;
                *key = Some(Key::Named { text, kind, line });
            }
            (Step::Scalar { value, .. }, None) => {
                let value = scalar::into_json(value);
                self.infinite |= matches!(value, Value::Float(number) if !number.is_finite());
                self.complete(Node { value, line })?;
            }
            (Step::ListStart | Step::MapStart, Some(_)) => {
                return Err("a key is a list or a map".to_owned());
            }
            (Step::ListStart, None) => self.open(Collection::List(Vec::new()), line, anchor)?,
            (Step::MapStart, None) => {
                let collection = Collection::Map {
                    map: MapBuilder::default(),
                    kinds: Vec::new(),
                    key: None,
                };
                self.open(collection, line, anchor)?;
            }
            (Step::End, _) => self.close()?,
            (Step::Alias(target), _) => self.expand(target)?,
        }
        Ok(())
    }

    fn open(&mut self, collection: Collection, line: u32, anchor: usize) -> Result<(), String> {
        if too_deep(self.stack.len(), self.limits) {
            return Err(too_deep_message(self.limits));
        }
        self.stack.push(Frame {
            line,
            anchor,
            collection,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        if let Some(recording) = self.recordings.get_mut(&frame.anchor) {
            recording.end = Some(self.recorded.len());
            self.open_recordings -= 1;
        }
        let value = match frame.collection {
            Collection::List(items) => Value::List(items),
            Collection::Map { map, .. } => map.finish(),
        };
        self.complete(Node {
            value,
            line: frame.line,
        })
    }

    /// Puts a finished value where it belongs.
    fn complete(&mut self, node: Node) -> Result<(), String> {
        let key = match self.stack.last_mut().map(|frame| &mut frame.collection) {
            None => {
                self.root = Some(node);
                return Ok(());
            }
            Some(Collection::List(items)) => {
                items.push(node);
                return Ok(());
            }
            Some(Collection::Map { key, .. }) => key.take(),
        };
        match key {
            Some(Key::Named { text, kind, line }) => {
                let key = text;
                self.insert(Entry { key, line, node }, kind, line)
            }
            Some(Key::Merge { line }) => self.merge(node.value, line),
            None => Err("a value has no key".to_owned()),
        }
    }

    fn insert(&mut self, entry: Entry, kind: KeyKind, line: u32) -> Result<(), String> {
        let Some(Frame {
            collection: Collection::Map { map, kinds, .. },
            ..
        }) = self.stack.last_mut()
        else {
            return Ok(());
        };
        let place = map.place(&entry.key);
        if place
            .and_then(|place| kinds.get(place))
            .is_some_and(|old| *old != kind)
        {
            let key = &entry.key;
            return Err(format!(
                "two keys of different types become `{key}` in JSON"
            ));
        }
        let key = entry.key.clone();
        if map.insert(entry) {
            let mut all = std::mem::take(&mut self.duplicates);
            note_twice(&mut all, line, || self.path_to(&key));
            self.duplicates = all;
        } else {
            kinds.push(kind);
        }
        Ok(())
    }

    fn merge(&mut self, value: Value, line: u32) -> Result<(), String> {
        let maps = match value {
            Value::List(items) => items.into_iter().rev().map(|item| item.value).collect(),
            value => vec![value],
        };
        for map in maps {
            let Value::Map(entries) = map else {
                return Err(MERGE_WANTS_MAPS.to_owned());
            };
            for entry in entries {
                self.insert(entry, KeyKind::Text, line)?;
            }
        }
        Ok(())
    }

    fn path_to(&self, key: &str) -> String {
        let parents = self.stack.get(..self.stack.len().saturating_sub(1));
        let mut steps: Vec<Cow<'_, str>> = parents
            .unwrap_or_default()
            .iter()
            .map(|frame| match &frame.collection {
                Collection::List(items) => items.len().to_string().into(),
                Collection::Map { key, .. } => match key {
                    Some(Key::Named { text, .. }) => text.as_str().into(),
                    _ => "<<".into(),
                },
            })
            .collect();
        steps.push(key.into());
        steps.join(".")
    }
}

const SELF_REFERENCE: &str = "an anchor's value contains itself";
const MERGE_WANTS_MAPS: &str = "a merge key `<<` wants a map or a list of maps";

#[cfg(test)]
mod tests;
