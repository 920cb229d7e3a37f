//! CKL and CKLB.

use std::collections::BTreeMap;

use serde_json::Value;

use super::written::{BY_STIG, Document, of_hostile_rows};
use super::xml::{self, Element};
use crate::run_formats::json_schema::{schema, wrong};
use crate::support::*;

const STIG: &str = "stig-kubernetes-v2r4";

/// The word of CKLB for each verdict.
const WORDS: [(&str, &str); 6] = [
    ("pass", "not_a_finding"),
    ("fail", "open"),
    ("unknown", "not_reviewed"),
    ("error", "not_reviewed"),
    ("not-applicable", "not_applicable"),
    ("manual", "not_reviewed"),
];

fn parsed(document: &Document) -> Value {
    serde_json::from_str(&document.text).unwrap()
}

#[test]
fn disas_schema_accepts_cklb() {
    let Some(schema) = schema("cklb/SV3_CKLB_1_0.retyped.schema.json") else {
        return;
    };
    let documents = BY_STIG.documents("cklb");
    let mut broken = parsed(&documents[0]);
    broken["stigs"][0]["rules"][0]["status"] = "failed".into();
    assert!(!wrong(&schema, &broken).is_empty());
    for document in &documents {
        let wrong = wrong(&schema, &parsed(document));
        assert!(wrong.is_empty(), "{}: {wrong:#?}", document.name);
    }
    let hostile = serde_json::from_str(&of_hostile_rows("cklb", STIG)).unwrap();
    let wrong = wrong(&schema, &hostile);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn cklb_says_of_each_rule_what_its_row_says() {
    let words = BTreeMap::from(WORDS);
    let documents = BY_STIG.documents("cklb");
    assert!(documents.len() > 10);
    for document in &documents {
        let checklist = parsed(document);
        let rules = checklist["stigs"][0]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), document.rows.len());
        assert_eq!(checklist["stigs"][0]["size"], rules.len());
        for (rule, row) in rules.iter().zip(&document.rows) {
            let verdict = row["verdict"].as_str().unwrap();
            assert_eq!(rule["status"], words[verdict]);
            assert_eq!(rule["group_id"], row["control"]);
            let names = row["stig"].as_array().unwrap();
            assert!(names.contains(&rule["rule_id_src"]), "{rule}");
            assert!(names.contains(&rule["rule_version"]));
            let id = rule["rule_id_src"].as_str().unwrap();
            assert!(id.starts_with("SV-") && id.ends_with("_rule") && id.contains('r'));
            assert!(rule["ccis"][0].as_str().unwrap().starts_with("CCI-"));
            let title = rule["group_tree"][0]["title"].as_str().unwrap();
            assert!(title.starts_with("SRG-APP-"));
            let details = rule["finding_details"].as_str().unwrap();
            assert!(details.starts_with(row["reason"].as_str().unwrap()));
            let comments = rule["comments"].as_str().unwrap();
            assert!(comments.starts_with(&format!("nodeproof verdict: {verdict}")));
            if let Some(waiver) = row["waiver"].as_str() {
                assert!(comments.ends_with(waiver), "{comments}");
            }
        }
    }
}

/// The word of CKL for each verdict.
const CKL_WORDS: [(&str, &str); 6] = [
    ("pass", "NotAFinding"),
    ("fail", "Open"),
    ("unknown", "Not_Reviewed"),
    ("error", "Not_Reviewed"),
    ("not-applicable", "Not_Applicable"),
    ("manual", "Not_Reviewed"),
];

#[test]
fn disas_schema_accepts_ckl() {
    let documents = BY_STIG.documents("ckl");
    let broken = documents[0].text.replacen("<STATUS>", "<STATUS>not ", 1);
    let hostile = of_hostile_rows("ckl", STIG);
    let all = xml::with_hostile(&documents, &hostile);
    xml::hold("ckl/U_Checklist_Schema_V2.xsd", &broken, &all);
}

#[test]
fn ckl_says_of_each_rule_what_its_row_says() {
    let words = BTreeMap::from(CKL_WORDS);
    for document in BY_STIG.documents("ckl") {
        let checklist = Element::parse(&document.text);
        let rules = checklist.all("VULN");
        assert_eq!(rules.len(), document.rows.len());
        for (rule, row) in rules.iter().zip(&document.rows) {
            let data = |name: &str| {
                let all = rule.all("STIG_DATA");
                let found = all
                    .iter()
                    .find(|data| data.text_of("VULN_ATTRIBUTE") == name);
                found.unwrap().text_of("ATTRIBUTE_DATA").to_owned()
            };
            let verdict = row["verdict"].as_str().unwrap();
            assert_eq!(rule.text_of("STATUS"), words[verdict]);
            assert_eq!(data("Vuln_Num"), row["control"].as_str().unwrap());
            let names = row["stig"].as_array().unwrap();
            assert!(names.contains(&data("Rule_ID").into()));
            assert!(data("Rule_ID").ends_with("_rule"));
            assert!(data("CCI_REF").starts_with("CCI-"));
            let comments = rule.text_of("COMMENTS");
            assert!(comments.starts_with(&format!("nodeproof verdict: {verdict}")));
            if let Some(waiver) = row["waiver"].as_str() {
                assert!(comments.ends_with(waiver), "{comments}");
            }
        }
    }
}

#[test]
fn a_benchmark_that_is_no_stig_has_no_checklist_and_that_is_said() {
    for format in ["ckl", "cklb"] {
        let lab = Lab::new();
        lab.add(
            "in/a.tgz",
            &Bundle::node("a").kubelet(&[]).version("v1.33.1"),
        );
        for (output, code) in [(format!("x.{format}"), 2), (format!("x.{format}.zip"), 0)] {
            let ran = lab.run(&["analyze", "in", "-o", &output]);
            assert_eq!(ran.code, code, "{}", ran.stderr);
            assert!(ran.stderr.contains("it is no STIG"), "{}", ran.stderr);
        }
    }
}
