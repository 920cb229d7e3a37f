//! kube-bench's JSON with totals, one node and benchmark a file: kube-bench writes no node's name into
//! it. Shape and spellings are those of kube-bench's `check` types, where fields without a JSON name
//! keep their capitals.

use std::io::{self, Write};

use serde::Serialize;

use super::per_subject::SubjectDocument;
use crate::benchmark::catalog::Catalog;
use crate::matrix::row::Row;
use crate::node::duty::Duty;
use crate::verdict::Verdict;

/// What kube-bench gives as the reason of every manual check; importers look for just this.
const MANUAL: &str = "Test marked as a manual test";

#[derive(Serialize)]
struct WrittenReport<'d> {
    #[serde(rename = "Controls")]
    controls: Vec<Chapter<'d>>,
    #[serde(rename = "Totals")]
    totals: WrittenTotals,
}

#[derive(Default, Serialize)]
struct WrittenTotals {
    total_pass: usize,
    total_fail: usize,
    total_warn: usize,
    total_info: usize,
}

#[derive(Serialize)]
struct Chapter<'d> {
    id: &'d str,
    version: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detected_version: Option<&'d str>,
    text: String,
    node_type: &'static str,
    tests: Vec<WrittenSection<'d>>,
    #[serde(flatten)]
    totals: WrittenTotals,
}

#[derive(Serialize)]
struct WrittenSection<'d> {
    section: &'d str,
    #[serde(rename = "type")]
    of_type: &'static str,
    pass: usize,
    fail: usize,
    warn: usize,
    info: usize,
    desc: String,
    results: Vec<WrittenCheck<'d>>,
}

#[derive(Serialize)]
struct WrittenCheck<'d> {
    test_number: &'d str,
    test_desc: String,
    audit: &'static str,
    #[serde(rename = "AuditEnv")]
    audit_env: &'static str,
    #[serde(rename = "AuditConfig")]
    audit_config: &'static str,
    #[serde(rename = "type")]
    of_type: &'static str,
    remediation: &'d str,
    test_info: [&'d str; 1],
    status: &'static str,
    actual_value: &'d str,
    scored: bool,
    #[serde(rename = "IsMultiple")]
    is_multiple: bool,
    expected_result: &'d str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'d str,
}

/// Writes one document.
pub(super) fn write(document: &SubjectDocument<'_>, to: &mut dyn Write) -> io::Result<()> {
    let benchmark = &document.benchmark.id;
    let is_of = |part: for<'t> fn(&'t str, &'t str) -> &'t str| {
        move |a: &Row<'_>, b: &Row<'_>| part(number(a), benchmark) == part(number(b), benchmark)
    };
    let chapters = document.rows.chunk_by(is_of(chapter)).map(|rows| {
        let id = rows
            .first()
            .map_or("", |row| chapter(number(row), benchmark));
        Chapter {
            id,
            version: benchmark,
            detected_version: document.bundle.kubernetes.as_deref(),
            text: format!("Chapter {id}"),
            node_type: node_type(document.catalog, rows),
            tests: { rows.chunk_by(is_of(section)) }
                .map(|rows| self::of_section(rows, benchmark))
                .collect(),
            totals: totals(rows),
        }
    });
    let report = WrittenReport {
        controls: chapters.collect(),
        totals: totals(document.rows),
    };
    serde_json::to_writer(&mut *to, &report)?;
    to.write_all(b"\n")
}

fn of_section<'d>(rows: &'d [Row<'d>], benchmark: &'d str) -> WrittenSection<'d> {
    let WrittenTotals {
        total_pass: pass,
        total_fail: fail,
        total_warn: warn,
        total_info: info,
    } = totals(rows);
    let id = rows
        .first()
        .map_or("", |row| section(number(row), benchmark));
    WrittenSection {
        section: id,
        of_type: "",
        pass,
        fail,
        warn,
        info,
        desc: format!("Section {id}"),
        results: rows.iter().map(check).collect(),
    }
}

fn check<'d>(row: &'d Row<'d>) -> WrittenCheck<'d> {
    let assessment = row.assessment.unwrap_or_default();
    let is_manual = row.verdict == Verdict::Manual;
    let remediation = row.remediation.unwrap_or_default();
    WrittenCheck {
        test_number: number(row),
        test_desc: match row.title.unwrap_or_default() {
            // A title of kube-bench's own says it.
            title if title.ends_with("(Automated)") || title.ends_with("(Manual)") => {
                title.to_owned()
            }
            title => format!("{title} ({assessment})"),
        },
        audit: "",
        audit_env: "",
        audit_config: "",
        of_type: match row.verdict {
            Verdict::Manual => "manual",
            Verdict::NotApplicable => "skip",
            _ => "",
        },
        remediation,
        test_info: [remediation],
        status: status(row.verdict),
        actual_value: row.actual.unwrap_or_default(),
        scored: matches!(assessment, "automated" | "scored"),
        is_multiple: false,
        expected_result: row.expected.unwrap_or_default(),
        reason: if is_manual { MANUAL } else { row.reason },
    }
}

/// kube-bench's word. What is not decided is neither passed nor failed.
fn status(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Unknown | Verdict::Error | Verdict::Manual => "WARN",
        Verdict::NotApplicable => "INFO",
    }
}

fn totals(rows: &[Row<'_>]) -> WrittenTotals {
    let count = |word: &str| {
        let rows = rows.iter();
        rows.filter(|row| status(row.verdict) == word).count()
    };
    WrittenTotals {
        total_pass: count("PASS"),
        total_fail: count("FAIL"),
        total_warn: count("WARN"),
        total_info: count("INFO"),
    }
}

fn number<'r>(row: &Row<'r>) -> &'r str {
    row.control.unwrap_or_default()
}

/// The part before the first dot; where numbers have none, the benchmark is one chapter.
fn chapter<'t>(number: &'t str, benchmark: &'t str) -> &'t str {
    number.split_once('.').map_or(benchmark, |(first, _)| first)
}

/// The part before the last dot.
fn section<'t>(number: &'t str, benchmark: &'t str) -> &'t str {
    number
        .rsplit_once('.')
        .map_or(benchmark, |(first, _)| first)
}

/// kube-bench's word for what its first control is asked of.
fn node_type(catalog: &Catalog, rows: &[Row<'_>]) -> &'static str {
    let control = rows.first().and_then(|row| {
        let benchmark = catalog.benchmark(row.benchmark?)?;
        let mut controls = benchmark.controls.iter();
        controls.find(|control| Some(control.number.as_str()) == row.control)
    });
    match control {
        Some(control) if control.is_of_cluster() => "policies",
        Some(control) => match control.duty() {
            Duty::ControlPlane => "master",
            Duty::Etcd => "etcd",
            _ => "node",
        },
        None => "node",
    }
}
