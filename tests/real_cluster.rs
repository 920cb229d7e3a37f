//! Bundles of a real API server and kubelet (evidence `real-cluster`), with the verdicts that are
//! right. Skips where they are not beside the checkout.

use std::collections::BTreeMap;

use crate::support::*;
use serde_json::Value;

fn judged(folder: &str, benchmark: &str) -> Option<(Vec<Value>, Ran)> {
    let path = shared(&format!("evidence/real-cluster/{folder}"))?;
    let lab = Lab::new();
    let path = path.to_string_lossy().into_owned();
    let ran = nodeproof(
        lab.folder.path(),
        &["analyze", &path, "-b", benchmark, "--format", "jsonl"],
    );
    Some((rows(&ran.stdout), ran))
}

fn verdicts(rows: &[Value]) -> BTreeMap<&str, &str> {
    rows.iter()
        .filter_map(|row| Some((row["control"].as_str()?, row["verdict"].as_str()?)))
        .collect()
}

#[test]
fn every_configuration_has_the_verdicts_that_are_right() {
    for (folder, fails) in [
        ("1", &["4.2.7", "4.2.9", "4.2.12", "4.2.13"][..]),
        ("2", &["4.2.7"]),
        ("3", &["4.2.1", "4.2.4", "4.2.7"]),
    ] {
        let Some((rows, ran)) = judged(folder, "cis-1.10") else {
            return;
        };
        let verdicts = verdicts(&rows);
        for (control, verdict) in &verdicts {
            let wanted = match (control.starts_with("4.2."), fails.contains(control)) {
                (true, true) => "fail",
                (true, false) => "pass",
                (false, _) if ["4.1.5", "4.1.9"].contains(control) => "fail",
                (false, _) => continue,
            };
            assert_eq!(*verdict, wanted, "{folder}: {control}");
        }
        assert!(verdicts.len() > 20, "{verdicts:?}");
        // Nothing of the cluster bundle's own description is lost.
        assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
        assert!(rows.iter().all(|row| row["integrity"] == "verified"));
    }
}

#[test]
fn seccomp_is_judged_where_the_benchmark_asks_for_it() {
    for (folder, wanted) in [("1", "fail"), ("2", "pass"), ("3", "pass")] {
        let Some((rows, _)) = judged(folder, "cis-1.12") else {
            return;
        };
        assert_eq!(verdicts(&rows)["4.2.14"], wanted, "{folder}");
    }
}

#[test]
fn a_collector_without_rights_is_told_which_one_is_missing() {
    let Some((rows, ran)) = judged("restricted", "cis-1.10") else {
        return;
    };
    let of_node = |row: &&serde_json::Value| !row["node"].is_null();
    let undecided =
        |row: &serde_json::Value| row["verdict"] == "unknown" || row["verdict"] == "manual";
    assert!(rows.iter().filter(of_node).all(undecided), "{}", ran.stdout);
    assert!(
        rows.iter().all(|row| row["verdict"] != "pass"),
        "{}",
        ran.stdout
    );
    let bindings = rows.iter().find(|row| row["control"] == "5.1.1").unwrap();
    assert_eq!(outcome(bindings), "unknown objects-not-collected");
    let asked = rows.iter().find(|row| row["control"] == "4.2.1").unwrap();
    assert!(has_note(asked, "configz-refused"));
    assert!(ran.stderr.contains("403 Forbidden") && ran.stderr.contains("nodes/proxy"));
    assert!(!ran.stderr.contains("nothing usable"), "{}", ran.stderr);
    assert_eq!(ran.code, 0);
}

#[test]
fn an_empty_list_of_nodes_is_an_answer() {
    let Some((rows, ran)) = judged("empty", "cis-1.10") else {
        return;
    };
    let of_nodes = rows.iter().filter(|row| !row["node"].is_null());
    assert_eq!((of_nodes.count(), ran.code), (0, 0));
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("0 of 0 nodes judged."),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_request_that_gave_nothing_costs_no_other() {
    let lab = Lab::new();
    let of = |nodes: &str| {
        let commands = serde_json::json!([
            {"argv": "kubectl get psp", "member": null, "exit": 1, "at": "2026-11-20T12:00:00Z"},
            7,
            {"argv": "kubectl get --raw", "member": "configz/n.json", "exit": 0, "at": "2026-11-18T12:00:00Z"}]);
        Bundle::cluster("test")
            .with("commands", commands)
            .member("api/nodes.json", nodes)
            .live("n", false)
    };
    lab.add(
        "n.tgz",
        &Bundle::node("n").kubelet(&["--make-iptables-util-chains=true"]),
    );
    for nodes in [
        r#"{"apiVersion":"v1","items":[],"kind":"List","metadata":{}}"#,
        "{}",
    ] {
        lab.add("z.tgz", &of(nodes));
        let ran = lab.run(&["analyze", ".", "-b", "cis-1.12", "--format", "jsonl"]);
        let rows = rows(&ran.stdout);
        // The time of its own command is known: two days before.
        assert!(
            has_note(&rows[0], "captures-disagree-in-time"),
            "{:#}",
            rows[0]
        );
        assert!(
            ran.stderr
                .contains("has entries of commands that cannot be used (1)"),
            "{}",
            ran.stderr
        );
        assert!(!ran.stderr.contains("not-expected"), "{}", ran.stderr);
    }
}
