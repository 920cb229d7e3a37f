//! What a node's own configz says.

use super::*;
use serde_json::json;

fn disk(flag: &str) -> Bundle {
    Bundle::node("n").kubelet(&[flag])
}

#[test]
fn own_replies_decide_and_broken_ones_never_pass() {
    let mut cases = Cases::new();
    for (about, reply, with_on, with_off) in [
        ("true", json!({"kubeletconfig": {"makeIPTablesUtilChains": true}}).to_string(), "pass argument-sets-it", "fail argument-sets-it"),
        ("false", json!({"kubeletconfig": {"makeIPTablesUtilChains": false}}).to_string(), "fail configz-sets-it", "fail argument-sets-it"),
        ("cut off", "{\"kubeletconfig\":{\"makeIPTablesUtilChains\":true".into(), "error configz-unreadable", "fail argument-sets-it"),
        ("empty", String::new(), "pass argument-sets-it", "fail argument-sets-it"),
        ("html", "<html>403</html>".into(), "pass argument-sets-it", "fail argument-sets-it"),
        (
            "status",
            json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403}).to_string(),
            "pass argument-sets-it",
            "fail argument-sets-it",
        ),
        ("a list", "[]".into(), "error configz-unreadable", "fail argument-sets-it"),
        ("null within", json!({"kubeletconfig": null}).to_string(), "error configz-unreadable", "fail argument-sets-it"),
        ("key missing", json!({"kubeletconfig": {"enableServer": true}}).to_string(), "unknown configz-incomplete", "fail argument-sets-it"),
        ("null", json!({"kubeletconfig": {"makeIPTablesUtilChains": null}}).to_string(), "unknown configz-incomplete", "fail argument-sets-it"),
        ("a string", json!({"kubeletconfig": {"makeIPTablesUtilChains": "true"}}).to_string(), "unknown configz-incomplete", "fail argument-sets-it"),
        ("another case", json!({"kubeletconfig": {"makeIptablesUtilChains": true}}).to_string(), "unknown configz-incomplete", "fail argument-sets-it"),
        ("redacted", json!({"kubeletconfig": {"makeIPTablesUtilChains": "REDACTED-BY-NODEPROOF"}}).to_string(), "unknown value-redacted", "fail argument-sets-it"),
        ("all redacted", json!({"kubeletconfig": "REDACTED-BY-NODEPROOF"}).to_string(), "unknown value-redacted", "fail argument-sets-it"),
        (
            "a key twice",
            "{\"kubeletconfig\":{\"makeIPTablesUtilChains\":false,\"makeIPTablesUtilChains\":true}}".into(),
            "unknown configz-ambiguous",
            "fail argument-sets-it",
        ),
        (
            "k3s",
            json!({"kubeproxy.config.k8s.io": {"mode": ""}, "kubeletconfig": {"makeIPTablesUtilChains": false}, "cloudcontrollermanager": {}}).to_string(),
            "fail configz-sets-it",
            "fail argument-sets-it",
        ),
    ] {
        cases.add(about, &disk(ON).member("configz/n.json", &reply), with_on);
        cases.add(about, &disk(OFF).member("configz/n.json", &reply), with_off);
    }
    cases.judge();
}

#[test]
fn a_bundle_of_configz_alone_is_judged_and_says_so() {
    for (on, wanted) in [
        (true, "pass configz-sets-it"),
        (false, "fail configz-sets-it"),
    ] {
        let row = judge(&Bundle::node("n").live("n", on));
        assert_eq!(outcome(&row), wanted);
        assert!(has_note(&row, "no-process-evidence"), "{row:#}");
        assert_eq!(row["source"], "configz");
        assert_eq!(
            row["evidence"],
            json!(["configz/n.json#/kubeletconfig/makeIPTablesUtilChains"])
        );
    }
}

#[test]
fn a_reply_named_after_another_node_is_not_this_nodes() {
    let (row, stderr) = told(&disk(ON).live("other", false));
    assert_eq!(outcome(&row), "pass argument-sets-it");
    assert!(stderr.contains("named after other"), "{stderr}");
    assert!(!row["evidence"].to_string().contains("configz"));
    // Beside the node's own one it does no harm, even where nothing else was collected.
    let both = Bundle::node("n").live("n", true).live("other", false);
    let lab = Lab::new();
    lab.add("node.tar.gz", &both);
    let ran = lab.run(&["analyze", ".", "-b", "cis-1.12", "--format", "jsonl"]);
    let told_of_both: Vec<(String, String)> = rows(&ran.stdout)
        .iter()
        .map(|row| (row["node"].as_str().unwrap().to_owned(), outcome(row)))
        .collect();
    // What fails of the other is not lost behind the word `node` in bundle.json.
    let wanted = [
        ("n", "pass configz-sets-it"),
        ("other", "fail configz-sets-it"),
    ];
    assert_eq!(
        told_of_both,
        wanted.map(|(node, outcome)| (node.to_owned(), outcome.to_owned()))
    );
    assert!(
        ran.stderr.contains("these are judged too"),
        "{}",
        ran.stderr
    );
    let file = Bundle::node("n")
        .live("a", true)
        .live("b", true)
        .file("/etc/k.yaml", config(KEY_OFF));
    let (row, _) = told(&file);
    assert_eq!(
        (outcome(&row).as_str(), &row["node"]),
        ("unknown file-not-tied-to-process", &json!("n"))
    );
}

#[test]
fn two_replies_of_one_node_that_differ_contradict_each_other() {
    let other = |on: bool| json!({"kubeletconfig": {"makeIPTablesUtilChains": on}}).to_string();
    let mut cases = Cases::new();
    for first in [true, false] {
        let bundle = |flag: &str| {
            disk(flag)
                .live("n", first)
                .member("hosts/n/configz.json", other(!first))
        };
        cases.add("on disk true", &bundle(ON), "unknown configz-ambiguous");
        cases.add("on disk false", &bundle(OFF), "fail argument-sets-it");
    }
    let alone = Bundle::node("n")
        .live("n", true)
        .member("hosts/n/configz.json", other(false));
    cases.add("nothing else", &alone, "unknown configz-ambiguous");
    let loose = Bundle::loose("run1")
        .member("a/n.json", other(true))
        .member("b/n.json", other(false));
    cases.add("no bundle.json", &loose, "unknown configz-ambiguous");
    let same = disk(ON)
        .member("configz/n.json", other(true))
        .member("hosts/n/configz.json", other(true));
    cases.add("the same twice", &same, "pass argument-sets-it");
    cases.judge();
}
