//! Matrix → file. One file per output format; adding one is its file and a line in [`FORMATS`].

mod by_nist;
pub mod changes;
pub mod csv;
mod document;
mod html;
mod json;
mod jsonl;
mod leading;
mod lines;
pub mod schema;
pub mod target;
pub mod terminal;
mod wide;
pub mod xlsx;

use std::io;

use crate::benchmark::catalog::Catalog;
use crate::matrix::report::{Bundle, Columns, Run, Totals};
use crate::matrix::row::Row;
use by_nist::ByNist;
use lines::Lines;
use wide::Wide;
use xlsx::{Caps, Xlsx};

/// What every format does.
pub trait Export: Send {
    /// Before the first row.
    ///
    /// # Errors
    /// When the target cannot be written.
    fn begin(&mut self) -> io::Result<()>;
    /// One bundle, in order.
    ///
    /// # Errors
    /// When the target cannot be written.
    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()>;
    /// After the last row and bundle.
    ///
    /// # Errors
    /// When the target cannot be written.
    fn end(&mut self, totals: &Totals<'_>) -> io::Result<()>;
    /// What a reader must know that the output itself cannot say, a sentence each; asked for after
    /// [`Self::end`].
    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What is reported of one bundle.
#[derive(Clone, Copy)]
pub struct Reported<'r> {
    /// What it was judged by.
    pub catalog: &'r Catalog,
    /// Its rows, in order.
    pub rows: &'r [Row<'r>],
    /// The bundle itself.
    pub bundle: &'r Bundle,
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
    /// One line per family and control of NIST SP 800-53.
    ByNist,
}

/// What a writer is told before the first row.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How the report is made.
    pub run: Run,
    /// How it is laid out.
    pub layout: Layout,
}

/// Makes a writer of lines.
type OpenLines = fn(Sink) -> Box<dyn Lines>;

/// One output format.
pub struct Format {
    /// What `--format` takes, and the file ending.
    pub name: &'static str,
    /// Whether it shows the words at the place that decided: taking them costs time.
    pub shows_excerpts: bool,
    /// Whether one file of it has every layout.
    has_all_layouts: bool,
    /// Makes a writer of it.
    long: fn(Sink, &Run) -> Box<dyn Export>,
    /// Makes a writer of its lines, where it has layouts other than the long one.
    lines: Option<OpenLines>,
}

/// Every output format.
pub const FORMATS: [Format; 5] = [
    Format {
        name: "csv",
        shows_excerpts: false,
        has_all_layouts: false,
        long: |sink, _| Box::new(csv::Csv::new(sink)),
        lines: Some(|sink| Box::new(csv::Csv::new(sink))),
    },
    Format {
        name: "html",
        shows_excerpts: true,
        has_all_layouts: true,
        long: |sink, run| Box::new(html::Html::new(sink, run)),
        lines: None,
    },
    Format {
        name: "json",
        shows_excerpts: false,
        has_all_layouts: false,
        long: |sink, run| Box::new(json::Json::new(sink, run)),
        lines: None,
    },
    Format {
        name: "jsonl",
        shows_excerpts: false,
        has_all_layouts: false,
        long: |sink, _| Box::new(jsonl::JsonLines::new(sink)),
        lines: Some(|sink| Box::new(jsonl::JsonLines::new(sink))),
    },
    Format {
        name: "xlsx",
        shows_excerpts: true,
        has_all_layouts: true,
        long: |sink, run| Box::new(Xlsx::new(sink, run, Caps::default())),
        lines: None,
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
        let asked = match layout {
            Layout::Long => return Ok(()),
            Layout::Wide(_) => "no wide layout",
            Layout::ByNist => "no layout by 800-53 alone",
        };
        if self.lines.is_some() || self.has_all_layouts {
            return Ok(());
        }
        Err(format!("{} has {asked}; csv and jsonl have one", self.name))
    }

    /// A writer of it.
    #[must_use]
    pub fn open(&self, sink: Sink, plan: &Plan) -> Box<dyn Export> {
        match (&plan.layout, self.lines) {
            (Layout::Wide(columns), Some(lines)) => Box::new(Wide::new(lines(sink), columns)),
            (Layout::ByNist, Some(lines)) => Box::new(ByNist::new(lines(sink))),
            _ => (self.long)(sink, &plan.run),
        }
    }

    /// The names, for messages.
    #[must_use]
    pub fn names() -> String {
        FORMATS.map(|format| format.name).join(", ")
    }
}
