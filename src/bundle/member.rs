//! A bundle that was read, and its members.

use std::sync::OnceLock;

use super::digest::sha256_hex;
use super::encoding;
use super::signature::Signature;
use crate::problem::Problem;

/// One bundle, read to its end.
#[derive(Debug, Default)]
pub struct Bundle {
    /// The name of its [`super::Place`].
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
    /// Who signed its checksums; nobody, until [`super::signature::check`] was asked.
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
    pub(super) sha256: OnceLock<String>,
}

impl Member {
    /// A text in UTF-16 is kept in UTF-8, with the digest of what was handed in; `digest` is that
    /// of bytes that are not all kept.
    pub(super) fn new(name: String, size: u64, content: Content, digest: Option<String>) -> Self {
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
    /// that is not kept only where [`super::Selector::hashes_all`] asked for it.
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
