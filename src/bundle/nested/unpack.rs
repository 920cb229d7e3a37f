//! The second reading: the bundles themselves, in the order of the archive.

use std::collections::HashMap;
use std::sync::Arc;

use ring::digest::{Context, SHA256};

use super::super::archive::{self, Reach};
use super::super::digest::hex;
use super::super::failure::Failure;
use super::super::gather::Gather;
use super::super::open::Inflated;
use super::super::place::last;
use super::super::unreadable::unreadable;
use super::super::visit::Visit;
use super::super::{Bundle, Content, HEAD_BYTES, Select, Unreadable, folder, name, pack, stream};
use super::{Code, Inner, InnerBundle, InnerKind, Place, Source, ancestors};
use crate::limits::Limits;

/// A bundle of an archive of bundles, handed out.
pub struct Unpacked {
    /// Which of [`super::Nest::inner`] it is.
    pub at: usize,
    /// What it is.
    pub inside: InnerBundle,
    /// Bytes it holds in memory.
    pub weight: u64,
}

/// Reads an archive of bundles again, and hands out those of `inner` that `wanted` names, until
/// `hand` says `false`. `names` are the names of the bundles, in their order.
///
/// # Errors
/// The archive cannot be read as it was the first time.
pub fn unpack<T>(
    place: &Place,
    inner: &[Inner<T>],
    names: &[String],
    wanted: &dyn Fn(usize) -> bool,
    limits: &Limits,
    select: &Select<'_>,
    hand: &mut dyn FnMut(Unpacked) -> bool,
) -> Result<(), Box<Unreadable>> {
    let mut archives = HashMap::new();
    let mut folders = HashMap::new();
    let mut missing = Vec::new();
    for (at, (one, name)) in inner.iter().zip(names).enumerate() {
        let slot = |left| Slot { at, name, left };
        match one.kind {
            _ if !wanted(at) => {}
            InnerKind::Archive { copies } => {
                archives.insert(&*one.path, slot(u64::from(copies)));
            }
            InnerKind::Folder { entries } => {
                folders.insert(&*one.path, slot(entries));
            }
            InnerKind::Missing => missing.push((at, name)),
        }
    }
    let mut unpacker = Unpacker {
        limits,
        select,
        archives,
        folders,
        open: HashMap::new(),
        raw: Vec::new(),
        buffer: Vec::new(),
        hand: &mut |mut unpacked: Unpacked| {
            let said = inner.get(unpacked.at).map(|one| one.said.clone());
            unpacked.inside.said = said.unwrap_or_default();
            hand(unpacked)
        },
        is_stopped: false,
    };
    for (at, name) in missing {
        if unpacker
            .give(at, InnerBundle::read_already(Err(pack::missing(name))), 0)
            .is_err()
        {
            return Ok(());
        }
    }
    let walked = archive::walk(&place.source, Reach::Bundles, limits, &mut unpacker);
    match walked.outcome {
        Err(failure) if !unpacker.is_stopped => Err(unreadable(&place.name, failure, None)),
        _ => Ok(()),
    }
}

struct Slot<'n> {
    at: usize,
    name: &'n str,
    /// Members that are still to come.
    left: u64,
}

/// A folder whose members are coming in.
struct OpenFolder<'n> {
    gather: Gather<'n>,
    lines: Vec<Vec<u8>>,
    bytes: u64,
    failed: Option<Failure>,
}

struct Unpacker<'n> {
    limits: &'n Limits,
    select: &'n Select<'n>,
    archives: HashMap<&'n str, Slot<'n>>,
    folders: HashMap<&'n str, Slot<'n>>,
    open: HashMap<usize, OpenFolder<'n>>,
    /// The name at hand as the archive has it.
    raw: Vec<u8>,
    buffer: Vec<u8>,
    hand: &'n mut dyn FnMut(Unpacked) -> bool,
    is_stopped: bool,
}

impl<'n> Unpacker<'n> {
    fn give(&mut self, at: usize, inside: InnerBundle, weight: u64) -> Result<(), Failure> {
        if (self.hand)(Unpacked { at, inside, weight }) {
            return Ok(());
        }
        self.is_stopped = true;
        Err(Failure::new(Code::Fault, "nobody takes any more of it"))
    }

    fn archive(
        &mut self,
        input: &mut Inflated<'_, '_>,
        path: &str,
        size: u64,
    ) -> Result<(), Failure> {
        let Some(slot) = self.archives.remove(path) else {
            return stream::pass(input, size);
        };
        let refused =
            |failure| InnerBundle::read_already(Err(unreadable(slot.name, failure, None)));
        if slot.left > 1 {
            stream::pass(input, size)?;
            let what = "it is in the archive more than once, so which one is meant is not known";
            return self.give(slot.at, refused(Failure::new(Code::Corrupt, what)), 0);
        }
        if size > self.limits.nested_bytes {
            stream::pass(input, size)?;
            let (limit, value) = ("nested-bytes", self.limits.nested_bytes);
            let failure = Failure::limit(limit, value, "it is a large archive inside an archive");
            return self.give(slot.at, refused(failure), 0);
        }
        let mut bytes = Vec::new();
        stream::take(input, size, &mut bytes)?;
        let place = Place {
            name: slot.name.to_owned(),
            source: Source::Bytes {
                file: last(path).to_owned(),
                bytes: Arc::from(bytes),
            },
        };
        self.give(slot.at, InnerBundle::archive(place), size)
    }

    /// The folder a member lies in, and its name there.
    fn folder_of<'p>(&self, path: &'p str) -> Option<(&'n str, &'p str)> {
        let root = ancestors(path).find_map(|root| Some(*self.folders.get_key_value(root)?.0))?;
        Some((root, path.get(root.len() + 1..)?))
    }

    fn open(&mut self, root: &str) -> Option<&mut OpenFolder<'n>> {
        let slot = self.folders.get(root)?;
        Some(self.open.entry(slot.at).or_insert_with(|| OpenFolder {
            gather: Gather::new(slot.name, self.limits, self.select),
            lines: Vec::new(),
            bytes: 0,
            failed: None,
        }))
    }

    /// All folders together may hold what one bundle may.
    fn has_room(&self, size: u64) -> Result<(), Failure> {
        let held: u64 = self.open.values().map(|open| open.gather.room.kept()).sum();
        if held.saturating_add(size) > self.limits.kept_bytes {
            let what = "its evidence, and that of bundles whose files lie between its own, are too many bytes";
            return Err(Failure::limit("kept-bytes", self.limits.kept_bytes, what));
        }
        Ok(())
    }

    /// One member of a folder less to come; the last one completes the bundle.
    fn close(&mut self, root: &str) -> Result<(), Failure> {
        let Some(slot) = self.folders.get_mut(root) else {
            return Ok(());
        };
        slot.left = slot.left.saturating_sub(1);
        if slot.left > 0 {
            return Ok(());
        }
        let (at, name) = (slot.at, slot.name);
        let Some(open) = self.open.remove(&at) else {
            return Ok(());
        };
        let weight = open.gather.room.kept();
        let outcome = open
            .finish(last(root).to_owned())
            .map_err(|failure| unreadable(name, failure, None));
        self.give(at, InnerBundle::read_already(outcome), weight)
    }

    /// Takes a member of a folder in. What fails here costs that bundle; what the stream itself
    /// says is the outer error.
    fn member(
        &mut self,
        input: &mut Inflated<'_, '_>,
        root: &str,
        name: &str,
        size: u64,
    ) -> Result<Result<(), Failure>, Failure> {
        self.buffer.clear();
        stream::head(input, size, &mut self.buffer)?;
        let mut rest = size - self.buffer.len() as u64;
        let room = self.has_room(size.min(self.limits.member_bytes));
        let raw = below(&self.raw, root).to_vec();
        let head = std::mem::take(&mut self.buffer);
        let Some(open) = self.open(root).filter(|open| open.failed.is_none()) else {
            stream::pass(input, rest)?;
            return Ok(Ok(()));
        };
        let start = open.start(name, raw.len() as u64, size);
        let wanted = open.gather.select.wants(name, size, &head);
        let keep = wanted && size <= open.gather.most(name);
        if let Err(failure) = start.and(if keep { room } else { Ok(()) }) {
            stream::pass(input, rest)?;
            return Ok(Err(failure));
        }
        if keep && let Err(failure) = open.gather.hold_content(name, size) {
            stream::pass(input, rest)?;
            return Ok(Err(failure));
        }
        let mut hash = Context::new(&SHA256);
        hash.update(&head);
        let mut keeping = open.gather.keeping(name).filter(|_| keep);
        let mut kept = Vec::new();
        let mut failed = None;
        let mut piece = head;
        loop {
            match &mut keeping {
                Some(keeping) if failed.is_none() => {
                    failed = keeping.take(&piece, &mut open.gather.room).err();
                }
                None if keep => kept.extend_from_slice(&piece),
                _ => {}
            }
            if rest == 0 {
                break;
            }
            let step = rest.min(HEAD_BYTES as u64);
            piece.clear();
            stream::take(input, step, &mut piece)?;
            hash.update(&piece);
            rest -= step;
        }
        match (failed, keeping) {
            (Some(failure), _) => return Ok(Err(failure)),
            (None, Some(keeping)) => match keeping.end(&mut open.gather.room) {
                Ok((bytes, digest)) => {
                    kept = bytes;
                    open.gather.digest = Some(digest);
                }
                Err(failure) => return Ok(Err(failure)),
            },
            (None, None) => {}
        }
        let hash = hex(hash.finish().as_ref());
        open.lines.push(folder::line(&hash, &raw));
        if open.gather.select.hashes_all() {
            open.gather.digest = Some(hash);
        }
        let content = match (wanted, keep) {
            (false, _) => Content::Passed,
            (true, false) => Content::TooLarge,
            (true, true) => Content::Kept(kept),
        };
        open.gather.push(name.to_owned(), size, content);
        self.buffer = piece;
        Ok(Ok(()))
    }
}

impl OpenFolder<'_> {
    /// Counts one more member against the limits of its bundle.
    fn start(&mut self, name: &str, raw: u64, size: u64) -> Result<(), Failure> {
        self.gather.count()?;
        self.gather.room.hold(name.len() as u64 + raw)?;
        self.bytes = self.bytes.saturating_add(size);
        let (limit, value) = ("inflated-bytes", self.gather.limits.inflated_bytes);
        if self.bytes > value {
            return Err(Failure::limit(limit, value, "it has too many bytes"));
        }
        Ok(())
    }

    fn finish(mut self, folder: String) -> Result<Bundle, Failure> {
        if let Some(failure) = self.failed {
            return Err(failure);
        }
        self.gather.some_member()?;
        let digest = folder::digest(self.lines);
        Ok(self
            .gather
            .into_bundle(digest, (Some(folder.clone()), folder)))
    }
}

/// What is left of a raw name below a folder.
fn below<'r>(raw: &'r [u8], root: &str) -> &'r [u8] {
    let mut rest = raw;
    for _ in root.split('/') {
        let slash = rest.iter().position(|byte| *byte == b'/');
        rest = slash.and_then(|at| rest.get(at + 1..)).unwrap_or_default();
    }
    rest
}

impl Visit for Unpacker<'_> {
    fn count(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn name(&mut self, raw: &[u8]) -> Result<Option<String>, Failure> {
        let Ok(bytes) = name::components(raw, self.limits.path_length) else {
            return Ok(None);
        };
        let path = name::encode(&bytes);
        self.raw = bytes;
        Ok(Some(path))
    }

    fn folder(&mut self, _raw: &[u8]) {}

    fn file(
        &mut self,
        input: &mut Inflated<'_, '_>,
        path: String,
        size: u64,
    ) -> Result<(), Failure> {
        let Some((root, name)) = self.folder_of(&path) else {
            return self.archive(input, &path, size);
        };
        if let Err(failure) = self.member(input, root, name, size)?
            && let Some(open) = self.open(root)
        {
            // What it holds is given back at once; the rest of it is passed over.
            open.gather = Gather::new("", open.gather.limits, open.gather.select);
            open.lines = Vec::new();
            open.failed = Some(failure);
        }
        self.close(root)
    }

    fn other(&mut self, path: String, _size: u64, kind: &'static str) -> Result<(), Failure> {
        let Some((root, name)) = self.folder_of(&path) else {
            return Ok(());
        };
        if let Some(open) = self.open(root).filter(|open| open.failed.is_none()) {
            match open.start(name, 0, 0) {
                Ok(()) => open
                    .gather
                    .push(name.to_owned(), 0, Content::NotAFile(kind)),
                Err(failure) => open.failed = Some(failure),
            }
        }
        self.close(root)
    }

    fn note(&mut self, _what: &str, _next: &'static str) {}

    fn end(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}
