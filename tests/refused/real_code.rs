//! Every case that the real code of six versions decided. Skips where the facts are not beside the
//! checkout.

use std::collections::BTreeMap;

use crate::support::*;
use serde_json::Value;

/// What the facts have verdicts of.
const CONTROLS: &str = "cis-1.12:4.2.1,cis-1.12:4.2.2,cis-1.12:4.2.3,cis-1.12:4.2.4,cis-1.12:4.2.5,cis-1.12:4.2.6,cis-1.12:4.2.7,\
    cis-1.12:4.2.8,cis-1.12:4.2.9,cis-1.12:4.2.10,cis-1.12:4.2.11,cis-1.12:4.2.12,cis-1.12:4.2.13,cis-1.12:4.2.14,cis-1.6:4.2.6";

/// A node of one case: its arguments, exact, its files, and the working directory of the real one.
fn node(at: usize, case: &Value) -> Bundle {
    let texts = |key: &str| -> Vec<String> {
        let list = case[key].as_array().unwrap();
        list.iter()
            .map(|item| item.as_str().unwrap().to_owned())
            .collect()
    };
    let arguments = texts("args");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let name = format!("n{at:05}");
    let mut bundle = Bundle::node(&name)
        .of_machine(at)
        .kubelet(&words)
        .member("proc/42/cwd", "/\n")
        .version(&format!("v{}", case["kubelet"].as_str().unwrap()));
    let files = case["files"].as_object().unwrap();
    for (path, content) in files {
        bundle = match path.strip_suffix('/') {
            Some(folder) => bundle.stat_row(folder, "dir", 1),
            None => bundle.file(path, content.as_str().unwrap()),
        };
    }
    for (at, word) in arguments.iter().enumerate() {
        let next = || arguments.get(at + 1).map(String::as_str);
        let named = match word.strip_prefix("--config") {
            Some("") => next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        let absent = named.filter(|path| path.starts_with('/') && !files.contains_key(*path));
        if let Some(path) = absent {
            bundle = bundle.stat_row(path, "absent", 1);
        }
    }
    bundle
}

/// The rows of all cases in one run, by node and `benchmark:control`.
fn judged(cases: &[Value], controls: &str) -> BTreeMap<(usize, String), Value> {
    let lab = Lab::new();
    for (at, case) in cases.iter().enumerate() {
        lab.add(&format!("n{at:05}.tar.gz"), &node(at, case));
    }
    let ran = lab.run(&[
        "analyze",
        ".",
        "-b",
        "cis-1.12,cis-1.6",
        "-c",
        controls,
        "--format",
        "jsonl",
        "--quiet",
    ]);
    let by_place = rows(&ran.stdout).into_iter().map(|row| {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let at = text("node").trim_start_matches('n').parse().unwrap();
        (
            (at, format!("{}:{}", text("benchmark"), text("control"))),
            row,
        )
    });
    by_place.collect()
}

fn is_right(row: Option<&Value>, wanted: &str) -> bool {
    let verdict = row.and_then(|row| row["verdict"].as_str());
    verdict.is_some_and(|verdict| wanted.split('|').any(|word| word == verdict))
}

fn told(case: &Value, control: &str, wanted: &str, row: Option<&Value>) -> String {
    let why = ["error", "start_error"];
    let why = why.iter().find_map(|key| case[*key].as_str());
    format!(
        "{} {} {control}: wanted {wanted}, got {} | real: {} | {} {}",
        case["kubelet"].as_str().unwrap(),
        case["case"].as_str().unwrap(),
        row.map_or("no row", |row| row["reason"].as_str().unwrap()),
        why.unwrap_or("starts"),
        case["args"],
        case["files"],
    )
}

#[test]
fn every_known_difference_is_gone() {
    let Some(path) = shared("cases/kubelet-differences.jsonl") else {
        return;
    };
    let cases = rows(&std::fs::read_to_string(path).unwrap());
    let rows = judged(&cases, CONTROLS);
    let mut wrong = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let control = case["control"].as_str().unwrap();
        let wanted = case["want"].as_str().unwrap();
        let row = rows.get(&(at, control.to_owned()));
        if !is_right(row, wanted) {
            wrong.push(told(case, control, wanted, row));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} wrong:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn random_configurations_are_judged_as_the_real_code_decides_them() {
    let Some(path) = shared("facts/kubelet-random-golden.jsonl") else {
        return;
    };
    let cases = rows(&std::fs::read_to_string(path).unwrap());
    let judged = judged(&cases, CONTROLS);
    let (mut all, mut wrong) = (0, Vec::new());
    for (at, case) in cases.iter().enumerate() {
        for (control, wanted) in case["want"].as_object().unwrap() {
            all += 1;
            let wanted = wanted.as_str().unwrap();
            let row = judged.get(&(at, control.clone()));
            // A name of nothing but `x` is what other tools write in the place of one.
            let reason = row
                .and_then(|row| row["reason"].as_str())
                .unwrap_or_default();
            let is_mask = reason.starts_with("value-redacted: ");
            if is_right(row, wanted) || is_taken_for_a_vendors(case) || is_mask {
                continue;
            }
            wrong.push(told(case, control, wanted, row));
        }
    }
    assert!(all > 10_000, "{all}");
    assert!(
        wrong.is_empty(),
        "{} of {all} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// A flag that no version has is a vendor's (DESIGN, deciding a setting), where the real code stops.
fn is_taken_for_a_vendors(case: &Value) -> bool {
    let error = case["error"].as_str().unwrap_or_default();
    error.ends_with("unknown flag: --no-such-flag")
}
