//! A change → the cells of one line: what CSV and the workbook have in common.

use std::borrow::Cow;

use serde_json::Value;

use crate::matrix::compare::ReportComparison;
use crate::matrix::compare::change::{Change, FindingState};
use crate::matrix::compare::scope::Remark;

/// The names of the cells.
pub(in crate::export) const COLUMNS: [&str; 21] = [
    "kind",
    "regression",
    "cluster",
    "node",
    "benchmark",
    "control",
    "title",
    "changed",
    "old_verdict",
    "new_verdict",
    "old_reason",
    "new_reason",
    "old_actual",
    "new_actual",
    "old_source",
    "new_source",
    "old_waiver",
    "new_waiver",
    "bundle",
    "findings",
    "finding_id",
];

/// A line's cells.
pub(in crate::export) type Cells<'c> = [Cow<'c, str>; COLUMNS.len()];

/// All lines: where OLD and NEW cannot be compared, of kind `not-comparable`, then the changes.
pub(in crate::export) fn lines(comparison: &ReportComparison) -> impl Iterator<Item = Cells<'_>> {
    let remarks = comparison.not_comparable.iter().map(of_remark);
    remarks.chain(comparison.changes.iter().map(of_change))
}

fn of_remark(remark: &Remark) -> Cells<'_> {
    let mut cells = [const { Cow::Borrowed("") }; COLUMNS.len()];
    let mut set = |column: &str, text: Cow<'_, str>| {
        let at = COLUMNS.iter().position(|name| *name == column);
        if let Some(cell) = at.and_then(|at| cells.get_mut(at)) {
            *cell = Cow::Owned(text.into_owned());
        }
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    set("kind", "not-comparable".into());
    set("node", remark.nodes.join(" ").into());
    set("title", remark.means.as_str().into());
    set("changed", remark.what.as_str().into());
    set("old_actual", text(&remark.old).into());
    set("new_actual", text(&remark.new).into());
    cells
}

fn of_change(change: &Change) -> Cells<'_> {
    fn one(text: Option<&String>) -> Cow<'_, str> {
        text.map_or(Cow::Borrowed(""), |text| text.as_str().into())
    }
    let old = |part: fn(&FindingState) -> Option<&String>| one(change.old.as_ref().and_then(part));
    let new = |part: fn(&FindingState) -> Option<&String>| one(change.new.as_ref().and_then(part));
    [
        change.kind.as_str().into(),
        if change.regression { "yes" } else { "no" }.into(),
        one(change.cluster.as_ref()),
        one(change.node.as_ref()),
        one(change.benchmark.as_ref()),
        one(change.control.as_ref()),
        one(change.title.as_ref()),
        change.changed.join(" ").into(),
        old(|s| Some(&s.verdict)),
        new(|s| Some(&s.verdict)),
        old(|s| Some(&s.reason)),
        new(|s| Some(&s.reason)),
        old(|s| s.actual.as_ref()),
        new(|s| s.actual.as_ref()),
        old(|s| Some(&s.source)),
        new(|s| Some(&s.source)),
        old(|s| s.waiver.as_ref()),
        new(|s| s.waiver.as_ref()),
        one(change.bundle.as_ref()),
        change.findings.to_string().into(),
        one(change.finding_id.as_ref()),
    ]
}
