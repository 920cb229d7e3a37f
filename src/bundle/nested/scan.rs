//! The first reading: what is in an archive.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};

use super::super::archive::{self, Reach};
use super::super::failure::Failure;
use super::super::format::{self, FileFormat};
use super::super::gather::Gather;
use super::super::hashed_file::HashedFile;
use super::super::known_names::{MANIFEST, is_description};
use super::super::name::{self, BadName};
use super::super::open::{Inflated, inflate};
use super::super::pack::{self, INDEX};
use super::super::tally::ProblemTally;
use super::super::unreadable::unreadable;
use super::super::visit::Visit;
use super::super::{Code, First, Place, Select, Source, Unreadable, zip};
use super::super::{stream, tar};
use super::inventory::{Archive, HeldFolder, Inventory, Root};
use super::{Nest, marked, parent};
use crate::limits::Limits;

/// Reads an archive to its end. `None` if it is no archive of bundles, or cannot be read to its
/// end and shows no sign of being one: then reading it as a bundle tells. `index` is what to keep
/// of the first member of each bundle in it.
///
/// # Errors
/// An archive of bundles that cannot be read to its end, or passes a limit: none of it is judged.
pub fn scan<T>(
    place: &Place,
    limits: &Limits,
    select: &Select<'_>,
    index: &dyn Fn(Option<First>) -> T,
) -> Result<Option<Nest<T>>, Box<Unreadable>> {
    let mut scanner = Scanner {
        limits,
        select,
        index,
        head: Vec::new(),
        held: 0,
        found: Inventory::default(),
        tally: ProblemTally::default(),
    };
    let walked = archive::walk(&place.source, Reach::Bundles, limits, &mut scanner);
    let (outcome, bytes) = (walked.outcome, walked.bytes);
    match outcome.and_then(|()| scanner.found.check_count(limits)) {
        Ok(()) if !scanner.found.is_nested() => Ok(None),
        Ok(()) if scanner.found.is_bundle_and_pack() => {
            let what =
                format!("it is a pack by its {INDEX}, and a bundle by what stands beside it");
            let digest = archive::digest(&place.source);
            Err(unreadable(
                &place.name,
                Failure::new(Code::Corrupt, what),
                digest,
            ))
        }
        Ok(()) => Ok(Some(Nest {
            skipped: scanner.found.skipped(),
            inner: scanner.found.into_inner(index),
            bytes,
            problems: scanner.tally.into_problems(&place.name).collect(),
        })),
        Err(failure) if scanner.found.is_nested() => {
            let digest = archive::digest(&place.source);
            let what = format!("it is an archive of bundles, and {}", failure.what);
            Err(unreadable(&place.name, Failure { what, ..failure }, digest))
        }
        Err(_) => Ok(None),
    }
}

struct Scanner<'a, T> {
    limits: &'a Limits,
    select: &'a Select<'a>,
    index: &'a dyn Fn(Option<First>) -> T,
    head: Vec<u8>,
    held: u64,
    found: Inventory<T>,
    tally: ProblemTally,
}

impl<T> Scanner<'_, T> {
    fn hold(&mut self, path: &str) -> Result<(), Failure> {
        self.held += path.len() as u64 + size_of::<Root<T>>() as u64;
        if self.held > self.limits.kept_bytes {
            let what = "the names of what is in it are too many bytes";
            return Err(Failure::limit("kept-bytes", self.limits.kept_bytes, what));
        }
        Ok(())
    }

    fn folder_of(&mut self, path: &str) -> Result<&mut HeldFolder, Failure> {
        let folder = parent(path);
        if !self.found.folders.contains_key(folder) {
            self.hold(folder)?;
        }
        Ok(self.found.folders.entry(folder.to_owned()).or_default())
    }

    /// One more entry of a bundle that is known to be one, or of one that this entry marks.
    fn in_root(
        &mut self,
        input: &mut Inflated<'_, '_>,
        path: &str,
        root: &str,
        size: u64,
    ) -> Result<(), Failure> {
        if !self.found.roots.contains_key(root) {
            self.hold(root)?;
        }
        let described = self
            .found
            .roots
            .get(root)
            .is_some_and(|root| root.described.is_some());
        let is_manifest = path.len() == root.len() + usize::from(!root.is_empty()) + MANIFEST.len()
            && path.ends_with(MANIFEST);
        let mut found = None;
        let mut has_evidence = false;
        if described {
            stream::pass(input, size)?;
        } else {
            stream::head(input, size, &mut self.head)?;
            let rest = size - self.head.len() as u64;
            has_evidence = self.select.wants(path, size, &self.head);
            if is_manifest && size <= self.limits.member_bytes {
                let mut bytes = self.head.clone();
                stream::take(input, rest, &mut bytes)?;
                if is_description(&bytes) {
                    found = Some((self.index)(Some(First {
                        top: None,
                        name: MANIFEST.to_owned(),
                        bytes,
                    })));
                }
            } else {
                stream::pass(input, rest)?;
            }
        }
        let entry = self.found.roots.entry(root.to_owned()).or_insert(Root {
            described: None,
            entries: 0,
            has_evidence: false,
        });
        entry.entries += 1;
        entry.has_evidence |= has_evidence;
        entry.described = entry.described.take().or(found);
        Ok(())
    }

    /// The index of a pack.
    fn pack(&mut self, input: &mut Inflated<'_, '_>, size: u64) -> Result<(), Failure> {
        let rest = size - self.head.len() as u64;
        let most = self.limits.kept_bytes;
        let read = if size > most {
            stream::pass(input, rest)?;
            Err(format!(
                "is larger than the limit `kept-bytes`, which is {most}"
            ))
        } else {
            let mut bytes = self.head.clone();
            stream::take(input, rest, &mut bytes)?;
            pack::read(&bytes, self.limits.path_length)
        };
        let read = match self.found.pack {
            None => read,
            Some(_) => Err("is in it more than once".to_owned()),
        };
        if let Err(why) = &read {
            self.tally.add(why, pack::NEXT, INDEX);
        }
        self.found.pack = Some(read);
        Ok(())
    }

    /// What the first member of an archive in this one is; `None` if it is no archive after all.
    fn archive(
        &mut self,
        input: &mut Inflated<'_, '_>,
        path: &str,
        size: u64,
    ) -> Result<Option<Archive<T>>, Failure> {
        if zip::begins(&self.head) {
            return self.zip(input, path, size).map(Some);
        }
        let rest = Cell::new(size - self.head.len() as u64);
        let failed = RefCell::new(None);
        let all = |_: &str, _: u64, _: &[u8]| true;
        let mut gather = Gather::new(path, self.limits, &all);
        let (outcome, inflated) = {
            let mut file = HashedFile::peek(Box::new(MemberBytes {
                head: &self.head,
                input: &mut *input,
                rest: &rest,
                failed: &failed,
            }));
            match inflate(&mut file, self.limits) {
                Ok(mut inner) => (tar::first(&mut inner, &mut gather), inner.bytes()),
                Err(failure) => (Err(failure), 0),
            }
        };
        if let Some(failure) = failed.take() {
            return Err(failure);
        }
        stream::pass(input, rest.get())?;
        input.charge(inflated)?;
        let first = match outcome {
            Ok(()) => gather.into_first(),
            Err(failure)
                if matches!(failure.code, Code::NotAnArchive | Code::Empty)
                    && !format::ends_like_archive(path.as_ref())
                    && !self.found.is_listed(path) =>
            {
                return Ok(None);
            }
            Err(_) => None,
        };
        Ok(Some(self.indexed(first)))
    }

    /// The same of a zip, which is read from its end and so is held in memory.
    fn zip(
        &mut self,
        input: &mut Inflated<'_, '_>,
        path: &str,
        size: u64,
    ) -> Result<Archive<T>, Failure> {
        let rest = size - self.head.len() as u64;
        if size > self.limits.nested_bytes {
            stream::pass(input, rest)?;
            return Ok(self.indexed(None));
        }
        let mut bytes = self.head.clone();
        stream::take(input, rest, &mut bytes)?;
        let source = Source::Bytes {
            file: path.to_owned(),
            bytes: bytes.into(),
        };
        let all = |_: &str, _: u64, _: &[u8]| true;
        let mut gather = Gather::new(path, self.limits, &all);
        let walked = archive::walk(&source, Reach::First, self.limits, &mut gather);
        input.charge(walked.inflated)?;
        let first = walked.outcome.ok().and_then(|()| gather.into_first());
        Ok(self.indexed(first))
    }

    fn indexed(&self, first: Option<First>) -> Archive<T> {
        let described = first
            .as_ref()
            .is_some_and(|first| first.name == MANIFEST && is_description(&first.bytes));
        Archive {
            copies: 1,
            described,
            index: (self.index)(first),
        }
    }
}

impl<T> Visit for Scanner<'_, T> {
    fn count(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn name(&mut self, raw: &[u8]) -> Result<Option<String>, Failure> {
        match name::normalise(raw, self.limits.path_length) {
            Ok(path) => {
                self.found.see(&path);
                Ok(Some(path))
            }
            Err(bad) => {
                self.tally.add(bad.what(), bad.next(), &name::shown(raw));
                Ok(None)
            }
        }
    }

    fn folder(&mut self, raw: &[u8]) {
        if let Err(bad) = name::normalise(raw, self.limits.path_length)
            && bad != BadName::Empty
        {
            self.tally.add(bad.what(), bad.next(), &name::shown(raw));
        }
    }

    fn file(
        &mut self,
        input: &mut Inflated<'_, '_>,
        path: String,
        size: u64,
    ) -> Result<(), Failure> {
        let root = self.found.outermost(&path).or_else(|| marked(&path));
        if let Some(root) = root.map(str::to_owned) {
            return self.in_root(input, &path, &root, size);
        }
        stream::head(input, size, &mut self.head)?;
        if path == INDEX && pack::is_index(&self.head) {
            return self.pack(input, size);
        }
        let magic = self.head.get(..tar::BLOCK).unwrap_or(&self.head);
        if format::is_of_mac(path.as_ref(), magic) {
            stream::pass(input, size - self.head.len() as u64)?;
            self.folder_of(&path)?.entries += 1;
            return Ok(());
        }
        let is_archive = format::ends_like_archive(path.as_ref()) || self.found.is_listed(&path);
        if is_archive || FileFormat::by_magic(magic).is_some() {
            if let Some(archive) = self.archive(input, &path, size)? {
                if !self.found.archives.contains_key(&path) {
                    self.hold(&path)?;
                }
                let archive = match self.found.archives.get(&path) {
                    None => archive,
                    // Which of them is meant is not known, so neither is whose it is.
                    Some(other) => Archive {
                        copies: other.copies.saturating_add(1),
                        described: other.described || archive.described,
                        index: (self.index)(None),
                    },
                };
                self.found.archives.insert(path, archive);
                return Ok(());
            }
            self.folder_of(&path)?.entries += 1;
            return Ok(());
        }
        let has_evidence = self.select.wants(&path, size, &self.head);
        stream::pass(input, size - self.head.len() as u64)?;
        let folder = self.folder_of(&path)?;
        folder.entries += 1;
        folder.has_evidence |= has_evidence;
        Ok(())
    }

    fn other(&mut self, path: String, _size: u64, kind: &'static str) -> Result<(), Failure> {
        let root = self.found.outermost(&path).map(str::to_owned);
        if let Some(root) = root.and_then(|root| self.found.roots.get_mut(&root)) {
            root.entries += 1;
            return Ok(());
        }
        self.tally.add(
            &format!("is a {kind}, which is reported and not followed"),
            "if it is evidence, collect the file itself",
            &path,
        );
        self.folder_of(&path)?.entries += 1;
        Ok(())
    }

    fn note(&mut self, what: &str, next: &'static str) {
        self.tally.add(what, next, "");
    }

    fn end(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

/// The bytes of one member of an archive.
struct MemberBytes<'x, 'a, 'b> {
    head: &'x [u8],
    input: &'x mut Inflated<'a, 'b>,
    rest: &'x Cell<u64>,
    failed: &'x RefCell<Option<Failure>>,
}

impl Read for MemberBytes<'_, '_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.head.is_empty() {
            return self.head.read(into);
        }
        let wanted = usize::try_from(self.rest.get()).map_or(into.len(), |n| n.min(into.len()));
        let into = into.get_mut(..wanted).unwrap_or_default();
        match self.input.read_full(into) {
            Ok(count) => {
                self.rest.set(self.rest.get() - count as u64);
                Ok(count)
            }
            Err(failure) => {
                let error = io::Error::other(failure.what.clone());
                *self.failed.borrow_mut() = Some(failure);
                Err(error)
            }
        }
    }
}
