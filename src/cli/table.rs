//! Lists of the catalog, as a table for people, as CSV or as JSON.

use std::borrow::Cow;
use std::io;

use clap::ValueEnum;
use serde_json::Value;

use super::{Exit, message};
use crate::benchmark::described::text;
use crate::export::csv::defused;
use crate::export::terminal;

/// The forms a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableForm {
    /// Columns for people
    Table,
    /// CSV
    Csv,
    /// JSON, with everything the catalog has
    Json,
}

/// The columns of a table: keys of its rows.
pub struct TableColumns<'c> {
    /// In order; the last one is cut where a line is too narrow.
    pub shown: &'c [&'c str],
    /// Those to leave out, first to last, where too little would be left of the last one.
    pub spare: &'c [&'c str],
}

/// What must be left of the last column, in characters.
const LEAST: usize = 24;

/// Prints rows of one shape. CSV has the columns `all`, JSON all keys.
pub fn print(form: TableForm, columns: &TableColumns<'_>, all: &[&str], rows: &[Value]) -> Exit {
    let made = match form {
        TableForm::Json => serde_json::to_string_pretty(rows)
            .map(|text| text + "\n")
            .map_err(|e| e.to_string()),
        TableForm::Csv => csv(all, rows).map_err(|e| e.to_string()),
        TableForm::Table => {
            let lines = table(columns, rows, width());
            return message::print(&(lines.join("\n") + "\n"));
        }
    };
    match made {
        Ok(text) => message::print_for_tools(&text),
        Err(why) => {
            message::fatal(format_args!("stdout: cannot be written: {why}"));
            Exit::Output
        }
    }
}

/// Characters per line: what COLUMNS says, else the terminal; none where a program reads on.
fn width() -> Option<usize> {
    let set = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok())
        .filter(|width| *width > 0);
    set.or_else(|| {
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(width.0))
    })
}

fn csv(columns: &[&str], rows: &[Value]) -> io::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns)?;
    for row in rows {
        let cells = columns.iter().map(|column| text(row.get(column)));
        writer.write_record(cells.map(|cell| defused(Cow::Owned(cell)).into_owned()))?;
    }
    let bytes = writer.into_inner().map_err(|e| e.into_error())?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

fn table(columns: &TableColumns<'_>, rows: &[Value], width: Option<usize>) -> Vec<String> {
    let mut shown = columns.shown.to_vec();
    let mut spare = columns.spare.iter();
    let (cells, widths) = loop {
        let cells = cells(&shown, rows);
        let mut widths: Vec<usize> = vec![0; shown.len()];
        for row in &cells {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = cell.chars().count().max(*widest);
            }
        }
        let Some((last, (width, before))) = widths.split_last_mut().map(|(last, before)| {
            let before: usize = before.iter().map(|width| width + 2).sum();
            (last, (width, before))
        }) else {
            return Vec::new();
        };
        let left = width.map_or(*last, |width| width.saturating_sub(before));
        if left >= LEAST.min(*last) {
            *last = left.min(*last);
            break (cells, widths);
        }
        let Some(next) = spare.next() else {
            *last = LEAST.min(*last);
            break (cells, widths);
        };
        shown.retain(|column| column != next);
    };
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let padded = cells.map(|(cell, width)| format!("{:width$}", cut(cell, *width)));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    cells.iter().map(line).collect()
}

/// The head and the rows.
fn cells(columns: &[&str], rows: &[Value]) -> Vec<Vec<String>> {
    let head = columns.iter().map(|column| column.to_uppercase()).collect();
    let cell = |cell: String| terminal::line(&cell).into_owned();
    let row = |row: &Value| {
        let cells = columns.iter().map(|column| text(row.get(column)));
        cells.map(cell).collect()
    };
    std::iter::once(head).chain(rows.iter().map(row)).collect()
}

fn cut(cell: &str, width: usize) -> String {
    if cell.chars().count() <= width {
        return cell.to_owned();
    }
    let kept: String = cell.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const COLUMNS: TableColumns<'_> = TableColumns {
        shown: &["id", "basis", "by", "title"],
        spare: &["basis"],
    };

    #[test]
    fn a_narrow_table_gives_up_spare_columns_and_the_end_of_the_last_one() {
        let rows = [json!({
            "id": "a-very-long-id", "basis": "derived:v8:1.2", "by": ["x", "y"],
            "title": "Nobody but the one who must can read it",
        })];
        for (width, expected) in [
            (
                None,
                "a-very-long-id  derived:v8:1.2  x y  Nobody but the one who must can read it",
            ),
            (
                Some(65),
                "a-very-long-id  derived:v8:1.2  x y  Nobody but the one who must…",
            ),
            (
                Some(60),
                "a-very-long-id  x y  Nobody but the one who must can read it",
            ),
            (
                Some(50),
                "a-very-long-id  x y  Nobody but the one who must…",
            ),
            (Some(10), "a-very-long-id  x y  Nobody but the one who…"),
        ] {
            assert_eq!(table(&COLUMNS, &rows, width)[1], expected, "{width:?}");
        }
    }
}
