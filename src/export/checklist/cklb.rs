//! CKLB, the JSON of STIG Viewer 3. Its objects are closed, and readers compare their structure with
//! what the viewer writes, so every key stands here in its order, the empty ones too.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{about, reference, rules};
use crate::export::ids::uuid;
use crate::export::per_subject::SubjectDocument;
use crate::verdict::Verdict;

#[derive(Serialize)]
struct Checklist<'d> {
    title: String,
    id: String,
    cklb_version: &'static str,
    active: bool,
    mode: u8,
    has_path: bool,
    target_data: CklbTarget<'d>,
    stigs: [CklbStig<'d>; 1],
}

#[derive(Serialize)]
struct CklbTarget<'d> {
    target_type: &'static str,
    host_name: &'d str,
    ip_address: &'static str,
    mac_address: &'static str,
    fqdn: &'static str,
    comments: String,
    role: &'static str,
    is_web_database: bool,
    technology_area: &'static str,
    web_db_site: &'static str,
    web_db_instance: &'static str,
}

#[derive(Serialize)]
struct CklbStig<'d> {
    stig_name: &'d str,
    display_name: &'d str,
    stig_id: &'d str,
    release_info: &'d str,
    uuid: String,
    reference_identifier: &'d str,
    size: usize,
    rules: Vec<Reviewed<'d>>,
}

#[derive(Serialize)]
struct Reviewed<'d> {
    uuid: String,
    stig_uuid: String,
    group_id: &'d str,
    group_id_src: &'d str,
    rule_id: &'d str,
    rule_id_src: &'d str,
    target_key: &'d str,
    stig_ref: String,
    weight: &'static str,
    classification: &'static str,
    severity: &'static str,
    rule_version: &'d str,
    rule_title: &'d str,
    fix_text: &'d str,
    reference_identifier: &'d str,
    group_title: &'d str,
    false_positives: &'static str,
    false_negatives: &'static str,
    discussion: &'static str,
    check_content: &'d str,
    documentable: &'static str,
    mitigations: &'static str,
    potential_impacts: &'static str,
    third_party_tools: &'static str,
    mitigation_control: &'static str,
    responsibility: &'static str,
    security_override_guidance: &'static str,
    ia_controls: &'static str,
    check_content_ref: CheckContent,
    legacy_ids: [String; 0],
    ccis: &'d [String],
    group_tree: [CklbGroup<'d>; 1],
    status: &'static str,
    overrides: Map<String, Value>,
    comments: String,
    finding_details: String,
}

#[derive(Serialize)]
struct CheckContent {
    href: &'static str,
    name: &'static str,
}

#[derive(Serialize)]
struct CklbGroup<'d> {
    id: &'d str,
    title: &'d str,
    description: &'static str,
}

/// Writes one checklist.
pub(in crate::export) fn write(
    document: &SubjectDocument<'_>,
    to: &mut dyn Write,
) -> io::Result<()> {
    let Some(stig) = &document.benchmark.stig else {
        return Ok(());
    };
    let host = document.subject();
    let of = [
        document.cluster().unwrap_or_default(),
        host,
        &document.benchmark.id,
    ];
    let stig_uuid = uuid("stig", &of);
    let reference = reference(document, stig);
    let rules: Vec<Reviewed<'_>> = rules(document)
        .map(|rule| Reviewed {
            uuid: uuid("rule", &[&stig_uuid, rule.group]),
            stig_uuid: stig_uuid.clone(),
            group_id: rule.group,
            group_id_src: rule.group,
            rule_id: rule.rule.strip_suffix("_rule").unwrap_or(rule.rule),
            rule_id_src: rule.rule,
            target_key: &stig.target_key,
            stig_ref: reference.clone(),
            weight: "10.0",
            classification: "Unclassified",
            severity: rule.severity.as_str(),
            rule_version: rule.version,
            rule_title: rule.title,
            fix_text: rule.fix,
            reference_identifier: &stig.target_key,
            group_title: rule.title,
            false_positives: "",
            false_negatives: "",
            discussion: "",
            check_content: rule.check,
            documentable: "false",
            mitigations: "",
            potential_impacts: "",
            third_party_tools: "",
            mitigation_control: "",
            responsibility: "",
            security_override_guidance: "",
            ia_controls: "",
            check_content_ref: CheckContent {
                href: "",
                name: "M",
            },
            legacy_ids: [],
            ccis: rule.cci,
            group_tree: [CklbGroup {
                id: rule.group,
                title: rule.srg,
                description: "",
            }],
            status: status(rule.row.verdict),
            overrides: Map::new(),
            comments: rule.comments(),
            finding_details: rule.details(),
        })
        .collect();
    let checklist = Checklist {
        title: format!("{} {host}", stig.id),
        id: uuid("checklist", &of),
        cklb_version: "1.0",
        active: false,
        mode: 2,
        has_path: true,
        target_data: CklbTarget {
            target_type: "Computing",
            host_name: host,
            ip_address: "",
            mac_address: "",
            fqdn: "",
            comments: about(document),
            role: "None",
            is_web_database: false,
            technology_area: "",
            web_db_site: "",
            web_db_instance: "",
        },
        stigs: [CklbStig {
            stig_name: &document.benchmark.title,
            display_name: &stig.id,
            stig_id: &stig.id,
            release_info: &stig.release,
            uuid: stig_uuid.clone(),
            reference_identifier: &stig.target_key,
            size: rules.len(),
            rules,
        }],
    };
    serde_json::to_writer(&mut *to, &checklist)?;
    to.write_all(b"\n")
}

/// The word of the format.
fn status(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "not_a_finding",
        Verdict::Fail => "open",
        Verdict::NotApplicable => "not_applicable",
        Verdict::Unknown | Verdict::Error | Verdict::Manual => "not_reviewed",
    }
}
