//! What makes it uncertain which of two bundles of one node is the newer.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Why a bundle is not known to be newer than others of its node.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum BundleDoubt {
    /// It says it was made after today.
    Future,
    /// It names no machine id, and an earlier bundle of the node does.
    NoMachine,
    /// Another bundle was made at the same time.
    SameTime,
}

impl BundleDoubt {
    /// The reason, as part of a sentence.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Future => "is dated in the future",
            Self::NoMachine => "names no machine id, which an earlier bundle of the node does",
            Self::SameTime => "was made at the time of another bundle of the node",
        }
    }
}

/// How far the clock of a machine may be ahead: those of two never agree.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Whether a bundle says that it was made after today.
#[must_use]
pub fn is_of_future(made_at: Option<Timestamp>, today: Option<Timestamp>) -> bool {
    let ahead = made_at.zip(today);
    ahead.is_some_and(|(at, today)| at.duration_since(today) > CLOCK_TOLERANCE)
}
