//! HDF, the InSpec JSON that Heimdall and saf read, of one node and benchmark. A reader makes the
//! status of a control from its results, so each has one, and a waiver is told without skipping it:
//! `skipped_due_to_waiver` would make a failed control one that does not apply.

use std::io::{self, Write};

use serde::Serialize;

use super::finding::{attestation, details, stamp, subject, time, waiver};
use super::per_subject::SubjectDocument;
use crate::benchmark::Severity;
use crate::bundle::sha256_hex;
use crate::matrix::row::Row;
use crate::verdict::Verdict;

#[derive(Serialize)]
struct HdfReport<'d> {
    platform: HdfPlatform<'d>,
    profiles: [Profile<'d>; 1],
    statistics: Statistics,
    version: &'static str,
    generator: Generator<'d>,
}

#[derive(Serialize)]
struct HdfPlatform<'d> {
    name: &'static str,
    release: &'d str,
    target_id: String,
}

#[derive(Serialize)]
struct Profile<'d> {
    name: &'d str,
    title: &'d str,
    version: Option<&'d str>,
    maintainer: &'d str,
    summary: &'d str,
    license: &'static str,
    copyright: &'static str,
    supports: [(); 0],
    attributes: [(); 0],
    depends: [(); 0],
    groups: [(); 0],
    sha256: String,
    status: &'static str,
    controls: Vec<HdfControl<'d>>,
}

#[derive(Serialize)]
struct HdfControl<'d> {
    id: &'d str,
    title: Option<&'d str>,
    desc: Option<&'d str>,
    descriptions: [HdfDescription<'d>; 4],
    impact: f64,
    refs: [(); 0],
    tags: Tags<'d>,
    code: Option<&'static str>,
    source_location: HdfPlace<'d>,
    results: [HdfOutcome<'d>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    waiver_data: Option<HdfWaived<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attestation_data: Option<Attested<'d>>,
}

#[derive(Serialize)]
struct HdfDescription<'d> {
    label: &'static str,
    data: std::borrow::Cow<'d, str>,
}

/// What the format has no place for; saf makes a checklist of the keys of a STIG.
#[derive(Serialize)]
struct Tags<'d> {
    nist: Vec<&'d str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    cis_controls: &'d [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    cis_level: Option<&'d str>,
    rule: Option<&'d str>,
    verdict: &'static str,
    code: &'d str,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    notes: &'d [&'d str],
    source: &'d str,
    finding_id: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    #[serde(flatten)]
    stig: Option<HdfStig<'d>>,
}

#[derive(Serialize)]
struct HdfStig<'d> {
    gid: &'d str,
    rid: &'d str,
    stig_id: &'d str,
    gtitle: &'d str,
    cci: &'d [String],
}

#[derive(Serialize)]
struct HdfPlace<'d> {
    #[serde(rename = "ref")]
    at: &'d str,
}

#[derive(Serialize)]
struct HdfOutcome<'d> {
    status: &'static str,
    code_desc: String,
    start_time: String,
    run_time: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip_message: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<&'d str>,
}

#[derive(Serialize)]
struct HdfWaived<'d> {
    expiration_date: Option<&'d str>,
    justification: &'d str,
    run: bool,
    skipped_due_to_waiver: bool,
    message: &'static str,
}

#[derive(Serialize)]
struct Attested<'d> {
    control_id: &'d str,
    explanation: &'d str,
    frequency: &'static str,
    status: &'static str,
    updated: String,
    updated_by: &'d str,
}

#[derive(Serialize)]
struct Statistics {
    duration: u8,
    controls: HdfCounts,
}

#[derive(Serialize)]
struct HdfCounts {
    passed: HdfCount,
    failed: HdfCount,
    skipped: HdfCount,
}

#[derive(Serialize)]
struct HdfCount {
    total: usize,
}

#[derive(Serialize)]
struct Generator<'d> {
    name: &'d str,
    version: &'d str,
}

/// The version of InSpec whose form this is.
const VERSION: &str = "5.22.3";

/// Writes one document.
pub(super) fn write(document: &SubjectDocument<'_>, to: &mut dyn Write) -> io::Result<()> {
    let benchmark = document.benchmark;
    let first = document.rows.first();
    let count = |word| {
        let rows = document.rows.iter();
        let total = rows.filter(|row| status(row.verdict) == word).count();
        HdfCount { total }
    };
    let report = HdfReport {
        platform: HdfPlatform {
            name: match first.and_then(|row| row.node) {
                Some(_) => "kubernetes-node",
                None => "kubernetes-cluster",
            },
            release: document.bundle.kubernetes.as_deref().unwrap_or_default(),
            target_id: first.map(subject).unwrap_or_default(),
        },
        profiles: [Profile {
            name: &benchmark.id,
            title: &benchmark.title,
            version: benchmark.version.as_deref(),
            maintainer: &benchmark.publisher,
            summary: &benchmark.title,
            license: "",
            copyright: "",
            supports: [],
            attributes: [],
            depends: [],
            groups: [],
            sha256: digest(document),
            status: "loaded",
            controls: document
                .rows
                .iter()
                .map(|row| control(document, row))
                .collect(),
        }],
        statistics: Statistics {
            duration: 0,
            controls: HdfCounts {
                passed: count("passed"),
                failed: count("failed"),
                skipped: count("skipped"),
            },
        },
        version: VERSION,
        generator: Generator {
            name: &document.run.tool,
            version: &document.run.version,
        },
    };
    serde_json::to_writer(&mut *to, &report)?;
    to.write_all(b"\n")
}

/// Of the benchmark as the catalog has it.
fn digest(document: &SubjectDocument<'_>) -> String {
    let benchmark = document.benchmark;
    let mut text = format!(
        "{}\n{}\n",
        benchmark.id,
        benchmark.catalog.as_deref().unwrap_or_default()
    );
    for control in &benchmark.controls {
        let rule = control.judging_rule();
        let title = control.title.as_deref();
        let title = title.or(rule.map(|rule| rule.data.title.as_str()));
        let title = title.unwrap_or_default();
        text.push_str(&format!(
            "{}\t{title}\t{}\n",
            control.number,
            control.own_terms()
        ));
    }
    sha256_hex(text.as_bytes())
}

fn control<'d>(document: &SubjectDocument<'d>, row: &'d Row<'d>) -> HdfControl<'d> {
    let number = row.control.unwrap_or_default();
    let control = document.control(row);
    let severity = control.and_then(|control| control.severity);
    let references = control.and_then(|control| control.references());
    let revision = (!row.nist_800_53.is_empty()).then_some("Rev_5");
    let nist = row.nist_800_53.iter().map(String::as_str);
    let named = |begins: &str| row.stig.iter().find(|name| name.starts_with(begins));
    let described = |label, data: Option<&'d str>| HdfDescription {
        label,
        data: data.unwrap_or_default().into(),
    };
    let stig = document.benchmark.stig.as_ref().map(|_| HdfStig {
        gid: number,
        rid: named("SV-").map_or("", String::as_str),
        stig_id: row.stig.last().map_or("", String::as_str),
        gtitle: references
            .and_then(|all| all.srg.as_deref())
            .unwrap_or_default(),
        cci: references.map_or(&[], |all| &all.cci),
    });
    HdfControl {
        id: number,
        title: row.title,
        desc: row.title,
        descriptions: [
            described("default", row.title),
            described("check", row.expected),
            described("fix", row.remediation),
            HdfDescription {
                label: "evidence",
                data: details(row).into(),
            },
        ],
        impact: impact(row.verdict, severity),
        refs: [],
        tags: Tags {
            nist: nist.chain(revision).collect(),
            cis_controls: row.cis_controls,
            cis_level: row.level,
            rule: row.rule,
            verdict: row.verdict.as_str(),
            code: row.code,
            notes: &row.notes,
            source: row.source,
            finding_id: row.finding_id,
            severity: severity.map(Severity::as_str),
            stig,
        },
        code: None,
        source_location: HdfPlace {
            at: row.evidence.first().map_or(row.bundle, String::as_str),
        },
        results: [outcome(document, row)],
        waiver_data: waiver(row).map(|(entry, _)| HdfWaived {
            expiration_date: entry.expires.as_ref().map(|until| until.text.as_str()),
            justification: row.waiver.as_deref().unwrap_or_default(),
            run: true,
            skipped_due_to_waiver: false,
            message: "",
        }),
        attestation_data: attested(row),
    }
}

fn outcome<'d>(document: &SubjectDocument<'_>, row: &'d Row<'d>) -> HdfOutcome<'d> {
    let place = match row.evidence.first() {
        Some(place) => format!("{}!{place}", row.bundle),
        None => row.bundle.to_owned(),
    };
    let is_skipped = status(row.verdict) == "skipped";
    HdfOutcome {
        status: status(row.verdict),
        code_desc: match row.expected {
            Some(expected) => format!("{expected} ({place})"),
            None => place,
        },
        start_time: stamp(time(row.collected_at, document.run)),
        run_time: 0,
        message: (!is_skipped).then_some(row.reason),
        skip_message: is_skipped.then_some(row.reason),
        exception: (row.verdict == Verdict::Error).then_some(row.code),
    }
}

/// The format knows answers that pass or fail alone; another one stands in the details.
fn attested<'d>(row: &'d Row<'d>) -> Option<Attested<'d>> {
    let said = attestation(row)?;
    let status = match said.answer.as_str() {
        "pass" => "passed",
        "fail" => "failed",
        _ => return None,
    };
    Some(Attested {
        control_id: row.control.unwrap_or_default(),
        explanation: said.explanation.as_deref().unwrap_or(&said.artefact),
        frequency: "other",
        status,
        updated: match said.at.contains('T') {
            true => said.at.clone(),
            false => format!("{}T00:00:00Z", said.at),
        },
        updated_by: &said.by,
    })
}

/// The word of the format.
fn status(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "passed",
        Verdict::Fail => "failed",
        Verdict::Error => "error",
        Verdict::Unknown | Verdict::Manual | Verdict::NotApplicable => "skipped",
    }
}

/// An impact of nothing is how the format says that a control does not apply.
fn impact(verdict: Verdict, severity: Option<Severity>) -> f64 {
    match (verdict, severity.unwrap_or(Severity::Medium)) {
        (Verdict::NotApplicable, _) => 0.0,
        (_, Severity::High) => 0.7,
        (_, Severity::Medium) => 0.5,
        (_, Severity::Low) => 0.3,
    }
}
