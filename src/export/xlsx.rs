//! A workbook for people: Summary, Matrix, Findings, By 800-53, Evidence, Controls, Not judged.
//! Rows wait in temporary files until it is known which sheets there are, so that memory does not
//! grow with nodes. Every cell is a text or a count, never a formula or a link.

pub(super) mod changes;
mod controls;
mod evidence;
mod findings;
mod gaps;
mod matrix;
mod nist;
mod package;
mod sheet;
mod spool;
mod style;
mod summary;
mod text;

use std::io;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};
use serde_json::Value;

use self::evidence::EvidenceRows;
use self::findings::FindingRows;
use self::gaps::GapRows;
use self::matrix::Matrices;
use self::sheet::{Sheets, refused};
use super::{Export, Reported, Sink};
use crate::matrix::report::{Run, Totals};
use crate::matrix::row::Row;

/// What a workbook can hold: "Excel specifications and limits",
/// <https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Rows of a sheet, its head included.
    pub rows: u32,
    /// Columns of a sheet.
    pub columns: u16,
    /// UTF-16 units of a cell.
    pub units: usize,
}

impl Caps {
    /// Characters of a sheet's name.
    const SHEET_NAME: usize = 31;
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            rows: 1_048_576,
            columns: 16_384,
            units: 32_767,
        }
    }
}

/// A workbook under way.
pub struct Xlsx {
    sink: Sink,
    run: Value,
    caps: Caps,
    findings: FindingRows,
    matrices: Matrices,
    evidence: EvidenceRows,
    gaps: GapRows,
}

impl Xlsx {
    /// Of a run, with sheets of at most this size.
    #[must_use]
    pub fn new(sink: Sink, run: &Run, caps: Caps) -> Self {
        Self {
            sink,
            run: serde_json::to_value(run).unwrap_or_default(),
            caps,
            findings: FindingRows::default(),
            matrices: Matrices::default(),
            evidence: EvidenceRows::default(),
            gaps: GapRows::default(),
        }
    }
}

impl Xlsx {
    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.findings.row(row, self.caps.units)?;
        self.matrices.row(row)?;
        self.evidence.row(row);
        self.gaps.row(row);
        Ok(())
    }
}

impl Export for Xlsx {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        reported.rows.iter().try_for_each(|row| self.row(row))?;
        self.evidence.bundle(reported.bundle)?;
        self.gaps.bundle(reported.bundle, self.caps.units)
    }

    fn end(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        let findings = std::mem::take(&mut self.findings).finish()?;
        let matrices = std::mem::take(&mut self.matrices).finish()?;
        let evidence = std::mem::take(&mut self.evidence).finish()?;
        let gaps = std::mem::take(&mut self.gaps).finish(totals, self.caps.units)?;
        let mut sheets = Sheets::new(self.caps, summary::footer(&self.run));
        let first = sheets.worksheet("Summary")?;
        matrices.sheets(totals, &mut sheets)?;
        findings.sheets(&mut sheets)?;
        nist::sheet(totals, &mut sheets)?;
        evidence.sheets(&mut sheets)?;
        controls::sheet(totals, &mut sheets)?;
        gaps.sheets(&mut sheets)?;
        let first = summary::sheet(first, &self.run, totals, &sheets)?;
        let mut workbook = Workbook::new();
        workbook.set_properties(&day()?);
        workbook.push_worksheet(first);
        let mut bodies = vec![None];
        for sheet in sheets.all {
            workbook.push_worksheet(sheet.worksheet);
            bodies.push(sheet.body);
        }
        package::write(workbook, &bodies, &mut self.sink)
    }
}

/// The first day a zip can hold: nothing written depends on the clock.
fn day() -> io::Result<DocProperties> {
    let day = ExcelDateTime::from_ymd(1980, 1, 1).map_err(refused)?;
    Ok(DocProperties::new().set_creation_datetime(&day))
}
