//! A comparison as one JSON document.

use std::io::{self, Write as _};

use serde_json::{Map, Value, json};

use crate::export::Sink;
use crate::matrix::compare::change::ChangeKind;
use crate::matrix::compare::{ReportComparison, Side};

/// The version of the document. Keys may be added under it; none changes its meaning or goes.
const SCHEMA: &str = "nodeproof-diff/1";

pub(super) fn write(comparison: &ReportComparison, sink: &mut Sink) -> io::Result<()> {
    sink.write_all(b"{\"schema\":")?;
    serde_json::to_writer(&mut *sink, SCHEMA)?;
    for (key, side) in [("old", &comparison.old), ("new", &comparison.new)] {
        write!(sink, ",\n\"{key}\":")?;
        serde_json::to_writer(&mut *sink, &of_side(side))?;
    }
    sink.write_all(b",\n\"not_comparable\":")?;
    serde_json::to_writer(&mut *sink, &comparison.not_comparable)?;
    sink.write_all(b",\n\"changes\":[")?;
    for (at, change) in comparison.changes.iter().enumerate() {
        sink.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *sink, change)?;
    }
    let counts = comparison.counts();
    let kinds = ChangeKind::ALL.iter().map(|(kind, word)| {
        let count = counts.get(kind).copied().unwrap_or(0);
        ((*word).to_owned(), json!(count))
    });
    let kinds: Map<String, Value> = kinds.collect();
    let summary = json!({"regressions": comparison.regressions(), "changes": kinds});
    sink.write_all(b"\n],\n\"summary\":")?;
    serde_json::to_writer(&mut *sink, &summary)?;
    sink.write_all(b"}\n")?;
    sink.flush()
}

fn of_side(side: &Side) -> Value {
    json!({"run": side.run, "findings": side.findings, "nodes": side.nodes()})
}
