//! The JSON Schema of reports: what it says, that version 1 stays what it was, and that documents
//! are held to it.

use nodeproof::export::schema;
use nodeproof::matrix::row::Row;
use nodeproof::verdict::Verdict;
use serde_json::{Value, json};

use crate::support::documents::{hold, pinned};
use crate::support::*;

/// What a schema demands or describes must be there still; words for people may change.
fn still(before: &Value, now: &Value, at: &str) -> Vec<String> {
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => {
            let mut lost = Vec::new();
            for (key, value) in before {
                if ["description", "title"].contains(&key.as_str()) && value.is_string() {
                    continue;
                }
                match now.get(key) {
                    Some(now) => lost.extend(still(value, now, &format!("{at}/{key}"))),
                    None => lost.push(format!("{at}/{key} is gone")),
                }
            }
            lost
        }
        (Value::Array(before), Value::Array(now)) => {
            let missing = before.iter().filter(|item| !now.contains(item));
            missing
                .map(|item| format!("{at}: {item} is gone"))
                .collect()
        }
        _ if before == now => Vec::new(),
        _ => vec![format!("{at}: {before} is {now} now")],
    }
}

#[test]
fn version_1_stays_what_it_was() {
    for (name, now) in [("report", schema::report()), ("finding", schema::finding())] {
        let lost = still(&pinned(name), &now, name);
        assert!(lost.is_empty(), "{lost:#?}");
    }
}

#[test]
fn a_change_of_a_pinned_schema_is_seen() {
    let before = json!({"required": ["a", "b"], "properties": {"a": {"type": "string"}}});
    for (now, lost) in [
        (
            json!({"required": ["a", "b", "c"], "properties": {"a": {"type": "string"}, "c": {}}}),
            0,
        ),
        (
            json!({"required": ["a"], "properties": {"a": {"type": "string"}}}),
            1,
        ),
        (
            json!({"required": ["a", "b"], "properties": {"a": {"type": "integer"}}}),
            1,
        ),
        (json!({"required": ["a", "b"], "properties": {}}), 1),
    ] {
        assert_eq!(still(&before, &now, "").len(), lost, "{now}");
    }
}

#[test]
fn the_program_prints_the_schema_of_what_it_writes() {
    let lab = Lab::new();
    let print = |arguments: &[&str]| -> Value {
        let ran = nodeproof(lab.folder.path(), arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap()
    };
    assert_eq!(print(&["schema"]), schema::report());
    let finding = print(&["schema", "finding"]);
    assert_eq!(finding["required"], json!(Row::COLUMNS));
    let words = Verdict::ALL.map(Verdict::as_str);
    assert_eq!(finding["properties"]["verdict"]["enum"], json!(words));
}

#[test]
fn a_document_that_breaks_the_schema_is_refused() {
    let lab = Lab::new();
    lab.add("n.tgz", &Bundle::node("n").kubelet(&[]));
    let arguments = ["analyze", ".", "--format", "json"];
    let report = lab.run(&arguments).stdout;
    for (from, to) in [
        ("\"verdict\":\"", "\"verdict\":\"very-"),
        ("\"run\":", "\"ran\":"),
        ("\"findings\":[", "\"findings\":[7,"),
        ("\"nodes\":{\"judged\":", "\"nodes\":{\"new\":1,\"judged\":"),
    ] {
        let broken = report.replacen(from, to, 1);
        assert_ne!(broken, report, "{from}");
        let held = std::panic::catch_unwind(|| hold(lab.folder.path(), &arguments, &broken));
        assert!(held.is_err(), "{to}");
    }
}
