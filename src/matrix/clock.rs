//! When a bundle was made, against the time that is today.

use jiff::{SignedDuration, Timestamp};

use super::coverage::Code;
use crate::fleet::doubt::CLOCK_TOLERANCE;

/// The time that is today, and how old evidence may be then.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// Where something asked for it: without it no time is judged.
    pub as_of: Option<Timestamp>,
    /// How old evidence may be.
    pub max_age: Option<SignedDuration>,
}

impl Clock {
    /// What is wrong with the time of a bundle, with a sentence.
    #[must_use]
    pub fn check(self, collected_at: Option<&str>) -> Option<(Code, String)> {
        let as_of = self.as_of?;
        let time: Option<Timestamp> = collected_at.and_then(|text| text.trim().parse().ok());
        let Some(time) = time else {
            let why = "bundle.json does not say when it was made".to_owned();
            return self.max_age.map(|_| (Code::TimeUnknown, why));
        };
        let ahead = time.duration_since(as_of);
        let code = if ahead > CLOCK_TOLERANCE {
            Code::ClockInFuture
        } else if self.max_age.is_some_and(|most| -ahead > most) {
            Code::TooOld
        } else {
            return None;
        };
        Some((code, format!("made at {time}; today is {as_of}")))
    }
}
