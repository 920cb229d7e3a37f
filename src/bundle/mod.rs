//! File on disk → members.
//!
//! In: the PATHs a user typed. Out: [`Found`], the [`Place`]s where evidence lies, and for each
//! place a [`Bundle`] with the members somebody asked for, or why it is [`Unreadable`].
//!
//! Nothing is ever written to disk but what arrives on stdin, and nothing an archive says decides
//! how much memory is taken: [`Limits`] do.

mod archive;
mod buffer;
mod bzip2;
pub mod checked;
mod code;
mod digest;
pub mod encoding;
mod failure;
mod find;
mod folder;
mod format;
mod gather;
mod gzip;
mod keeping;
mod name;
pub mod nested;
mod open;
pub mod pack;
mod part;
mod selected;
pub mod shell;
pub mod signature;
mod spool;
pub mod sums;
mod tally;
mod tar;
pub mod written;
mod xz;
mod zip;
mod zstd;

#[cfg(test)]
mod fixture;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::limits::Limits;
use crate::problem::Problem;

pub use code::Code;
use digest::hex;
pub use digest::{Digesting, file_sha256, half_sha256_hex, sha256_hex};
pub use find::{NotOpened, exist, find, find_but, find_listed};
pub use selected::{Selector, Shrink};
pub use signature::Signature;
pub use spool::Spool;

use archive::Reach;
use gather::Gather;
use open::Failure;

/// One archive or folder of evidence, as found.
#[derive(Clone, Debug)]
pub struct Place {
    /// The `bundle` column: the path below the PATH given, `/`-separated; a PATH that is itself
    /// the bundle: its file or folder name; stdin: `-`. Bytes that are no UTF-8 are
    /// percent-encoded.
    pub name: String,
    /// Where its bytes are.
    pub source: Source,
}

/// Where the bytes of a place are.
#[derive(Clone, Debug)]
pub enum Source {
    /// An archive.
    File(PathBuf),
    /// An unpacked bundle.
    Folder(PathBuf),
    /// What arrived on stdin.
    Stdin(Spool),
    /// An archive that stands in another one.
    Bytes {
        /// Its file name.
        file: String,
        /// What it is.
        bytes: Arc<[u8]>,
    },
    /// Nobody looks: reading it ends the program.
    NotOpened,
}

impl Source {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Folder(path) => Some(path),
            Self::Stdin(_) | Self::Bytes { .. } | Self::NotOpened => None,
        }
    }
}

/// What [`find`] found.
#[derive(Debug, Default)]
pub struct Found {
    /// In row order: by path component of the name, bytewise, then as the PATHs were given.
    pub places: Vec<Place>,
    /// Files that are no bundles.
    pub skipped: u64,
    /// Folders that could not be read, links that were not followed, files met twice.
    pub problems: Vec<Problem>,
}

/// One bundle, read to its end.
#[derive(Debug, Default)]
pub struct Bundle {
    /// The name of its [`Place`].
    pub name: String,
    /// SHA-256 in hexadecimal. Of an archive: of the file as it is on disk, compressed. Of a
    /// folder: what `find . -type f -printf '%P\0' | xargs -0 sha256sum | LC_ALL=C sort | sha256sum`
    /// prints in it, so over every regular file that could be read.
    pub digest: String,
    /// The one top folder, which the members' names are without. A folder's own name.
    pub top: Option<String>,
    /// The archive's file name without its archive ending; the folder's name; `stdin`.
    pub stem: String,
    /// In archive order; those of a folder sorted bytewise. Folders are no members.
    pub members: Vec<Member>,
    /// What a reader of the report must know; each kind once, with a count.
    pub problems: Vec<Problem>,
    /// Members whose names are refused: they are not among the members.
    pub refused: u64,
    /// Whether the digest of every member was taken, not only of those that are kept.
    pub is_hashed: bool,
    /// Who signed its checksums; nobody, until [`signature::check`] was asked.
    pub signature: Signature,
    /// The layout that somebody says it has.
    pub read_as: Option<&'static str>,
    /// What the index of the pack it is in has against it: the end of a sentence about it.
    pub not_as_packed: Option<String>,
}

/// One file inside a bundle.
#[derive(Debug)]
pub struct Member {
    /// Below the top folder; no `.`, `..` or empty component. Bytes that are no UTF-8 are
    /// percent-encoded.
    pub name: String,
    /// Bytes, as the archive states and its content proved; of what is no file, as stated.
    pub size: u64,
    /// Its bytes, or why they are not here.
    pub content: Content,
    /// How often the bundle has this name; above 1 it is a duplicate.
    pub copies: u32,
    /// What the archive says of the file on its machine, where it says that.
    pub attributes: Option<Box<Attributes>>,
    sha256: OnceLock<String>,
}

impl Member {
    /// A text in UTF-16 is kept in UTF-8, with the digest of what was handed in; `digest` is that
    /// of bytes that are not all kept.
    fn new(name: String, size: u64, content: Content, digest: Option<String>) -> Self {
        let sha256 = digest.map_or_else(OnceLock::new, OnceLock::from);
        let content = match content {
            Content::Kept(bytes) => match encoding::from_utf_16(&bytes) {
                Some(text) => {
                    sha256.get_or_init(|| sha256_hex(&bytes));
                    Content::Kept(text)
                }
                None => Content::Kept(bytes),
            },
            other => other,
        };
        Self {
            name,
            size,
            content,
            copies: 1,
            attributes: None,
            sha256,
        }
    }

    /// SHA-256 of the bytes handed in, in hexadecimal; computed when first asked for. Of a member
    /// that is not kept only where [`Selector::hashes_all`] asked for it.
    pub fn sha256(&self) -> Option<&str> {
        match &self.content {
            Content::Kept(bytes) => Some(self.sha256.get_or_init(|| sha256_hex(bytes))),
            _ => self.sha256.get().map(String::as_str),
        }
    }
}

/// A file on its machine, as the header of an archive describes it that records when the file was
/// last changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Permission bits, with set-uid, set-gid and sticky.
    pub mode: Option<u32>,
    /// Number of the owner.
    pub uid: Option<u32>,
    /// Number of the group.
    pub gid: Option<u32>,
    /// Name of the owner on the machine.
    pub owner: Option<String>,
    /// Name of the group on the machine.
    pub group: Option<String>,
    /// Last change of the content, seconds since 1970.
    pub mtime: Option<i64>,
    /// Last change of content or metadata, seconds since 1970; of a tar that is why there are any.
    pub ctime: Option<i64>,
}

/// The bytes of a member, or why they are not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// All of them; of a list of API objects in a cluster's bundle, what is read of it.
    Kept(Vec<u8>),
    /// The selector did not want it.
    Passed,
    /// The selector wanted it, but it is larger than `member-bytes`.
    TooLarge,
    /// What it is instead: `symlink`, `hard link`, `device`, `fifo`, `sparse file` …
    NotAFile(&'static str),
    /// A file of a folder that could not be read, and the system's reason.
    Unreadable(String),
}

/// Decides what is kept of members.
pub type Select<'a> = dyn Selector + 'a;

/// As much of a member as [`Select`] gets to see: enough for the head of any `ps` or YAML.
pub const HEAD_BYTES: usize = 64 << 10;

/// Why a bundle as a whole gave nothing.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// The kind.
    pub code: Code,
    /// For people.
    pub problem: Problem,
    /// SHA-256 of the whole file, where that could be read at all.
    pub digest: Option<String>,
}

impl Unreadable {
    /// The same of another bundle: of one in the archive that cannot be read.
    #[must_use]
    pub fn of(&self, bundle: &str) -> Box<Self> {
        let mut own = self.clone();
        bundle.clone_into(&mut own.problem.bundle);
        own.digest = None;
        Box::new(own)
    }

    /// The archive it is in did not hold it when it was read again.
    #[must_use]
    pub fn changed(bundle: &str) -> Box<Self> {
        let what = "the archive it is in changed while it was read";
        unreadable(bundle, Failure::new(Code::Corrupt, what), None)
    }

    /// The bundles before it in its archive used up what they may inflate to together.
    #[must_use]
    pub fn over(bundle: &str, limits: &Limits) -> Box<Self> {
        let what = "the archive it is in inflates to too many times its size";
        let failure = Failure::limit("ratio", limits.ratio, what);
        unreadable(bundle, failure, None)
    }

    /// It speaks of more nodes that no other bundle is of than are judged.
    #[must_use]
    pub fn of_too_many_nodes(bundle: &str, digest: &str, limits: &Limits) -> Box<Self> {
        let what = "it has too many nodes that no other bundle is of";
        let failure = Failure::limit("nodes", limits.nodes, what);
        unreadable(bundle, failure, Some(digest.to_owned()))
    }

    /// A reader itself failed on the bundle.
    #[must_use]
    pub fn fault(bundle: &str) -> Box<Self> {
        let what = "reading it ended in a fault of nodeproof itself";
        unreadable(bundle, Failure::new(Code::Fault, what), None)
    }
}

/// Reads a bundle to its end and keeps the members that `select` wants.
///
/// # Errors
/// [`Unreadable`] if any byte of it is in doubt, or a limit per bundle is passed. A limit per
/// member concerns that member alone.
pub fn read(
    place: &Place,
    limits: &Limits,
    select: &(dyn Fn(&str, u64, &[u8]) -> bool + Sync),
) -> Result<Bundle, Box<Unreadable>> {
    read_selected(place, limits, &select)
}

/// The same, where of some members only a part is kept.
///
/// # Errors
/// As [`read`].
pub fn read_selected(
    place: &Place,
    limits: &Limits,
    select: &Select<'_>,
) -> Result<Bundle, Box<Unreadable>> {
    read_counted(place, limits, select).0
}

/// The same, and how many bytes it inflated to, also where that failed.
fn read_counted(
    place: &Place,
    limits: &Limits,
    select: &Select<'_>,
) -> (Result<Bundle, Box<Unreadable>>, u64) {
    let mut inflated = 0;
    let mut gather = Gather::new(&place.name, limits, select);
    let (outcome, digest) = match &place.source {
        Source::Folder(path) => match folder::read(path, &mut gather) {
            Ok(digest) => (Ok(()), Some(digest)),
            Err(failure) => (Err(failure), None),
        },
        source => {
            let walked = archive::walk(source, Reach::Bundle, limits, &mut gather);
            inflated = walked.inflated;
            (walked.outcome, walked.digest)
        }
    };
    let bundle = match (outcome.and_then(|()| gather.one_bundle()), digest) {
        (Ok(()), Some(digest)) => Ok(gather.into_bundle(digest, top_and_stem(place))),
        (Ok(()), None) => Err(unreadable(&place.name, Failure::io("its end"), None)),
        (Err(failure), digest) => Err(unreadable(&place.name, failure, digest)),
    };
    (bundle, inflated)
}

/// The first member of a bundle.
#[derive(Debug, PartialEq, Eq)]
pub struct First {
    /// What looks like its top folder.
    pub top: Option<String>,
    /// Its name without that.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The first member alone: what an index needs.
/// Reads no further than it must, so the rest may still be unreadable. Of a folder: `bundle.json`.
/// `None` if the first member is no regular file, has no usable name, or is larger than
/// `member-bytes`; and of a folder without `bundle.json`.
///
/// # Errors
/// [`Unreadable`], without a digest, if there is no first member to be had.
pub fn first(place: &Place, limits: &Limits) -> Result<Option<First>, Box<Unreadable>> {
    let select = |_: &str, _: u64, _: &[u8]| true;
    let mut gather = Gather::new(&place.name, limits, &select);
    let outcome = match &place.source {
        Source::Folder(path) => folder::first(path, &mut gather),
        source => archive::walk(source, Reach::First, limits, &mut gather).outcome,
    };
    match outcome {
        Ok(()) => Ok(gather.into_first()),
        Err(failure) => Err(unreadable(&place.name, failure, None)),
    }
}

/// A folder is its own top; an archive's top is seen in its members.
fn top_and_stem(place: &Place) -> (Option<String>, String) {
    match &place.source {
        Source::Stdin(_) => (None, "stdin".to_owned()),
        Source::Bytes { file, .. } => (None, format::stem(file).to_owned()),
        Source::File(_) | Source::NotOpened => (None, format::stem(last(&place.name)).to_owned()),
        Source::Folder(_) => {
            let name = last(&place.name).to_owned();
            (Some(name.clone()), name)
        }
    }
}

fn last(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, last)| last)
}

fn unreadable(bundle: &str, failure: Failure, digest: Option<String>) -> Box<Unreadable> {
    Box::new(Unreadable {
        code: failure.code,
        problem: Problem {
            bundle: bundle.to_owned(),
            member: failure.member,
            what: failure.what,
            next: failure.next,
        },
        digest,
    })
}
