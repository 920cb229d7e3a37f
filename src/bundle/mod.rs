//! File on disk → members.
//!
//! In: the PATHs a user typed. Out: [`Found`], the [`Place`]s where evidence lies, and for each
//! place a [`Bundle`] with the members somebody asked for, or why it is [`Unreadable`].
//!
//! Nothing is ever written to disk but what arrives on stdin, and nothing an archive says decides
//! how much memory is taken: [`Limits`](crate::limits::Limits) do.

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
mod hashed_file;
mod keeping;
mod known_names;
mod member;
mod name;
pub mod nested;
mod open;
pub mod pack;
mod part;
mod place;
mod read;
mod room;
mod selected;
pub mod shell;
pub mod signature;
mod spool;
mod stream;
pub mod sums;
mod tally;
mod tar;
mod unreadable;
mod visit;
pub mod written;
mod xz;
mod zip;
mod zstd;

#[cfg(test)]
mod fixture;

pub use archive::file_sha256;
pub use code::Code;
pub use digest::{Digesting, half_sha256_hex, sha256_hex};
pub use find::{NotOpened, exist, find, find_but, find_listed};
pub use member::{Attributes, Bundle, Content, First, Member};
pub use place::{Found, Place, Source};
pub use read::{first, read, read_selected};
pub use selected::{HEAD_BYTES, Select, Selector, Shrink};
pub use signature::Signature;
pub use spool::Spool;
pub use unreadable::Unreadable;
