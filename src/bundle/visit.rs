//! Who takes what an archive holds; of a bundle that is [`Gather`].

use ring::digest::{Context, SHA256};

use super::digest::hex;
use super::failure::Failure;
use super::gather::Gather;
use super::member::{Attributes, Content};
use super::name::{self, BadName};
use super::open::Inflated;
use super::selected::HEAD_BYTES;
use super::stream::{cut, head, pass, take};

/// Takes what an archive holds, entry by entry.
pub(super) trait Visit {
    /// One more entry, of any kind.
    fn count(&mut self) -> Result<(), Failure>;
    /// The name an entry goes by; `None` if it is refused.
    fn name(&mut self, raw: &[u8]) -> Result<Option<String>, Failure>;
    /// What the archive says of the file on its machine, which comes next.
    fn attributes(&mut self, _attributes: Attributes) {}
    /// A folder.
    fn folder(&mut self, raw: &[u8]);
    /// A file; takes exactly `size` bytes from `input`.
    fn file(
        &mut self,
        input: &mut Inflated<'_, '_>,
        name: String,
        size: u64,
    ) -> Result<(), Failure>;
    /// What is no file: its kind, and the size it states.
    fn other(&mut self, name: String, size: u64, kind: &'static str) -> Result<(), Failure>;
    /// What a reader of the report must know of the archive.
    fn note(&mut self, what: &str, next: &'static str);
    /// The last entry was taken.
    fn end(&mut self) -> Result<(), Failure>;
}

impl Visit for Gather<'_> {
    fn count(&mut self) -> Result<(), Failure> {
        self.attributes = None;
        Gather::count(self)
    }

    fn name(&mut self, raw: &[u8]) -> Result<Option<String>, Failure> {
        Gather::name(self, raw)
    }

    fn attributes(&mut self, attributes: Attributes) {
        self.attributes = Some(Box::new(attributes));
    }

    fn folder(&mut self, raw: &[u8]) {
        if let Some(bad) = name::normalise(raw, self.limits.path_length).err()
            && bad != BadName::Empty
        {
            self.refuse(bad, raw);
        }
    }

    fn file(
        &mut self,
        input: &mut Inflated<'_, '_>,
        name: String,
        size: u64,
    ) -> Result<(), Failure> {
        let content = content(input, self, &name, size).map_err(|e| e.of_member(&name))?;
        self.push(name, size, content);
        Ok(())
    }

    fn other(&mut self, name: String, size: u64, kind: &'static str) -> Result<(), Failure> {
        self.push(name, size, Content::NotAFile(kind));
        Ok(())
    }

    fn note(&mut self, what: &str, next: &'static str) {
        Gather::note(self, what, next, "");
    }

    fn end(&mut self) -> Result<(), Failure> {
        self.some_member()
    }
}

/// Reads a member's bytes as far as somebody wants them.
fn content(
    input: &mut Inflated<'_, '_>,
    gather: &mut Gather<'_>,
    name: &str,
    size: u64,
) -> Result<Content, Failure> {
    head(input, size, &mut gather.head)?;
    let rest = size - gather.head.len() as u64;
    if !gather.select.wants(name, size, &gather.head) {
        pass_hashed(input, gather, rest)?;
        return Ok(Content::Passed);
    }
    if size > gather.most(name) {
        pass_hashed(input, gather, rest)?;
        return Ok(Content::TooLarge);
    }
    gather.hold_content(name, size)?;
    if let Some(mut keeping) = gather.keeping(name) {
        let mut piece = std::mem::take(&mut gather.head);
        let mut rest = rest;
        loop {
            keeping.take(&piece, &mut gather.room)?;
            if rest == 0 {
                gather.head = piece;
                let (bytes, digest) = keeping.end(&mut gather.room)?;
                gather.digest = Some(digest);
                return Ok(Content::Kept(bytes));
            }
            piece.clear();
            let step = rest.min(HEAD_BYTES as u64);
            take(input, step, &mut piece)?;
            rest -= step;
        }
    }
    let mut bytes = gather.head.clone();
    take(input, rest, &mut bytes)?;
    Ok(Content::Kept(bytes))
}

/// Passes over the rest of a member whose head was read, and takes its digest where it is wanted.
fn pass_hashed(
    input: &mut Inflated<'_, '_>,
    gather: &mut Gather<'_>,
    mut rest: u64,
) -> Result<(), Failure> {
    if !gather.select.hashes_all() {
        return pass(input, rest);
    }
    let mut hash = Context::new(&SHA256);
    hash.update(&gather.head);
    while rest > 0 {
        let there = input.fill()?;
        if there.is_empty() {
            return Err(cut());
        }
        let count = usize::try_from(rest).map_or(there.len(), |rest| rest.min(there.len()));
        hash.update(there.get(..count).unwrap_or_default());
        input.consume(count);
        rest -= count as u64;
    }
    gather.digest = Some(hex(hash.finish().as_ref()));
    Ok(())
}
