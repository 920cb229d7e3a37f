//! What a run adds up to, as text that can be read aloud and fits the terminal. No colour is used.

use crate::benchmark::order;
use crate::export::terminal;
use crate::matrix::coverage::Coverage;
use crate::matrix::summary::{Summary, meaning};
use crate::verdict::Verdict;

/// Controls and codes listed; the matrix has all of them.
const LISTED: usize = 5;
/// Columns of what is no terminal, and the most that a line is read well at.
const COLUMNS: std::ops::RangeInclusive<usize> = 79..=159;

/// The columns that stderr has room for.
pub fn columns() -> usize {
    let terminal = terminal_size::terminal_size_of(std::io::stderr());
    let columns = terminal.map_or(0, |(width, _)| usize::from(width.0).saturating_sub(1));
    columns.clamp(*COLUMNS.start(), *COLUMNS.end())
}

/// The summary, line by line.
pub fn lines(summary: &Summary, coverage: &Coverage, columns: usize) -> Vec<String> {
    let mut lines = vec![
        format!(
            "{}: {} read, {} unreadable. {}.",
            counted(summary.bundles, "bundle"),
            summary.bundles - summary.unreadable.min(summary.bundles),
            summary.unreadable,
            skipped(summary.skipped),
        ),
        format!("{} judged.", coverage.judged()),
    ];
    lines.extend(other_tools(coverage, columns));
    lines.extend(gaps(coverage, columns));
    lines.extend(table(summary));
    let failing = summary.most_failing();
    if !failing.is_empty() {
        lines.push(String::new());
        lines.push(format!(
            "Failing on most nodes ({} in all):",
            counted(failing.len() as u64, "failing rule")
        ));
        for rule in failing.iter().take(LISTED) {
            let mark = format!("  {:>6}  ", rule.nodes);
            let whose = if rule.of_clusters { " (clusters)" } else { "" };
            let text = format!("{}  {}{whose}", rule.title, rule.some_controls(1));
            lines.extend(wrapped(&mark, &text, columns));
        }
    }
    let undecided = summary.undecided();
    if !undecided.is_empty() {
        lines.push(String::new());
        lines.push("Not decided, and why:".to_owned());
        for (code, rows) in undecided.iter().take(LISTED) {
            let why = format!("{code}: {}", meaning(code));
            lines.extend(wrapped(&format!("  {rows:>6}  "), &why, columns));
        }
        if undecided.len() > LISTED {
            lines.push(format!("  and {} more reasons", undecided.len() - LISTED));
        }
    }
    lines
}

/// Who made evidence, where our own collectors did not: these are scripts, and give their digest.
fn other_tools(coverage: &Coverage, columns: usize) -> Vec<String> {
    let made_by = coverage.evidence.collectors.iter();
    let is_other = |name: &String| !name.ends_with(".sh");
    let others = made_by.filter(|by| by.sha256.is_none() && by.name.as_ref().is_some_and(is_other));
    let others = others.take(LISTED).map(|by| {
        let bundles = counted(by.bundles, "bundle");
        format!("{} ({bundles})", by.sentence())
    });
    let others: Vec<String> = others.collect();
    match others.is_empty() {
        true => Vec::new(),
        false => wrapped("Made by other tools: ", &others.join("; "), columns),
    }
}

/// What totals leave out or rest on: per code how many, what it means, and the first names.
fn gaps(coverage: &Coverage, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for (code, lacks) in coverage.lacking() {
        let what = format!("{}: {}", code.as_str(), code.meaning());
        lines.extend(wrapped(&format!("  {:>6}  ", lacks.len()), &what, columns));
        for lack in lacks.iter().take(LISTED) {
            let cluster = lack.cluster.iter().map(|cluster| format!("{cluster}: "));
            let what = cluster.chain([lack.sentence()]).collect::<String>();
            lines.extend(wrapped("          ", &what, columns));
        }
        if lacks.len() > LISTED {
            lines.push(format!("          and {} more", lacks.len() - LISTED));
        }
    }
    for (code, gaps) in coverage.by_code() {
        let what = format!("{}: {}", code.as_str(), code.meaning());
        lines.extend(wrapped(&format!("  {:>6}  ", gaps.len()), &what, columns));
        for gap in gaps.iter().take(LISTED) {
            let node = [&gap.cluster, &gap.node].into_iter().flatten();
            let node: Vec<&str> = node.map(String::as_str).collect();
            let names = [Some(node.join("/")), gap.bundle.clone()];
            let names = names.into_iter().flatten().filter(|name| !name.is_empty());
            let names: Vec<String> = names.collect();
            let what = format!("{}: {}", names.join(" in "), gap.why);
            lines.extend(wrapped("          ", &what, columns));
        }
        if gaps.len() > LISTED {
            lines.push(format!("          and {} more", gaps.len() - LISTED));
        }
    }
    lines
}

/// A text behind a mark, on as many lines as it needs: the end of a reason is what tells one from
/// another. Further lines begin two columns below the mark's end.
fn wrapped(mark: &str, text: &str, columns: usize) -> Vec<String> {
    let indent = " ".repeat(mark.chars().count() + 2);
    let text = terminal::line(text);
    let mut lines = Vec::new();
    let mut line = mark.to_owned();
    let mut is_empty = true;
    for word in text.split(' ') {
        let mut word: &str = word;
        let length = word.chars().count();
        if !is_empty && line.chars().count() + 1 + length > columns {
            lines.push(std::mem::replace(&mut line, indent.clone()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        // A name may be longer than a line.
        loop {
            let room = columns.saturating_sub(line.chars().count()).max(1);
            let Some((at, _)) = word.char_indices().nth(room) else {
                break;
            };
            let (head, tail) = word.split_at(at);
            line.push_str(head);
            lines.push(std::mem::replace(&mut line, indent.clone()));
            word = tail;
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
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

/// How many files were no bundle.
pub(super) fn skipped(count: u64) -> String {
    format!("{} skipped", counted(count, "other file"))
}

pub(super) fn counted(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::coverage::{Code, Counted, Gap};
    use crate::matrix::row::Row;
    use crate::matrix::summary::SummaryBuilder;
    use crate::verdict::Verdict;

    #[test]
    fn a_long_text_goes_on_below_itself() {
        let text = "one two \u{1b}three fourfivesixseven eight";
        assert_eq!(
            wrapped("  7  ", text, 16),
            [
                "  7  one two",
                "       \\u001bthr",
                "       ee",
                "       fourfives",
                "       ixseven",
                "       eight"
            ]
        );
    }

    #[test]
    fn the_summary_can_be_read_aloud_at_80_and_at_160_columns() {
        let mut summary = SummaryBuilder::of_run(1);
        for node in 0..1234 {
            let (verdict, reason) = match node % 5 {
                0 => (Verdict::Fail, "config-file-sets-it"),
                1 => (Verdict::Unknown, "arguments-cut-off"),
                _ => (Verdict::Pass, "default-applies"),
            };
            summary.add(&[Row {
                node: Some(&format!("n{node}")),
                benchmark: Some("rke2-cis-1.23-permissive"),
                control: Some("4.2.6"),
                title: Some(
                    "A title that is a good deal longer than what is left of a line of eighty columns",
                ),
                verdict,
                code: reason,
                rule: Some("kubelet-make-iptables-util-chains"),
                ..Row::default()
            }]);
        }
        summary.add(&[Row {
            verdict: Verdict::Error,
            code: "truncated",
            ..Row::default()
        }]);
        let gap = |at: usize, code| Gap {
            cluster: Some("prod-eu".to_owned()),
            node: Some(format!("ip-10-0-1-{at}.eu-central-1.compute.internal")),
            bundle: Some(format!("2026-11/n{at}.tar.gz")).filter(|_| code != Code::NoEvidence),
            code,
            why: "made a long time ago".to_owned(),
            judged: false,
        };
        let missing = (0..7).map(|at| gap(at, Code::NoEvidence));
        let coverage = Coverage {
            nodes: Counted {
                judged: 987,
                of: 1242,
            },
            gaps: missing.chain([gap(8, Code::TooOld)]).collect(),
            ..Coverage::default()
        };
        let summary = summary.finish();
        for columns in [79, 159] {
            let lines = lines(&summary, &coverage, columns);
            let fits = |line: &String| line.chars().count() <= columns;
            assert!(lines.iter().all(fits), "{lines:#?}");
            insta::assert_snapshot!(format!("{}_columns", columns + 1), lines.join("\n"));
        }
    }
}
