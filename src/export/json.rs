//! JSON: one document that streams. Findings are written as they come; the bundles wait in a
//! temporary file without a name, so that memory does not grow with them.

use std::io;

use super::document::{Reached, Summed};
use super::spooled::Spooled;
use super::{Export, Reported, Sink};
use crate::matrix::nist::Rollup;
use crate::matrix::report::{Run, SCHEMA, Totals};
use crate::matrix::row::Row;

pub(super) struct JsonReport {
    sink: Sink,
    run: Run,
    has_findings: bool,
    bundles: Spooled,
}

impl JsonReport {
    pub(super) fn new(sink: Sink, run: &Run) -> Self {
        Self {
            sink,
            run: run.clone(),
            has_findings: false,
            bundles: Spooled::default(),
        }
    }
}

impl JsonReport {
    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let before: &[u8] = if self.has_findings { b",\n" } else { b"\n" };
        self.has_findings = true;
        self.sink.write_all(before)?;
        Ok(serde_json::to_writer(&mut self.sink, row)?)
    }
}

impl Export for JsonReport {
    fn begin(&mut self) -> io::Result<()> {
        self.sink.write_all(b"{\"schema\":")?;
        serde_json::to_writer(&mut self.sink, SCHEMA)?;
        self.sink.write_all(b",\n\"run\":")?;
        serde_json::to_writer(&mut self.sink, &self.run)?;
        self.sink.write_all(b",\n\"findings\":[")
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        reported.rows.iter().try_for_each(|row| self.row(row))?;
        self.bundles.push(reported.bundle)
    }

    fn end(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        self.sink.write_all(b"\n],\n\"bundles\":[\n")?;
        std::mem::take(&mut self.bundles).copy(&mut self.sink)?;
        self.sink.write_all(b"\n],\n\"benchmarks\":")?;
        serde_json::to_writer(&mut self.sink, &totals.benchmarks)?;
        self.sink.write_all(b",\n\"coverage\":")?;
        serde_json::to_writer(&mut self.sink, &Reached::of(totals))?;
        self.sink.write_all(b",\n\"waivers\":")?;
        serde_json::to_writer(&mut self.sink, totals.waivers)?;
        let rollup = Rollup::of(totals.summary);
        self.sink.write_all(b",\n\"summary\":")?;
        serde_json::to_writer(&mut self.sink, &Summed::of(totals, &rollup))?;
        self.sink.write_all(b"}\n")?;
        self.sink.flush()
    }
}
