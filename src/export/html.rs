//! HTML: one page that needs nothing else and fetches nothing. Rows go into temporary files as they
//! come, the verdicts as one character a cell and the rest packed by some fifty nodes; the page
//! around them is written at the end. Memory grows with the catalog, never with nodes.

mod coverage;
mod details;
mod dictionary;
mod inert;
mod matrix;
mod page;
mod summary;

use std::io;

use super::{Export, Reported, Sink};
use crate::matrix::nist::Rollup;
use crate::matrix::report::{Run, Totals};
use crate::matrix::row::Row;
use details::PackedDetails;
use dictionary::Dictionary;
use matrix::HtmlMatrix;
use summary::SummaryContext;

pub(super) struct Html {
    sink: Sink,
    run: Run,
    dictionary: Dictionary,
    matrix: HtmlMatrix,
    bundles: Option<PackedDetails>,
    /// Bundles so far.
    seen: u64,
    /// Findings that a waiver stands beside.
    waived: u64,
}

impl Html {
    pub(super) fn new(sink: Sink, run: &Run) -> Self {
        Self {
            sink,
            run: run.clone(),
            dictionary: Dictionary::default(),
            matrix: HtmlMatrix::default(),
            bundles: None,
            seen: 0,
            waived: 0,
        }
    }
}

impl Html {
    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.waived += u64::from(row.waiver.is_some());
        let (matrix, dictionary) = (&mut self.matrix, &mut self.dictionary);
        matrix.add(dictionary, self.seen, row)
    }
}

impl Export for Html {
    fn begin(&mut self) -> io::Result<()> {
        self.bundles = Some(PackedDetails::new()?);
        Ok(())
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        reported.rows.iter().try_for_each(|row| self.row(row))?;
        self.seen += 1;
        match &mut self.bundles {
            Some(bundles) => bundles.add(reported.bundle),
            None => Ok(()),
        }
    }

    fn end(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        self.matrix.finish(&mut self.dictionary)?;
        let rollup = Rollup::of(totals.summary);
        let shown = SummaryContext::of(&self.run, totals, &rollup, self.waived);
        let sink = &mut self.sink;
        page::head(sink, &self.run, &shown)?;
        page::block(sink, page::JSON, "dictionary", |sink| {
            inert::json(sink, &self.dictionary.written(totals))
        })?;
        self.matrix.write(sink)?;
        if let Some(bundles) = self.bundles.take() {
            page::block(sink, page::PACKED, "bundles", |sink| bundles.finish(sink))?;
        }
        page::foot(sink)?;
        sink.flush()
    }
}
