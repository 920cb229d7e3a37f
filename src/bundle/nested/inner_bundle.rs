//! A bundle inside an archive of bundles, on its way to whoever reads it.

use super::super::failure::Failure;
use super::super::pack::IndexClaim;
use super::super::read::read_counted;
use super::super::unreadable::unreadable;
use super::super::{Bundle, Code, Place, Select, Unreadable, first};
use super::{may_hold_bundles, scan};
use crate::limits::Limits;

/// What a bundle inside an archive is.
pub struct InnerBundle {
    held: HeldBundle,
    /// What the index of the archive says of it.
    pub(super) said: IndexClaim,
}

enum HeldBundle {
    /// An archive, to be read by whoever has the time.
    Archive(Place),
    /// Read already, as a folder is.
    Read(Result<Bundle, Box<Unreadable>>),
}

impl InnerBundle {
    pub(super) fn archive(place: Place) -> Self {
        Self {
            held: HeldBundle::Archive(place),
            said: IndexClaim::Nothing,
        }
    }

    pub(super) fn read_already(outcome: Result<Bundle, Box<Unreadable>>) -> Self {
        Self {
            held: HeldBundle::Read(outcome),
            said: IndexClaim::Nothing,
        }
    }

    /// The bundle, and how many bytes it took to inflate it.
    pub fn read(
        self,
        limits: &Limits,
        select: &Select<'_>,
    ) -> (Result<Bundle, Box<Unreadable>>, u64) {
        let (mut outcome, inflated) = match self.held {
            HeldBundle::Read(outcome) => (outcome, 0),
            HeldBundle::Archive(place) => archive(&place, limits, select),
        };
        if let Ok(bundle) = &mut outcome {
            self.said.compare(bundle);
        }
        (outcome, inflated)
    }
}

fn archive(
    place: &Place,
    limits: &Limits,
    select: &Select<'_>,
) -> (Result<Bundle, Box<Unreadable>>, u64) {
    let start = first(place, limits);
    if let Ok(start) = &start
        && may_hold_bundles(place, start.as_ref())
        && !matches!(scan(place, limits, select, &|_| ()), Ok(None))
    {
        let what = "it is an archive of bundles inside an archive of bundles";
        let failure = Failure::new(Code::NestedTooDeep, what);
        return (Err(unreadable(&place.name, failure, None)), 0);
    }
    read_counted(place, limits, select)
}
