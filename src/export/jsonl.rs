//! JSON Lines: one object per finding, all keys always there.

use std::io;

use serde_json::{Map, Value};

use super::lines::Lines;
use super::{Export, Reported, Sink};
use crate::matrix::report::Totals;
use crate::matrix::row::Row;

pub(super) struct JsonLines {
    sink: Sink,
}

impl JsonLines {
    pub(super) fn new(sink: Sink) -> Self {
        Self { sink }
    }
}

impl JsonLines {
    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut self.sink, row)?;
        self.sink.write_all(b"\n")
    }
}

impl Export for JsonLines {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        reported.rows.iter().try_for_each(|row| self.row(row))
    }

    fn end(&mut self, _totals: &Totals<'_>) -> io::Result<()> {
        self.sink.flush()
    }
}

impl Lines for JsonLines {
    fn head(&mut self, _names: &[String]) -> io::Result<()> {
        Ok(())
    }

    fn line(&mut self, names: &[String], cells: &[Option<&str>]) -> io::Result<()> {
        let pairs = names
            .iter()
            .cloned()
            .zip(cells.iter().map(|cell| (*cell).into()));
        let object: Map<String, Value> = pairs.collect();
        serde_json::to_writer(&mut self.sink, &object)?;
        self.sink.write_all(b"\n")
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}
