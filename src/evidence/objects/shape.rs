//! What is kept of API objects: the values that rules read, at the places where they stand.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;

/// What is kept of a value. Lists on the way to a key are looked through, and what is of another
/// type than the path to a key expects is kept, so that it can be seen to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    is_whole: bool,
    /// It is an element that is named only where something else of it is kept.
    is_element: bool,
    /// The same, and it is named at any rate.
    is_named: bool,
    keys: BTreeMap<String, Self>,
}

/// What is kept of the objects of each list; of a list that is not named, what all have.
#[derive(Clone, Debug, Default)]
pub struct Shapes(BTreeMap<String, Shape>);

/// What names an object, says what made it, and how Kubernetes treats it.
const OF_ALL: [&[&str]; 10] = [
    &["kind"],
    &["metadata", "name"],
    &["metadata", "namespace"],
    &["metadata", "labels", "pod-template-hash"],
    &["metadata", "labels", "kubernetes.io/bootstrapping"],
    &["metadata", "ownerReferences", "kind"],
    &["metadata", "ownerReferences", "name"],
    &["rules"],
    &["roleRef"],
    &["subjects"],
];
/// The same of nodes.
const OF_NODES: [&[&str]; 2] = [&["metadata", "labels"], &["status", "nodeInfo"]];
/// The same of pods that stand for a manifest on a node: what it runs.
const OF_MIRRORS: [&[&str]; 7] = [
    &["metadata", "annotations", "kubernetes.io/config.mirror"],
    &["spec", "nodeName"],
    &["spec", "containers", "name"],
    &["spec", "containers", "image"],
    &["spec", "containers", "command"],
    &["spec", "containers", "args"],
    &["spec", "containers", "env"],
];
/// What names an element of an object.
const OF_ELEMENTS: [&str; 2] = ["name", "kind"];

static WHOLE: LazyLock<Shape> = LazyLock::new(|| Shape {
    is_whole: true,
    is_element: false,
    is_named: false,
    keys: BTreeMap::new(),
});
static COMMON: LazyLock<Shape> = LazyLock::new(|| {
    let mut shape = Shape::default();
    OF_ALL.iter().for_each(|path| shape.keep(path));
    shape
});

static NODES: LazyLock<Shape> = LazyLock::new(|| {
    let mut shape = COMMON.clone();
    OF_NODES.iter().for_each(|path| shape.keep(path));
    shape
});

/// What is kept of a list whatever rules read.
fn start(list: &str) -> &'static Shape {
    match list {
        "nodes" => &NODES,
        _ => &COMMON,
    }
}

impl Shape {
    /// Keeps all of what stands at a path.
    pub fn keep<K: AsRef<str>>(&mut self, path: &[K]) {
        match path.split_first() {
            None => self.is_whole = true,
            Some((key, rest)) => {
                let key = key.as_ref().to_owned();
                self.keys.entry(key).or_default().keep(rest);
            }
        }
    }

    /// Keeps that something stands at a path, and nothing of it.
    pub fn touch<K: AsRef<str>>(&mut self, path: &[K]) {
        if let Some((key, rest)) = path.split_first() {
            let key = key.as_ref().to_owned();
            self.keys.entry(key).or_default().touch(rest);
        }
    }

    /// Keeps that something stands at a path, and what names it and what is on the way: also where
    /// nothing else of it is kept, if `names_alone`.
    pub fn pass<K: AsRef<str>>(&mut self, path: &[K], names_alone: bool) {
        let Some((key, rest)) = path.split_first() else {
            return;
        };
        let below = self.keys.entry(key.as_ref().to_owned()).or_default();
        OF_ELEMENTS.iter().for_each(|name| below.keep(&[name]));
        if rest.is_empty() {
            below.is_element = true;
            below.is_named |= names_alone;
        }
        below.pass(rest, names_alone);
    }

    /// The JSON of one object, reduced to this.
    ///
    /// # Errors
    /// It is no JSON; half of it may have been written.
    pub fn write(&self, object: &[u8], to: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        let mut json = Deserializer::from_slice(object);
        Keep {
            shape: Some(self),
            to,
        }
        .deserialize(&mut json)?;
        json.end()
    }
}

impl Shapes {
    /// What is kept of a list, to be added to.
    pub fn of_mut(&mut self, list: &str) -> &mut Shape {
        let start = || start(list).clone();
        self.0.entry(list.to_owned()).or_insert_with(start)
    }

    /// What is kept of pods that stand for a manifest: they are few, and all pods are many.
    #[must_use]
    pub fn of_mirrors(&self, list: &str) -> Option<Shape> {
        (list == "pods").then(|| {
            let mut shape = self.of(list).clone();
            OF_MIRRORS.iter().for_each(|path| shape.keep(path));
            shape
        })
    }

    /// What is kept of a list.
    #[must_use]
    pub fn of(&self, list: &str) -> &Shape {
        self.0.get(list).unwrap_or_else(|| start(list))
    }
}

/// Writes what is kept of a value. All of it is checked, as if it were kept: `IgnoredAny` lets pass
/// what no JSON may hold.
struct Keep<'s, 'o> {
    /// `None`: nothing of it.
    shape: Option<&'s Shape>,
    to: &'o mut Vec<u8>,
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl Keep<'_, '_> {
    fn scalar<E: Error>(self, value: impl serde::Serialize) -> Result<(), E> {
        match self.shape {
            None => Ok(()),
            Some(_) => serde_json::to_writer(self.to, &value).map_err(E::custom),
        }
    }
}

impl<'s> Keep<'s, '_> {
    fn below(&self, key: &str) -> Option<&'s Shape> {
        let shape = self.shape?;
        match shape.is_whole {
            true => Some(&WHOLE),
            false => shape.keys.get(key),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Keep<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keep<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<(), E> {
        self.scalar(on)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.scalar(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.scalar(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.scalar(number)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.scalar(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.scalar(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let start = self.to.len();
        self.to.push(b'[');
        let mut is_first = true;
        loop {
            let before = self.to.len();
            if !is_first {
                self.to.push(b',');
            }
            let keep = Keep {
                shape: self.shape,
                to: &mut *self.to,
            };
            if items.next_element_seed(keep)?.is_none() {
                self.to.truncate(before);
                break;
            }
            is_first = false;
        }
        self.to.push(b']');
        if self.shape.is_none() {
            self.to.truncate(start);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let start = self.to.len();
        self.to.push(b'{');
        let mut is_first = true;
        let mut is_named = self.shape.is_some_and(|s| s.is_named || !s.is_element);
        while let Some(Key(key)) = entries.next_key()? {
            let shape = self.below(&key);
            if shape.is_some() {
                if !is_first {
                    self.to.push(b',');
                }
                is_first = false;
                is_named |= !OF_ELEMENTS.contains(&&*key);
                serde_json::to_writer(&mut *self.to, &key).map_err(A::Error::custom)?;
                self.to.push(b':');
            }
            let to = &mut *self.to;
            entries.next_value_seed(Keep { shape, to })?;
        }
        if !is_named {
            self.to.truncate(start + 1);
        }
        self.to.push(b'}');
        if self.shape.is_none() {
            self.to.truncate(start);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(object: &str) -> String {
        let mut shape = Shape::default();
        shape.keep(&["kind"]);
        shape.pass(&["spec", "containers"], false);
        shape.pass(&["spec", "volumes"], true);
        shape.keep(&["spec", "containers", "securityContext", "privileged"]);
        let mut to = Vec::new();
        shape.write(object.as_bytes(), &mut to).unwrap();
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn what_no_rule_reads_is_left_out_and_the_rest_stays_in_its_place() {
        for (object, wanted) in [
            (
                r#"{"kind":"Pod","status":{"a":[1,{"b":2}]}}"#,
                r#"{"kind":"Pod"}"#,
            ),
            (
                r#"{"spec":{"x":[1],"containers":[{"image":"i"},{"name":"a\"b","securityContext":{"privileged":true,"runAsUser":0}}]}}"#,
                r#"{"spec":{"containers":[{},{"name":"a\"b","securityContext":{"privileged":true}}]}}"#,
            ),
            (
                r#"{"spec":{"containers":[{"name":"a"}],"volumes":[{"name":"b"}]}}"#,
                r#"{"spec":{"containers":[{}],"volumes":[{"name":"b"}]}}"#,
            ),
            // What is of another type is seen to be.
            (
                r#"{"spec":{"containers":7}}"#,
                r#"{"spec":{"containers":7}}"#,
            ),
            (
                r#"{"spec":null,"kind":["a",{"b":1e3}]}"#,
                r#"{"spec":null,"kind":["a",{"b":1000.0}]}"#,
            ),
            ("[]", "[]"),
            ("7", "7"),
        ] {
            assert_eq!(kept(object), wanted);
        }
    }

    #[test]
    fn what_is_left_out_must_be_json_too() {
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
            let why = Shape::default().write(text.as_bytes(), &mut Vec::new());
            assert!(why.is_err(), "{text}");
        }
    }
}
