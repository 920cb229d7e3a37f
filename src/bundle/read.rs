//! A bundle → its members, or its first one alone.

use super::archive::{self, Reach};
use super::failure::Failure;
use super::folder;
use super::gather::Gather;
use super::member::{Bundle, First};
use super::place::{Place, Source, top_and_stem};
use super::selected::Select;
use super::unreadable::{Unreadable, unreadable};
use crate::limits::Limits;

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
pub(super) fn read_counted(
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
