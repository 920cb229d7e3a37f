//! A comparison as a workbook: a sheet with a line per change.

use std::io;

use rust_xlsxwriter::Workbook;

use super::package::{self, Rows};
use super::sheet::{Column, Sheets};
use super::spool::RowSpool;
use super::style::Style;
use super::{Caps, day, text};
use crate::export::Sink;
use crate::export::changes::cells;
use crate::matrix::compare::ReportComparison;

/// What a cell that is cut says at its end.
const MARK: &str = "…[cut: whole text in the JSON report]";

/// Columns that hold a verdict.
const VERDICTS: [&str; 2] = ["old_verdict", "new_verdict"];

/// How wide a column of this name is read well.
fn width(name: &str) -> f64 {
    match name {
        "title" | "old_reason" | "new_reason" | "old_waiver" | "new_waiver" => 50.0,
        "node" | "bundle" | "finding_id" => 34.0,
        "findings" | "regression" => 11.0,
        _ => 18.0,
    }
}

/// Writes it whole.
///
/// # Errors
/// The target cannot be written.
pub(in crate::export) fn write(comparison: &ReportComparison, sink: &mut Sink) -> io::Result<()> {
    let caps = Caps::default();
    let mut spool = RowSpool::default();
    for line in cells::lines(comparison) {
        let cut = line.map(|cell| text::cut(&cell, caps.units, &|| MARK.to_owned()).into_owned());
        let [_, _, cluster, ..] = &cut;
        spool.push(cluster, &cut)?;
    }
    let rows = spool.finish()?;
    let footer = format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let mut sheets = Sheets::new(caps, footer);
    let columns: Vec<Column<'_>> = cells::COLUMNS.map(|name| (name, width(name))).to_vec();
    for part in sheets.parts(&rows, 1) {
        let count = part.end - part.start;
        let rows = &rows;
        let fill = move |to: &mut Rows<'_>| {
            rows.each(part.clone(), |cells| {
                to.row(cells.iter().zip(cells::COLUMNS).map(|(text, name)| {
                    let style = match VERDICTS.contains(&name) {
                        true => Style::of_verdict(text),
                        false => Style::Text,
                    };
                    (style, *text)
                }))
            })
        };
        sheets.table(
            "Changes",
            "",
            &columns,
            6,
            (count, rows.bytes),
            Box::new(fill),
        )?;
    }
    let mut workbook = Workbook::new();
    workbook.set_properties(&day()?);
    let mut bodies = Vec::new();
    for sheet in sheets.all {
        workbook.push_worksheet(sheet.worksheet);
        bodies.push(sheet.body);
    }
    package::write(workbook, &bodies, sink)
}
