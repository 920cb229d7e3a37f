//! XCCDF 1.2, of one node and benchmark: a Benchmark with its rules and a TestResult, the shape that
//! every reader takes. Its results are our verdicts, one to one. It has an `override` for waivers,
//! which changes the result; a waiver stands in the texts instead.

pub(super) mod arf;

use std::io::{self, Write};

use super::finding::{comments, details, stamp, subject, time};
use super::ids::uuid;
use super::per_subject::SubjectDocument;
use super::xml::Elements;
use crate::benchmark::{Control, Severity};
use crate::matrix::row::Row;
use crate::verdict::Verdict;

const NAMESPACE: &str = "http://checklists.nist.gov/xccdf/1.2";
/// Of what we name ourselves.
const OWN: &str = "io.github.nodeproof";
/// Of what DISA names.
const DISA: &str = "mil.disa.stig";
/// The system of identifiers of NIST SP 800-53.
const NIST: &str = "https://csrc.nist.gov/projects/cprt/catalog#800-53r5";
const CCI: &str = "http://cyber.mil/cci";
/// The check of a rule.
const RULE: &str = "urn:nodeproof:rule";

/// Writes one document.
pub(super) fn write(document: &SubjectDocument<'_>, to: &mut dyn Write) -> io::Result<()> {
    let mut xml = Elements::begin(to)?;
    let names = Identifiers::of(document);
    benchmark(&mut xml, &names, true)?;
    xml.line()
}

/// A document with the identifiers of what is in it.
struct Identifiers<'d> {
    document: &'d SubjectDocument<'d>,
    benchmark: String,
    subject: String,
    at: String,
}

impl<'d> Identifiers<'d> {
    fn of(document: &'d SubjectDocument<'d>) -> Self {
        let first = document.rows.first();
        let benchmark = match &document.benchmark.stig {
            Some(stig) => format!("xccdf_{DISA}_benchmark_{}", name(&stig.id)),
            None => format!("xccdf_{OWN}_benchmark_{}", name(&document.benchmark.id)),
        };
        Self {
            document,
            benchmark,
            subject: first.map(subject).unwrap_or_default(),
            at: stamp(time(first.and_then(|row| row.collected_at), document.run)),
        }
    }

    fn rule(&self, row: &Row<'_>) -> String {
        self.item("rule", row, "SV-")
    }

    fn group(&self, row: &Row<'_>) -> String {
        self.item("group", row, "V-")
    }

    /// DISA's own identifier, for a row of a STIG that has one.
    fn item(&self, kind: &str, row: &Row<'_>, begins: &str) -> String {
        let stig = self.document.benchmark.stig.as_ref();
        let named = row.stig.iter().find(|name| name.starts_with(begins));
        match stig.and(named) {
            Some(id) => format!("xccdf_{DISA}_{kind}_{}", name(id)),
            None => format!(
                "xccdf_{OWN}_{kind}_{}-{}",
                name(&self.document.benchmark.id),
                name(row.control.unwrap_or_default())
            ),
        }
    }

    fn test_result(&self) -> String {
        let bundle = &self.document.bundle;
        let digest = bundle.sha256.as_deref().unwrap_or(&bundle.name);
        let id = uuid("test-result", &[&self.benchmark, &self.subject, digest]);
        format!("xccdf_{OWN}_testresult_{id}")
    }

    fn profile(&self) -> String {
        format!("xccdf_{OWN}_profile_all")
    }

    fn version(&self) -> &str {
        self.document.benchmark.version.as_deref().unwrap_or("0")
    }

    /// How bad a failure is; a reader shows every rule of an unknown severity as not applicable.
    fn severity(&self, row: &Row<'_>) -> &'static str {
        let severity = self.document.control(row);
        let severity = severity.and_then(|control| control.severity);
        severity.unwrap_or(Severity::Medium).as_str()
    }

    fn cci(&self, row: &Row<'_>) -> &'d [String] {
        let control = self.document.control(row);
        let references = control.and_then(Control::references);
        references.map_or(&[], |references| &references.cci)
    }
}

/// What an identifier may end in.
fn name(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    text.chars()
        .map(|c| if fits(c) { c } else { '_' })
        .collect()
}

fn benchmark(xml: &mut Elements<'_>, names: &Identifiers<'_>, with_result: bool) -> io::Result<()> {
    let of = names.document.benchmark;
    let date = names.at.get(..10).unwrap_or_default();
    xml.start(
        "Benchmark",
        &[
            ("xmlns", NAMESPACE),
            ("id", &names.benchmark),
            ("resolved", "1"),
            ("xml:lang", "en"),
        ],
    )?;
    xml.text("status", &[("date", date)], "incomplete")?;
    xml.text("title", &[], &of.title)?;
    let described = format!("{} {}, as judged by nodeproof", of.title, names.version());
    xml.text("description", &[], &described)?;
    if let Some(address) = &of.address {
        xml.text("reference", &[("href", address)], &of.publisher)?;
    }
    let platform = "cpe:2.3:a:kubernetes:kubernetes:*:*:*:*:*:*:*:*";
    xml.empty("platform", &[("idref", platform)])?;
    xml.text("version", &[], names.version())?;
    xml.start("metadata", &[])?;
    let dublin_core = [("xmlns:dc", "http://purl.org/dc/elements/1.1/")];
    xml.text("dc:publisher", &dublin_core, &of.publisher)?;
    xml.text("dc:creator", &dublin_core, &names.document.run.tool)?;
    xml.end("metadata")?;
    xml.start("Profile", &[("id", &names.profile())])?;
    xml.text("title", &[], "Every control that is judged")?;
    for row in names.document.rows {
        xml.empty(
            "select",
            &[("idref", &names.rule(row)), ("selected", "true")],
        )?;
    }
    xml.end("Profile")?;
    for row in names.document.rows {
        xml.line()?;
        rule(xml, names, row)?;
    }
    xml.line()?;
    if with_result {
        test_result(xml, names, None)?;
    }
    xml.end("Benchmark")
}

fn rule(xml: &mut Elements<'_>, names: &Identifiers<'_>, row: &Row<'_>) -> io::Result<()> {
    let control = row.control.unwrap_or_default();
    let title = row.title.unwrap_or_default();
    xml.start("Group", &[("id", &names.group(row))])?;
    xml.text("title", &[], control)?;
    xml.start(
        "Rule",
        &[
            ("id", &names.rule(row)),
            ("severity", names.severity(row)),
            ("selected", "true"),
            ("weight", "1.0"),
        ],
    )?;
    xml.text("version", &[], control)?;
    xml.text("title", &[], &format!("{control} {title}"))?;
    xml.text("description", &[], row.expected.unwrap_or(title))?;
    identifiers(xml, names, row)?;
    if let Some(remediation) = row.remediation {
        xml.text("fixtext", &[], remediation)?;
    }
    xml.start("check", &[("system", RULE)])?;
    content(xml, row)?;
    for name in ["check", "Rule", "Group"] {
        xml.end(name)?;
    }
    Ok(())
}

fn identifiers(xml: &mut Elements<'_>, names: &Identifiers<'_>, row: &Row<'_>) -> io::Result<()> {
    for control in row.nist_800_53 {
        xml.text("ident", &[("system", NIST)], control)?;
    }
    for cci in names.cci(row) {
        xml.text("ident", &[("system", CCI)], cci)?;
    }
    Ok(())
}

/// The rule of the catalog that is the check.
fn content(xml: &mut Elements<'_>, row: &Row<'_>) -> io::Result<()> {
    let name = row.rule.unwrap_or("manual");
    xml.empty(
        "check-content-ref",
        &[("href", "nodeproof"), ("name", name)],
    )
}

/// The result; where it stands alone, with a reference to its benchmark.
fn test_result(
    xml: &mut Elements<'_>,
    names: &Identifiers<'_>,
    benchmark: Option<&str>,
) -> io::Result<()> {
    let document = names.document;
    let id = names.test_result();
    let system = format!("cpe:/a:nodeproof:nodeproof:{}", document.run.version);
    let own = [
        ("id", id.as_str()),
        ("start-time", &names.at),
        ("end-time", &names.at),
        ("version", names.version()),
        ("test-system", &system),
    ];
    let alone = benchmark.map(|_| ("xmlns", NAMESPACE));
    let attributes: Vec<_> = alone.into_iter().chain(own).collect();
    xml.start("TestResult", &attributes)?;
    if let Some(href) = benchmark {
        xml.empty("benchmark", &[("href", href), ("id", &names.benchmark)])?;
    }
    let title = &document.benchmark.title;
    let title = format!("{title} {} on {}", names.version(), names.subject);
    xml.text("title", &[], &title)?;
    if benchmark.is_none() {
        xml.empty("profile", &[("idref", &names.profile())])?;
    }
    xml.text("target", &[], document.subject())?;
    facts(xml, document)?;
    for row in document.rows {
        xml.line()?;
        rule_result(xml, names, row)?;
    }
    xml.line()?;
    let counts = |verdict| document.count(verdict);
    let passed = counts(Verdict::Pass);
    let most = [Verdict::Fail, Verdict::Unknown, Verdict::Error].map(counts);
    let most = passed + most.iter().sum::<usize>();
    let flat = "urn:xccdf:scoring:flat-unweighted";
    let maximum = most.to_string();
    let attributes = [("system", flat), ("maximum", maximum.as_str())];
    xml.text("score", &attributes, &passed.to_string())?;
    xml.end("TestResult")
}

fn facts(xml: &mut Elements<'_>, document: &SubjectDocument<'_>) -> io::Result<()> {
    let bundle = document.bundle;
    xml.start("target-facts", &[])?;
    for (name, value) in [
        (
            "urn:xccdf:fact:asset:identifier:host_name",
            Some(document.subject()),
        ),
        (
            "urn:xccdf:fact:asset:identifier:fqdn",
            Some(document.subject()),
        ),
        ("urn:nodeproof:fact:cluster", document.cluster()),
        ("urn:nodeproof:fact:bundle", Some(&*bundle.name)),
        ("urn:nodeproof:fact:bundle:sha256", bundle.sha256.as_deref()),
        (
            "urn:nodeproof:fact:bundle:integrity",
            bundle.integrity.as_deref(),
        ),
        (
            "urn:nodeproof:fact:kubernetes",
            bundle.kubernetes.as_deref(),
        ),
    ] {
        if let Some(value) = value {
            xml.text("fact", &[("name", name), ("type", "string")], value)?;
        }
    }
    xml.end("target-facts")
}

fn rule_result(xml: &mut Elements<'_>, names: &Identifiers<'_>, row: &Row<'_>) -> io::Result<()> {
    xml.start(
        "rule-result",
        &[
            ("idref", &names.rule(row)),
            ("time", &names.at),
            ("severity", names.severity(row)),
            ("role", "full"),
            ("weight", "1.0"),
            ("version", row.control.unwrap_or_default()),
        ],
    )?;
    xml.text("result", &[], result(row.verdict))?;
    xml.text(
        "ident",
        &[("system", "urn:nodeproof:finding")],
        row.finding_id,
    )?;
    identifiers(xml, names, row)?;
    // One alone: of two, an importer takes neither.
    xml.text("message", &[("severity", "info")], &details(row))?;
    xml.start("check", &[("system", RULE)])?;
    content(xml, row)?;
    xml.start("check-content", &[])?;
    let own = [("xmlns:np", "urn:nodeproof:xccdf:1")];
    xml.text("np:detail", &own, &details(row))?;
    xml.text("np:comment", &own, &comments(row))?;
    for name in ["check-content", "check", "rule-result"] {
        xml.end(name)?;
    }
    Ok(())
}

/// The word of the format.
fn result(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unknown => "unknown",
        Verdict::Error => "error",
        Verdict::NotApplicable => "notapplicable",
        Verdict::Manual => "notchecked",
    }
}
