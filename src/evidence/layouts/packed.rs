//! Archives that a tool packs into its own. They are members and no bundles, and what they hold is
//! not read: whoever hands them in is told so.

use super::{files, layout_of};
use crate::bundle::Bundle;
use crate::problem::Problem;

/// Where a layout has archives of evidence inside: how their names begin and end, and what becomes
/// of them in a hand.
const PACKED: [(&str, &str, &str, &str); 3] = [
    (
        "sonobuoy",
        "plugins/",
        "/nodeinfo.tar.gz",
        "take each out and hand it in by itself, named after the folder that it lies in: a node of the same name",
    ),
    (
        "troubleshoot",
        "",
        "/archive.tar",
        "unpack each into a folder that is named after its node, its files at the paths they have on it, and hand that in",
    ),
    (
        "must-gather",
        "",
        ".tar.gz",
        "take each out and hand it in by itself",
    ),
];

/// The blocks that end an archive: a tar of no more has nothing in it, as nothing could be copied.
const END_BYTES: u64 = 1024;

/// What to say of the archives inside that are not read.
pub(super) fn not_read(bundle: &Bundle) -> Option<Problem> {
    let layout = layout_of(bundle)?;
    let known = PACKED.iter().find(|(name, ..)| *name == layout.name);
    let (_, begin, end, next) = known?;
    let packed = files(bundle).filter(|(_, member)| {
        let name = member.name.as_str();
        let is_empty = name.ends_with(".tar") && member.size <= END_BYTES;
        name.starts_with(begin) && name.ends_with(end) && !is_empty
    });
    let mut names: Vec<&str> = packed.map(|(_, member)| member.name.as_str()).collect();
    names.sort_unstable();
    let what = match names.len().saturating_sub(1) {
        0 => "is an archive inside the archive, and what it holds is not read".to_owned(),
        more => format!(
            "is an archive inside the archive, and what it holds is not read, and {more} more like it"
        ),
    };
    Some(Problem {
        bundle: bundle.name.clone(),
        member: Some((*names.first()?).to_owned()),
        what,
        next: (*next).to_owned(),
    })
}
