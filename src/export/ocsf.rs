//! OCSF Compliance Findings (class 2003), an event a line. Undecided findings are `Warning`, which
//! that class defines as having no result; those that nobody judges are `Other`.

use std::io;

use serde::Serialize;

use super::finding::{subject, time, title, waiver};
use super::{Export, Reported, Sink};
use crate::benchmark::catalog::Catalog;
use crate::matrix::report::{Run, Totals};
use crate::matrix::row::Row;
use crate::verdict::Verdict;

/// The version of OCSF that first has `compliance.checks`; later ones take the same events.
const VERSION: &str = "1.5.0";
const CLASS: u32 = 2003;
/// Create.
const ACTIVITY: u32 = 1;

pub(super) struct Ocsf {
    sink: Sink,
    run: Run,
}

/// A number of OCSF and its caption.
type Word = (u32, &'static str);

#[derive(Serialize)]
struct Event<'r> {
    activity_id: u32,
    activity_name: &'static str,
    category_uid: u32,
    category_name: &'static str,
    class_uid: u32,
    class_name: &'static str,
    type_uid: u32,
    type_name: &'static str,
    time: i64,
    severity_id: u32,
    severity: &'static str,
    status_id: u32,
    status: &'static str,
    message: &'r str,
    metadata: OcsfMetadata<'r>,
    finding_info: Info<'r>,
    compliance: Compliance<'r>,
    resources: [Resource<'r>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<Remediation<'r>>,
    unmapped: OcsfUnmapped<'r>,
}

#[derive(Serialize)]
struct OcsfMetadata<'r> {
    version: &'static str,
    product: Product<'r>,
    uid: &'r str,
}

#[derive(Serialize)]
struct Product<'r> {
    name: &'r str,
    vendor_name: &'r str,
    version: &'r str,
}

#[derive(Serialize)]
struct Info<'r> {
    uid: &'r str,
    title: String,
    types: [&'static str; 1],
    last_seen_time: i64,
}

#[derive(Serialize)]
struct Compliance<'r> {
    standards: Vec<String>,
    control: &'r str,
    requirements: Vec<String>,
    status_id: u32,
    status: &'static str,
    status_code: &'r str,
    status_details: [&'r str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<[OcsfCheck<'r>; 1]>,
}

#[derive(Serialize)]
struct OcsfCheck<'r> {
    uid: &'r str,
    name: &'r str,
    desc: &'r str,
    standards: [&'r str; 1],
    status_id: u32,
    status: &'static str,
}

#[derive(Serialize)]
struct Resource<'r> {
    uid: String,
    name: &'r str,
    #[serde(rename = "type")]
    of_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<OcsfGroup<'r>>,
}

#[derive(Serialize)]
struct OcsfGroup<'r> {
    name: &'r str,
}

#[derive(Serialize)]
struct Remediation<'r> {
    desc: &'r str,
}

/// What OCSF has no field for, under the matrix's own names.
#[derive(Serialize)]
struct OcsfUnmapped<'r> {
    verdict: Verdict,
    notes: &'r [&'r str],
    expected: Option<&'r str>,
    actual: Option<&'r str>,
    source: &'r str,
    evidence: &'r [String],
    evidence_sha256: &'r [String],
    integrity: Option<&'r str>,
    bundle: &'r str,
    bundle_sha256: Option<&'r str>,
    collected_at: Option<&'r str>,
    waiver: Option<&'r str>,
}

/// What came of a control.
fn status(verdict: Verdict) -> Word {
    match verdict {
        Verdict::Pass => (1, "Pass"),
        Verdict::Unknown | Verdict::Error => (2, "Warning"),
        Verdict::Fail => (3, "Fail"),
        Verdict::NotApplicable | Verdict::Manual => (99, "Other"),
    }
}

/// What becomes of the event.
fn state(row: &Row<'_>) -> Word {
    match row.verdict {
        _ if waiver(row).is_some() => (3, "Suppressed"),
        Verdict::Pass => (4, "Resolved"),
        _ => (1, "New"),
    }
}

impl<'r> Event<'r> {
    fn of(row: &'r Row<'r>, catalog: &'r Catalog, run: &'r Run) -> Self {
        let time = time(row.collected_at, run).as_millisecond();
        let (status_id, status) = status(row.verdict);
        let (state_id, state) = state(row);
        // No benchmark here says how severe a failure is.
        let (severity_id, severity) = match row.verdict {
            Verdict::Fail => (3, "Medium"),
            _ => (1, "Informational"),
        };
        let benchmark = row.benchmark.and_then(|id| catalog.benchmark(id));
        let standards = benchmark.map(|benchmark| {
            let version = benchmark.version.as_deref().unwrap_or_default();
            format!("{} {version}", benchmark.title).trim().to_owned()
        });
        let requirements = row.nist_800_53.iter();
        let requirements = requirements.map(|id| format!("NIST SP 800-53 Rev. 5 {id}"));
        let checks = row.benchmark.zip(row.control).map(|(benchmark, control)| {
            [OcsfCheck {
                uid: control,
                name: row.title.unwrap_or(control),
                desc: row.expected.unwrap_or_default(),
                standards: [benchmark],
                status_id,
                status,
            }]
        });
        Self {
            activity_id: ACTIVITY,
            activity_name: "Create",
            category_uid: CLASS / 1000,
            category_name: "Findings",
            class_uid: CLASS,
            class_name: "Compliance Finding",
            type_uid: CLASS * 100 + ACTIVITY,
            type_name: "Compliance Finding: Create",
            time,
            severity_id,
            severity,
            status_id: state_id,
            status: state,
            message: row.reason,
            metadata: OcsfMetadata {
                version: VERSION,
                product: Product {
                    name: &run.tool,
                    vendor_name: &run.tool,
                    version: &run.version,
                },
                uid: row.finding_id,
            },
            finding_info: Info {
                uid: row.finding_id,
                title: title(row),
                types: ["Compliance"],
                last_seen_time: time,
            },
            compliance: Compliance {
                standards: standards.into_iter().collect(),
                control: row.control.unwrap_or_default(),
                requirements: requirements.collect(),
                status_id,
                status,
                status_code: row.code,
                status_details: [row.reason],
                checks,
            },
            resources: [Resource {
                uid: subject(row),
                name: row.node.or(row.cluster).unwrap_or(row.bundle),
                of_type: match (row.control, row.node) {
                    (_, Some(_)) => "Kubernetes Node",
                    (Some(_), None) => "Kubernetes Cluster",
                    (None, None) => "Evidence Bundle",
                },
                group: row.cluster.map(|name| OcsfGroup { name }),
            }],
            remediation: row.remediation.map(|desc| Remediation { desc }),
            unmapped: OcsfUnmapped {
                verdict: row.verdict,
                notes: &row.notes,
                expected: row.expected,
                actual: row.actual,
                source: row.source,
                evidence: row.evidence,
                evidence_sha256: row.evidence_sha256,
                integrity: row.integrity,
                bundle: row.bundle,
                bundle_sha256: row.bundle_sha256,
                collected_at: row.collected_at,
                waiver: row.waiver.as_deref(),
            },
        }
    }
}

impl Ocsf {
    pub(super) fn new(sink: Sink, run: &Run) -> Self {
        Self {
            sink,
            run: run.clone(),
        }
    }
}

impl Export for Ocsf {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        reported.rows.iter().try_for_each(|row| {
            let event = Event::of(row, reported.catalog, &self.run);
            serde_json::to_writer(&mut self.sink, &event)?;
            self.sink.write_all(b"\n")
        })
    }

    fn end(&mut self, _totals: &Totals<'_>) -> io::Result<()> {
        self.sink.flush()
    }
}
