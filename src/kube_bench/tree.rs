//! The YAML of a kube-bench folder → a tree whose scalars keep the text they were written with: Go's
//! yaml.v2 reads `value: 0600` and `value: yes` into a text as they stand there. It is a port of
//! libyaml, so libyaml's grammar is read here too: these files have texts in quotes that go on without
//! indentation, which no YAML 1.2 allows.

use std::collections::HashMap;
use std::panic::catch_unwind;

use libyaml_safer::{EventData, Parser, ScalarStyle};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// Text, as written; whether it stands without quotes.
    Scalar(String, bool),
    /// A list.
    List(Vec<Tree>),
    /// A map, in its order; of a key that stands twice the last one.
    Map(Vec<(String, Tree)>),
}

/// Levels of nesting that are read.
const MOST_LEVELS: usize = 64;
/// Values of one file, those of anchors and aliases counted as often as they are copied.
const MOST_VALUES: usize = 1_000_000;

impl Tree {
    /// The first document of a file; nothing is an empty text.
    ///
    /// # Errors
    /// What is wrong, and in which line.
    pub fn parse(text: &str) -> Result<Self, String> {
        // libyaml-safer 0.3.0 panics on some tags (`{!v!,T`); a file of somebody's ends no run.
        let read = catch_unwind(|| Self::read(text));
        read.unwrap_or_else(|_| Err("it is no YAML that can be read".to_owned()))
    }

    fn read(text: &str) -> Result<Self, String> {
        let mut builder = TreeBuilder::default();
        let mut bytes = text.as_bytes();
        let mut parser = Parser::new();
        parser.set_input_string(&mut bytes);
        loop {
            let event = parser.parse().map_err(|error| error.to_string())?;
            let line = event.start_mark.line + 1;
            match event.data {
                EventData::DocumentEnd { .. } | EventData::StreamEnd => break,
                data => builder
                    .take(data)
                    .map_err(|what| format!("line {line}: {what}"))?,
            }
        }
        Ok(builder.root.unwrap_or(Self::Scalar(String::new(), true)))
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// Whether it is `~`, `null` or nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(text, true) if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Its text; `None` of lists and maps, and of null.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar(text, _) if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// Its items; none of what is no list.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// Its entries; none of what is no map.
    #[must_use]
    pub fn entries(&self) -> &[(String, Self)] {
        match self {
            Self::Map(entries) => entries,
            _ => &[],
        }
    }

    /// How many values it has, itself counted.
    fn values(&self) -> usize {
        let below: usize = match self {
            Self::Scalar(..) => 0,
            Self::List(items) => items.iter().map(Self::values).sum(),
            Self::Map(entries) => entries.iter().map(|(_, value)| value.values()).sum(),
        };
        below + 1
    }

    /// What YAML 1.1 reads as true and false, without quotes.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        let Self::Scalar(text, true) = self else {
            return None;
        };
        match text.as_str() {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
                Some(true)
            }
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False"
            | "FALSE" => Some(false),
            _ => None,
        }
    }
}

#[derive(Default)]
struct TreeBuilder {
    open: Vec<(Option<String>, OpenNode)>,
    anchors: HashMap<String, Tree>,
    values: usize,
    root: Option<Tree>,
}

enum OpenNode {
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>, Option<String>),
}

impl TreeBuilder {
    fn take(&mut self, event: EventData) -> Result<(), String> {
        match event {
            EventData::Scalar {
                anchor,
                value,
                style,
                ..
            } => {
                let tree = Tree::Scalar(value, style == ScalarStyle::Plain);
                self.put(tree, anchor)?;
            }
            EventData::SequenceStart { anchor, .. } => {
                self.begin(anchor, OpenNode::List(Vec::new()))?;
            }
            EventData::MappingStart { anchor, .. } => {
                self.begin(anchor, OpenNode::Map(Vec::new(), None))?;
            }
            EventData::SequenceEnd | EventData::MappingEnd => {
                if let Some((anchor, open)) = self.open.pop() {
                    let tree = match open {
                        OpenNode::List(items) => Tree::List(items),
                        OpenNode::Map(entries, _) => Tree::Map(entries),
                    };
                    self.put(tree, anchor)?;
                }
            }
            EventData::Alias { anchor } => {
                let known = self.anchors.get(&anchor);
                let values = known.ok_or("an alias stands for nothing")?.values();
                self.count(values)?;
                let known = self.anchors.get(&anchor).cloned();
                self.place(known.ok_or("an alias stands for nothing")?)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, anchor: Option<String>, open: OpenNode) -> Result<(), String> {
        self.open.push((anchor, open));
        match self.open.len() > MOST_LEVELS {
            true => Err(format!("it is nested deeper than {MOST_LEVELS} levels")),
            false => Ok(()),
        }
    }

    fn put(&mut self, tree: Tree, anchor: Option<String>) -> Result<(), String> {
        if let Some(anchor) = anchor {
            self.count(tree.values())?;
            self.anchors.insert(anchor, tree.clone());
        }
        self.count(1)?;
        self.place(tree)
    }

    fn count(&mut self, more: usize) -> Result<(), String> {
        self.values += more;
        match self.values > MOST_VALUES {
            true => Err(format!("it has more than {MOST_VALUES} values")),
            false => Ok(()),
        }
    }

    fn place(&mut self, tree: Tree) -> Result<(), String> {
        match self.open.last_mut() {
            None => self.root = Some(tree),
            Some((_, OpenNode::List(items))) => items.push(tree),
            Some((_, OpenNode::Map(entries, key))) => match key.take() {
                None => match tree {
                    Tree::Scalar(text, _) => *key = Some(text),
                    _ => return Err("a key is a list or a map".to_owned()),
                },
                Some(key) => {
                    entries.retain(|(k, _)| *k != key);
                    entries.push((key, tree));
                }
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_its_parser_stumbles_over_is_refused() {
        for text in ["{!v!,T", "!v!,T", "- {!v!, a: b}"] {
            assert!(Tree::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn aliases_of_aliases_are_counted_as_often_as_they_are_copied() {
        let level = |n: u32| {
            format!(
                "a{}: &a{} [{}]\n",
                n + 1,
                n + 1,
                format!("*a{n}, ").repeat(9)
            )
        };
        let text: String = (0..9).map(level).collect();
        let refused = Tree::parse(&format!("a0: &a0 [1]\n{text}")).unwrap_err();
        assert!(refused.contains("more than 1000000 values"), "{refused}");
        assert!(Tree::parse(&format!("a0: &a0 [1]\n{}", level(0))).is_ok());
    }
}
