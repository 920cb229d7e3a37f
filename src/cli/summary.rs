//! What a run adds up to, as text that can be read aloud and fits 80 columns. No colour is used.

use crate::matrix::order;
use crate::matrix::summary::{Summary, meaning};
use crate::verdict::Verdict;

/// Controls and codes listed; the matrix has all of them.
const LISTED: usize = 5;
const COLUMNS: usize = 79;

/// The summary, line by line.
pub fn lines(summary: &Summary) -> Vec<String> {
    let mut lines = vec![
        format!(
            "{}: {} read, {} unreadable. {} skipped.",
            counted(summary.bundles, "bundle"),
            summary.bundles - summary.unreadable.min(summary.bundles),
            summary.unreadable,
            counted(summary.skipped, "other file"),
        ),
        format!(
            "{} of {} judged.",
            summary.answered_nodes(),
            counted(summary.nodes(), "node")
        ),
    ];
    lines.extend(table(summary));
    let failing = summary.most_failing();
    if !failing.is_empty() {
        lines.push(String::new());
        lines.push(format!(
            "Failing on most nodes ({} in all):",
            counted(failing.len() as u64, "failing control")
        ));
        for control in failing.iter().take(LISTED) {
            lines.push(fit(format!(
                "  {:>6}  {} {}  {}",
                control.nodes, control.benchmark, control.control, control.title
            )));
        }
    }
    let undecided = summary.undecided();
    if !undecided.is_empty() {
        lines.push(String::new());
        lines.push("Not decided, and why:".to_owned());
        for (code, rows) in undecided.iter().take(LISTED) {
            lines.push(fit(format!("  {rows:>6}  {code}: {}", meaning(code))));
        }
        if undecided.len() > LISTED {
            lines.push(format!("  and {} more reasons", undecided.len() - LISTED));
        }
    }
    lines
}

/// Verdicts per benchmark; verdicts that never came up have no column.
fn table(summary: &Summary) -> Vec<String> {
    let verdicts: Vec<&str> = Verdict::ALL
        .iter()
        .map(|verdict| verdict.as_str())
        .filter(|verdict| summary.of(verdict) > 0)
        .collect();
    let counts = summary.benchmarks();
    if counts.is_empty() {
        return Vec::new();
    }
    let width = counts
        .keys()
        .map(|id| id.chars().count())
        .max()
        .unwrap_or(0)
        .max("benchmark".len());
    let mut lines = vec![String::new()];
    let mut head = format!("{:width$}", "benchmark");
    for verdict in &verdicts {
        head.push_str(&format!("  {verdict:>7}"));
    }
    lines.push(head);
    let mut benchmarks: Vec<_> = counts.iter().collect();
    benchmarks.sort_by(|(a, _), (b, _)| order::controls(a, b));
    for (id, counts) in benchmarks {
        let mut line = format!("{id:width$}");
        for verdict in &verdicts {
            let count = counts.get(*verdict).copied().unwrap_or(0);
            let room = verdict.len().max(7);
            line.push_str(&format!("  {count:>room$}"));
        }
        lines.push(line);
    }
    lines
}

fn counted(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

fn fit(line: String) -> String {
    if line.chars().count() <= COLUMNS {
        return line;
    }
    let mut cut: String = line.chars().take(COLUMNS - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::row::Row;

    #[test]
    fn the_summary_can_be_read_aloud_at_80_columns() {
        let mut summary = Summary::of_run(1);
        let row = |node: usize, benchmark: &str, verdict: &str, reason: &str| Row {
            node: Some(format!("n{node}")),
            benchmark: Some(benchmark.to_owned()),
            control: Some("4.2.6".to_owned()),
            title: Some(
                "A title that is a good deal longer than what is left of a line of eighty columns"
                    .to_owned(),
            ),
            verdict: verdict.to_owned(),
            reason: format!("{reason}: sentence"),
            ..Row::default()
        };
        for node in 0..1234 {
            let (verdict, reason) = match node % 5 {
                0 => ("fail", "config-file-sets-it"),
                1 => ("unknown", "arguments-cut-off"),
                _ => ("pass", "default-applies"),
            };
            summary.count(&[row(node, "rke2-cis-1.23-permissive", verdict, reason)]);
        }
        summary.count(&[Row {
            verdict: "error".into(),
            reason: "truncated: ends".into(),
            ..Row::default()
        }]);
        let lines = lines(&summary);
        assert!(
            lines.iter().all(|line| line.chars().count() < 80),
            "{lines:#?}"
        );
        insta::assert_snapshot!(lines.join("\n"));
    }
}
