//! ARF 1.1, of one node and benchmark: the Benchmark as what was asked for, the node as the asset,
//! the TestResult as the report.

use std::io::{self, Write};

use super::{Identifiers, benchmark, test_result};
use crate::export::per_subject::SubjectDocument;
use crate::export::xml::Elements;

/// Writes one document.
pub(in crate::export) fn write(
    document: &SubjectDocument<'_>,
    to: &mut dyn Write,
) -> io::Result<()> {
    let mut xml = Elements::begin(to)?;
    let names = Identifiers::of(document);
    let format = "http://scap.nist.gov/schema/asset-reporting-format/1.1";
    let core = "http://scap.nist.gov/schema/reporting-core/1.1";
    let asset = "http://scap.nist.gov/schema/asset-identification/1.1";
    let spaces = [
        ("xmlns:arf", format),
        ("xmlns:core", core),
        ("xmlns:ai", asset),
    ];
    xml.start("arf:asset-report-collection", &spaces)?;
    relationships(&mut xml)?;
    xml.line()?;
    xml.start("arf:report-requests", &[])?;
    xml.start("arf:report-request", &[("id", "collection1")])?;
    xml.start("arf:content", &[])?;
    benchmark(&mut xml, &names, false)?;
    for name in ["content", "report-request", "report-requests"] {
        xml.end(&format!("arf:{name}"))?;
    }
    xml.line()?;
    xml.start("arf:assets", &[])?;
    xml.start("arf:asset", &[("id", "asset0")])?;
    self::asset(&mut xml, &names)?;
    xml.end("arf:asset")?;
    xml.end("arf:assets")?;
    xml.line()?;
    xml.start("arf:reports", &[])?;
    xml.start("arf:report", &[("id", "xccdf1")])?;
    xml.start("arf:content", &[])?;
    test_result(&mut xml, &names, Some("#collection1"))?;
    for name in ["content", "report", "reports", "asset-report-collection"] {
        xml.end(&format!("arf:{name}"))?;
    }
    xml.line()
}

/// What the report was made for, and what it is about.
fn relationships(xml: &mut Elements<'_>) -> io::Result<()> {
    let vocabulary = "http://scap.nist.gov/specifications/arf/vocabulary/relationships/1.0#";
    xml.start("core:relationships", &[("xmlns:arfvocab", vocabulary)])?;
    for (of_type, to) in [("createdFor", "collection1"), ("isAbout", "asset0")] {
        let of_type = format!("arfvocab:{of_type}");
        let attributes = [("type", of_type.as_str()), ("subject", "xccdf1")];
        xml.start("core:relationship", &attributes)?;
        xml.text("core:ref", &[], to)?;
        xml.end("core:relationship")?;
    }
    xml.end("core:relationships")
}

/// The node, or the cluster.
fn asset(xml: &mut Elements<'_>, names: &Identifiers<'_>) -> io::Result<()> {
    let node = names.document.rows.first().and_then(|row| row.node);
    let (kind, resource) = match node {
        Some(_) => ("ai:computing-device", "urn:nodeproof:node"),
        None => ("ai:system", "urn:nodeproof:cluster"),
    };
    xml.start(kind, &[])?;
    let id = names.subject.as_str();
    xml.empty("ai:synthetic-id", &[("resource", resource), ("id", id)])?;
    if let Some(node) = node.filter(|node| is_host_name(node)) {
        xml.text("ai:hostname", &[], node)?;
    }
    xml.end(kind)
}

/// What the format takes for the name of a host.
fn is_host_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    name.split('.')
        .all(|label| !label.is_empty() && label.chars().all(fits))
}
