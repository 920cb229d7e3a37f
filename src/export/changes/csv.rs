//! Changes as CSV, one row each; where OLD and NEW cannot be compared is a row of kind
//! `not-comparable` before them.

use std::io;

use super::cells;
use crate::export::Sink;
use crate::export::csv::{defused, plain};
use crate::matrix::compare::ReportComparison;

pub(super) fn write(comparison: &ReportComparison, sink: &mut Sink) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(sink);
    writer.write_record(cells::COLUMNS).map_err(plain)?;
    for line in cells::lines(comparison) {
        for cell in line {
            let cell = defused(cell);
            writer.write_field(cell.as_ref()).map_err(plain)?;
        }
        writer.write_record(None::<&[u8]>).map_err(plain)?;
    }
    writer.flush()
}
