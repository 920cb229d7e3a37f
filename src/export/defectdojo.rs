//! DefectDojo's generic findings: failing findings alone, a waived one as an accepted risk. Its
//! importer refuses a whole file for one key that it does not know, so there are no others here.

use std::io;

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

use super::finding::{details, subject, time, title, waiver};
use super::{Export, Reported, Sink};
use crate::benchmark::catalog::Catalog;
use crate::evidence::citation::Citation;
use crate::matrix::report::{Run, Totals};
use crate::matrix::row::Row;
use crate::verdict::Verdict;

/// Characters of a title that DefectDojo keeps.
const TITLE: usize = 511;
/// Of a file's path.
const PATH: usize = 4000;
/// Of a component's name, and of other names.
const NAME: usize = 200;

pub(super) struct DefectDojo {
    sink: Sink,
    run: Run,
    has_findings: bool,
    /// Findings that nobody decided.
    undecided: u64,
    unreadable: u64,
}

#[derive(Serialize)]
struct DojoFinding<'r> {
    title: String,
    severity: &'static str,
    description: String,
    mitigation: &'r str,
    date: String,
    active: bool,
    verified: bool,
    risk_accepted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity_justification: Option<&'r str>,
    static_finding: bool,
    dynamic_finding: bool,
    unique_id_from_tool: &'r str,
    vuln_id_from_tool: String,
    component_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    component_version: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    tags: Vec<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    references: Option<&'r str>,
}

impl<'r> DojoFinding<'r> {
    fn of(row: &'r Row<'r>, reported: &Reported<'r>, catalog: &'r Catalog, run: &Run) -> Self {
        let benchmark = row.benchmark.unwrap_or_default();
        let subject = subject(row);
        let evidence = row.evidence.first().map(String::as_str);
        let file = evidence.map(Citation::file_of);
        let line = evidence.zip(file).and_then(|(text, file)| {
            let rest = text.get(file.len()..)?;
            rest.strip_prefix(':')?.parse().ok()
        });
        let tags = row.nist_800_53.iter().map(String::as_str);
        let published = catalog.benchmark(benchmark);
        Self {
            title: cut(&format!("{benchmark} {} [{subject}]", title(row)), TITLE),
            // No benchmark here says how severe a failure is.
            severity: "Medium",
            description: details(row),
            mitigation: row.remediation.unwrap_or_default(),
            date: time(row.collected_at, run).strftime("%Y-%m-%d").to_string(),
            active: true,
            verified: true,
            risk_accepted: waiver(row).is_some(),
            severity_justification: row.waiver.as_deref().filter(|_| waiver(row).is_some()),
            static_finding: true,
            dynamic_finding: false,
            unique_id_from_tool: row.finding_id,
            vuln_id_from_tool: format!("{benchmark}/{}", row.control.unwrap_or_default()),
            component_name: cut(&subject, NAME),
            component_version: reported.bundle.kubernetes.as_deref(),
            file_path: file.map(|file| cut(file, PATH)),
            line,
            service: row.cluster.map(|cluster| cut(cluster, NAME)),
            tags: std::iter::once(benchmark).chain(tags).collect(),
            references: published.and_then(|benchmark| benchmark.address.as_deref()),
        }
    }
}

/// At most so many characters.
fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// JSON without NUL, which DefectDojo's database has no place for.
struct WithoutNul;

impl Formatter for WithoutNul {
    fn write_char_escape<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        match escape {
            CharEscape::AsciiControl(0) => writer.write_all("\u{fffd}".as_bytes()),
            other => CompactFormatter.write_char_escape(writer, other),
        }
    }
}

impl DefectDojo {
    pub(super) fn new(sink: Sink, run: &Run) -> Self {
        Self {
            sink,
            run: run.clone(),
            has_findings: false,
            undecided: 0,
            unreadable: 0,
        }
    }
}

impl Export for DefectDojo {
    fn begin(&mut self) -> io::Result<()> {
        let Self { run, sink, .. } = self;
        let (tool, version) = (&run.tool, &run.version);
        write!(
            sink,
            "{{\"name\":\"{tool}\",\"type\":\"{tool}\",\"version\":\"{version}\",\"findings\":["
        )
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        for row in reported.rows {
            match row.verdict {
                _ if row.control.is_none() => self.unreadable += 1,
                Verdict::Fail => {
                    let before: &[u8] = if self.has_findings { b",\n" } else { b"\n" };
                    self.has_findings = true;
                    self.sink.write_all(before)?;
                    let finding = DojoFinding::of(row, reported, reported.catalog, &self.run);
                    let mut json = Serializer::with_formatter(&mut self.sink, WithoutNul);
                    finding.serialize(&mut json)?;
                }
                Verdict::Pass | Verdict::NotApplicable => {}
                Verdict::Unknown | Verdict::Error | Verdict::Manual => self.undecided += 1,
            }
        }
        Ok(())
    }

    fn end(&mut self, _totals: &Totals<'_>) -> io::Result<()> {
        self.sink.write_all(b"\n]}\n")?;
        self.sink.flush()
    }

    fn remarks(&self) -> Vec<String> {
        let undecided = (self.undecided > 0).then(|| {
            format!(
                "holds failing findings alone, and not {} that are unknown, error or manual; another format has them",
                self.undecided
            )
        });
        let unreadable = (self.unreadable > 0).then(|| {
            format!(
                "has no place for {} bundles that cannot be read; another format names them",
                self.unreadable
            )
        });
        undecided.into_iter().chain(unreadable).collect()
    }
}
