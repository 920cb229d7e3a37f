//! A list of API objects as it arrives → the same list with what rules read alone. Objects keep
//! their places, and what is no JSON stays none.

use memchr::memmem;

use super::super::layouts;
use super::super::mirror_pods::MIRROR;
use super::shape::{Shape, Shapes};
use super::split::{SplitSink, Splitter};
use crate::bundle::{Selector, Shrink};

/// Bytes that are kept of an object that is no JSON: enough to say where it breaks.
const BROKEN: usize = 1 << 10;

/// What is evidence, and what is kept of it.
pub struct EvidenceSelector<'s> {
    /// What is kept of API objects.
    pub shapes: &'s Shapes,
    /// Bytes that one object may have.
    pub most: u64,
    /// Whether the digest of every member is taken, not only of those that are kept.
    pub hashes_all: bool,
}

impl Selector for EvidenceSelector<'_> {
    fn wants(&self, name: &str, size: u64, head: &[u8]) -> bool {
        layouts::wanted(name, size, head)
    }

    fn hashes_all(&self) -> bool {
        self.hashes_all
    }

    fn shrink(&self, list: &str) -> Option<Box<dyn Shrink + '_>> {
        let mut shrinking = Shrinking::of(self.shapes.of(list), self.most);
        shrinking.kept.of_mirrors = self.shapes.of_mirrors(list);
        Some(Box::new(shrinking))
    }
}

/// From so many bytes on, room is taken for so many, once: to grow step by step would hold what is
/// kept twice. Room that is not written to costs no memory.
const ROOM: (usize, usize) = (1 << 20, 64 << 20);

/// A list on its way.
pub struct Shrinking<'s> {
    splitter: Splitter,
    kept: Kept<'s>,
    /// It is written in UTF-16: brackets are not told apart.
    is_odd: Option<bool>,
}

struct Kept<'s> {
    shape: &'s Shape,
    /// What is kept of objects that say of themselves that they stand for a manifest.
    of_mirrors: Option<Shape>,
    bytes: Vec<u8>,
}

impl<'s> Shrinking<'s> {
    /// Of objects of this shape, each of at most so many bytes.
    #[must_use]
    pub fn of(shape: &'s Shape, most: u64) -> Self {
        Self {
            splitter: Splitter::new(usize::try_from(most).unwrap_or(usize::MAX)),
            kept: Kept {
                shape,
                of_mirrors: None,
                bytes: Vec::new(),
            },
            is_odd: None,
        }
    }
}

impl Shrink for Shrinking<'_> {
    fn take(&mut self, bytes: &[u8]) {
        let has_mark =
            |bytes: &[u8]| bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        match *self.is_odd.get_or_insert_with(|| has_mark(bytes)) {
            true => self.kept.bytes.extend_from_slice(bytes),
            false => self.splitter.take(bytes, &mut self.kept),
        }
    }

    fn held(&self) -> u64 {
        (self.kept.bytes.len() + self.splitter.held()) as u64
    }

    fn end(mut self: Box<Self>) -> Vec<u8> {
        self.splitter.end(&mut self.kept);
        self.kept.bytes.shrink_to_fit();
        self.kept.bytes
    }
}

impl SplitSink for Kept<'_> {
    fn around(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn object(&mut self, _at: u64, bytes: &[u8]) -> bool {
        let (few, many) = ROOM;
        if self.bytes.len() > few && self.bytes.capacity() < many {
            self.bytes.reserve_exact(many - self.bytes.len());
        }
        let before = self.bytes.len();
        let mirrors = self.of_mirrors.as_ref();
        let mirrors = mirrors.filter(|_| memmem::find(bytes, MIRROR.as_bytes()).is_some());
        let shape = mirrors.unwrap_or(self.shape);
        let is_json = shape.write(bytes, &mut self.bytes).is_ok();
        if !is_json {
            self.bytes.truncate(before);
            let head = bytes.len().min(BROKEN);
            self.bytes
                .extend_from_slice(bytes.get(..head).unwrap_or_default());
        }
        is_json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrunk(text: &str, step: usize) -> String {
        let mut shape = Shape::default();
        shape.keep(&["a"]);
        let mut shrinking = Box::new(Shrinking::of(&shape, 1 << 20));
        for piece in text.as_bytes().chunks(step) {
            shrinking.take(piece);
        }
        String::from_utf8(shrinking.end()).unwrap()
    }

    #[test]
    fn a_list_is_the_same_however_it_arrives() {
        for (text, wanted) in [
            (
                r#"{"kind": "List", "items": [{"a":1,"b":"]}\""} , {"b":{"items":[1]}},7, "x"] ,"metadata":{"items":[{"b":1}]}}"#,
                r#"{"kind": "List", "items": [{"a":1} , {},7, "x"] ,"metadata":{"items":[{"b":1}]}}"#,
            ),
            (r#"{"items":[]}"#, r#"{"items":[]}"#),
            (r#"{"items":[{}"#, r#"{"items":[{}"#),
            (r#"{"items":[{"a":"#, r#"{"items":[{"a":"#),
            (r#"{"items":[{"b":1]},{"a":1}]}"#, r#"{"items":[{"b":1]"#),
            (r#"{"items":[{"b":1},,]}"#, r#"{"items":[{},,]}"#),
            (
                r#"{"kind":"items","x":[{"b":1}]}"#,
                r#"{"kind":"items","x":[{"b":1}]}"#,
            ),
            (
                r#"{"kind":"Status","message":"forbidden"}"#,
                r#"{"kind":"Status","message":"forbidden"}"#,
            ),
            ("", ""),
            ("]}]", "]}]"),
        ] {
            for step in 1..9 {
                assert_eq!(shrunk(text, step), wanted, "in pieces of {step}");
            }
        }
    }
}
