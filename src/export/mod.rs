//! Matrix → file. One file per output format; adding one is its file and a line in [`FORMATS`].

mod csv;
mod jsonl;
pub mod target;

use std::io;

use crate::matrix::row::Row;
use crate::matrix::summary::Summary;

/// What every format does.
pub trait Export: Send {
    /// Before the first row.
    ///
    /// # Errors
    /// When the target cannot be written.
    fn begin(&mut self) -> io::Result<()>;
    /// One row, in order.
    ///
    /// # Errors
    /// When the target cannot be written.
    fn row(&mut self, row: &Row) -> io::Result<()>;
    /// After the last row.
    ///
    /// # Errors
    /// When the target cannot be written.
    fn end(&mut self, totals: &Summary) -> io::Result<()>;
}

/// A writer that can go to another thread.
pub type Sink = Box<dyn io::Write + Send>;

/// One output format.
pub struct Format {
    /// What `--format` takes, and the file ending.
    pub name: &'static str,
    /// Makes a writer of it.
    pub open: fn(Sink) -> Box<dyn Export>,
}

/// Every output format.
pub const FORMATS: [Format; 2] = [
    Format {
        name: "csv",
        open: |sink| Box::new(csv::Csv::new(sink)),
    },
    Format {
        name: "jsonl",
        open: |sink| Box::new(jsonl::JsonLines::new(sink)),
    },
];

impl Format {
    /// The format of this name, in capitals or not.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS
            .iter()
            .find(|format| format.name.eq_ignore_ascii_case(name))
    }

    /// The names, for messages.
    #[must_use]
    pub fn names() -> String {
        FORMATS.map(|format| format.name).join(", ")
    }
}
