//! What all sheets have in common: names, heads, filters, frozen panes, print settings.

use std::collections::BTreeSet;
use std::io;
use std::ops::Range;

use rust_xlsxwriter::{Format, IgnoreError, Worksheet, XlsxError};

use super::package::{Body, Fill};
use super::spool::Waiting;
use super::{Caps, style};

/// A sheet of the workbook.
pub(super) struct Sheet<'b> {
    pub(super) worksheet: Worksheet,
    /// What it shows, for the list of sheets.
    pub(super) about: String,
    /// Its rows below the head.
    pub(super) rows: u64,
    /// Those, where they are many.
    pub(super) body: Option<Body<'b>>,
}

/// A column: its name, and its width in characters.
pub(super) type Column<'c> = (&'c str, f64);

/// The sheets of one workbook.
pub(super) struct Sheets<'b> {
    pub(super) caps: Caps,
    footer: String,
    names: BTreeSet<String>,
    /// Some table did not fit on one sheet.
    pub(super) was_split: bool,
    /// In the order of the tabs, but for the first, which is about the others.
    pub(super) all: Vec<Sheet<'b>>,
}

/// The library refuses what the format cannot hold; we ask for no such thing.
pub(super) fn refused(error: XlsxError) -> io::Error {
    io::Error::other(error)
}

impl<'b> Sheets<'b> {
    pub(super) fn new(caps: Caps, footer: String) -> Self {
        Self {
            caps,
            footer,
            names: BTreeSet::new(),
            was_split: false,
            all: Vec::new(),
        }
    }

    /// An empty sheet with this name, or one like it that is free and that spreadsheets take.
    pub(super) fn worksheet(&mut self, wish: &str) -> io::Result<Worksheet> {
        let mut worksheet = Worksheet::new();
        let name = self.name(wish);
        worksheet.set_name(name).map_err(refused)?;
        worksheet
            .set_landscape()
            .set_paper_size(A4)
            .set_print_fit_to_pages(1, 0)
            .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
            .set_footer(&self.footer);
        Ok(worksheet)
    }

    /// The rows of each sheet that a table with a head of so many rows needs.
    pub(super) fn parts(&mut self, table: &Waiting, head: u32) -> Vec<Range<u64>> {
        let room = self.caps.rows.saturating_sub(head).max(1);
        let parts = table.parts(u64::from(room));
        self.was_split |= parts.len() > 1;
        parts
    }

    fn name(&mut self, wish: &str) -> String {
        let wish = wish.replace(['[', ']', ':', '*', '?', '/', '\\', '\''], "-");
        let mut suffix = String::new();
        for number in 2.. {
            let room = Caps::SHEET_NAME - suffix.len();
            let kept: String = wish.chars().take(room).collect();
            let name = format!("{}{suffix}", kept.trim_end());
            if self.names.insert(name.to_lowercase()) {
                return name;
            }
            suffix = format!(" ({number})");
        }
        wish
    }

    /// Adds a sheet with one row of names above many rows.
    pub(super) fn table(
        &mut self,
        wish: &str,
        about: &str,
        columns: &[Column<'_>],
        frozen: u16,
        rows: (u64, u64),
        fill: Fill<'b>,
    ) -> io::Result<()> {
        let (rows, bytes) = rows;
        let mut worksheet = self.worksheet(wish)?;
        let head = style::head();
        for (at, (name, width)) in (0..).zip(columns) {
            worksheet
                .write_string_with_format(0, at, *name, &head)
                .and_then(|sheet| sheet.set_column_width(at, *width))
                .map_err(refused)?;
        }
        let columns = u16::try_from(columns.len()).map_err(io::Error::other)?;
        freeze(&mut worksheet, 1, frozen, rows, columns)?;
        if columns > FIT {
            print_leading(&mut worksheet, rows, PRINTED)?;
        }
        let body = body(&mut worksheet, 1, columns, (rows, bytes), fill)?;
        self.all.push(Sheet {
            worksheet,
            about: about.to_owned(),
            rows,
            body: Some(body),
        });
        Ok(())
    }
}

/// So many columns can be read when they are fitted to the width of a page.
const FIT: u16 = 6;
/// Columns of a wide table that are printed: of Findings, those up to the reason.
const PRINTED: u16 = 9;
/// ISO 216, as the file format numbers paper.
const A4: u8 = 9;

/// Freezes a head of so many rows and columns, repeats it on every page, and puts filters in its
/// last row.
pub(super) fn freeze(
    worksheet: &mut Worksheet,
    head: u32,
    frozen: u16,
    rows: u64,
    columns: u16,
) -> io::Result<()> {
    let rows = u32::try_from(rows).map_err(io::Error::other)?;
    let last = columns.saturating_sub(1);
    worksheet
        .set_freeze_panes(head, frozen)
        .and_then(|sheet| sheet.set_repeat_rows(0, head - 1))
        .and_then(|sheet| sheet.autofilter(head - 1, 0, head - 1 + rows, last))
        // A level is no number that somebody forgot to make one.
        .and_then(|sheet| {
            let number = IgnoreError::NumberStoredAsText;
            sheet.ignore_error_range(head, 0, head - 1 + rows.max(1), last, number)
        })
        .map_err(refused)?;
    Ok(())
}

/// Prints in a size that can be read, on as many pages side by side as it takes, each with the
/// frozen columns.
pub(super) fn print_side_by_side(worksheet: &mut Worksheet, frozen: u16) -> io::Result<()> {
    worksheet
        .set_print_scale(55)
        .set_repeat_columns(0, frozen.saturating_sub(1))
        .map_err(refused)?;
    Ok(())
}

/// Prints the first columns alone, a page wide: who, what, verdict and why. All columns side by side
/// fill a page with every few findings, and nobody reads those.
pub(super) fn print_leading(worksheet: &mut Worksheet, rows: u64, columns: u16) -> io::Result<()> {
    let last = u32::try_from(rows).map_err(io::Error::other)?;
    worksheet
        .set_print_area(0, 0, last, columns.saturating_sub(1))
        .map_err(refused)?;
    worksheet.set_print_fit_to_pages(1, 0);
    Ok(())
}

/// The height in points of a row of wrapped texts, each with the width of its column, since not
/// every program finds it by itself.
pub(super) fn height<'t>(cells: impl IntoIterator<Item = (&'t str, f64)>) -> f64 {
    const LINE: f64 = 13.5;
    const HIGHEST: f64 = 409.0;
    let lines = |(text, width): (&str, f64)| -> u32 {
        // A width is told in digits of the usual size; these are letters of a smaller one, and words
        // end before the line does.
        let room = (width * 1.1).max(1.0);
        let of = |line: &str| {
            let wanted = u32::try_from(line.chars().count()).unwrap_or(u32::MAX);
            (f64::from(wanted) / room).ceil().max(1.0)
        };
        text.lines().map(of).sum::<f64>() as u32
    };
    let most = cells.into_iter().map(lines).max().unwrap_or(1).max(1);
    (f64::from(most) * LINE + 1.5).min(HIGHEST)
}

/// The many rows below a head of so many rows.
pub(super) fn body<'b>(
    worksheet: &mut Worksheet,
    head: u32,
    columns: u16,
    (rows, bytes): (u64, u64),
    fill: Fill<'b>,
) -> io::Result<Body<'b>> {
    for (at, format) in (0..).zip(style::all()) {
        worksheet.write_blank(head, at, &format).map_err(refused)?;
    }
    Ok(Body {
        first: head,
        rows,
        columns,
        bytes,
        fill,
    })
}

/// Writes texts in one row.
pub(super) fn texts<'t>(
    worksheet: &mut Worksheet,
    row: u32,
    texts: impl IntoIterator<Item = &'t str>,
    format: &Format,
) -> io::Result<()> {
    for (column, text) in (0..).zip(texts) {
        worksheet
            .write_string_with_format(row, column, text, format)
            .map_err(refused)?;
    }
    Ok(())
}

/// Writes a count. A float holds every whole number up to 2^53.
#[allow(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
pub(super) fn count(
    worksheet: &mut Worksheet,
    row: u32,
    column: u16,
    count: u64,
    format: &Format,
) -> io::Result<()> {
    worksheet
        .write_number_with_format(row, column, count as f64, format)
        .map_err(refused)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_short_unique_and_free_of_what_spreadsheets_refuse() {
        let mut sheets = Sheets::new(Caps::default(), String::new());
        for (wish, name) in [
            ("Findings", "Findings"),
            ("findings", "findings (2)"),
            ("FINDINGS", "FINDINGS (3)"),
            ("a[b]:*?/\\'c", "a-b-------c"),
            (
                "Matrix k3s-cis-1.23-permissive@rancher",
                "Matrix k3s-cis-1.23-permissive@",
            ),
            (
                "Matrix k3s-cis-1.23-permissive@other",
                "Matrix k3s-cis-1.23-permiss (2)",
            ),
        ] {
            let worksheet = sheets.worksheet(wish).unwrap();
            assert_eq!(worksheet.name(), name);
        }
    }
}
