//! CSV, one row per finding. Lists are joined by a blank; null is empty; a cell that a
//! spreadsheet would run as a formula gets a leading `'`.

use std::borrow::Cow;
use std::io;

use super::lines::Lines;
use super::{Export, Reported, Sink, terminal};
use crate::matrix::report::Totals;
use crate::matrix::row::Row;

pub(super) struct Csv {
    writer: csv::Writer<Sink>,
}

impl Csv {
    pub(super) fn new(sink: Sink) -> Self {
        Self {
            writer: csv::Writer::from_writer(sink),
        }
    }
}

impl Csv {
    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        for cell in row.cells() {
            self.writer
                .write_field(defused(cell.text()).as_ref())
                .map_err(plain)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(plain)
    }
}

impl Export for Csv {
    fn begin(&mut self) -> io::Result<()> {
        self.writer.write_record(Row::COLUMNS).map_err(plain)
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        reported.rows.iter().try_for_each(|row| self.row(row))
    }

    fn end(&mut self, _totals: &Totals<'_>) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Lines for Csv {
    fn head(&mut self, names: &[String]) -> io::Result<()> {
        self.writer.write_record(names).map_err(plain)
    }

    fn line(&mut self, _names: &[String], cells: &[Option<&str>]) -> io::Result<()> {
        let cells = cells
            .iter()
            .map(|cell| Cow::Borrowed(cell.unwrap_or_default()));
        let cells = cells.map(|text| defused(text).into_owned());
        self.writer
            .write_record(cells.map(String::into_bytes))
            .map_err(plain)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The system's own error where there is one: a closed pipe must be told from a full disk.
pub(super) fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

/// What begins a formula: OWASP's list, with the full-width forms that a spreadsheet of a Japanese
/// or Chinese locale takes for the others.
const FORMULA: [char; 8] = [
    '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

/// A cell that no spreadsheet runs. Tab, CR and LF begin one by themselves; blanks and what cannot
/// be seen may be taken off before a formula is looked for.
#[must_use]
pub fn defused(text: Cow<'_, str>) -> Cow<'_, str> {
    let begins = text.starts_with(['\t', '\r', '\n']);
    let passed = |c: char| c.is_whitespace() || terminal::is_hidden(c) || c == '\u{2800}';
    if begins || text.trim_start_matches(passed).starts_with(FORMULA) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+a", "'+a"),
            ("-a", "'-a"),
            ("@a", "'@a"),
            ("\ta", "'\ta"),
            ("\ra", "'\ra"),
            ("\na", "'\na"),
            ("\n", "'\n"),
            ("\u{ff1d}1+1", "'\u{ff1d}1+1"),
            ("\u{ff0b}a", "'\u{ff0b}a"),
            ("\u{ff0d}a", "'\u{ff0d}a"),
            ("\u{ff20}a", "'\u{ff20}a"),
            (" =a", "' =a"),
            ("\u{a0}=a", "'\u{a0}=a"),
            ("\u{3000}\u{ff1d}a", "'\u{3000}\u{ff1d}a"),
            ("\u{feff}=a", "'\u{feff}=a"),
            ("\u{200b}\u{200d}+a", "'\u{200b}\u{200d}+a"),
            ("\u{ad}-a", "'\u{ad}-a"),
            ("\u{202e}@a", "'\u{202e}@a"),
            ("\u{1b}\0=a", "'\u{1b}\0=a"),
            ("\u{b}\u{85}=a", "'\u{b}\u{85}=a"),
            (" \u{feff} a", " \u{feff} a"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(defused(Cow::Borrowed(text)), written);
        }
    }
}
