//! What formats of other tools say of a finding in the same words: its subject, its details, its
//! time.

use jiff::Timestamp;

use crate::matrix::report::Run;
use crate::matrix::row::Row;
use crate::matrix::waivers::{Attestation, Says, Waiver, WaiverEntry};
use crate::verdict::Verdict;

/// `cluster/node`, `node` or `cluster`; of a bundle that names neither, the bundle.
pub(super) fn subject(row: &Row<'_>) -> String {
    match (row.cluster, row.node) {
        (Some(cluster), Some(node)) => format!("{cluster}/{node}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => row.bundle.to_owned(),
    }
}

/// `4.2.6 title`; of a bundle that cannot be read, just that.
pub(super) fn title(row: &Row<'_>) -> String {
    match (row.control, row.title) {
        (Some(control), Some(title)) => format!("{control} {title}"),
        (Some(control), None) => control.to_owned(),
        (None, _) => UNREADABLE.to_owned(),
    }
}

/// The title of a row without a control.
pub(super) const UNREADABLE: &str = "The bundle can be read";

/// What a reader needs to walk back to the evidence, a line each.
pub(super) fn details(row: &Row<'_>) -> String {
    let mut lines = vec![row.reason.to_owned()];
    let named = [
        ("expected", row.expected),
        ("actual", row.actual),
        ("decided by", Some(row.source)),
        ("what to do", row.remediation),
        ("beside it", row.waiver.as_deref()),
    ];
    for (what, text) in named {
        lines.extend(text.map(|text| format!("{what}: {text}")));
    }
    for (place, digest) in row.evidence.iter().zip(row.evidence_sha256) {
        lines.push(format!("evidence: {place} sha256 {digest}"));
    }
    let digest = row.bundle_sha256.map(|digest| format!(" sha256 {digest}"));
    let integrity = row.integrity.map(|word| format!(" ({word})"));
    let collected = row
        .collected_at
        .map(|time| format!(", collected at {time}"));
    let parts = [digest, integrity, collected].into_iter().flatten();
    lines.push(format!(
        "bundle: {}{}",
        row.bundle,
        parts.collect::<String>()
    ));
    lines.join("\n")
}

/// The waiver in force beside a failing finding.
pub(super) fn waiver<'r>(row: &Row<'r>) -> Option<(&'r WaiverEntry, &'r Waiver)> {
    let entry = row.entry.filter(|_| row.verdict == Verdict::Fail)?;
    match &entry.says {
        Says::Waiver(waiver) => Some((entry, waiver)),
        Says::Attestation(_) => None,
    }
}

/// What a person found, beside a row that no evidence decides.
pub(super) fn attestation<'r>(row: &Row<'r>) -> Option<&'r Attestation> {
    match &row.entry?.says {
        Says::Attestation(said) => Some(said),
        Says::Waiver(_) => None,
    }
}

/// When the evidence was made; where it does not say, the time that is "today" for the run, which
/// is no clock.
pub(super) fn time(collected_at: Option<&str>, run: &Run) -> Timestamp {
    let stated = collected_at.and_then(|text| text.trim().parse().ok());
    let of_run = || run.as_of.as_deref()?.parse().ok();
    stated.or_else(of_run).unwrap_or_default()
}

/// A time of the years that readers of other formats take, RFC 3339.
pub(super) fn stamp(time: Timestamp) -> String {
    let text = time.to_string();
    let fits = text.starts_with("19") || text.starts_with('2');
    match fits && text.as_bytes().get(4) == Some(&b'-') {
        true => text,
        false => Timestamp::UNIX_EPOCH.to_string(),
    }
}

/// What an importer keeps as the comment on a finding: our own verdict, and what stands beside it.
pub(super) fn comments(row: &Row<'_>) -> String {
    let verdict = format!("nodeproof verdict: {}", row.verdict.as_str());
    match row.waiver.as_deref() {
        Some(waiver) => format!("{verdict}\n{waiver}"),
        None => verdict,
    }
}
