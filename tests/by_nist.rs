//! The roll-up by NIST SP 800-53: what each family and control rests on.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::*;
use serde_json::Value;

/// All controls of two nodes, of two benchmarks, and a bundle that cannot be read.
fn fleet() -> Lab {
    let lab = Lab::new();
    for (name, version, on) in [("a", "v1.33.1", "true"), ("b", "v1.30.0", "false")] {
        let arguments = [
            &*format!("--make-iptables-util-chains={on}"),
            "--read-only-port=0",
        ];
        let node = Bundle::node(name).version(version).kubelet(&arguments);
        lab.add(&format!("in/{name}.tgz"), &node);
    }
    lab.put("in/broken.tgz", b"broken");
    lab
}

fn by_nist(lab: &Lab, format: &str) -> String {
    let arguments = ["analyze", "in", "--group-by", "nist", "--format", format];
    let ran = lab.run(&[&arguments[..], &["-c", "4.2.1,4.2.4,4.2.6,4.2.7,4.2.10"]].concat());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    ran.stdout
}

fn words(value: &Value) -> Vec<String> {
    let all = value.as_array().unwrap().iter();
    all.map(|word| word.as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_line_adds_up_what_findings_say() {
    let lab = fleet();
    let all = ["analyze", "in", "-c", "4.2.1,4.2.4,4.2.6,4.2.7,4.2.10"];
    let findings = rows(&lab.run(&[&all[..], &["--format", "jsonl"]].concat()).stdout);
    let mut wanted: BTreeMap<String, (BTreeMap<String, u64>, BTreeSet<String>)> = BTreeMap::new();
    for finding in findings.iter().filter(|row| !row["control"].is_null()) {
        let of = |key: &str| finding[key].as_str().unwrap().to_owned();
        let ids = words(&finding["nist_800_53"]);
        let families = ids
            .iter()
            .map(|id| id.split('-').next().unwrap().to_owned());
        let mut lines: BTreeSet<String> = ids.iter().cloned().chain(families).collect();
        if lines.is_empty() {
            lines.insert(String::new());
        }
        for line in lines {
            let (verdicts, pairs) = wanted.entry(line).or_default();
            *verdicts.entry(of("verdict")).or_default() += 1;
            pairs.insert(format!("{}:{}", of("benchmark"), of("control")));
        }
    }
    let lines = rows(&by_nist(&lab, "jsonl"));
    let named: Vec<&str> = lines
        .iter()
        .map(|l| l["nist_800_53"].as_str().unwrap())
        .collect();
    assert_eq!(named.len(), wanted.len());
    for line in &lines {
        let id = line["nist_800_53"].as_str().unwrap();
        let (verdicts, pairs) = &wanted[id];
        for verdict in [
            "pass",
            "fail",
            "unknown",
            "error",
            "not-applicable",
            "manual",
        ] {
            let count = verdicts.get(verdict).copied().unwrap_or(0);
            assert_eq!(line[verdict], count.to_string(), "{id} {verdict}");
        }
        let supported: BTreeSet<String> = line["supported_by"]
            .as_str()
            .unwrap()
            .split(' ')
            .map(str::to_owned)
            .collect();
        assert_eq!(&supported, pairs, "{id}");
        let worst = if verdicts.contains_key("fail") {
            "fail"
        } else {
            "unknown"
        };
        let only_passes = verdicts.keys().all(|verdict| verdict == "pass");
        assert_eq!(
            line["worst"],
            if only_passes { "pass" } else { worst },
            "{id}"
        );
    }
}

#[test]
fn the_same_stands_in_the_json_report_and_as_csv() {
    let lab = fleet();
    let all = ["analyze", "in", "-c", "4.2.1,4.2.4,4.2.6,4.2.7,4.2.10"];
    let report = lab.run(&[&all[..], &["--format", "json"]].concat()).stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    let rollup = &report["summary"]["nist_800_53"];
    let csv = by_nist(&lab, "csv");
    let mut lines = csv.lines();
    assert_eq!(
        lines.next().unwrap(),
        "nist_800_53,kind,title,worst,pass,fail,unknown,error,not-applicable,manual,supported_by"
    );
    let listed: Vec<&str> = lines.map(|line| line.split(',').next().unwrap()).collect();
    let of = |kind: &str| -> Vec<String> {
        let all = rollup[kind].as_array().unwrap().iter();
        all.map(|line| line["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let unmapped = vec![String::new()];
    assert_eq!([of("families"), of("controls"), unmapped].concat(), listed);
    assert!(listed.contains(&"CM-7") && listed.contains(&"CM"), "{csv}");
    let supporting = &rollup["unmapped"]["supported_by"][0];
    assert_eq!(
        supporting["control"], "4.2.7",
        "the host name's control maps to none"
    );
}

#[test]
fn it_is_no_layout_of_documents() {
    let lab = fleet();
    let ran = lab.run(&["analyze", "in", "--group-by", "nist", "--format", "json"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("json has no layout by 800-53 alone"),
        "{}",
        ran.stderr
    );
    let ran = lab.run(&["analyze", "in", "--group-by", "nist", "--layout", "wide"]);
    assert_eq!(ran.code, 2);
}
