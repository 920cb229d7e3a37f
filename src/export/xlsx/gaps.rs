//! Not judged: bundles that cannot be read, nodes of which evidence decides nothing, and what else
//! a reader must know of what is missing.

use std::io;

use super::package::Rows;
use super::sheet::{Column, Sheets};
use super::spool::{RowSpool, Waiting};
use super::style::Style;
use super::text;
use crate::matrix::report::{Bundle, Totals};
use crate::matrix::row::Row;
use crate::problem::Problem;

const COLUMNS: [Column<'static>; 6] = [
    ("cluster", 16.0),
    ("node", 30.0),
    ("bundle", 34.0),
    ("code", 24.0),
    ("node judged", 12.0),
    ("why", 110.0),
];

/// The code of what has none: something about a bundle that is no reason of a verdict.
const PROBLEM: &str = "problem";

#[derive(Default)]
pub(super) struct GapRows {
    /// The bundle at hand cannot be read, and coverage says why.
    is_unreadable: bool,
    problems: RowSpool,
}

impl GapRows {
    pub(super) fn row(&mut self, row: &Row<'_>) {
        self.is_unreadable |= row.control.is_none();
    }

    pub(super) fn bundle(&mut self, bundle: &Bundle, most: usize) -> io::Result<()> {
        if std::mem::take(&mut self.is_unreadable) {
            return Ok(());
        }
        let cluster = bundle.cluster.as_deref().unwrap_or_default();
        let node = bundle.node.as_deref().unwrap_or_default();
        for problem in &bundle.problems {
            let why = cut(&sentence(problem), most);
            let cells = [cluster, node, &bundle.name, PROBLEM, "", &why];
            self.problems.push(cluster, &cells)?;
        }
        Ok(())
    }

    /// What coverage names, then problems of bundles, then those of no bundle.
    pub(super) fn finish(self, totals: &Totals<'_>, most: usize) -> io::Result<GapSheets> {
        let mut rows = RowSpool::default();
        for lack in &totals.coverage.not_collected {
            let cluster = lack.cluster.clone().unwrap_or_default();
            let why = cut(&lack.sentence(), most);
            rows.push(
                &cluster,
                &[&cluster, "", "", lack.code.as_str(), "no", &why],
            )?;
        }
        for gap in &totals.coverage.gaps {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let (cluster, node, bundle) = (text(&gap.cluster), text(&gap.node), text(&gap.bundle));
            let judged = if gap.judged { "yes" } else { "no" };
            let why = cut(&gap.why, most);
            let cells = [&cluster, &node, &bundle, gap.code.as_str(), judged, &why];
            rows.push(&cluster, &cells)?;
        }
        let problems = self.problems.finish()?;
        problems.each(0..problems.rows, |cells| {
            rows.push(cells.first().copied().unwrap_or_default(), cells)
        })?;
        for problem in &totals.problems {
            let why = cut(&sentence(problem), most);
            rows.push("", &["", "", &problem.bundle, PROBLEM, "", &why])?;
        }
        Ok(GapSheets {
            rows: rows.finish()?,
        })
    }
}

fn cut(why: &str, most: usize) -> String {
    text::cut(why, most, &|| "…[cut]".to_owned()).into_owned()
}

fn sentence(problem: &Problem) -> String {
    let member = problem.member.as_ref().map(|member| format!("{member}: "));
    let member = member.unwrap_or_default();
    format!("{member}{}; {}", problem.what, problem.next)
}

/// All gaps.
pub(super) struct GapSheets {
    rows: Waiting,
}

impl GapSheets {
    pub(super) fn sheets<'b>(&'b self, sheets: &mut Sheets<'b>) -> io::Result<()> {
        for part in sheets.parts(&self.rows, 1) {
            let count = part.end - part.start;
            let fill = move |to: &mut Rows<'_>| {
                self.rows.each(part.clone(), |cells| {
                    to.row(cells.iter().map(|text| (Style::Text, *text)))
                })
            };
            sheets.table(
                "Not judged",
                "bundles that cannot be read, nodes of which nothing is decided, other problems",
                &COLUMNS,
                3,
                (count, self.rows.bytes),
                Box::new(fill),
            )?;
        }
        Ok(())
    }
}
