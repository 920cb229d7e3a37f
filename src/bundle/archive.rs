//! An archive of any kind → what it holds, shown to a visitor.

use std::fs::File;
use std::io::{Cursor, SeekFrom};
use std::path::Path;

use super::buffer::read_full;
use super::failure::Failure;
use super::hashed_file::HashedFile;
use super::open::{self, Inflated};
use super::tar;
use super::visit::Visit;
use super::zip::{self, EntryContents, ReadSeek};
use super::{Code, Source};
use crate::limits::Limits;

/// How far an archive is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Up to its first member.
    First,
    /// All of one bundle, and the digest of the file.
    Bundle,
    /// All of many bundles, each with limits of its own.
    Bundles,
}

/// What came of it.
pub(super) struct Walked {
    pub(super) outcome: Result<(), Failure>,
    /// Bytes that came out.
    pub(super) inflated: u64,
    /// Bytes of the file that went in.
    pub(super) bytes: u64,
    /// Of the whole file, if it was asked for and could be read.
    pub(super) digest: Option<String>,
}

impl Walked {
    fn failed(failure: Failure) -> Self {
        Self {
            outcome: Err(failure),
            inflated: 0,
            bytes: 0,
            digest: None,
        }
    }
}

/// Shows what an archive holds.
pub(super) fn walk(
    source: &Source,
    reach: Reach,
    limits: &Limits,
    visit: &mut (impl Visit + ?Sized),
) -> Walked {
    let stream = match open(source) {
        Ok(stream) => stream,
        Err(failure) => return Walked::failed(failure),
    };
    match is_zip(stream) {
        Ok((true, stream)) => walk_zip(source, stream, reach, limits, visit),
        Ok((false, stream)) => walk_stream(stream, reach, limits, visit),
        Err(failure) => Walked::failed(failure),
    }
}

/// Opens it at its start.
pub(super) fn open(source: &Source) -> Result<Box<dyn ReadSeek + '_>, Failure> {
    match source {
        Source::File(path) | Source::Folder(path) => match File::open(path) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(Failure::io(&error.to_string())),
        },
        Source::Stdin(spool) => Ok(Box::new(spool.reader())),
        Source::Bytes { bytes, .. } => Ok(Box::new(Cursor::new(&bytes[..]))),
        Source::NotOpened => Err(Failure::new(
            Code::EndedProgram,
            "it is named in --not-opened, and was not opened: reading it ended the program",
        )),
    }
}

/// The SHA-256 of the whole file.
pub(super) fn digest(source: &Source) -> Option<String> {
    HashedFile::new(Box::new(open(source).ok()?)).finish()
}

fn is_zip<'s>(
    mut stream: Box<dyn ReadSeek + 's>,
) -> Result<(bool, Box<dyn ReadSeek + 's>), Failure> {
    let io = |error: std::io::Error| Failure::io(&error.to_string());
    let mut head = [0; 4];
    let count = read_full(&mut stream, &mut head).map_err(io)?;
    stream.seek(SeekFrom::Start(0)).map_err(io)?;
    Ok((zip::begins(head.get(..count).unwrap_or_default()), stream))
}

fn walk_stream(
    stream: Box<dyn ReadSeek + '_>,
    reach: Reach,
    limits: &Limits,
    visit: &mut (impl Visit + ?Sized),
) -> Walked {
    let mut file = match reach {
        Reach::First => HashedFile::peek(Box::new(stream)),
        Reach::Bundle => HashedFile::new(Box::new(stream)),
        Reach::Bundles => HashedFile::plain(Box::new(stream)),
    };
    let mut inflated = 0;
    let outcome = open::inflate(&mut file, limits).and_then(|input| {
        let mut input = match reach {
            Reach::Bundles => input.of_many(),
            Reach::First | Reach::Bundle => input,
        };
        let outcome = match reach {
            Reach::First => tar::first(&mut input, visit),
            Reach::Bundle | Reach::Bundles => tar::read(&mut input, visit),
        };
        inflated = input.bytes();
        outcome
    });
    Walked {
        outcome,
        inflated,
        bytes: file.count(),
        digest: match reach {
            Reach::Bundle => file.finish(),
            Reach::First | Reach::Bundles => None,
        },
    }
}

/// Its directory stands at its end, so the file is hashed by itself.
fn walk_zip(
    source: &Source,
    mut stream: Box<dyn ReadSeek + '_>,
    reach: Reach,
    limits: &Limits,
    visit: &mut (impl Visit + ?Sized),
) -> Walked {
    let hashed = match reach {
        Reach::Bundle => digest(source),
        Reach::First | Reach::Bundles => None,
    };
    let (entries, read) = match zip::list(&mut stream, limits) {
        Ok(listed) => listed,
        Err(failure) => {
            return Walked {
                digest: hashed,
                ..Walked::failed(failure)
            };
        }
    };
    let mut input = Inflated::of_entries(EntryContents::new(stream, read), limits);
    if reach == Reach::Bundles {
        input = input.of_many();
    }
    let outcome = match reach {
        Reach::First => zip::first(&mut input, &entries, visit),
        Reach::Bundle | Reach::Bundles => zip::read(&mut input, &entries, visit),
    };
    Walked {
        outcome,
        inflated: input.bytes(),
        bytes: input.taken(),
        digest: hashed,
    }
}

/// SHA-256 of a file, in hexadecimal, if it can be read.
#[must_use]
pub fn file_sha256(path: &Path) -> Option<String> {
    digest(&Source::File(path.to_owned()))
}
