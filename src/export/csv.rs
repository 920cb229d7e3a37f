//! CSV, one row per finding. Lists are joined by a blank; null is empty; a cell that a
//! spreadsheet would run as a formula gets a leading `'`.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use super::lines::Lines;
use super::{Export, Reported, Sink, terminal};
use crate::matrix::report::Totals;
use crate::matrix::row::Row;

/// Bytes that are handed to the sink at once.
const BUFFER: usize = 64 * 1024;

/// Rows are put together here, and not cell by cell in `csv`'s writer, because that is half of what a
/// row costs; a test holds every record to what `csv` writes.
pub(super) struct Csv {
    sink: BufWriter<Sink>,
    record: Vec<u8>,
    joined: String,
}

impl Csv {
    pub(super) fn new(sink: Sink) -> Self {
        Self {
            sink: BufWriter::with_capacity(BUFFER, sink),
            record: Vec::new(),
            joined: String::new(),
        }
    }

    fn end_record(&mut self) -> io::Result<()> {
        self.record.pop();
        self.record.push(b'\n');
        self.sink.write_all(&self.record)?;
        self.record.clear();
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        for cell in row.cells() {
            let text = cell.text_in(&mut self.joined);
            push(&mut self.record, &defused(Cow::Borrowed(text)));
        }
        self.end_record()
    }
}

impl Export for Csv {
    fn begin(&mut self) -> io::Result<()> {
        for name in Row::COLUMNS {
            push(&mut self.record, name);
        }
        self.end_record()
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        reported.rows.iter().try_for_each(|row| self.row(row))
    }

    fn end(&mut self, _totals: &Totals<'_>) -> io::Result<()> {
        self.sink.flush()
    }
}

impl Lines for Csv {
    fn head(&mut self, names: &[String]) -> io::Result<()> {
        for name in names {
            push(&mut self.record, name);
        }
        self.end_record()
    }

    fn line(&mut self, _names: &[String], cells: &[Option<&str>]) -> io::Result<()> {
        for cell in cells {
            let text = Cow::Borrowed(cell.unwrap_or_default());
            push(&mut self.record, &defused(text));
        }
        self.end_record()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// A cell, and the comma behind it; in quotes where it holds what ends a cell or a record.
fn push(record: &mut Vec<u8>, text: &str) {
    let special = |byte: &u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    // Without a way out of the middle, the compiler looks at many bytes at once.
    let is_plain = !text
        .bytes()
        .fold(false, |found, byte| found | special(&byte));
    if is_plain {
        record.extend_from_slice(text.as_bytes());
    } else {
        record.push(b'"');
        for (at, part) in text.split('"').enumerate() {
            record.extend_from_slice(if at > 0 { b"\"\"" } else { b"" });
            record.extend_from_slice(part.as_bytes());
        }
        record.push(b'"');
    }
    record.push(b',');
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
    // What most cells begin with begins no formula, and is nothing that is passed over.
    if text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return text;
    }
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_record_is_what_the_csv_crate_writes(
            cells in prop::collection::vec("[ab ,;'\"\r\n=é\\\\]{0,12}", 2..6)
        ) {
            let mut theirs = csv::Writer::from_writer(Vec::new());
            theirs.write_record(&cells).unwrap();
            let mut ours = Vec::new();
            cells.iter().for_each(|cell| push(&mut ours, cell));
            ours.pop();
            ours.push(b'\n');
            prop_assert_eq!(ours, theirs.into_inner().unwrap());
        }
    }

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
