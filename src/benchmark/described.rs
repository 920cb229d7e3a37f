//! A control → everything the catalog says of it, under the names that people see.

use serde_json::{Value, json};

use super::{Benchmark, Control, Severity, covered, references};
use crate::rules::Check;

/// What a list for people shows of it, in this order.
pub const COLUMNS: [&str; 27] = [
    "benchmark",
    "control",
    "title",
    "level",
    "assessment",
    "severity",
    "category",
    "rule",
    "role",
    "decided_by",
    "evidence",
    "skipped",
    "look_at",
    "nist_800_53",
    "nist_basis",
    "nist_families",
    "cis_controls",
    "stig",
    "other_names",
    "published_id",
    "audit_methods",
    "see_also",
    "rationale",
    "impact",
    "default",
    "remediation",
    "verify",
];

/// A control as an object: title, labels, references, and the texts of its rule.
#[must_use]
pub fn control(benchmark: &Benchmark, control: &Control) -> Value {
    let rule = control.judging_rule();
    let references = control.references();
    let nist = references
        .map(|r| r.nist_800_53.as_slice())
        .unwrap_or_default();
    let mut families: Vec<&str> = nist
        .iter()
        .filter_map(|c| references::family_of(c))
        .collect();
    families.dedup();
    let data = rule.map(|rule| &rule.data);
    let see_also: Vec<&String> = control
        .see_also
        .iter()
        .chain(data.iter().flat_map(|data| &data.see_also))
        .collect();
    let check = control.judging_check().map(|(_, check)| check);
    json!({
        "benchmark": benchmark.id,
        "control": control.number,
        "title": control.title.as_ref().or(data.map(|d| &d.title)),
        "level": control.level,
        "assessment": control.assessment.as_str(),
        "severity": control.severity,
        "category": control.severity.map(Severity::category),
        "rule": control.rule,
        "role": covered::role(control),
        "decided_by": if check.is_some() { "evidence" } else { "person" },
        "evidence": check.map(Check::evidence).unwrap_or_default(),
        "skipped": control.skipped,
        "look_at": control.look_at,
        "stig": references.map(|r| r.stig.as_slice()).unwrap_or_default(),
        "nist_800_53": nist,
        "nist_basis": references.and_then(|r| r.nist_basis.as_ref()),
        "nist_families": families,
        "cis_controls": references.map(|r| r.cis_controls.as_slice()).unwrap_or_default(),
        "references_from": references.and_then(|r| r.source.as_ref()),
        "other_names": control.other_names,
        "published_id": control.published_id,
        "audit_methods": control.audit_methods,
        "see_also": see_also,
        "rationale": data.map(|d| d.rationale.trim()),
        "impact": data.map(|d| d.impact.trim()),
        "default": data.map(|d| d.default.trim()),
        "remediation": data.map(|d| d.remediation.trim()),
        "verify": data.map(|d| d.verify.trim()),
    })
}

/// A value of it as people read it: lists joined by a blank, null empty.
#[must_use]
pub fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(|item| text(Some(item))).collect();
            items.join(" ")
        }
        Some(other) => other.to_string(),
    }
}
