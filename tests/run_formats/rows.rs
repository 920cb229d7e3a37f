//! Rows that no evidence gives, written through the library: every text of them hostile, or very
//! many.

use std::io;
use std::sync::{Arc, Mutex};

use nodeproof::benchmark::select::Selection;
use nodeproof::export::{Export, Format, Layout, Plan, Reported};
use nodeproof::limits::Limits;
use nodeproof::matrix::coverage::Coverage;
use nodeproof::matrix::report::{Bundle, Run, Totals};
use nodeproof::matrix::row::Row;
use nodeproof::matrix::stored::StoredRow;
use nodeproof::matrix::summary::SummaryBuilder;
use serde_json::{Value, json};

use super::written::HOSTILE;
use crate::support::*;

/// What a writer wrote.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub fn open(format: &Format, kept: &Kept) -> Box<dyn Export> {
    let selection = Selection::settle(&CATALOG, &["auto".to_owned()], &[]).unwrap();
    let as_of = Some("2026-11-26T00:00:00Z".to_owned());
    let run = Run::of(
        &CATALOG,
        &selection,
        &Limits::default(),
        Vec::new(),
        as_of,
        None,
    );
    let plan = Plan {
        run,
        layout: Layout::Long,
    };
    format.open(Box::new(kept.clone()), &plan)
}

/// Writes rows with these columns, all of one bundle, and gives back the remarks.
pub fn write(export: &mut dyn Export, rows: &[Value]) -> Vec<String> {
    let plain = serde_json::to_value(Row::default()).unwrap();
    let stored = rows.iter().map(|row| {
        let mut all = plain.clone();
        for (column, value) in row.as_object().unwrap() {
            all[column] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    });
    let stored: Vec<StoredRow> = stored.collect();
    let rows: Vec<Row<'_>> = stored.iter().map(StoredRow::row).collect();
    export.begin().unwrap();
    let reported = Reported {
        catalog: &CATALOG,
        rows: &rows,
        bundle: &Bundle::default(),
    };
    export.bundle(&reported).unwrap();
    let mut summary = SummaryBuilder::default();
    summary.add(&rows);
    let summary = summary.finish();
    let coverage = Coverage::default();
    let totals = Totals::of(&CATALOG, &summary, &coverage, Vec::new(), &[]);
    export.end(&totals).unwrap();
    export.remarks()
}

/// A row of every verdict, each text of it hostile or huge.
pub fn hostile() -> Vec<Value> {
    let part = format!("<&\u{1}{}", "x".repeat(297));
    let huge = format!("{HOSTILE}\0\r\n\t{}", part.repeat(400));
    let verdicts = [
        "pass",
        "fail",
        "unknown",
        "error",
        "not-applicable",
        "manual",
    ];
    let rows = verdicts.into_iter().map(|verdict| {
        let mut row = json!({});
        for column in Row::COLUMNS {
            row[column] = match column {
                "verdict" => verdict.into(),
                "by_the_text" => Value::Null,
                "benchmark" => "cis-1.12".into(),
                "notes" | "nist_800_53" | "cis_controls" | "stig" => json!([HOSTILE]),
                "evidence" | "evidence_sha256" => {
                    json!([huge, format!("{HOSTILE}:99999999999"), "a#/b"])
                }
                "cluster" | "node" | "control" | "title" | "finding_id" => HOSTILE.into(),
                _ => huge.clone().into(),
            };
        }
        row
    });
    rows.collect()
}
