//! A comparison → file. One file per format; adding one is its file and a line in [`FORMATS`].

pub(super) mod cells;
mod csv;
mod json;
pub mod text;

use std::io;

use super::{Sink, xlsx};
use crate::matrix::compare::ReportComparison;

/// Writes a comparison whole.
type Write = fn(&ReportComparison, &mut Sink) -> io::Result<()>;

/// One output format of a comparison.
pub struct ChangesFormat {
    /// What `--format` takes, and the file ending.
    pub name: &'static str,
    /// Writes it.
    pub write: Write,
}

/// Every output format of a comparison, the default first.
pub const FORMATS: [ChangesFormat; 4] = [
    ChangesFormat {
        name: "text",
        write: text::write,
    },
    ChangesFormat {
        name: "csv",
        write: csv::write,
    },
    ChangesFormat {
        name: "json",
        write: json::write,
    },
    ChangesFormat {
        name: "xlsx",
        write: xlsx::changes::write,
    },
];

impl ChangesFormat {
    /// The format of this name or file ending, in capitals or not.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = if name.eq_ignore_ascii_case("txt") {
            "text"
        } else {
            name
        };
        let mut all = FORMATS.iter();
        all.find(|format| format.name.eq_ignore_ascii_case(name))
    }

    /// The names, for messages.
    #[must_use]
    pub fn names() -> String {
        FORMATS.map(|format| format.name).join(", ")
    }
}
