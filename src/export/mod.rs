//! Matrix → file. One file per output format; adding one is its file and a line in [`FORMATS`].

mod csv;
mod html;
mod json;
mod jsonl;
pub mod target;
mod wide;

use std::io;

use crate::matrix::report::{Bundle, Columns, Run, Totals};
use crate::matrix::row::Row;
use wide::Wide;

/// What every format does.
pub trait Export: Send {
    /// Before the first row.
    ///
    /// # Errors
    /// When the target cannot be written.
    fn begin(&mut self) -> io::Result<()>;
    /// One row, in order, and the words at the place that decided it, where a format
    /// [`Format::shows_excerpts`].
    ///
    /// # Errors
    /// When the target cannot be written.
    fn row(&mut self, row: &Row, excerpt: Option<&str>) -> io::Result<()>;
    /// One bundle, after its rows.
    ///
    /// # Errors
    /// When the target cannot be written.
    fn bundle(&mut self, _bundle: &Bundle) -> io::Result<()> {
        Ok(())
    }
    /// After the last row and bundle.
    ///
    /// # Errors
    /// When the target cannot be written.
    fn end(&mut self, totals: &Totals<'_>) -> io::Result<()>;
}

/// A writer that can go to another thread.
pub type Sink = Box<dyn io::Write + Send>;

/// How the matrix is laid out.
#[derive(Clone, Debug)]
pub enum Layout {
    /// One row per finding.
    Long,
    /// One row per node.
    Wide(Columns),
}

/// What a writer is told before the first row.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How the report is made.
    pub run: Run,
    /// How it is laid out.
    pub layout: Layout,
}

/// Makes a writer of a wide layout.
type OpenWide = fn(Sink, &Columns) -> Box<dyn Export>;

/// One output format.
pub struct Format {
    /// What `--format` takes, and the file ending.
    pub name: &'static str,
    /// Whether it shows the words at the place that decided: taking them costs time.
    pub shows_excerpts: bool,
    /// Makes a writer of it.
    long: fn(Sink, &Run) -> Box<dyn Export>,
    /// Makes a writer of its wide layout, where it has one.
    wide: Option<OpenWide>,
}

/// Every output format.
pub const FORMATS: [Format; 4] = [
    Format {
        name: "csv",
        shows_excerpts: false,
        long: |sink, _| Box::new(csv::Csv::new(sink)),
        wide: Some(|sink, columns| Box::new(Wide::new(csv::Csv::new(sink), columns))),
    },
    Format {
        name: "html",
        shows_excerpts: true,
        long: |sink, run| Box::new(html::Html::new(sink, run)),
        wide: None,
    },
    Format {
        name: "json",
        shows_excerpts: false,
        long: |sink, run| Box::new(json::Json::new(sink, run)),
        wide: None,
    },
    Format {
        name: "jsonl",
        shows_excerpts: false,
        long: |sink, _| Box::new(jsonl::JsonLines::new(sink)),
        wide: Some(|sink, columns| Box::new(Wide::new(jsonl::JsonLines::new(sink), columns))),
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

    /// Checks that it has a layout.
    ///
    /// # Errors
    /// A sentence: it has not.
    pub fn has(&self, layout: &Layout) -> Result<(), String> {
        match layout {
            Layout::Wide(_) if self.wide.is_none() => Err(format!(
                "{} has no wide layout; csv and jsonl have one",
                self.name
            )),
            _ => Ok(()),
        }
    }

    fn open(&self, sink: Sink, plan: &Plan) -> Box<dyn Export> {
        match (&plan.layout, self.wide) {
            (Layout::Wide(columns), Some(wide)) => wide(sink, columns),
            _ => (self.long)(sink, &plan.run),
        }
    }

    /// The names, for messages.
    #[must_use]
    pub fn names() -> String {
        FORMATS.map(|format| format.name).join(", ")
    }
}
