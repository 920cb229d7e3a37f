//! An archive of bundles → the bundles in it, as if it were unpacked in place; one level deep.
//!
//! Nothing of it is written to disk. [`scan`] reads it once to see whether it is one, and what is
//! in it; [`deal`] reads it again and hands out bundle after bundle, in the order of the archive.
//! An archive that has bundle.json, commands/, files/ or configz/ at its root or in its one top
//! folder is a bundle itself; so is a loose one, whose evidence lies outside of what would be
//! bundles if it were unpacked, unless one of these says in its bundle.json what it is.

mod inner_bundle;
mod inventory;
mod scan;
mod unpack;

pub use inner_bundle::InnerBundle;
pub use scan::scan;
pub use unpack::{Unpacked, unpack};

use super::known_names::{MANIFEST, MARKS, MARKS_OF_OTHERS, OF_MACHINES};
use super::pack::IndexClaim;
use super::place::top_and_stem;
use super::{Code, First, Place, Source};
use crate::problem::Problem;

/// A bundle inside an archive of bundles.
#[derive(Debug)]
pub struct Inner<T> {
    /// Where it would be below the unpacked archive.
    pub path: Box<str>,
    /// What the caller made of its first member.
    pub index: T,
    kind: InnerKind,
    said: IndexClaim,
}

#[derive(Debug)]
enum InnerKind {
    Archive {
        copies: u32,
    },
    Folder {
        entries: u64,
    },
    /// The index of the pack has it, and the pack does not.
    Missing,
}

/// An archive of bundles.
#[derive(Debug)]
pub struct Nest<T> {
    /// In row order.
    pub inner: Vec<Inner<T>>,
    /// Members that are no bundle and in none.
    pub skipped: u64,
    /// Bytes of the archive as it is on disk.
    pub bytes: u64,
    /// What a reader of the report must know of it.
    pub problems: Vec<Problem>,
}

/// Whether an archive may be one of bundles, by its first member. A bundle that begins with its
/// bundle.json and is named after its top folder is taken for nothing else, so that a fleet of such
/// is inflated once and not twice; [`super::read`] fails if that was wrong.
#[must_use]
pub fn may_hold_bundles(place: &Place, first: Option<&First>) -> bool {
    if matches!(place.source, Source::Folder(_) | Source::NotOpened) {
        return false;
    }
    first.is_none_or(|first| {
        let (_, stem) = top_and_stem(place);
        first.name != MANIFEST || first.top.as_ref().is_some_and(|top| !stem.contains(&**top))
    })
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The folders a member lies in, the root first.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    let slashes = path.match_indices('/').map(|(at, _)| at);
    std::iter::once(0)
        .chain(slashes)
        .filter_map(|end| path.get(..end))
}

/// The folder that a member makes a bundle.
pub(super) fn marked(path: &str) -> Option<&str> {
    let mut start = 0;
    let mut is_inside = false;
    for part in path.split('/') {
        let end = start + part.len();
        let is_last = end == path.len();
        let rest = path.get(start..).unwrap_or_default();
        let is_marked =
            |mark: &&str| rest == *mark || mark.ends_with('/') && rest.starts_with(mark);
        if MARKS_OF_OTHERS.iter().any(is_marked) {
            return path.get(..start.saturating_sub(1));
        }
        if (is_last && part == MANIFEST) || (!is_last && !is_inside && MARKS.contains(&part)) {
            return path.get(..start.saturating_sub(1));
        }
        is_inside = is_inside || OF_MACHINES.contains(&part);
        start = end + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_makes_the_folder_it_marks_a_bundle() {
        for (path, folder) in [
            ("bundle.json", Some("")),
            ("n/bundle.json", Some("n")),
            ("commands/ps.txt", Some("")),
            ("a/b/files/etc/files/x", Some("a/b")),
            ("a/files", None),
            ("a/bundle.json/x", None),
            ("a/x", None),
            ("a/sos_commands/host/hostname", Some("a")),
            ("a/sos_commands", None),
            ("etc/selinux/targeted/contexts/files/x", None),
            ("selinux/targeted/contexts/files/x", None),
            ("a/system/instance-id.txt", Some("a")),
            ("a/system/instance-id.txt/x", None),
        ] {
            assert_eq!(marked(path), folder, "{path}");
        }
        assert_eq!(ancestors("a/b/c").collect::<Vec<_>>(), ["", "a", "a/b"]);
    }
}
