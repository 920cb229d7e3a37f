//! DefectDojo: only keys that its importer knows, its models' lengths, and fails alone.

use std::collections::BTreeMap;

use nodeproof::export::Format;
use serde_json::Value;

use super::rows::{Kept, hostile, open, write};
use super::written::{WRITTEN, is, is_waived};

/// What the generic importer knows of a finding; one more key and it takes nothing.
const KNOWN: [&str; 42] = [
    "title",
    "severity",
    "description",
    "date",
    "cwe",
    "cve",
    "cvssv3",
    "mitigation",
    "impact",
    "references",
    "active",
    "verified",
    "false_p",
    "out_of_scope",
    "risk_accepted",
    "under_review",
    "is_mitigated",
    "mitigated",
    "line",
    "file_path",
    "component_name",
    "component_version",
    "static_finding",
    "dynamic_finding",
    "unique_id_from_tool",
    "vuln_id_from_tool",
    "nb_occurences",
    "service",
    "planned_remediation_date",
    "tags",
    "severity_justification",
    "steps_to_reproduce",
    "endpoints",
    "files",
    "vulnerability_ids",
    "cwes",
    "thread_id",
    "numerical_severity",
    "param",
    "payload",
    "publish_date",
    "effort_for_fixing",
];

/// What the importer would refuse or cut.
fn wrong(document: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for finding in document["findings"].as_array().unwrap() {
        for key in finding.as_object().unwrap().keys() {
            if !KNOWN.contains(&key.as_str()) {
                wrong.push(format!("{key} is not known"));
            }
        }
        for key in ["title", "severity", "description"] {
            if finding[key].as_str().is_none_or(str::is_empty) {
                wrong.push(format!("{key} is missing"));
            }
        }
        for (key, most) in [
            ("title", 511),
            ("file_path", 4000),
            ("component_name", 200),
            ("service", 200),
        ] {
            if finding[key]
                .as_str()
                .is_some_and(|text| text.chars().count() > most)
            {
                wrong.push(format!("{key} is too long"));
            }
        }
        if finding["date"].as_str().is_none_or(|date| date.len() != 10) {
            wrong.push("date is none".to_owned());
        }
        if finding.to_string().contains("\\u0000") {
            wrong.push("NUL".to_owned());
        }
    }
    wrong
}

#[test]
fn the_importer_knows_every_key() {
    let document: Value = serde_json::from_slice(&WRITTEN.bytes("all.defectdojo.json")).unwrap();
    let mut broken = document.clone();
    broken["findings"][0]["evidence"] = "x".into();
    assert_eq!(wrong(&broken), ["evidence is not known"]);
    assert_eq!(wrong(&document), [""; 0]);
    let kept = Kept::default();
    write(
        &mut *open(Format::named("defectdojo").unwrap(), &kept),
        &hostile(),
    );
    assert_eq!(
        wrong(&serde_json::from_slice(&kept.bytes()).unwrap()),
        [""; 0]
    );
}

#[test]
fn findings_are_the_fails_and_a_waived_one_is_an_accepted_risk() {
    let document: Value = serde_json::from_slice(&WRITTEN.bytes("all.defectdojo.json")).unwrap();
    let findings = document["findings"].as_array().unwrap();
    assert_eq!(findings.len(), WRITTEN.count(|row| is(row, "fail")));
    let of = |row: &Value| row["finding_id"].as_str().unwrap().to_owned();
    let rows: BTreeMap<String, &Value> = WRITTEN.rows.iter().map(|row| (of(row), row)).collect();
    for finding in findings {
        let row = rows[finding["unique_id_from_tool"].as_str().unwrap()];
        assert_eq!(finding["risk_accepted"], is_waived(row));
        assert_eq!(finding["severity_justification"], row["waiver"]);
        assert_eq!(
            (&finding["active"], &finding["false_p"]),
            (&true.into(), &Value::Null)
        );
    }
    for told in [
        "all.defectdojo.json: holds failing findings alone, and not ",
        "all.defectdojo.json: has no place for 2 bundles that cannot be read",
    ] {
        assert!(WRITTEN.stderr.contains(told), "{}", WRITTEN.stderr);
    }
}
