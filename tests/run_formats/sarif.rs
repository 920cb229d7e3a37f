//! SARIF: OASIS's schema, fails and nothing else, and what GitHub's limits make of a large run.

use std::collections::{BTreeMap, BTreeSet};

use nodeproof::export::Format;
use serde_json::{Value, json};

use super::json_schema::{schema, wrong};
use super::rows::{Kept, hostile, open, write};
use super::written::{WRITTEN, is, is_waived};

fn document() -> Value {
    serde_json::from_slice(&WRITTEN.bytes("all.sarif")).unwrap()
}

fn results(document: &Value) -> Vec<&Value> {
    let runs = document["runs"].as_array().unwrap().iter();
    runs.flat_map(|run| run["results"].as_array().unwrap())
        .collect()
}

#[test]
fn the_published_schema_accepts_it() {
    let Some(schema) = schema("sarif/sarif-schema-2.1.0.json") else {
        return;
    };
    let document = document();
    let mut broken = document.clone();
    broken["runs"][0]["results"][0]["kind"] = "bogus".into();
    assert!(!wrong(&schema, &broken).is_empty());
    assert_eq!(wrong(&schema, &document), [""; 0]);
    let kept = Kept::default();
    write(
        &mut *open(Format::named("sarif").unwrap(), &kept),
        &hostile(),
    );
    let hostile = serde_json::from_slice(&kept.bytes()).unwrap();
    assert_eq!(wrong(&schema, &hostile), [""; 0]);
}

#[test]
fn its_results_are_the_fails_and_only_waived_ones_are_suppressed() {
    let document = document();
    let results = results(&document);
    assert_eq!(results.len(), WRITTEN.count(|row| is(row, "fail")));
    let rows: BTreeMap<&str, &Value> = WRITTEN.rows.iter().map(|row| (id(row), row)).collect();
    for result in &results {
        assert_eq!(
            (&result["kind"], &result["level"]),
            (&json!("fail"), &json!("warning"))
        );
        let print = &result["partialFingerprints"]["nodeproofFinding/v1"];
        let row = rows[print.as_str().unwrap()];
        assert_eq!(row["verdict"], "fail");
        let justification = &result["suppressions"][0]["justification"];
        assert_eq!(justification, &row["waiver"]);
        assert!(!result["locations"].as_array().unwrap().is_empty());
    }
    let suppressed = results.iter().filter(|r| !r["suppressions"].is_null());
    assert_eq!(suppressed.count(), WRITTEN.count(is_waived));
}

fn id(row: &Value) -> &str {
    row["finding_id"].as_str().unwrap()
}

#[test]
fn a_run_is_of_one_benchmark_and_counts_what_is_no_result() {
    let document = document();
    let runs = document["runs"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    for run in runs {
        let id = run["automationDetails"]["id"].as_str().unwrap();
        assert!(ids.insert(id), "{id} twice");
        let benchmark = id.split('/').nth(1).unwrap();
        for (verdict, count) in run["properties"]["verdicts"]
            .as_object()
            .into_iter()
            .flatten()
        {
            let rows = WRITTEN.count(|row| row["benchmark"] == benchmark && is(row, verdict));
            assert_eq!(count, rows, "{benchmark} {verdict}");
        }
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(!rule["id"].as_str().unwrap().contains('/'));
            assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 20);
        }
    }
    let unread = runs.last().unwrap();
    let invocation = &unread["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let told = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(told.len(), WRITTEN.count(|row| row["control"].is_null()));
    let undecided = ["unknown", "error", "manual"];
    let undecided = WRITTEN
        .count(|row| !row["control"].is_null() && undecided.iter().any(|verdict| is(row, verdict)));
    let remark = format!("all.sarif: holds failing findings alone; {undecided} that are");
    assert!(WRITTEN.stderr.contains(&remark), "{}", WRITTEN.stderr);
}

#[test]
fn places_are_relative_uris() {
    let document = document();
    for result in results(&document) {
        for location in result["locations"].as_array().unwrap() {
            let place = &location["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/!+,=@%".contains(c);
            assert!(uri.chars().all(is_plain), "{uri}");
            assert!(place["region"]["startLine"].as_u64() >= Some(1));
        }
    }
}

/// Failing rows of two controls, so many of each: what is written of them, and what is told.
fn written(of_each: [usize; 2]) -> (usize, Vec<String>) {
    let kept = Kept::default();
    let mut export = open(Format::named("sarif").unwrap(), &kept);
    let row =
        |control: &str| json!({"benchmark": "cis-1.12", "control": control, "verdict": "fail"});
    let mut rows = vec![row("4.2.6"); of_each[0]];
    rows.extend(vec![row("4.2.10"); of_each[1]]);
    let remarks = write(&mut *export, &rows);
    let document: Value = serde_json::from_slice(&kept.bytes()).unwrap();
    (results(&document).len(), remarks)
}

#[test]
fn more_results_than_github_takes_are_written_and_told() {
    for (of_each, told) in [
        ([10, 0], None),
        ([4_000, 1_000], None),
        (
            [5_001, 0],
            Some(
                "5001 results of cis-1.12; GitHub shows the first 5000 of one run, and all are written",
            ),
        ),
        (
            [20_000, 5_001],
            Some(
                "25001 results of cis-1.12; GitHub refuses a file with more than 25000 of one run, and all are written",
            ),
        ),
    ] {
        let (results, remarks) = written(of_each);
        assert_eq!(results, of_each.iter().sum::<usize>());
        match told {
            Some(told) => assert!(remarks.iter().any(|r| r.contains(told)), "{remarks:?}"),
            None => assert!(remarks.is_empty(), "{remarks:?}"),
        }
    }
}

#[test]
fn how_to_split_more_results_than_github_takes_is_told_as_options() {
    let by_node = "judge part of the nodes at a time";
    let by_control = "2 files: -c cis-1.12:4.2.6; -c cis-1.12:4.2.10";
    for (of_each, has_both) in [
        ([20_000, 5_001], true),
        ([25_001, 1], false),
        ([3_000, 2_001], true),
    ] {
        let remarks = written(of_each).1.join("\n");
        assert!(remarks.contains(by_node), "{remarks}");
        assert_eq!(remarks.contains(by_control), has_both, "{remarks}");
    }
}
