//! CKL, the XML of STIG Viewer 2. The order of its elements is that of its schema, and the empty ones
//! stand there too.

use std::io::{self, Write};

use super::{ChecklistRule, about, reference, rules};
use crate::benchmark::Stig;
use crate::export::ids::uuid;
use crate::export::per_subject::SubjectDocument;
use crate::export::xml::Elements;
use crate::verdict::Verdict;

/// Writes one checklist.
pub(in crate::export) fn write(
    document: &SubjectDocument<'_>,
    to: &mut dyn Write,
) -> io::Result<()> {
    let Some(stig) = &document.benchmark.stig else {
        return Ok(());
    };
    let mut xml = Elements::begin(to)?;
    xml.start("CHECKLIST", &[])?;
    xml.start("ASSET", &[])?;
    for (name, value) in [
        ("ROLE", "None"),
        ("ASSET_TYPE", "Computing"),
        ("MARKING", "CUI"),
        ("HOST_NAME", document.subject()),
        ("HOST_IP", ""),
        ("HOST_MAC", ""),
        ("HOST_FQDN", ""),
        ("TARGET_COMMENT", &about(document)),
        ("TECH_AREA", ""),
        ("TARGET_KEY", &stig.target_key),
        ("WEB_OR_DATABASE", "false"),
        ("WEB_DB_SITE", ""),
        ("WEB_DB_INSTANCE", ""),
    ] {
        xml.text(name, &[], value)?;
    }
    xml.end("ASSET")?;
    xml.start("STIGS", &[])?;
    xml.start("iSTIG", &[])?;
    let reference = reference(document, stig);
    let id = uuid("stig", &[&document.benchmark.id]);
    info(&mut xml, document, stig, &id)?;
    for rule in rules(document) {
        xml.line()?;
        vulnerability(&mut xml, &rule, stig, [&reference, &id])?;
    }
    xml.line()?;
    for name in ["iSTIG", "STIGS", "CHECKLIST"] {
        xml.end(name)?;
    }
    xml.line()
}

fn info(
    xml: &mut Elements<'_>,
    document: &SubjectDocument<'_>,
    stig: &Stig,
    id: &str,
) -> io::Result<()> {
    xml.start("STIG_INFO", &[])?;
    for (name, value) in [
        ("version", &*stig.version),
        ("classification", "UNCLASSIFIED"),
        ("customname", ""),
        ("stigid", &stig.id),
        ("description", ""),
        ("filename", &stig.file),
        ("releaseinfo", &stig.release),
        ("title", &document.benchmark.title),
        ("uuid", id),
        ("notice", "terms-of-use"),
        ("source", "STIG.DOD.MIL"),
    ] {
        xml.start("SI_DATA", &[])?;
        xml.text("SID_NAME", &[], name)?;
        if !value.is_empty() {
            xml.text("SID_DATA", &[], value)?;
        }
        xml.end("SI_DATA")?;
    }
    xml.end("STIG_INFO")
}

fn vulnerability(
    xml: &mut Elements<'_>,
    rule: &ChecklistRule<'_>,
    stig: &Stig,
    [reference, id]: [&str; 2],
) -> io::Result<()> {
    xml.start("VULN", &[])?;
    let attributes = [
        ("Vuln_Num", rule.group),
        ("Severity", rule.severity.as_str()),
        ("Group_Title", rule.srg),
        ("Rule_ID", rule.rule),
        ("Rule_Ver", rule.version),
        ("Rule_Title", rule.title),
        ("Vuln_Discuss", ""),
        ("IA_Controls", ""),
        ("Check_Content", rule.check),
        ("Fix_Text", rule.fix),
        ("False_Positives", ""),
        ("False_Negatives", ""),
        ("Documentable", "false"),
        ("Mitigations", ""),
        ("Potential_Impact", ""),
        ("Third_Party_Tools", ""),
        ("Mitigation_Control", ""),
        ("Responsibility", ""),
        ("Security_Override_Guidance", ""),
        ("Check_Content_Ref", "M"),
        ("Weight", "10.0"),
        ("Class", "Unclass"),
        ("STIGRef", reference),
        ("TargetKey", &stig.target_key),
        ("STIG_UUID", id),
    ];
    let identifiers = rule.cci.iter().map(|cci| ("CCI_REF", cci.as_str()));
    for (name, value) in attributes.into_iter().chain(identifiers) {
        xml.start("STIG_DATA", &[])?;
        xml.text("VULN_ATTRIBUTE", &[], name)?;
        xml.text("ATTRIBUTE_DATA", &[], value)?;
        xml.end("STIG_DATA")?;
    }
    for (name, value) in [
        ("STATUS", status(rule.row.verdict)),
        ("FINDING_DETAILS", &rule.details()),
        ("COMMENTS", &rule.comments()),
        ("SEVERITY_OVERRIDE", ""),
        ("SEVERITY_JUSTIFICATION", ""),
    ] {
        xml.text(name, &[], value)?;
    }
    xml.end("VULN")
}

/// The word of the format.
fn status(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "NotAFinding",
        Verdict::Fail => "Open",
        Verdict::NotApplicable => "Not_Applicable",
        Verdict::Unknown | Verdict::Error | Verdict::Manual => "Not_Reviewed",
    }
}
