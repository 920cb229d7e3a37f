//! Matrix → file. One file per output format; adding one is its file and an entry in [`FORMATS`].

mod by_nist;
pub mod changes;
mod checklist;
pub mod csv;
mod defectdojo;
mod document;
mod finding;
mod format;
mod hdf;
mod html;
mod ids;
mod json;
mod jsonl;
mod junit;
mod kube_bench;
mod latch;
mod leading;
mod lines;
mod ocsf;
mod oscal;
#[cfg(feature = "parquet")]
mod parquet;
mod per_subject;
mod prometheus;
mod sarif;
pub mod schema;
mod spooled;
pub mod target;
pub mod terminal;
mod wide;
mod xccdf;
pub mod xlsx;
mod xml;

use std::io;

use crate::benchmark::catalog::Catalog;
use crate::matrix::report::{Bundle, Run, Totals, WideColumns};
use crate::matrix::row::Row;
pub use format::{FORMATS, Format};
pub use per_subject::{Compose, Refused, SubjectDocument};

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
    Wide(WideColumns),
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
