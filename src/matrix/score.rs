//! How many of the decided findings pass.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// Rows per verdict.
pub type Verdicts = BTreeMap<String, u64>;

/// How many findings pass of those that pass or fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Score {
    /// Findings that pass.
    pub passed: u64,
    /// Findings that pass or fail.
    pub decided: u64,
}

impl Score {
    /// Of these counts.
    #[must_use]
    pub fn of(verdicts: &Verdicts) -> Self {
        let count = |verdict| verdicts.get(verdict).copied().unwrap_or(0);
        Self {
            passed: count("pass"),
            decided: count("pass") + count("fail"),
        }
    }

    /// Whole percent that pass, rounded down so that only all is 100; `None` where nothing is
    /// decided.
    #[must_use]
    pub fn percent(self) -> Option<u64> {
        (self.passed * 100).checked_div(self.decided)
    }

    /// `17 of 20 (85 %)`; `none decided`.
    #[must_use]
    pub fn sentence(self) -> String {
        match self.percent() {
            Some(percent) => format!("{} of {} ({percent} %)", self.passed, self.decided),
            None => "none decided".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_is_a_hundred_percent() {
        let score = |passed, decided| Score { passed, decided }.sentence();
        assert_eq!(score(999, 1000), "999 of 1000 (99 %)");
        assert_eq!(score(2, 2), "2 of 2 (100 %)");
        assert_eq!(score(0, 0), "none decided");
    }
}
