//! Control + finding → row.

use super::row::Row;
use crate::benchmark::{Benchmark, Control, Rule};
use crate::bundle::sha256_hex;
use crate::problem::Code;
use crate::verdict::{Finding, Verdict, remediation};

/// The row of one control on one node. `frame` has what all rows of the node share.
#[must_use]
pub fn row(
    frame: &Row,
    benchmark: &Benchmark,
    control: &Control,
    rule: Option<&Rule>,
    finding: &Finding,
    note: Option<Code>,
    by_the_text: Option<Verdict>,
) -> Row {
    let references = control.references.as_ref();
    let skips = control.skipped.then_some(Code::PublisherSkips);
    let notes = finding.notes.iter().copied().chain(note).chain(skips);
    let title = rule.map(|rule| rule.data.title.clone());
    let mut row = Row {
        benchmark: Some(benchmark.id.clone()),
        control: Some(control.number.clone()),
        title: control.title.clone().or(title),
        level: control.level.clone(),
        assessment: Some(control.assessment.as_str().to_owned()),
        verdict: finding.verdict.as_str().to_owned(),
        reason: finding.reason(),
        notes: notes.map(|code| code.to_string()).collect(),
        expected: Some(finding.expected.clone()).filter(|text| !text.is_empty()),
        actual: finding.actual.clone().filter(|text| !text.is_empty()),
        source: finding
            .source
            .map_or("none", |source| source.as_str())
            .to_owned(),
        evidence: finding.evidence.iter().map(ToString::to_string).collect(),
        evidence_sha256: finding
            .evidence
            .iter()
            .map(|c| c.sha256.to_string())
            .collect(),
        by_the_text: by_the_text.map(|verdict| verdict.as_str().to_owned()),
        nist_800_53: references
            .map(|r| r.nist_800_53.clone())
            .unwrap_or_default(),
        nist_basis: references.and_then(|r| r.nist_basis.clone()),
        cis_controls: references
            .map(|r| r.cis_controls.clone())
            .unwrap_or_default(),
        stig: references.map(|r| r.stig.clone()).unwrap_or_default(),
        rule: rule.map(|rule| rule.data.key.clone()),
        remediation: rule
            .and_then(|rule| remediation(rule, finding))
            .map(str::to_owned),
        ..frame.clone()
    };
    row.identify(None, sha256_hex);
    row
}

/// The one row of a bundle that cannot be read.
#[must_use]
pub fn unreadable(frame: Row, code: &str, sentence: &str, next: &str) -> Row {
    let mut row = Row {
        verdict: Verdict::Error.as_str().to_owned(),
        reason: format!("{code}: {sentence}"),
        source: "none".to_owned(),
        remediation: Some(next.to_owned()),
        ..frame
    };
    row.identify(None, sha256_hex);
    row
}
