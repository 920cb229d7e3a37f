//! What each verdict is called in each format, read back from what a run wrote: one table.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::hdf;
use super::written::{BY_AUTO, BY_STIG, Document, Written};
use super::xml::Element;
use crate::support::rows as lines;

/// The formats, in the order of [`TABLE`].
const FORMATS: [&str; 13] = [
    "xccdf",
    "arf",
    "ckl",
    "cklb",
    "hdf",
    "oscal",
    "oscal finding",
    "kube-bench",
    "sarif",
    "junit",
    "ocsf",
    "defectdojo",
    "prometheus",
];

/// A verdict with what stands beside it, and its word in each format; `-` where it has none there.
/// What is unknown, an error or for a person is nobody's pass or fail.
#[rustfmt::skip]
const TABLE: [(&str, [&str; 13]); 8] = [
    ("pass", [
        "pass", "pass", "NotAFinding", "not_a_finding", "Passed", "pass", "satisfied/pass", "PASS",
        "-", "ok", "Pass, Resolved", "-", "pass",
    ]),
    ("fail", [
        "fail", "fail", "Open", "open", "Failed", "fail, risk open", "not-satisfied/fail", "FAIL",
        "fail", "failure", "Fail, New", "finding", "fail",
    ]),
    ("fail + waiver", [
        "fail + comment", "fail + comment", "Open + comment", "open + comment", "Failed + waiver",
        "fail, risk deviation-approved, deadline", "not-satisfied/fail", "FAIL",
        "fail + suppression", "skipped (waived)", "Fail, Suppressed", "finding, risk accepted",
        "fail",
    ]),
    ("unknown", [
        "unknown", "unknown", "Not_Reviewed", "not_reviewed", "Not Reviewed", "unknown",
        "not-satisfied/other", "WARN", "-", "skipped", "Warning, New", "-", "unknown",
    ]),
    ("error", [
        "error", "error", "Not_Reviewed", "not_reviewed", "Profile Error", "error",
        "not-satisfied/other", "WARN", "-", "error", "Warning, New", "-", "error",
    ]),
    ("not-applicable", [
        "notapplicable", "notapplicable", "Not_Applicable", "not_applicable", "Not Applicable",
        "not-applicable", "-", "INFO", "-", "skipped", "Other, New", "-", "not-applicable",
    ]),
    ("manual", [
        "notchecked", "notchecked", "Not_Reviewed", "not_reviewed", "Not Reviewed", "manual",
        "not-satisfied/other", "WARN", "-", "skipped", "Other, New", "-", "manual",
    ]),
    ("unreadable", [
        "-", "-", "-", "-", "-", "-", "-", "-", "notification", "error", "Warning, New", "-",
        "unreadable",
    ]),
];

/// The rows of [`TABLE`] that a row of the matrix belongs to.
fn kind(row: &Value) -> &str {
    match row["verdict"].as_str().unwrap() {
        _ if row["control"].is_null() => "unreadable",
        "fail" if !row["waiver"].is_null() => "fail + waiver",
        verdict => verdict,
    }
}

/// The words that were read back: of which kind of row, in which format.
#[derive(Default)]
struct Words(BTreeMap<(String, &'static str), BTreeSet<String>>);

impl Words {
    fn add(&mut self, kind: &str, format: &'static str, word: impl Into<String>) {
        let words = self.0.entry((kind.to_owned(), format)).or_default();
        words.insert(word.into());
    }

    /// One word for each row, where a format has the rows in their order.
    fn in_order(
        &mut self,
        format: &'static str,
        rows: &[Value],
        words: impl ExactSizeIterator<Item = String>,
    ) {
        assert_eq!(words.len(), rows.len(), "{format}");
        for (row, word) in rows.iter().zip(words) {
            self.add(kind(row), format, word);
        }
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    let found = value.pointer(pointer).and_then(Value::as_array);
    found.map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap()
}

/// A word, and whether the waiver of a failing row is told beside it.
fn with_comment(word: &str, comment: &str, row: &Value) -> String {
    match row["waiver"].as_str() {
        Some(waiver) if kind(row) == "fail + waiver" && comment.contains(waiver) => {
            format!("{word} + comment")
        }
        _ => word.to_owned(),
    }
}

fn of_xml(words: &mut Words, format: &'static str, document: &Document) {
    let root = Element::parse(&document.text);
    let [item, result, comment] = match format {
        "ckl" => ["VULN", "STATUS", "COMMENTS"],
        _ => ["rule-result", "result", "np:comment"],
    };
    let items = root.all(item);
    let told = items.iter().zip(&document.rows);
    let told =
        told.map(|(item, row)| with_comment(item.text_of(result), item.text_of(comment), row));
    words.in_order(format, &document.rows, told);
}

fn of_cklb(words: &mut Words, document: &Document) {
    let checklist = json(&document.text);
    let rules = list(&checklist, "/stigs/0/rules").iter();
    let told = rules.zip(&document.rows);
    let told =
        told.map(|(rule, row)| with_comment(text(rule, "status"), text(rule, "comments"), row));
    words.in_order("cklb", &document.rows, told);
}

fn of_hdf(words: &mut Words, document: &Document) {
    let report = json(&document.text);
    let controls = list(&report, "/profiles/0/controls").iter();
    let told = controls.map(|control| match control["waiver_data"].is_null() {
        true => hdf::status(control).to_owned(),
        false => format!("{} + waiver", hdf::status(control)),
    });
    words.in_order("hdf", &document.rows, told);
}

fn of_oscal(words: &mut Words, document: &Document) {
    let report = json(&document.text);
    let result = &report["assessment-results"]["results"][0];
    let observations = list(result, "/observations");
    let risk = |observation: &Value| {
        let is_of = |risk: &&Value| {
            let related = list(risk, "/related-observations").iter();
            related
                .map(|one| &one["observation-uuid"])
                .any(|id| *id == observation["uuid"])
        };
        let found = list(result, "/risks").iter().find(is_of);
        found.map_or(String::new(), |risk| {
            let until = if risk["deadline"].is_string() {
                ", deadline"
            } else {
                ""
            };
            format!(", risk {}{until}", text(risk, "status"))
        })
    };
    let told = observations.iter().map(|observation| {
        let mut props = list(observation, "/props").iter();
        let verdict = props.find(|prop| prop["name"] == "verdict").unwrap();
        format!("{}{}", text(verdict, "value"), risk(observation))
    });
    words.in_order("oscal", &document.rows, told);
    // A finding is of a control of 800-53: rows that fail decide it, else it is counted where rows of
    // one kind alone support it.
    let ids = observations.iter().map(|one| text(one, "uuid"));
    let kinds: BTreeMap<&str, &str> = ids.zip(document.rows.iter().map(kind)).collect();
    for finding in list(result, "/findings") {
        let related = list(finding, "/related-observations").iter();
        let of = related.map(|one| kinds[text(one, "observation-uuid")]);
        let of: BTreeSet<&str> = of.collect();
        let fails = of.iter().copied().filter(|kind| kind.starts_with("fail"));
        let fails: BTreeSet<&str> = fails.collect();
        let of = if fails.is_empty() { of } else { fails };
        if let (1, Some(kind)) = (of.len(), of.first()) {
            let status = &finding["target"]["status"];
            let word = format!("{}/{}", text(status, "state"), text(status, "reason"));
            words.add(kind, "oscal finding", word);
        }
    }
}

fn of_kube_bench(words: &mut Words, document: &Document) {
    let report = json(&document.text);
    let sections = list(&report, "/Controls").iter();
    let sections = sections.flat_map(|chapter| list(chapter, "/tests"));
    let checks = sections.flat_map(|section| list(section, "/results"));
    let told: Vec<String> = checks
        .map(|check| text(check, "status").to_owned())
        .collect();
    words.in_order("kube-bench", &document.rows, told.into_iter());
}

fn of_documents(words: &mut Words, run: &Written, format: &'static str) {
    for document in run.documents(format) {
        match format {
            "cklb" => of_cklb(words, &document),
            "hdf" => of_hdf(words, &document),
            "oscal" => of_oscal(words, &document),
            "kube-bench" => of_kube_bench(words, &document),
            _ => of_xml(words, format, &document),
        }
    }
}

fn of_junit(words: &mut Words, run: &Written) {
    let root = Element::parse(&run.text("all.junit.xml"));
    let cases = root.all("testcase");
    let told = cases.iter().map(|case| match case.children.first() {
        None => "ok".to_owned(),
        Some(child) => match child.attribute("message").starts_with("fail, waived: ") {
            true => format!("{} (waived)", child.name),
            false => child.name.clone(),
        },
    });
    words.in_order("junit", &run.findings, told);
}

fn of_ocsf(words: &mut Words, run: &Written) {
    let events = lines(&run.text("all.ocsf.jsonl"));
    let told = events.iter().map(|event| {
        let (compliance, status) = (&event["compliance"], text(event, "status"));
        // The numbers are what importers go by.
        let numbers = [&compliance["status_id"], &event["status_id"]].map(Value::as_u64);
        let names = [text(compliance, "status"), status];
        let known = [("Pass", 1), ("Warning", 2), ("Fail", 3), ("Other", 99)];
        assert!(known.contains(&(names[0], numbers[0].unwrap())), "{event}");
        let known = [("New", 1), ("Suppressed", 3), ("Resolved", 4)];
        assert!(known.contains(&(names[1], numbers[1].unwrap())), "{event}");
        names.join(", ")
    });
    words.in_order("ocsf", &run.findings, told);
}

/// Formats that have some rows alone, each under its `finding_id` or the bundle's name.
fn of_some(
    words: &mut Words,
    run: &Written,
    format: &'static str,
    mut told: BTreeMap<String, String>,
) {
    for row in &run.findings {
        let word = told.remove(text(row, "finding_id"));
        words.add(kind(row), format, word.as_deref().unwrap_or("-"));
    }
    assert!(told.is_empty(), "{format}: {told:?}");
}

fn of_sarif(words: &mut Words, run: &Written) {
    let document = json(&run.text("all.sarif"));
    let mut told = BTreeMap::new();
    let unreadable = run.findings.iter().filter(|row| row["control"].is_null());
    let mut unreadable: Vec<&str> = unreadable.map(|row| text(row, "finding_id")).collect();
    for of in list(&document, "/runs") {
        for result in list(of, "/results") {
            let id = text(&result["partialFingerprints"], "nodeproofFinding/v1");
            let word = match list(result, "/suppressions") {
                [] => text(result, "kind").to_owned(),
                _ => format!("{} + suppression", text(result, "kind")),
            };
            told.insert(id.to_owned(), word);
        }
        for _ in list(of, "/invocations/0/toolExecutionNotifications") {
            told.insert(unreadable.remove(0).to_owned(), "notification".to_owned());
        }
    }
    of_some(words, run, "sarif", told);
}

fn of_defectdojo(words: &mut Words, run: &Written) {
    let document = json(&run.text("all.defectdojo.json"));
    let told = list(&document, "/findings").iter().map(|finding| {
        let accepted = match finding["risk_accepted"] == true {
            true => ", risk accepted",
            false => "",
        };
        let word = format!("finding{accepted}");
        (text(finding, "unique_id_from_tool").to_owned(), word)
    });
    of_some(words, run, "defectdojo", told.collect());
}

/// The gauges are counts, so the words are those that the counts of the rows are found under.
fn of_prometheus(words: &mut Words, run: &Written) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in run.text("all.prom").lines() {
        let Some((sample, value)) = line.rsplit_once(' ') else {
            continue;
        };
        let word = match sample.split('{').next() {
            Some("nodeproof_findings") => sample.rsplit('"').nth(1),
            Some("nodeproof_bundles_unreadable") => Some("unreadable"),
            Some("nodeproof_findings_waived") => Some("waived"),
            _ => None,
        };
        if let Some(word) = word {
            *counts.entry(word.to_owned()).or_default() += value.parse::<usize>().unwrap();
        }
    }
    let waived = run.count(|row| kind(row) == "fail + waiver");
    assert_eq!(counts.remove("waived"), Some(waived));
    for row in &run.findings {
        let word = match kind(row) {
            "unreadable" => "unreadable",
            _ => text(row, "verdict"),
        };
        let left = counts.get_mut(word).unwrap();
        *left -= 1;
        words.add(kind(row), "prometheus", word);
    }
    assert!(counts.values().all(|left| *left == 0), "{counts:?}");
}

#[test]
fn every_verdict_has_its_word_in_every_format() {
    for (run, has_checklists) in [(&BY_STIG, true), (&BY_AUTO, false)] {
        let mut words = Words::default();
        for format in super::written::formats() {
            if has_checklists || !format.name.starts_with("ckl") {
                of_documents(&mut words, run, format.name);
            }
        }
        of_junit(&mut words, run);
        of_ocsf(&mut words, run);
        of_sarif(&mut words, run);
        of_defectdojo(&mut words, run);
        of_prometheus(&mut words, run);
        for (kind, wanted) in TABLE {
            for (format, wanted) in FORMATS.into_iter().zip(wanted) {
                if !has_checklists && format.starts_with("ckl") {
                    continue;
                }
                let told = words.0.remove(&(kind.to_owned(), format));
                let told = told.unwrap_or_else(|| BTreeSet::from(["-".to_owned()]));
                assert_eq!(
                    told,
                    BTreeSet::from([wanted.to_owned()]),
                    "{kind} in {format}"
                );
            }
        }
        assert!(words.0.is_empty(), "{:?}", words.0);
    }
}
