//! A comparison as text for people: changes alone, the worst first, at 80 columns.

use std::io::{self, Write as _};

use serde_json::Value;

use crate::benchmark::order;
use crate::export::{Sink, terminal};
use crate::matrix::compare::change::{Change, ChangeKind, FindingState};
use crate::matrix::compare::{ReportComparison, Side};

const COLUMNS: usize = 79;
/// Nodes that a remark names; the other formats name all.
const NAMED: usize = 5;

/// Cuts a line to what a terminal of 80 columns shows.
#[must_use]
pub fn fit(line: String, columns: usize) -> String {
    if line.chars().count() <= columns {
        return line;
    }
    let mut cut: String = line.chars().take(columns - 1).collect();
    cut.push('…');
    cut
}

/// As wide as what is no terminal.
fn fit_here(line: String) -> String {
    fit(line, COLUMNS)
}

pub(super) fn write(comparison: &ReportComparison, sink: &mut Sink) -> io::Result<()> {
    for line in lines(comparison) {
        writeln!(sink, "{}", terminal::line(&line))?;
    }
    sink.flush()
}

fn lines(comparison: &ReportComparison) -> Vec<String> {
    let mut lines = vec![side("OLD", &comparison.old), side("NEW", &comparison.new)];
    if !comparison.not_comparable.is_empty() {
        lines.extend([
            String::new(),
            "Not comparable, or only with care:".to_owned(),
        ]);
    }
    for remark in &comparison.not_comparable {
        let (old, new) = (plain(&remark.old), plain(&remark.new));
        lines.push(fit_here(format!("  {}: {old} → {new}", remark.what)));
        lines.push(fit_here(format!("    {}", remark.means)));
        if !remark.nodes.is_empty() {
            let named: Vec<&str> = remark
                .nodes
                .iter()
                .take(NAMED)
                .map(String::as_str)
                .collect();
            let more = if remark.nodes.len() > NAMED {
                ", …"
            } else {
                ""
            };
            let count = remark.nodes.len();
            lines.push(fit_here(format!("    {count}: {}{more}", named.join(", "))));
        }
    }
    let counts = comparison.counts();
    for (kind, count) in &counts {
        lines.extend([String::new(), format!("{} ({count}):", heading(*kind))]);
        let mut changes: Vec<&Change> = comparison.changes.iter().collect();
        changes.retain(|change| change.kind == *kind);
        of_kind(&changes, &mut lines);
    }
    lines.push(String::new());
    lines.push(match comparison.changes.len() {
        0 => "No change.".to_owned(),
        all => format!("Changes: {all}, regressions: {}.", comparison.regressions()),
    });
    lines
}

fn side(name: &str, side: &Side) -> String {
    let run = side.run.as_ref();
    let of = |key: &str| run.and_then(|run| run.get(key)).map(plain);
    let version = of("version").unwrap_or_else(|| "version unknown".to_owned());
    let benchmark = of("benchmark").unwrap_or_else(|| "benchmark unknown".to_owned());
    fit_here(format!(
        "{name}: findings: {}, nodes: {}; nodeproof {version}, {benchmark}",
        side.findings,
        side.nodes()
    ))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if !items.is_empty() => {
            let items: Vec<String> = items.iter().map(plain).collect();
            items.join(" ")
        }
        other => other.to_string(),
    }
}

fn heading(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::NewlyFailing => "Newly failing",
        ChangeKind::NewlyUndecided => "Was well, and is undecided",
        ChangeKind::NewlyUnreadable => "Bundles that cannot be read any more",
        ChangeKind::NewUnreadable => "New bundles, which cannot be read",
        ChangeKind::GoneNode => "Nodes that are gone",
        ChangeKind::GoneControl => "Controls that are gone",
        ChangeKind::GoneFinding => "Findings that are gone",
        ChangeKind::Fixed => "Fixed",
        ChangeKind::ReadableAgain => "Bundles that can be read again",
        ChangeKind::GoneUnreadable => "Bundles that could not be read, and are gone",
        ChangeKind::OtherVerdict => "Other changes of verdict",
        ChangeKind::WaiverChanged => "Same verdict, another waiver or attestation",
        ChangeKind::EvidenceChanged => "Same verdict, other evidence",
        ChangeKind::NewNode => "New nodes",
        ChangeKind::NewControl => "New controls",
        ChangeKind::NewFinding => "New findings",
    }
}

/// The changes of one kind, below the control they are of.
fn of_kind(changes: &[&Change], lines: &mut Vec<String>) {
    let mut sorted = changes.to_vec();
    sorted.sort_by(|a, b| {
        let control = |change: &Change| change.control.clone().unwrap_or_default();
        let by_number = order::controls(&control(a), &control(b));
        a.benchmark.cmp(&b.benchmark).then(by_number)
    });
    let mut under = None;
    for change in sorted {
        let control = (&change.benchmark, &change.control);
        if let (Some(benchmark), Some(number)) = control
            && under != Some(control)
        {
            under = Some(control);
            let title = change.title.as_deref().unwrap_or_default();
            lines.push(fit_here(format!("  {benchmark} {number}  {title}")));
        }
        let whose = match (&change.cluster, &change.node, &change.bundle) {
            (Some(cluster), Some(node), _) => format!("{cluster}/{node}"),
            (None, Some(node), _) => node.clone(),
            (_, None, Some(bundle)) => bundle.clone(),
            (_, None, None) => "on nodes".to_owned(),
        };
        match (&change.old, &change.new) {
            (Some(old), Some(new)) => {
                let waived = match &change.new {
                    Some(state) if state.waiver.is_some() => " (waived or attested)",
                    _ => "",
                };
                let verdicts = if old.verdict == new.verdict {
                    new.verdict.clone()
                } else {
                    format!("{} → {}", old.verdict, new.verdict)
                };
                // A name that is cut is no name.
                lines.push(format!("    {whose}  {verdicts}{waived}"));
                lines.extend(details(old, new));
            }
            (Some(state), None) | (None, Some(state)) => {
                lines.push(format!("    {whose}  {}: {}", state.verdict, state.reason));
            }
            (None, None) => lines.push(format!("    {whose}  findings: {}", change.findings)),
        }
    }
}

fn details(old: &FindingState, new: &FindingState) -> Option<String> {
    let value = |state: &FindingState| {
        let actual = state.actual.as_deref().unwrap_or("nothing");
        // The code mostly names the source as well.
        let decided = if old.reason == new.reason && old.source != new.source {
            &state.source
        } else {
            &state.reason
        };
        format!("{actual} ({decided})")
    };
    let (a, b) = (value(old), value(new));
    if a != b {
        return Some(fit_here(format!("      {a} → {b}")));
    }
    if old.file_sha256 != new.file_sha256 {
        return Some("      the file that decides has other bytes".to_owned());
    }
    if old.waiver != new.waiver {
        let text = |state: &FindingState| state.waiver.clone().unwrap_or_else(|| "none".to_owned());
        return Some(fit_here(format!("      {} → {}", text(old), text(new))));
    }
    None
}
