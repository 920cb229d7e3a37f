//! What a file is: by its first bytes, and by its name.

use std::ffi::OsStr;

use super::tar::header;
use super::zip::directory;
use super::{bzip2, gzip, xz, zstd};

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileFormat {
    Tar,
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    Zip,
    /// Of what: its name, for the message.
    Encrypted(&'static str),
    /// Known, but not read: its name, for the message.
    Unsupported(&'static str),
}

impl FileFormat {
    /// By magic alone: what marks a file of any name as an archive.
    pub(super) fn by_magic(head: &[u8]) -> Option<Self> {
        if head.starts_with(gzip::MAGIC) {
            Some(Self::Gzip)
        } else if zstd::begins(head) {
            Some(Self::Zstd)
        } else if head.starts_with(xz::MAGIC) {
            Some(Self::Xz)
        } else if bzip2::begins(head) {
            Some(Self::Bzip2)
        } else if head.get(257..262) == Some(b"ustar") {
            Some(Self::Tar)
        } else {
            None
        }
    }

    /// As [`Self::by_magic`], and what only a file that claims to be an archive is taken for.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        Self::by_magic(head).or_else(|| {
            if directory::begins(head) {
                Some(Self::Zip)
            } else if head.starts_with(b"age-encryption.org/v1") {
                Some(Self::Encrypted("age"))
            } else if head.starts_with(b"7z\xbc\xaf\x27\x1c") {
                Some(Self::Unsupported("7z"))
            } else if head.starts_with(b"LZIP") {
                Some(Self::Unsupported("lzip"))
            } else {
                header::begins(head).then_some(Self::Tar)
            }
        })
    }
}

/// Endings of archives, with or without support, so that none is passed over in silence.
const ENDINGS: [&str; 15] = [
    ".tar",
    ".tar.gz",
    ".tgz",
    ".taz",
    ".tar.zst",
    ".tar.zstd",
    ".tzst",
    ".tar.xz",
    ".txz",
    ".tar.bz2",
    ".tbz2",
    ".tbz",
    ".tar.lz",
    ".zip",
    ".7z",
];

/// Endings that say nothing of an archive, but are not part of a node's name either.
const COMPRESSIONS: [&str; 4] = [".gz", ".zst", ".xz", ".bz2"];

fn strip_ending<'a>(name: &'a [u8], endings: &[&str]) -> Option<&'a [u8]> {
    endings.iter().find_map(|ending| {
        let at = name.len().checked_sub(ending.len())?;
        let (stem, rest) = name.split_at_checked(at)?;
        rest.eq_ignore_ascii_case(ending.as_bytes()).then_some(stem)
    })
}

/// Whether a file's name claims to be an archive.
pub(super) fn ends_like_archive(name: &OsStr) -> bool {
    strip_ending(name.as_encoded_bytes(), &ENDINGS).is_some()
}

/// A file's name without its archive ending.
pub(super) fn stem(name: &str) -> &str {
    strip_ending(name.as_bytes(), &ENDINGS)
        .or_else(|| strip_ending(name.as_bytes(), &COMPRESSIONS))
        .and_then(|stem| std::str::from_utf8(stem).ok())
        .filter(|stem| !stem.is_empty())
        .unwrap_or(name)
}

/// Whether this is what a Mac writes beside a file, under its name, where others would look for the
/// file itself.
pub(super) fn is_of_mac(name: &std::ffi::OsStr, head: &[u8]) -> bool {
    let name = name.as_encoded_bytes();
    let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    base.starts_with(b"._") && head.starts_with(&[0, 5, 0x16, 7])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_is_the_name_without_its_archive_ending() {
        for (name, wanted) in [
            ("n1.example.tar.gz", "n1.example"),
            ("n1.TGZ", "n1"),
            ("n1.tar.zst", "n1"),
            ("n1.gz", "n1"),
            ("n1.tar.bz2", "n1"),
            ("n1", "n1"),
            (".tgz", ".tgz"),
            ("\u{e9}.tar", "\u{e9}"),
        ] {
            assert_eq!(stem(name), wanted);
        }
        assert!(ends_like_archive(OsStr::new("a.tar.xz")));
        assert!(!ends_like_archive(OsStr::new("a.gz")));
    }
}
