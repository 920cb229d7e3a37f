//! A stored report → outputs, without the evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};

use super::analyze::{each, finish};
use crate::benchmark::catalog::Catalog;
use crate::export::Reported;
use crate::export::target::{Lost, Target};
use crate::matrix::report::{Bundle, Totals};
use crate::matrix::row::Row;
use crate::matrix::stored::parts::StoredParts;
use crate::matrix::stored::{self, Stopped, StoredRow};
use crate::matrix::summary::SummaryBuilder;

/// Why a report is not converted.
#[derive(Debug)]
pub enum Unconverted {
    /// It cannot be read, or its findings cannot be told: `line:column: what; what to do`.
    Wrong(String),
    /// An output, or a temporary file, cannot be written.
    Lost(Lost),
}

impl From<Lost> for Unconverted {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

impl From<io::Error> for Unconverted {
    fn from(error: io::Error) -> Self {
        Self::Lost(error.into())
    }
}

impl From<Stopped> for Unconverted {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Wrong(why) => Self::Wrong(why),
            Stopped::Taker(error) => error.into(),
        }
    }
}

/// Findings on their way from a report to outputs, a bundle at a time.
struct Conversion<'c, B> {
    catalog: &'c Catalog,
    parts: &'c StoredParts,
    /// The controls of each benchmark of the catalog.
    controls: BTreeMap<&'c str, BTreeSet<&'c str>>,
    bundles: B,
    current: Option<Bundle>,
    rows: Vec<StoredRow>,
    summary: SummaryBuilder,
    targets: Vec<Target>,
}

/// Writes a report's findings to every output whole, or none; `source` is the report once more, from
/// its beginning. Gives back what a reader of the outputs must know that they cannot say themselves.
///
/// # Errors
/// See [`Unconverted`].
pub fn convert(
    catalog: &Catalog,
    mut parts: StoredParts,
    source: impl BufRead,
    targets: Vec<Target>,
) -> Result<Vec<String>, Unconverted> {
    let bundles = parts.bundles()?;
    let controls = catalog.benchmarks.iter().map(|benchmark| {
        let numbers = benchmark.controls.iter().map(|c| c.number.as_str());
        (benchmark.id.as_str(), numbers.collect())
    });
    let mut conversion = Conversion {
        catalog,
        parts: &parts,
        controls: controls.collect(),
        bundles,
        current: None,
        rows: Vec::new(),
        summary: SummaryBuilder::of_run(parts.files_skipped),
        targets,
    };
    each(&mut conversion.targets, |target| target.export.begin())?;
    let mut stopped = None;
    let read = stored::read(source, &mut |row: StoredRow| {
        conversion.take(row).map_err(|why| {
            stopped = Some(why);
            io::Error::other("stopped")
        })
    });
    if let Some(why) = stopped {
        return Err(why);
    }
    read?;
    conversion.finish()
}

impl<B: Iterator<Item = io::Result<Bundle>>> Conversion<'_, B> {
    /// Rows of one bundle stand together, and bundles in the order of their rows.
    fn take(&mut self, row: StoredRow) -> Result<(), Unconverted> {
        if let (Some(benchmark), Some(control)) = (&row.benchmark, &row.control) {
            let controls = self.controls.get(benchmark.as_str());
            if !controls.is_some_and(|controls| controls.contains(control.as_str())) {
                return Err(Unconverted::Wrong(format!(
                    " has findings of {benchmark} {control}, which is not in the catalog; name its folder with --catalog, or use the version that wrote the report"
                )));
            }
        }
        let is_of =
            |bundle: &Bundle| (&bundle.name, &bundle.sha256) == (&row.bundle, &row.bundle_sha256);
        while !self.current.as_ref().is_some_and(is_of) {
            if !self.next()? {
                return Err(Unconverted::Wrong(format!(
                    " has findings of the bundle {}, which is not among its bundles; write it again",
                    row.bundle
                )));
            }
        }
        self.rows.push(row);
        Ok(())
    }

    /// Hands the bundle at hand on, and takes the next one up; whether there is one.
    fn next(&mut self) -> Result<bool, Unconverted> {
        if let Some(bundle) = &self.current {
            let waivers = &self.parts.waivers;
            let rows = self.rows.iter().map(|stored| {
                let row = stored.row();
                Row {
                    entry: waivers.beside(&row),
                    ..row
                }
            });
            let rows: Vec<Row<'_>> = rows.collect();
            let reported = Reported {
                catalog: self.catalog,
                rows: &rows,
                bundle,
            };
            each(&mut self.targets, |target| target.export.bundle(&reported))?;
            self.summary.add(&rows);
        }
        self.rows.clear();
        self.current = self.bundles.next().transpose()?;
        Ok(self.current.is_some())
    }

    fn finish(mut self) -> Result<Vec<String>, Unconverted> {
        while self.next()? {}
        let outcomes = self.parts.waivers.outcomes();
        let summary = self.summary.finish();
        let totals = Totals::of(
            self.catalog,
            &summary,
            &self.parts.coverage,
            self.parts.problems.iter().collect(),
            &outcomes,
        );
        Ok(finish(self.targets, &totals)?)
    }
}
