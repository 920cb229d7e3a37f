//! JSON Lines: one object per finding, all keys always there.

use std::io;

use super::{Export, Sink};
use crate::matrix::row::Row;
use crate::matrix::summary::Summary;

pub(super) struct JsonLines {
    sink: Sink,
}

impl JsonLines {
    pub(super) fn new(sink: Sink) -> Self {
        Self { sink }
    }
}

impl Export for JsonLines {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, row: &Row) -> io::Result<()> {
        serde_json::to_writer(&mut self.sink, row)?;
        self.sink.write_all(b"\n")
    }

    fn end(&mut self, _totals: &Summary) -> io::Result<()> {
        self.sink.flush()
    }
}
