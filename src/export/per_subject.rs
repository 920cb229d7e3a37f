//! Formats of one document per node (or cluster) and benchmark: which documents there are, what each
//! is called, and the index beside them.

mod names;
mod places;

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

use super::{Export, Plan, Reported, Sink};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::{Benchmark, Control};
use crate::matrix::report::{Bundle, Run, Totals};
use crate::matrix::row::Row;
use crate::verdict::Verdict;
use names::GivenNames;
pub use places::Refused;
use places::{OutputFolder, Places, Single, Zip};

/// What one document is of.
#[derive(Clone, Copy)]
pub struct SubjectDocument<'d> {
    /// How the report is made.
    pub run: &'d Run,
    /// What is judged by.
    pub catalog: &'d Catalog,
    /// The benchmark of all its rows.
    pub benchmark: &'d Benchmark,
    /// The bundle that they are from.
    pub bundle: &'d Bundle,
    /// The rows of one node, or of one cluster, in order; at least one, and each of a control.
    pub rows: &'d [Row<'d>],
}

impl<'d> SubjectDocument<'d> {
    /// The node's name, or the cluster's.
    #[must_use]
    pub fn subject(&self) -> &str {
        let row = self.rows.first();
        row.and_then(|row| row.node.or(row.cluster))
            .unwrap_or_default()
    }

    /// The cluster.
    #[must_use]
    pub fn cluster(&self) -> Option<&str> {
        self.rows.first().and_then(|row| row.cluster)
    }

    /// The control that a row of it is of.
    #[must_use]
    pub fn control(&self, row: &Row<'_>) -> Option<&'d Control> {
        let mut controls = self.benchmark.controls.iter();
        controls.find(|control| Some(control.number.as_str()) == row.control)
    }

    /// How many rows have a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| row.verdict == verdict).count()
    }
}

/// A format of one document per node and benchmark.
#[derive(Clone, Copy)]
pub struct Compose {
    /// The ending of its files.
    pub(super) ending: &'static str,
    /// Writes one document.
    pub(super) write: fn(&SubjectDocument<'_>, &mut dyn Write) -> io::Result<()>,
    /// Why a benchmark cannot be written in it, as the end of a sentence; `None`: it can.
    pub(super) lacks: fn(&Benchmark) -> Option<&'static str>,
}

impl Compose {
    /// A writer of one document to one file.
    pub(super) fn open(self, sink: Sink, plan: &Plan) -> Box<dyn Export> {
        self.into_places(Box::new(Single::new(sink)), plan)
    }

    /// A writer of all documents to a zip.
    #[must_use]
    pub fn open_zip(self, sink: Sink, plan: &Plan) -> Box<dyn Export> {
        self.into_places(Box::new(Zip::new(sink)), plan)
    }

    /// A writer of all documents to a folder, which is there and empty.
    #[must_use]
    pub fn open_folder(self, folder: &Path, plan: &Plan) -> Box<dyn Export> {
        self.into_places(Box::new(OutputFolder(folder.to_owned())), plan)
    }

    fn into_places(self, places: Box<dyn Places>, plan: &Plan) -> Box<dyn Export> {
        Box::new(PerSubject {
            compose: self,
            run: plan.run.clone(),
            places,
            names: GivenNames::default(),
            index: None,
            written: 0,
            without: 0,
            unreadable: 0,
            why: None,
        })
    }
}

/// The columns of `index.csv`, before the verdicts.
const COLUMNS: [&str; 5] = ["file", "cluster", "node", "benchmark", "bundle"];
/// Those behind them.
const LAST: [&str; 2] = ["waived", "why"];

/// Writes a document per node and benchmark.
struct PerSubject {
    compose: Compose,
    run: Run,
    places: Box<dyn Places>,
    names: GivenNames,
    /// Waits until all documents are written.
    index: Option<csv::Writer<BufWriter<File>>>,
    written: u64,
    /// Subjects for which nothing is written.
    without: u64,
    unreadable: u64,
    /// Why the last one has no document.
    why: Option<String>,
}

impl PerSubject {
    fn index(&mut self) -> io::Result<&mut csv::Writer<BufWriter<File>>> {
        Ok(match &mut self.index {
            Some(index) => index,
            none => {
                let file = BufWriter::new(tempfile::tempfile()?);
                let mut index = csv::Writer::from_writer(file);
                let verdicts = Verdict::ALL.map(Verdict::as_str);
                let columns = COLUMNS.into_iter().chain(verdicts).chain(LAST);
                index.write_record(columns).map_err(super::csv::plain)?;
                none.insert(index)
            }
        })
    }

    /// Notes what became of the rows of one subject and benchmark.
    fn note(&mut self, file: &str, rows: &[Row<'_>], why: &str) -> io::Result<()> {
        let Some(first) = rows.first() else {
            return Ok(());
        };
        let leading = [
            file,
            first.cluster.unwrap_or_default(),
            first.node.unwrap_or_default(),
            first.benchmark.unwrap_or_default(),
            first.bundle,
        ];
        let count = |is: &dyn Fn(&Row<'_>) -> bool| {
            let count = rows.iter().filter(|row| is(row)).count();
            count.to_string()
        };
        let verdicts = Verdict::ALL.map(|verdict| count(&|row| row.verdict == verdict));
        let waived = count(&|row| row.verdict == Verdict::Fail && row.waiver.is_some());
        let cells = leading
            .into_iter()
            .chain(verdicts.iter().map(String::as_str));
        let cells = cells.chain([waived.as_str(), why]);
        let cells = cells.map(|cell| super::csv::defused(cell.into()).into_owned());
        let cells = cells.map(String::into_bytes);
        self.index()?.write_record(cells).map_err(super::csv::plain)
    }
}

impl Export for PerSubject {
    fn begin(&mut self) -> io::Result<()> {
        self.index().map(drop)
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        let is_one = |a: &Row<'_>, b: &Row<'_>| {
            (a.cluster, a.node, a.benchmark) == (b.cluster, b.node, b.benchmark)
        };
        for rows in reported.rows.chunk_by(is_one) {
            let Some(first) = rows.first() else {
                continue;
            };
            let benchmark = first.benchmark;
            let benchmark = benchmark.and_then(|id| reported.catalog.benchmark(id));
            let Some(benchmark) = benchmark else {
                self.without += 1;
                self.unreadable += 1;
                self.why = Some(first.reason.to_owned());
                self.note("", rows, first.reason)?;
                continue;
            };
            if let Some(why) = (self.compose.lacks)(benchmark) {
                self.without += 1;
                self.why = Some(why.to_owned());
                self.note("", rows, why)?;
                continue;
            }
            let document = SubjectDocument {
                run: &self.run,
                catalog: reported.catalog,
                benchmark,
                bundle: reported.bundle,
                rows,
            };
            let name = self.names.of(&document, self.compose.ending);
            let write = self.compose.write;
            self.places
                .put(&name, &mut |to: &mut dyn Write| write(&document, to))?;
            self.written += 1;
            self.note(&name, rows, "")?;
        }
        Ok(())
    }

    fn end(&mut self, _totals: &Totals<'_>) -> io::Result<()> {
        if self.written == 0 {
            self.places.nothing(self.why.as_deref())?;
        }
        if let Some(index) = self.index.take() {
            let file = index
                .into_inner()
                .map_err(|e| io::Error::other(e.to_string()))?;
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            self.places.index("index.csv", &mut file)?;
        }
        self.places.finish()
    }

    fn remarks(&self) -> Vec<String> {
        let all = self.written + self.without;
        let why = match (self.unreadable, &self.why) {
            (unreadable, _) if unreadable == self.without => "cannot be read".to_owned(),
            (0, Some(why)) => why.clone(),
            (unreadable, why) => format!(
                "{unreadable} cannot be read, and of others: {}",
                why.as_deref().unwrap_or_default()
            ),
        };
        let remark = format!(
            "nothing is written of {} of {all} nodes and benchmarks: {why}; {}",
            self.without,
            self.places.where_told()
        );
        (self.without > 0).then_some(remark).into_iter().collect()
    }
}
