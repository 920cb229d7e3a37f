//! The report beside its rows: the JSON document, the wide layout, the time that is "today".

use std::fs;

use crate::support::*;
use serde_json::{Value, json};

fn node(name: &str, version: &str, on: bool) -> Bundle {
    Bundle::node(name)
        .version(version)
        .kubelet(&[&format!("--make-iptables-util-chains={on}")])
}

/// Two nodes of different versions, one node in two bundles, a cluster bundle, a broken one.
fn fleet() -> Lab {
    let lab = Lab::new();
    lab.add("in/a.tgz", &node("a", "v1.33.1", true));
    let newer = node("a", "v1.33.1", true).with("collected_at", "2026-11-20T13:00:00Z");
    lab.add("in/a2.tgz", &newer);
    lab.add("in/b.tgz", &node("b", "v1.30.0", false));
    lab.add("in/c.tgz", &Bundle::cluster("prod").live("c", true));
    lab.add(
        "in/u.tgz",
        &Bundle::node("u")
            .member("files/x", "x")
            .member("files/x", "x"),
    );
    lab.put("in/broken.tgz", b"broken");
    lab.put("in/notes.txt", b"notes");
    lab
}

fn json_of(lab: &Lab, more: &[&str]) -> Value {
    let ran = lab.run(&[&["analyze", "in", "--format", "json"], more].concat());
    serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}: {}", ran.stdout))
}

#[test]
fn the_json_document_has_all_of_a_report() {
    let lab = fleet();
    let report = json_of(&lab, &[]);
    let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "schema",
            "run",
            "findings",
            "bundles",
            "benchmarks",
            "coverage",
            "waivers",
            "summary"
        ]
    );
    assert_eq!(report["schema"], "nodeproof-report/1");
    let mut run = report["run"].clone();
    assert!(run["collectors"].is_array());
    run["collectors"] = Value::Null;
    let made_with = run.as_object_mut().unwrap().remove("made_with").unwrap();
    assert!(made_with["binary_sha256"].is_string());
    assert_eq!(made_with["command"][0], "analyze");
    let as_of = run["as_of"].take();
    let as_of: jiff::Timestamp = as_of.as_str().unwrap().parse().unwrap();
    let age = jiff::Timestamp::now().duration_since(as_of);
    assert!((0..600).contains(&age.as_secs()), "made just now: {as_of}");
    assert_eq!(run["control"][0], "cis-1.5:4.2.7");
    run["control"] = json!([]);
    assert_eq!(
        run,
        json!({
            "tool": "nodeproof", "version": env!("CARGO_PKG_VERSION"), "benchmark": ["auto"],
            "control": [], "catalogs": [], "limits": {}, "collectors": null, "as_of": null,
            "waivers": null, "settings": null
        })
    );
    let lines = lab.run(&["analyze", "in", "--format", "jsonl"]).stdout;
    assert_eq!(report["findings"], Value::from(rows(&lines)));
    let bundles = report["bundles"].as_array().unwrap();
    let of = |key: &str| {
        bundles
            .iter()
            .map(|b| b[key].as_str().unwrap_or("-"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("name"),
        ["a.tgz", "a2.tgz", "b.tgz", "broken.tgz", "c.tgz", "u.tgz"]
    );
    assert_eq!(of("node"), ["a", "a", "b", "-", "-", "u"]);
    assert_eq!(of("cluster"), ["test", "test", "test", "-", "prod", "test"]);
    assert_eq!(
        of("integrity"),
        [
            "verified", "verified", "verified", "-", "verified", "verified"
        ]
    );
    assert!(of("sha256").iter().all(|digest| digest.len() == 64));
    assert_eq!(of("superseded_by"), ["a2.tgz", "-", "-", "-", "-", "-"]);
    let problems: Vec<usize> = bundles
        .iter()
        .map(|b| b["problems"].as_array().unwrap().len())
        .collect();
    assert_eq!(problems, [0, 0, 0, 1, 0, 1]);
    let ids: Vec<&Value> = report["benchmarks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| &b["id"])
        .collect();
    assert_eq!(ids, ["cis-1.11", "cis-1.12"]);
    for key in ["title", "version", "publisher", "address", "numbers_from"] {
        assert!(report["benchmarks"][0][key].is_string(), "{key}");
    }
    let coverage = &report["coverage"];
    assert_eq!(coverage["bundles"], json!({"found": 6, "read": 5}));
    assert_eq!(coverage["files_skipped"], 1);
    // The node of a bundle that cannot be read is known, and not judged.
    assert_eq!(coverage["nodes"], json!({"judged": 3, "of": 5}));
    assert_eq!(
        coverage["controls"],
        json!([
            {"benchmark": "cis-1.11", "control": "4.2.6", "judged": 1, "of": 1},
            {"benchmark": "cis-1.12", "control": "4.2.6", "judged": 2, "of": 3}
        ])
    );
    assert_eq!(
        report["summary"]["benchmarks"],
        json!({"cis-1.11": {"fail": 1}, "cis-1.12": {"pass": 2, "unknown": 1}})
    );
    assert_eq!(
        report["summary"]["verdicts"],
        json!({"error": 1, "fail": 1, "pass": 2, "unknown": 1})
    );
}

#[test]
fn the_json_document_depends_on_evidence_and_options_alone() {
    let lab = fleet();
    let today = ["--as-of", "2026-11-21"];
    let run = |arguments: &[&str]| {
        lab.run(&[&["analyze", "--format", "json"], arguments, &today].concat())
            .stdout
    };
    let first = run(&["in", "-j", "1"]);
    assert_eq!(run(&["in", "-j", "7"]), first);
    assert_eq!(run(&[lab.path("in").to_str().unwrap()]), first);
    lab.run(&[&["analyze", "in", "-o", "out.json", "-q"], &today[..]].concat());
    assert_eq!(fs::read_to_string(lab.path("out.json")).unwrap(), first);
    let report = json_of(
        &lab,
        &[
            "-b",
            "cis-1.12,cis-1.5.1",
            "-c",
            "cis-1.5.1:4.2.7,4.2.6",
            "--limit",
            "ratio=50",
            "--as-of",
            "2026-11-21",
        ],
    );
    assert_eq!(report["run"]["benchmark"], json!(["cis-1.5", "cis-1.12"]));
    assert_eq!(report["run"]["control"], json!(["cis-1.5:4.2.7", "4.2.6"]));
    assert_eq!(report["run"]["limits"], json!({"ratio": 50}));
    assert_eq!(report["run"]["as_of"], "2026-11-21T00:00:00Z");
}

#[test]
fn a_report_without_findings_is_a_document_too() {
    let lab = Lab::new();
    lab.add("in/n.tgz", &node("n", "v1.33.1", true));
    let report = json_of(&lab, &["-c", "eks-1.5.0:3.2.6"]);
    assert_eq!(report["findings"], json!([]));
    assert_eq!(report["bundles"][0]["node"], "n");
    assert_eq!(report["benchmarks"], json!([]));
}

#[test]
fn a_time_is_rfc_3339_or_a_date() {
    let lab = fleet();
    for (typed, recorded) in [
        ("2026-11-21", Some("2026-11-21T00:00:00Z")),
        ("2026-11-21T18:00:00Z", Some("2026-11-21T18:00:00Z")),
        ("2026-11-21T18:00:00+02:00", Some("2026-11-21T16:00:00Z")),
        ("2026-11-21T18:00:00", None),
        ("2026-13-01", None),
        ("2026-02-30", None),
        ("now", None),
        ("", None),
    ] {
        let ran = lab.run(&["analyze", "in", "--format", "json", "--as-of", typed]);
        match recorded {
            None => assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{typed}"),
            Some(recorded) => {
                let report: Value = serde_json::from_str(&ran.stdout).unwrap();
                assert_eq!(report["run"]["as_of"], recorded);
            }
        }
    }
}

#[test]
fn the_wide_layout_has_a_row_per_node_and_a_column_per_control() {
    let lab = fleet();
    let csv = |more: &[&str]| {
        let ran = lab.run(&[&["analyze", "in", "--layout", "wide"], more].concat());
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        ran.stdout
    };
    assert_eq!(
        csv(&[]),
        "cluster,node,bundle,cis-1.11:4.2.6,cis-1.12:4.2.6\n\
         test,a,a2.tgz,,pass\n\
         test,b,b.tgz,fail,\n\
         ,,broken.tgz,error,error\n\
         prod,c,c.tgz,,pass\n\
         test,u,u.tgz,,unknown\n",
        "with auto the benchmarks that occur"
    );
    let listed = csv(&["-b", "eks-1.5.0,cis-1.6", "-c", "3.2.6,4.2.7"]);
    let head = "cluster,node,bundle,cis-1.6:4.2.7,eks-1.5.0:3.2.6\ntest,a,a2.tgz,pass,pass\n";
    assert!(listed.starts_with(head), "{listed}");
    let jsonl = rows(&csv(&["--format", "jsonl"]));
    assert_eq!(
        jsonl[1],
        json!({"cluster": "test", "node": "b", "bundle": "b.tgz", "cis-1.11:4.2.6": "fail", "cis-1.12:4.2.6": null})
    );
    let ran = lab.run(&[
        "analyze", "in", "--layout", "wide", "-o", "w.csv", "-o", "w.jsonl",
    ]);
    assert_eq!(ran.code, 3);
    assert_eq!(fs::read_to_string(lab.path("w.csv")).unwrap(), csv(&[]));
    let ran = lab.run(&["analyze", "in", "--layout", "wide", "-o", "w.json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("no wide layout"), "{}", ran.stderr);
}

#[test]
fn the_wide_layout_says_what_the_long_one_says() {
    let lab = fleet();
    lab.add("in/=x.tgz", &node("=x", "v1.28.0", false));
    for choice in ["auto", "all", "cis-1.12"] {
        let run = |more: &[&str]| {
            let ran =
                lab.run(&[&["analyze", "in", "-b", choice, "--format", "jsonl"], more].concat());
            rows(&ran.stdout)
        };
        let (long, wide) = (run(&[]), run(&["--layout", "wide"]));
        let mut cells = 0;
        for row in &wide {
            for (column, verdict) in row.as_object().unwrap().iter().skip(3) {
                let Some((benchmark, control)) = column.split_once(':') else {
                    panic!("{column}");
                };
                let same = |other: &&Value| {
                    ["cluster", "node", "bundle"]
                        .iter()
                        .all(|key| other[key] == row[key])
                        && (other["benchmark"] == benchmark && other["control"] == control
                            || other["benchmark"].is_null())
                };
                let wanted = long
                    .iter()
                    .find(same)
                    .map_or(&Value::Null, |row| &row["verdict"]);
                assert_eq!(verdict, wanted, "{choice} {column} {row}");
                cells += usize::from(!verdict.is_null());
            }
        }
        assert!(cells >= long.len(), "{choice}");
    }
    let csv = lab.run(&["analyze", "in", "--layout", "wide"]).stdout;
    assert!(csv.contains("\ntest,'=x,'=x.tgz,"), "{csv}");
}

#[test]
fn a_report_says_which_collector_made_what_and_which_ones_the_program_carries() {
    let lab = Lab::new();
    let made_by = json!({"name": "collect-node.sh", "version": "9", "sha256": "ab"});
    let words = ["--config=/x"];
    let worker = Bundle::node("worker")
        .with("collector", made_by.clone())
        .version("v1.31.2");
    lab.add(
        "a.tgz",
        &worker.kubelet(&words).ps(&["/usr/bin/kubelet --config=/x"]),
    );
    let control_plane = Bundle::node("cp")
        .kubelet(&words)
        .process(43, &["etcd", "--data-dir=/x"]);
    lab.add("b.tgz", &control_plane);
    lab.add("c.tgz", &Bundle::node("hidden").kubelet(&words));
    let ran = lab.run(&["analyze", ".", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["bundles"][0]["collector"], made_by);
    assert_eq!(report["bundles"][0]["kubernetes"], "v1.31.2");
    let versions: Vec<bool> = (0..4)
        .map(|at| report["run"]["collectors"][at]["version"].is_string())
        .collect();
    // The fleet script and the manifest make no bundle: what made one says its version.
    assert_eq!(versions, [true, true, false, false]);
    let roles: Vec<&Value> = (0..3).map(|at| &report["bundles"][at]["role"]).collect();
    assert_eq!(
        roles,
        [&json!("worker"), &json!("control-plane"), &Value::Null]
    );
    let carried = report["run"]["collectors"].as_array().unwrap();
    assert_eq!(carried.len(), 4);
    for (script, name) in
        carried
            .iter()
            .zip(["collect-node.sh", "collect-cluster.sh", "collect-fleet.sh"])
    {
        let text = std::fs::read(format!("{}/scripts/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert_eq!(script["sha256"], nodeproof::bundle::sha256_hex(&text));
    }
}
