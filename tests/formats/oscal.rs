//! OSCAL assessment results.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::written::{BY_AUTO, BY_STIG, Document, of_hostile_rows};
use crate::run_formats::json_schema::{schema, wrong};

const SCHEMA: &str = "oscal/oscal_assessment-results_schema-1.2.1.json";

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn documents() -> Vec<Document> {
    let mut all = BY_STIG.documents("oscal");
    all.extend(BY_AUTO.documents("oscal"));
    all
}

/// The first document that has a risk.
fn of_a_failure(documents: &[Document]) -> Value {
    let fails = |document: &&Document| document.rows.iter().any(|row| row["verdict"] == "fail");
    parsed(&documents.iter().find(fails).unwrap().text)
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn prop<'v>(of: &'v Value, name: &str) -> &'v str {
    let mut all = list(of, "props").iter();
    let found = all.find(|prop| prop["name"] == name);
    found.map_or("", |prop| prop["value"].as_str().unwrap())
}

#[test]
fn nists_schema_accepts_it() {
    let Some(schema) = schema(SCHEMA) else {
        return;
    };
    let documents = documents();
    let mut broken = of_a_failure(&documents);
    broken["assessment-results"]["results"][0]["risks"][0]["remarks"] = "a key too many".into();
    assert!(!wrong(&schema, &broken).is_empty());
    for document in &documents {
        let wrong = wrong(&schema, &parsed(&document.text));
        assert!(wrong.is_empty(), "{}: {wrong:#?}", document.name);
    }
    for benchmark in ["stig-kubernetes-v2r4", "cis-1.12"] {
        let hostile = parsed(&of_hostile_rows("oscal", benchmark));
        let wrong = wrong(&schema, &hostile);
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(unresolved(&hostile).is_empty());
    }
}

/// All `uuid`s of a document, and all that it refers to.
fn walk(value: &Value, found: &mut Vec<String>, wanted: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value.as_str() {
                    Some(text) if key == "uuid" => found.push(text.to_owned()),
                    Some(text) if key.ends_with("-uuid") => {
                        wanted.insert(text.to_owned());
                    }
                    Some(text) if key == "href" && text.starts_with('#') => {
                        wanted.insert(text[1..].to_owned());
                    }
                    _ => {}
                }
                if key.ends_with("-uuids") {
                    let all = value.as_array().unwrap().iter();
                    wanted.extend(all.map(|one| one.as_str().unwrap().to_owned()));
                }
                walk(value, found, wanted);
            }
        }
        Value::Array(all) => all.iter().for_each(|value| walk(value, found, wanted)),
        _ => {}
    }
}

/// References that nothing answers, and identifiers that stand twice.
fn unresolved(document: &Value) -> Vec<String> {
    let (mut found, mut wanted) = (Vec::new(), BTreeSet::new());
    walk(document, &mut found, &mut wanted);
    let unique: BTreeSet<&String> = found.iter().collect();
    let mut wrong: Vec<String> = wanted
        .iter()
        .filter(|id| !unique.contains(id))
        .cloned()
        .collect();
    if unique.len() != found.len() {
        wrong.push("an identifier stands twice".to_owned());
    }
    wrong
}

#[test]
fn every_reference_resolves_and_no_identifier_stands_twice() {
    let documents = documents();
    let mut broken = of_a_failure(&documents);
    broken["assessment-results"]["results"][0]["risks"][0]["related-observations"][0]["observation-uuid"] =
        "6d1f0a52-6c55-5a0e-9c1c-6f64a1a8c0de".into();
    assert_eq!(unresolved(&broken).len(), 1);
    for document in &documents {
        let wrong = unresolved(&parsed(&document.text));
        assert!(wrong.is_empty(), "{}: {wrong:?}", document.name);
    }
}

#[test]
fn observations_risks_and_findings_say_what_the_rows_say() {
    let (mut waived, mut attested) = (0, 0);
    for document in documents() {
        let report = parsed(&document.text);
        let result = &report["assessment-results"]["results"][0];
        let observations = list(result, "observations");
        assert_eq!(observations.len(), document.rows.len());
        let mut by_control: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (observation, row) in observations.iter().zip(&document.rows) {
            assert_eq!(
                prop(observation, "verdict"),
                row["verdict"].as_str().unwrap()
            );
            assert_eq!(
                prop(observation, "control"),
                row["control"].as_str().unwrap()
            );
            assert_eq!(
                prop(observation, "finding-id"),
                row["finding_id"].as_str().unwrap()
            );
            let evidence = list(observation, "relevant-evidence");
            assert_eq!(evidence.len(), list(row, "evidence").len());
            for control in list(row, "nist_800_53") {
                let verdicts = by_control.entry(control.as_str().unwrap()).or_default();
                verdicts.insert(row["verdict"].as_str().unwrap());
            }
        }
        let fails: Vec<&Value> = document
            .rows
            .iter()
            .filter(|row| row["verdict"] == "fail")
            .collect();
        let risks = list(result, "risks");
        assert_eq!(risks.len(), fails.len());
        for (risk, row) in risks.iter().zip(fails) {
            let is_waived = !row["waiver"].is_null();
            let status = if is_waived {
                "deviation-approved"
            } else {
                "open"
            };
            assert_eq!(risk["status"], status);
            assert_eq!(risk["deadline"].is_string(), is_waived);
            waived += usize::from(is_waived);
        }
        let mut findings = BTreeMap::new();
        for finding in list(result, "findings") {
            let status = &finding["target"]["status"];
            let status = [&status["state"], &status["reason"]].map(|word| word.as_str().unwrap());
            findings.insert(finding["title"].as_str().unwrap(), status);
        }
        by_control.retain(|_, verdicts| verdicts.iter().any(|word| *word != "not-applicable"));
        assert_eq!(findings.len(), by_control.len());
        for (control, mut verdicts) in by_control {
            verdicts.remove("not-applicable");
            let wanted = match verdicts {
                all if all.contains("fail") => ["not-satisfied", "fail"],
                all if all == BTreeSet::from(["pass"]) => ["satisfied", "pass"],
                _ => ["not-satisfied", "other"],
            };
            assert_eq!(findings[control], wanted, "{} {control}", document.name);
        }
        attested += list(&result["attestations"][0], "parts").len();
    }
    assert!(waived > 3 && attested > 3, "{waived} {attested}");
}
