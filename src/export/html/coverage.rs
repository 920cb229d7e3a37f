//! What was not judged, as the page says it: gaps of coverage by their code, codes of undecided
//! rows, and problems of the run.

use serde::Serialize;

use super::dictionary;
use super::inert::visible;
use crate::matrix::coverage::not_collected::NotCollected;
use crate::matrix::coverage::{Gap, OfExpected};
use crate::matrix::report::Totals;

/// Gaps of one code that are listed by name: a page stays readable, and memory bounded.
const LISTED: usize = 200;

/// Gaps of one code.
#[derive(Serialize)]
struct GapLines {
    code: &'static str,
    meaning: &'static str,
    listed: Vec<ListedGap>,
    more: usize,
    all: usize,
}

#[derive(Serialize)]
struct ListedGap {
    cluster: Option<String>,
    node: Option<String>,
    bundle: Option<String>,
    why: String,
    judged: bool,
}

impl From<&Gap> for ListedGap {
    fn from(gap: &Gap) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(visible);
        Self {
            cluster: text(&gap.cluster),
            node: text(&gap.node),
            bundle: text(&gap.bundle),
            why: visible(&gap.why),
            judged: gap.judged,
        }
    }
}

impl From<&NotCollected> for ListedGap {
    fn from(lack: &NotCollected) -> Self {
        Self {
            cluster: lack.cluster.as_deref().map(visible),
            node: Some("the cluster itself".to_owned()),
            bundle: None,
            why: visible(&lack.sentence()),
            judged: false,
        }
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
pub(super) struct CoverageSection<'t> {
    gaps: Vec<GapLines>,
    expected: &'t OfExpected,
    undecided: Vec<Undecided<'t>>,
    /// What a reader should know that is of no bundle.
    problems: Vec<String>,
}

impl<'t> CoverageSection<'t> {
    pub(super) fn of(totals: &'t Totals<'t>) -> Self {
        let meanings = dictionary::codes();
        let undecided = totals.summary.undecided().into_iter();
        let problems = totals.problems.iter();
        let gaps = totals.coverage.by_code().map(|(code, gaps)| GapLines {
            code: code.as_str(),
            meaning: code.meaning(),
            listed: gaps.iter().take(LISTED).map(ListedGap::from).collect(),
            more: gaps.len().saturating_sub(LISTED),
            all: gaps.len(),
        });
        let lacks = totals.coverage.lacking().map(|(code, lacks)| GapLines {
            code: code.as_str(),
            meaning: code.meaning(),
            listed: lacks.iter().take(LISTED).map(ListedGap::from).collect(),
            more: lacks.len().saturating_sub(LISTED),
            all: lacks.len(),
        });
        Self {
            gaps: lacks.chain(gaps).collect(),
            expected: &totals.coverage.expected,
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
