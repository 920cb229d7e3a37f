//! Findings: all columns of the row, and the words at the place that decided.

use std::borrow::Cow;
use std::io;

use super::package::Rows;
use super::sheet::{Column, Sheets};
use super::spool::{RowSpool, Waiting};
use super::style::Style;
use super::text;
use crate::matrix::row::Row;

/// The column beside those of the row.
const EXCERPT: &str = "excerpt";

#[derive(Default)]
pub(super) struct FindingRows {
    rows: RowSpool,
}

impl FindingRows {
    pub(super) fn row(&mut self, row: &Row<'_>, most: usize) -> io::Result<()> {
        let mark = || {
            format!(
                "…[cut: whole text in the JSON report, finding {}]",
                row.finding_id
            )
        };
        let cells = row.cells().map(|cell| match cell.text() {
            Cow::Borrowed(text) => text::cut(text, most, &mark),
            Cow::Owned(text) => Cow::Owned(text::cut(&text, most, &mark).into_owned()),
        });
        let shown = |text| text::cut(text, most, &|| "…[cut]".to_owned());
        let excerpt = row.excerpt.map(shown).unwrap_or_default();
        let cells: Vec<Cow<'_, str>> = cells.into_iter().chain([excerpt]).collect();
        let cluster = row.cluster.unwrap_or_default();
        self.rows.push(cluster, &cells)
    }

    pub(super) fn finish(self) -> io::Result<FindingSheets> {
        let rows = self.rows.finish()?;
        Ok(FindingSheets { rows })
    }
}

/// All findings.
pub(super) struct FindingSheets {
    rows: Waiting,
}

impl FindingSheets {
    pub(super) fn sheets<'b>(&'b self, sheets: &mut Sheets<'b>) -> io::Result<()> {
        let names = Row::COLUMNS.into_iter().chain([EXCERPT]);
        let columns: Vec<Column<'_>> = names.map(|name| (name, width(name))).collect();
        let verdict = Row::COLUMNS.iter().position(|name| *name == "verdict");
        for part in sheets.parts(&self.rows, 1) {
            let count = part.end - part.start;
            let fill = move |to: &mut Rows<'_>| {
                self.rows.each(part.clone(), |cells| {
                    to.row(cells.iter().enumerate().map(|(at, text)| {
                        let is_verdict = Some(at) == verdict;
                        let style = if is_verdict {
                            Style::of_verdict(text)
                        } else {
                            Style::Text
                        };
                        (style, *text)
                    }))
                })
            };
            sheets.table(
                "Findings",
                "every finding: verdict, reason, evidence, references, remediation",
                &columns,
                4,
                (count, self.rows.bytes),
                Box::new(fill),
            )?;
        }
        Ok(())
    }
}

/// Characters that a column shows; what is longer is cut off at the next cell, not wrapped, so that
/// a finding is a line.
fn width(column: &str) -> f64 {
    match column {
        "title" | "reason" | "evidence" | "remediation" | EXCERPT => 60.0,
        "expected" | "actual" => 30.0,
        "node" | "bundle" | "rule" => 28.0,
        "cluster" | "benchmark" | "notes" | "nist_800_53" | "cis_controls" | "collected_at" => 20.0,
        "level" => 7.0,
        "control" => 11.0,
        _ => 15.0,
    }
}
