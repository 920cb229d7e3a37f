//! One map of a waivers file → its keys as typed, with every problem noted by its line.

use crate::evidence::document::{Entry, Node, Value};

/// What is wrong with a file, by line.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<(u32, String)>);

impl Problems {
    pub(super) fn add(&mut self, line: u32, what: impl Into<String>) {
        self.0.push((line, what.into()));
    }

    /// `name:line: what`, in the order of the lines; nothing where nothing is wrong.
    pub(super) fn lines(mut self, name: &str) -> Option<String> {
        self.0.sort_by_key(|(line, _)| *line);
        let lines: Vec<String> = self
            .0
            .iter()
            .map(|(line, what)| format!("{name}:{line}: {what}"))
            .collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// A text, and the line it stands on.
#[derive(Clone, Debug)]
pub(super) struct PlacedText {
    pub(super) text: String,
    pub(super) line: u32,
}

/// The keys of one entry.
pub(super) struct EntryFields<'d> {
    entries: &'d [Entry],
    /// `waiver` or `attestation`.
    noun: &'static str,
    pub(super) line: u32,
}

impl<'d> EntryFields<'d> {
    /// Of an entry that may have these keys and no others.
    pub(super) fn of(
        node: &'d Node,
        noun: &'static str,
        keys: &[&str],
        problems: &mut Problems,
    ) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            let kind = node.kind();
            problems.add(
                node.line,
                format!("an entry is a {kind}, not a map; begin it with `- control:`"),
            );
            return None;
        };
        for entry in entries.iter().filter(|e| !keys.contains(&e.key.as_str())) {
            problems.add(
                entry.line,
                format!(
                    "there is no key `{}` in {}; the keys are {}",
                    entry.key,
                    with_article(noun),
                    keys.join(", ")
                ),
            );
        }
        Some(Self {
            entries,
            noun,
            line: node.line,
        })
    }

    fn get(&self, key: &str) -> Option<&'d Node> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(&entry.node)
    }

    /// A text that may be missing.
    pub(super) fn text(&self, key: &str, problems: &mut Problems) -> Option<PlacedText> {
        text(key, self.get(key)?, problems)
    }

    /// A text that must be there.
    pub(super) fn required(&self, key: &str, problems: &mut Problems) -> Option<PlacedText> {
        self.must_have(key, problems);
        self.text(key, problems)
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Notes that a key is missing.
    pub(super) fn must_have(&self, key: &str, problems: &mut Problems) {
        if self.get(key).is_none() {
            problems.add(
                self.line,
                format!("the {} has no `{key}`; add it", self.noun),
            );
        }
    }

    /// A list of texts, or one text alone; empty where the key is missing.
    pub(super) fn texts(&self, key: &str, problems: &mut Problems) -> Vec<PlacedText> {
        let Some(node) = self.get(key) else {
            return Vec::new();
        };
        let Value::List(items) = &node.value else {
            return text(key, node, problems).into_iter().collect();
        };
        if items.is_empty() {
            problems.add(
                node.line,
                format!(
                    "`{key}` is an empty list, which matches nothing; name some, or take it out"
                ),
            );
        }
        let texts = items.iter();
        texts.filter_map(|item| text(key, item, problems)).collect()
    }
}

fn with_article(noun: &str) -> String {
    let article = if noun.starts_with('a') { "an" } else { "a" };
    format!("{article} {noun}")
}

/// Blanks and line breaks become one blank each: the text is one cell of a row.
fn text(key: &str, node: &Node, problems: &mut Problems) -> Option<PlacedText> {
    let line = node.line;
    match &node.value {
        Value::String(text) => {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.is_empty() {
                problems.add(line, format!("`{key}` is empty; fill it in"));
                return None;
            }
            if text.chars().any(char::is_control) {
                problems.add(
                    line,
                    format!("`{key}` holds a control character; take it out"),
                );
                return None;
            }
            Some(PlacedText { text, line })
        }
        Value::Null => {
            problems.add(line, format!("`{key}` is empty; fill it in"));
            None
        }
        Value::List(_) | Value::Map(_) => {
            let kind = node.kind();
            problems.add(
                line,
                format!("`{key}` is a {kind}, not text; write one text"),
            );
            None
        }
        _ => {
            let kind = node.kind();
            problems.add(
                line,
                format!("`{key}` is a {kind} to YAML, not text; put it in quotes"),
            );
            None
        }
    }
}
