//! `nodeproof diff`: two reports, or evidence judged on the way → what changed.

use std::fs;

use crate::support::*;
use serde_json::{Value, json};

fn node(name: &str, on: bool) -> Bundle {
    Bundle::node(name)
        .version("v1.33.1")
        .kubelet(&[&format!("--make-iptables-util-chains={on}")])
}

/// Two lots of evidence, and their reports: one node gets worse, one better, one goes, one comes,
/// one is put right by another source.
fn lab() -> Lab {
    let lab = Lab::new();
    let by_file = Bundle::node("file")
        .version("v1.33.1")
        .kubelet(&["--config=/c.yaml"])
        .file("/c.yaml", config("makeIPTablesUtilChains: false\n"));
    lab.add("old/better.tgz", &node("better", false));
    lab.add("old/file.tgz", &by_file);
    lab.add("old/gone.tgz", &node("gone", false));
    lab.add("old/same.tgz", &node("same", true));
    lab.add("old/worse.tgz", &node("worse", true));
    lab.add("new/better.tgz", &node("better", true));
    lab.add("new/file.tgz", &node("file", false));
    lab.add("new/new.tgz", &node("new", false));
    lab.add("new/same.tgz", &node("same", true));
    lab.add("new/worse.tgz", &node("worse", false));
    for side in ["old", "new"] {
        for format in ["json", "jsonl", "csv"] {
            write(&lab, side, &format!("{side}.{format}"), &[]);
        }
    }
    lab
}

fn write(lab: &Lab, from: &str, to: &str, more: &[&str]) {
    let ran = lab.run(&[&["analyze", from, "-b", "cis-1.12", "-q", "-o", to], more].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

fn json_of(lab: &Lab, arguments: &[&str]) -> Value {
    let ran = lab.run(&[&["diff", "--format", "json"], arguments].concat());
    serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}: {}", ran.stderr))
}

/// Kind and node of every change.
fn changes(diff: &Value) -> Vec<String> {
    let changes = diff["changes"].as_array().unwrap().iter();
    changes
        .map(|c| {
            format!(
                "{} {}",
                c["kind"].as_str().unwrap(),
                c["node"].as_str().unwrap_or("-")
            )
        })
        .collect()
}

const WANTED: [&str; 5] = [
    "fixed better",
    "evidence-changed file",
    "new-node new",
    "newly-failing worse",
    "gone-node gone",
];

#[test]
fn reports_and_evidence_of_every_kind_say_the_same() {
    let lab = lab();
    let whole = json_of(&lab, &["old.json", "new.json"]);
    assert_eq!(changes(&whole), WANTED);
    assert_eq!(whole["schema"], "nodeproof-diff/1");
    assert_eq!(whole["not_comparable"], json!([]));
    let keys: Vec<&String> = whole.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "schema",
            "old",
            "new",
            "not_comparable",
            "changes",
            "summary"
        ]
    );
    assert_eq!(
        (&whole["old"]["findings"], &whole["old"]["nodes"]),
        (&json!(5), &json!(5))
    );
    assert_eq!(whole["old"]["run"]["benchmark"], json!(["cis-1.12"]));
    assert_eq!(whole["summary"]["regressions"], 1);
    assert_eq!(whole["summary"]["changes"]["fixed"], 1);
    let worse = &whole["changes"][3];
    assert_eq!(worse["regression"], true);
    assert_eq!(worse["changed"], json!(["verdict", "actual"]));
    assert_eq!(
        (&worse["old"]["actual"], &worse["new"]["actual"]),
        (&json!("true"), &json!("false"))
    );
    assert_eq!(worse["control"], "4.2.6");
    let file = &whole["changes"][1];
    assert_eq!(
        (&file["old"]["source"], &file["new"]["source"]),
        (&json!("config-file"), &json!("argument"))
    );
    let lines = json_of(&lab, &["old.jsonl", "new.jsonl"]);
    assert_eq!(lines["changes"], whole["changes"]);
    assert_eq!(lines["not_comparable"][0]["what"], "run-unknown");
    let judged = json_of(&lab, &["old", "new", "-b", "cis-1.12", "-c", "4.2.6"]);
    assert_eq!(judged["changes"], whole["changes"]);
    assert_eq!(judged["not_comparable"], json!([]));
    let mixed = json_of(&lab, &["old.json", "new", "-b", "cis-1.12", "-c", "4.2.6"]);
    assert_eq!(mixed["changes"], whole["changes"]);
    assert_eq!(
        mixed["not_comparable"][0]["what"], "control",
        "as it was typed"
    );
    // Other programs sort keys and indent.
    let text = fs::read_to_string(lab.path("old.json")).unwrap();
    let value: std::collections::BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    lab.put(
        "sorted.json",
        serde_json::to_string_pretty(&value).unwrap().as_bytes(),
    );
    assert_eq!(json_of(&lab, &["sorted.json", "new.json"]), whole);
}

#[test]
fn no_change_is_said() {
    let lab = lab();
    for pair in [["old.json", "old.json"], ["old", "old"]] {
        let ran = lab.run(&[&["diff", "-q", "--fail-on", "regression"], &pair[..]].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stdout.ends_with("\nNo change.\n"), "{}", ran.stdout);
        assert!(!ran.stdout.contains("Not comparable"), "{}", ran.stdout);
    }
}

#[test]
fn text_lists_changes_the_worst_first() {
    let lab = lab();
    let ran = lab.run(&["diff", "old.json", "new.json"]);
    let version = env!("CARGO_PKG_VERSION");
    let wanted = format!(
        "OLD: findings: 5, nodes: 5; nodeproof {version}, cis-1.12\n\
         NEW: findings: 5, nodes: 5; nodeproof {version}, cis-1.12\n\
         \n\
         Newly failing (1):\n\
         \x20 cis-1.12 4.2.6  kubelet: iptables utility chains are kept in place\n\
         \x20   test/worse  pass → fail\n\
         \x20     true (argument-sets-it) → false (argument-sets-it)\n\
         \n\
         Nodes that are gone (1):\n\
         \x20   test/gone  findings: 1\n\
         \n\
         Fixed (1):\n\
         \x20 cis-1.12 4.2.6  kubelet: iptables utility chains are kept in place\n\
         \x20   test/better  fail → pass\n\
         \x20     false (argument-sets-it) → true (argument-sets-it)\n\
         \n\
         Same verdict, other evidence (1):\n\
         \x20 cis-1.12 4.2.6  kubelet: iptables utility chains are kept in place\n\
         \x20   test/file  fail\n\
         \x20     false (config-file-sets-it) → false (argument-sets-it)\n\
         \n\
         New nodes (1):\n\
         \x20   test/new  findings: 1\n\
         \n\
         Changes: 5, regressions: 1.\n"
    );
    assert_eq!(ran.stdout, wanted);
}

#[test]
fn a_name_steers_no_terminal() {
    let lab = Lab::new();
    let name = "n\u{1b}[31m\nNo change.";
    lab.add("a/n.tgz", &node(name, true));
    lab.add("b/n.tgz", &node(name, false));
    let ran = lab.run(&["diff", "a", "b", "-q", "-b", "cis-1.12", "-c", "4.2.6"]);
    let told = "    test/n\\u001b[31m\\nNo change.  pass → fail\n";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
}

#[test]
fn the_formats_say_the_same_and_files_appear_whole() {
    let lab = lab();
    let run = |more: &[&str]| lab.run(&[&["diff", "old.json", "new.json"], more].concat());
    let csv = run(&["--format", "csv"]).stdout;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    let listed: Vec<String> = records
        .iter()
        .map(|r| format!("{} {}", &r[0], &r[3]))
        .collect();
    assert_eq!(listed, WANTED);
    assert_eq!(
        (&records[3][8], &records[3][9], &records[3][1]),
        ("pass", "fail", "yes")
    );
    for (file, format) in [
        ("d.csv", "csv"),
        ("d.json", "json"),
        ("d.txt", "text"),
        ("d", "csv"),
    ] {
        let ran = run(&["-o", file, "--format", format]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
        let written = fs::read_to_string(lab.path(file)).unwrap();
        assert_eq!(written, run(&["--format", format]).stdout, "{file}");
    }
    let ran = run(&["-o", "d.xlsx"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    let sheet = &crate::workbook::read(&lab.path("d.xlsx"))["Changes"];
    let mut lines = csv::ReaderBuilder::new();
    let mut lines = lines.has_headers(false).from_reader(csv.as_bytes());
    for (row, line) in sheet.iter().zip(lines.records()) {
        let line = line.unwrap();
        let cells = line.iter().map(|cell| cell.trim_start_matches('\''));
        let row = row.iter().map(String::as_str).chain(std::iter::repeat(""));
        assert!(cells.zip(row).all(|(a, b)| a == b), "{line:?}");
    }
    assert_eq!(sheet.len(), WANTED.len() + 1);
    for (more, code) in [
        (&["-o", "d.docx"][..], 2),
        (&["--format", "xml"], 2),
        (&["-o", "missing/d.csv"], 4),
        (&["-b", "cis-1.12"], 2),
    ] {
        let ran = run(more);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (code, ""),
            "{more:?}: {}",
            ran.stderr
        );
    }
}

#[test]
fn fail_on_regression_looks_at_what_is_worse_and_not_waived() {
    let lab = lab();
    let code = |old: &str, new: &str, more: &[&str]| {
        let all = ["diff", old, new, "--fail-on", "regression"];
        let ran = lab.run(&[&all[..], more].concat());
        (ran.code, ran.stdout)
    };
    assert_eq!(code("old.json", "new.json", &[]).0, 1);
    assert_eq!(
        code("new.json", "old.json", &[]).0,
        1,
        "`better` gets worse"
    );
    assert_eq!(lab.run(&["diff", "old.json", "new.json"]).code, 0);
    let waivers = "waivers: [{control: 4.2.6, nodes: [worse], justification: x, owner: A, expires: 2027-01-31}]\n";
    lab.put("waivers.yaml", waivers.as_bytes());
    let more = ["--waivers", "waivers.yaml", "--as-of", "2026-11-21"];
    write(&lab, "new", "waived.json", &more);
    let (waived, text) = code("old.json", "waived.json", &[]);
    assert_eq!(waived, 0, "{text}");
    assert!(
        text.contains("test/worse  pass → fail (waived or attested)"),
        "{text}"
    );
    let diff = json_of(&lab, &["new.json", "waived.json"]);
    assert_eq!(changes(&diff), ["waiver-changed worse"]);
    assert_eq!(diff["not_comparable"], json!([]));
    lab.put("new/broken.tgz", b"broken");
    assert_eq!(
        code("old", "new", &["-b", "cis-1.12"]).0,
        3,
        "evidence that cannot be read"
    );
}

#[test]
fn what_cannot_be_compared_is_told_first() {
    let lab = lab();
    let edited = |from: &str, to: &str| {
        let text = fs::read_to_string(lab.path("old.json")).unwrap();
        assert!(text.contains(from), "{from}");
        lab.put("edited.json", text.replacen(from, to, 1).as_bytes());
        json_of(&lab, &["old.json", "edited.json"])
    };
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    for (from, to, what) in [
        (version.as_str(), "\"version\":\"9\"", "version"),
        ("\"limits\":{}", "\"limits\":{\"depth\":3}", "limits"),
        (
            "\"catalogs\":[]",
            "\"catalogs\":[],\"catalog\":\"x\"",
            "catalog",
        ),
    ] {
        let diff = edited(from, to);
        assert_eq!(diff["not_comparable"][0]["what"], what);
        assert_eq!(diff["changes"], json!([]), "{what}");
    }
    write(&lab, "old", "other.json", &[]);
    let ran = lab.run(&["analyze", "old", "-b", "cis-1.11", "-q", "-o", "other.json"]);
    assert_eq!(ran.code, 0);
    let ran = lab.run(&["diff", "old.json", "other.json"]);
    let told = "Not comparable, or only with care:\n  benchmark: cis-1.12 → cis-1.11\n";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("  node-benchmark: cis-1.12 → cis-1.11\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.ends_with("\nNo change.\n"), "{}", ran.stdout);
}

#[test]
fn what_is_no_report_is_told_with_file_and_place() {
    let lab = lab();
    let report = fs::read_to_string(lab.path("old.json")).unwrap();
    let lines = fs::read_to_string(lab.path("old.jsonl")).unwrap();
    let ran = lab.run(&[
        "analyze",
        "old",
        "--layout",
        "wide",
        "-q",
        "-o",
        "wide.jsonl",
    ]);
    assert_eq!(ran.code, 0);
    let wide = fs::read_to_string(lab.path("wide.jsonl")).unwrap();
    let csv = fs::read_to_string(lab.path("old.csv")).unwrap();
    for (name, text, told) in [
        (
            "x.json",
            &report[..report.len() / 2],
            "the report is cut off here; write it again",
        ),
        (
            "x.jsonl",
            &lines[..lines.len() - 9],
            "the report is cut off here; write it again",
        ),
        ("x.json", "", "the report is cut off here"),
        ("x.json", "{}", "this is no report of nodeproof"),
        (
            "x.json",
            "{\"schema\":\"nodeproof-report/2\",\"findings\":[]}",
            "its schema is \"nodeproof-report/2\", and this program reads \"nodeproof-report/1\"",
        ),
        (
            "x.json",
            "{\"schema\":\"nodeproof-report/1\"}",
            "this is no report of nodeproof",
        ),
        (
            "x.json",
            "{\"schema\":\"nodeproof-report/1\",\"findings\":[{}]}",
            "is no finding",
        ),
        (
            "x.json",
            "{\"schema\":\"nodeproof-report/1\",\"findings\":[7]}",
            "invalid type",
        ),
        (
            "x.json",
            "{\"schema\":\"nodeproof-report/1\",\"findings\":[]} x",
            "trailing characters",
        ),
        ("x.json", "[]", "invalid type"),
        ("x.json", "nonsense", "write the report again"),
        ("x.jsonl", &wide, "a report in the long layout is needed"),
        (
            "x.csv",
            &csv,
            "is CSV; a report in JSON or JSON Lines is needed",
        ),
        ("x", &csv, "is CSV"),
        ("x.txt", "text", "is neither a report nor evidence"),
    ] {
        lab.put(name, text.as_bytes());
        for pair in [[name, "new.json"], ["new.json", name]] {
            let ran = lab.run(&[&["diff"], &pair[..]].concat());
            assert_eq!(
                (ran.code, ran.stdout.as_str()),
                (2, ""),
                "{name} {told}: {}",
                ran.stderr
            );
            assert!(
                ran.stderr.starts_with(&format!("nodeproof: {name}:")),
                "{}",
                ran.stderr
            );
            assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
        }
    }
    for pair in [
        ["absent.json", "new.json"],
        ["new.json", "absent"],
        ["-", "new.json"],
    ] {
        assert_eq!(
            lab.run(&[&["diff"], &pair[..]].concat()).code,
            2,
            "{pair:?}"
        );
    }
    let nothing = json!({"schema": "nodeproof-report/1", "findings": []});
    lab.put("nothing.json", nothing.to_string().as_bytes());
    lab.put("nothing.jsonl", b"");
    for nothing in ["nothing.json", "nothing.jsonl"] {
        let kinds = changes(&json_of(&lab, &[nothing, "old.json"]));
        assert_eq!(kinds.len(), 5);
        assert!(
            kinds.iter().all(|kind| kind.starts_with("new-node")),
            "{kinds:?}"
        );
    }
}
