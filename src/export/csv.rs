//! CSV, one row per finding. Lists are joined by a blank; null is empty; a cell that a
//! spreadsheet would run as a formula gets a leading `'`.

use std::borrow::Cow;
use std::io;

use super::{Export, Sink};
use crate::matrix::row::{Cell, Row};
use crate::matrix::summary::Summary;

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

impl Export for Csv {
    fn begin(&mut self) -> io::Result<()> {
        Ok(self.writer.write_record(Row::COLUMNS)?)
    }

    fn row(&mut self, row: &Row) -> io::Result<()> {
        for cell in row.cells() {
            let text = match cell {
                Cell::One(text) => Cow::Borrowed(text.unwrap_or_default()),
                Cell::Many([only]) => Cow::Borrowed(only.as_str()),
                Cell::Many(texts) => Cow::Owned(texts.join(" ")),
            };
            self.writer.write_field(defused(text).as_ref())?;
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    fn end(&mut self, _totals: &Summary) -> io::Result<()> {
        self.writer.flush()
    }
}

/// OWASP's list of what begins a formula.
fn defused(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
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
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(defused(Cow::Borrowed(text)), written);
        }
    }
}
