//! HDF.

use serde_json::{Value, json};

use super::written::{BY_AUTO, BY_STIG, Document, of_hostile_rows};
use crate::run_formats::json_schema::{schema, wrong};

fn parsed(document: &Document) -> Value {
    serde_json::from_str(&document.text).unwrap()
}

fn documents() -> Vec<Document> {
    let mut all = BY_STIG.documents("hdf");
    all.extend(BY_AUTO.documents("hdf"));
    all
}

/// What Heimdall makes of a control: the order in which inspecjs looks.
pub fn status(control: &Value) -> &'static str {
    let is = |word: &str| {
        let results = control["results"].as_array().unwrap();
        results.iter().any(|result| result["status"] == word)
    };
    if is("error") {
        "Profile Error"
    } else if control["waiver_data"]["skipped_due_to_waiver"] == true || control["impact"] == 0.0 {
        "Not Applicable"
    } else if is("failed") {
        "Failed"
    } else if is("passed") {
        "Passed"
    } else {
        "Not Reviewed"
    }
}

#[test]
fn inspecs_schema_accepts_it() {
    let Some(schema) = schema("hdf/exec-json.json") else {
        return;
    };
    let documents = documents();
    let mut broken = parsed(&documents[0]);
    broken["profiles"][0]["controls"][0]["results"][0]["status"] = "ok".into();
    assert!(!wrong(&schema, &broken).is_empty());
    for document in &documents {
        let wrong = wrong(&schema, &parsed(document));
        assert!(wrong.is_empty(), "{}: {wrong:#?}", document.name);
    }
    for benchmark in ["stig-kubernetes-v2r4", "cis-1.12"] {
        let hostile = serde_json::from_str(&of_hostile_rows("hdf", benchmark)).unwrap();
        let wrong = wrong(&schema, &hostile);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn heimdall_sees_each_verdict_as_what_it_is() {
    for document in documents() {
        let report = parsed(&document);
        let controls = report["profiles"][0]["controls"].as_array().unwrap();
        assert_eq!(controls.len(), document.rows.len());
        for (control, row) in controls.iter().zip(&document.rows) {
            let wanted = match row["verdict"].as_str().unwrap() {
                "pass" => "Passed",
                "fail" => "Failed",
                "error" => "Profile Error",
                "not-applicable" => "Not Applicable",
                _ => "Not Reviewed",
            };
            assert_eq!(status(control), wanted, "{row}");
            assert_eq!(control["id"], row["control"]);
            assert_eq!(control["tags"]["verdict"], row["verdict"]);
            let result = &control["results"][0];
            let told = ["message", "skip_message"].map(|key| &result[key]);
            assert!(told.contains(&&row["reason"]), "{result}");
        }
    }
}

#[test]
fn a_waiver_is_told_and_skips_nothing() {
    let (mut waived, mut attested) = (0, 0);
    for document in documents() {
        let report = parsed(&document);
        let controls = report["profiles"][0]["controls"].as_array().unwrap();
        for (control, row) in controls.iter().zip(&document.rows) {
            let waiver = &control["waiver_data"];
            let is_waived = row["verdict"] == "fail" && !row["waiver"].is_null();
            assert_eq!(!waiver.is_null(), is_waived);
            if is_waived {
                waived += 1;
                assert_eq!(waiver["skipped_due_to_waiver"], false);
                assert_eq!(waiver["run"], true);
                assert_eq!(waiver["justification"], row["waiver"]);
            }
            let attestation = &control["attestation_data"];
            if !attestation.is_null() {
                attested += 1;
                let words = [json!("passed"), json!("failed")];
                assert!(words.contains(&attestation["status"]));
                assert_eq!(attestation["updated"], "2026-11-01T00:00:00Z");
            }
        }
    }
    assert!(waived > 3 && attested > 3, "{waived} {attested}");
}
