//! What a run adds up to, counted while rows pass.

use std::collections::BTreeMap;

use super::row::Row;

/// Counts of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Bundles looked at.
    pub bundles: u64,
    /// Bundles that cannot be read.
    pub unreadable: u64,
    /// Files that are no bundles.
    pub skipped: u64,
    /// Nodes with at least one finding.
    pub nodes: u64,
    /// Rows per verdict.
    pub verdicts: BTreeMap<String, u64>,
}

impl Summary {
    /// Counts the rows of one place: one bundle, and the nodes it speaks of.
    pub fn count(&mut self, rows: &[Row]) {
        self.bundles += 1;
        let mut last: Option<&Option<String>> = None;
        for row in rows {
            *self.verdicts.entry(row.verdict.clone()).or_default() += 1;
            if row.control.is_none() && row.verdict == "error" {
                self.unreadable += 1;
            } else if last != Some(&row.node) {
                self.nodes += 1;
                last = Some(&row.node);
            }
        }
    }

    /// How many rows have a verdict.
    #[must_use]
    pub fn of(&self, verdict: &str) -> u64 {
        self.verdicts.get(verdict).copied().unwrap_or(0)
    }
}
