//! What was not judged, as the page says it: bundles that cannot be read, codes of undecided rows,
//! and problems of the run.

use serde::Serialize;

use super::dictionary;
use super::inert::visible;
use crate::matrix::report::Totals;
use crate::matrix::row::Row;

/// Bundles that are listed by name: a page stays readable, and memory bounded.
const LISTED: usize = 200;

/// Bundles that cannot be read: the first of them, and how many.
#[derive(Default, Serialize)]
pub(super) struct Unreadable {
    listed: Vec<Lost>,
    more: u64,
}

#[derive(Serialize)]
struct Lost {
    bundle: String,
    cluster: Option<String>,
    node: Option<String>,
    reason: String,
}

impl Unreadable {
    /// Takes note of a row, if it is one of these.
    pub(super) fn see(&mut self, row: &Row) {
        if row.control.is_some() {
            return;
        }
        if self.listed.len() == LISTED {
            self.more += 1;
            return;
        }
        self.listed.push(Lost {
            bundle: visible(&row.bundle),
            cluster: row.cluster.as_deref().map(visible),
            node: row.node.as_deref().map(visible),
            reason: visible(&row.reason),
        });
    }
}

/// Why rows are undecided.
#[derive(Serialize)]
struct Undecided<'t> {
    code: &'t str,
    meaning: &'static str,
    rows: u64,
}

/// The section of the page.
#[derive(Serialize)]
pub(super) struct Coverage<'t> {
    unreadable: &'t Unreadable,
    undecided: Vec<Undecided<'t>>,
    /// What a reader should know that is of no bundle.
    problems: Vec<String>,
}

impl<'t> Coverage<'t> {
    pub(super) fn of(totals: &'t Totals<'t>, unreadable: &'t Unreadable) -> Self {
        let meanings = dictionary::codes();
        let undecided = totals.summary.undecided().into_iter();
        let problems = totals.problems.iter();
        Self {
            unreadable,
            undecided: undecided
                .map(|(code, rows)| Undecided {
                    code,
                    meaning: meanings.get(code).copied().unwrap_or_default(),
                    rows,
                })
                .collect(),
            problems: problems.map(|p| visible(&p.to_string())).collect(),
        }
    }
}
