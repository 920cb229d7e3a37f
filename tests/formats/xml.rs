//! XML documents: read into a tree, and held to a schema by xmllint.

use std::path::Path;

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};

use crate::run_formats::written::{ask, has};
use crate::support::*;

#[derive(Clone, Debug, Default)]
pub struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
    /// Its own text.
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub fn parse(document: &str) -> Self {
        let mut reader = Reader::from_str(document);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => open.push(Self::of(&start)),
                Event::Empty(start) => open.last_mut().unwrap().children.push(Self::of(&start)),
                Event::End(_) => {
                    let done = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(done);
                }
                Event::Text(text) => {
                    open.last_mut().unwrap().text.push_str(&text);
                }
                Event::GeneralRef(entity) => {
                    let text = &mut open.last_mut().unwrap().text;
                    match entity.resolve_char_ref().unwrap() {
                        Some(character) => text.push(character),
                        None => text.push_str(resolve_predefined_entity(&entity).unwrap()),
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        open.remove(0).children.remove(0)
    }

    fn of(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let value = unescape(&attribute.value).unwrap();
            (attribute.key.as_ref().to_owned(), value.into_owned())
        });
        Self {
            name: start.name().as_ref().to_owned(),
            attributes: attributes.collect(),
            ..Self::default()
        }
    }

    pub fn attribute(&self, name: &str) -> &str {
        let mut all = self.attributes.iter();
        let found = all.find(|(of, _)| of == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All elements of this name below it, in order.
    pub fn all(&self, name: &str) -> Vec<&Self> {
        let mut found = Vec::new();
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            found.extend(child.all(name));
        }
        found
    }

    /// The text of the first element of this name below it.
    pub fn text_of(&self, name: &str) -> &str {
        self.all(name).first().map_or("", |element| &element.text)
    }
}

/// Holds documents to a schema; the schema refuses the broken one first. False: it is not here.
pub fn hold(schema: &str, broken: &str, documents: &[(String, &str)]) -> bool {
    let Some(schema) = shared(&format!("schemas/{schema}")) else {
        return false;
    };
    if !has("xmllint", &["--version"]) {
        return false;
    }
    let lab = Lab::new();
    let accepts = |file: &Path| {
        let (schema, file) = (schema.to_str().unwrap(), file.to_str().unwrap());
        let options = ["--nonet", "--huge", "--noout", "--schema", schema, file];
        ask("xmllint", &options)
    };
    let (is_accepted, said) = accepts(&lab.put("broken.xml", broken.as_bytes()));
    assert!(!is_accepted, "a broken document is accepted: {said}");
    for (name, text) in documents {
        let (is_accepted, said) = accepts(&lab.put("document.xml", text.as_bytes()));
        let said: String = said.chars().take(2000).collect();
        assert!(is_accepted, "{name}: {said}");
    }
    true
}

/// Names and texts of documents, with one of hostile rows.
pub fn with_hostile<'d>(
    documents: &'d [super::written::Document],
    hostile: &'d str,
) -> Vec<(String, &'d str)> {
    let named = documents.iter().map(|d| (d.name.clone(), d.text.as_str()));
    named
        .chain([("hostile rows".to_owned(), hostile)])
        .collect()
}

/// A text of a row as XML has it.
pub fn plain(text: &serde_json::Value) -> String {
    let cannot = |c: char| {
        c < ' ' && !['\t', '\n', '\r'].contains(&c) || ['\u{fffe}', '\u{ffff}'].contains(&c)
    };
    text.as_str().unwrap().replace(cannot, "\u{fffd}")
}
