//! Many bundles: what cluster bundles lend, to whom, and the order of rows.

use std::collections::BTreeSet;

use crate::support::*;
use nodeproof::bundle::sha256_hex;
use serde_json::{Value, json};

const ON: &str = "--make-iptables-util-chains=true";

fn node(name: &str) -> Bundle {
    Bundle::node(name).kubelet(&[ON])
}

/// `api/nodes.json` of nodes: name, kubelet version, machine id, system UUID.
fn nodes(all: &[(&str, &str, &str, &str)]) -> String {
    let items: Vec<Value> = all
        .iter()
        .map(|(name, version, machine, system)| {
            json!({"metadata": {"name": name}, "status": {"nodeInfo": {
                "kubeletVersion": version, "machineID": machine, "systemUUID": system}}})
        })
        .collect();
    json!({"kind": "List", "items": items}).to_string()
}

/// Judges bundles by one benchmark: node, outcome, and what went to stderr.
fn judged(bundles: &[(&str, &Bundle)]) -> (Vec<Value>, String) {
    let lab = Lab::new();
    for (name, bundle) in bundles {
        lab.add(name, bundle);
    }
    run(&lab)
}

fn run(lab: &Lab) -> (Vec<Value>, String) {
    let ran = lab.run(&["analyze", ".", "-b", "cis-1.12", "--format", "jsonl"]);
    (rows(&ran.stdout), ran.stderr)
}

fn outcomes(rows: &[Value]) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rows.iter()
        .map(|row| (text(&row["bundle"]), text(&row["node"]), outcome(row)))
        .collect()
}

fn is(rows: &[Value], wanted: &[(&str, &str, &str)]) {
    let got = outcomes(rows);
    let got: Vec<(&str, &str, &str)> = got.iter().map(|(a, b, c)| (&**a, &**b, &**c)).collect();
    let reasons: Vec<&Value> = rows.iter().map(|row| &row["reason"]).collect();
    assert_eq!(got, wanted, "{reasons:#?}");
}

#[test]
fn a_cluster_bundle_lends_to_the_node_of_its_name() {
    let cluster = Bundle::cluster("test").live("n1", false).live("n2", true);
    let (rows, _) = judged(&[("a.tar.gz", &node("n1")), ("z cluster.tar.gz", &cluster)]);
    is(
        &rows,
        &[
            ("a.tar.gz", "n1", "fail configz-sets-it"),
            ("z cluster.tar.gz", "n2", "pass configz-sets-it"),
        ],
    );
    let cells = rows[0]["evidence"].as_array().unwrap();
    let lent = "z%20cluster.tar.gz!configz/n1.json#/kubeletconfig/makeIPTablesUtilChains";
    let at = cells.iter().position(|cell| cell == lent).unwrap();
    let files = cluster.files();
    let (_, bytes) = files
        .iter()
        .find(|(name, _)| name == "configz/n1.json")
        .unwrap();
    assert_eq!(rows[0]["evidence_sha256"][at], sha256_hex(bytes));
    assert_eq!(
        cells.len(),
        rows[0]["evidence_sha256"].as_array().unwrap().len()
    );
    assert_eq!(
        rows[1]["evidence"][0],
        "configz/n2.json#/kubeletconfig/makeIPTablesUtilChains"
    );
    assert_eq!(rows[1]["cluster"], "test");
}

#[test]
fn nothing_is_lent_across_clusters_or_without_a_name() {
    for (own, lent) in [("test", "other"), ("", ""), ("", "test"), ("test", "")] {
        let cluster = Bundle::cluster(lent).live("n1", false);
        let bundle = node("n1").with("cluster", own);
        let (rows, _) = judged(&[("a.tar.gz", &bundle), ("z.tar.gz", &cluster)]);
        is(
            &rows,
            &[
                ("a.tar.gz", "n1", "pass argument-sets-it"),
                ("z.tar.gz", "n1", "fail configz-sets-it"),
            ],
        );
    }
}

#[test]
fn a_machine_of_another_identity_borrows_nothing_and_says_so() {
    for (key, own, api, lent) in [
        ("machine_id", "abc1", ("ABC1", "u"), true),
        ("machine_id", "abc1", ("abc2", "u"), false),
        ("machine_id", "abc1", ("", "u"), true),
        ("system_uuid", "EC2-9", ("m", "ec2-9"), true),
        ("system_uuid", "EC2-9", ("m", "ec2-8"), false),
    ] {
        let cluster = Bundle::cluster("test")
            .live("n1", false)
            .member("api/nodes.json", nodes(&[("n1", "v1.32.1", api.0, api.1)]));
        let bundle = node("n1").with("host", json!({key: own}));
        let (rows, stderr) = judged(&[("a.tar.gz", &bundle), ("z.tar.gz", &cluster)]);
        if lent {
            is(&rows, &[("a.tar.gz", "n1", "fail configz-sets-it")]);
        } else {
            is(
                &rows,
                &[
                    ("a.tar.gz", "n1", "pass argument-sets-it"),
                    ("z.tar.gz", "n1", "fail configz-sets-it"),
                ],
            );
            assert!(
                stderr.contains("a.tar.gz") && stderr.contains(own),
                "{stderr}"
            );
        }
    }
}

#[test]
fn of_two_cluster_bundles_the_newest_lends() {
    for (first, second, newest) in [
        ("2026-11-20T12:00:00Z", "2026-11-21T12:00:00Z", "second"),
        ("2026-11-21T12:00:00Z", "2026-11-20T12:00:00Z", "first"),
        // 12:00 two hours east of Greenwich is before 11:00 there.
        (
            "2026-11-20T12:00:00+02:00",
            "2026-11-20T11:00:00Z",
            "second",
        ),
        ("2026-11-20T12:00:00.5Z", "2026-11-20T12:00:00Z", "first"),
        ("", "2026-11-20T11:00:00Z", "second"),
    ] {
        let cluster = |at: &str, on| {
            Bundle::cluster("test")
                .with("collected_at", at)
                .live("n1", on)
        };
        let (one, two) = (
            cluster(first, newest != "first"),
            cluster(second, newest != "second"),
        );
        let (rows, _) = judged(&[
            ("a.tar.gz", &node("n1")),
            ("x.tar.gz", &one),
            ("y.tar.gz", &two),
        ]);
        is(&rows, &[("a.tar.gz", "n1", "fail configz-sets-it")]);
    }
}

#[test]
fn nodes_that_only_the_api_knows_have_rows() {
    let cluster = Bundle::cluster("test").live("n3", true).member(
        "api/nodes.json",
        nodes(&[("n4", "v1.32.1", "m", "u"), ("n1", "v1.32.1", "m", "u")]),
    );
    let (rows, _) = judged(&[("a.tar.gz", &node("n1")), ("z.tar.gz", &cluster)]);
    is(
        &rows,
        &[
            ("a.tar.gz", "n1", "pass argument-sets-it"),
            ("z.tar.gz", "n3", "pass configz-sets-it"),
            ("z.tar.gz", "n4", "unknown component-not-seen"),
        ],
    );
}

#[test]
fn a_cluster_bundle_that_begins_with_something_else_does_not_lend() {
    let cluster = Bundle::cluster("test").live("n1", false);
    let mut files = cluster.files();
    files.rotate_left(1);
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        append(&mut builder, &format!("cluster/{name}"), &bytes);
    }
    let lab = Lab::new();
    lab.add("a.tar.gz", &node("n1"));
    lab.put("z.tar.gz", &gzip(&builder.into_inner().unwrap()));
    let (rows, stderr) = run(&lab);
    is(
        &rows,
        &[
            ("a.tar.gz", "n1", "pass argument-sets-it"),
            ("z.tar.gz", "n1", "fail configz-sets-it"),
        ],
    );
    assert!(
        stderr.contains("z.tar.gz") && stderr.contains("first member"),
        "{stderr}"
    );
}

/// A cluster bundle whose member somebody changed.
fn tampered(cluster: &Bundle, name: &str, text: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (held, bytes) in cluster.files() {
        let bytes = if held == name {
            text.as_bytes().to_vec()
        } else {
            bytes
        };
        append(&mut builder, &format!("cluster/{held}"), &bytes);
    }
    gzip(&builder.into_inner().unwrap())
}

#[test]
fn what_a_tampered_cluster_bundle_lends_is_an_error() {
    let on = json!({"kubeletconfig": {"makeIPTablesUtilChains": true}}).to_string();
    let api = nodes(&[("n1", "v1.32.1", "m", "u")]);
    let cluster = Bundle::cluster("test")
        .live("n1", false)
        .member("api/nodes.json", &api);
    let changed = nodes(&[("n1", "v1.28.1", "m", "u")]);
    for (name, text, bundle) in [
        ("configz/n1.json", &on, node("n1")),
        ("api/nodes.json", &changed, node("n1")),
        // Its own configz decides, but the version comes from there.
        ("api/nodes.json", &changed, node("n1").live("n1", true)),
    ] {
        let lab = Lab::new();
        lab.add("a.tar.gz", &bundle);
        lab.add("b.tar.gz", &node("n2"));
        lab.put("z.tar.gz", &tampered(&cluster, name, text));
        let (rows, _) = run(&lab);
        is(
            &rows,
            &[
                ("a.tar.gz", "n1", "error checksum-mismatch"),
                ("b.tar.gz", "n2", "pass argument-sets-it"),
            ],
        );
        assert!(
            rows[0]["reason"].as_str().unwrap().contains("z.tar.gz"),
            "{:#}",
            rows[0]
        );
    }
}

#[test]
fn a_lent_reply_that_cannot_be_read_is_an_error_of_the_borrower() {
    for (reply, wanted) in [
        ("{\"kind\":\"Status\"}", "pass argument-sets-it"),
        ("{\"kind\":\"Status\",", "error configz-unreadable"),
        ("{", "error configz-unreadable"),
        ("{\"kubeletconfig\":{}}", "unknown configz-incomplete"),
        (
            "{\"kubeletconfig\":\"REDACTED-BY-NODEPROOF\"}",
            "unknown value-redacted",
        ),
    ] {
        let cluster = Bundle::cluster("test").member("configz/n1.json", reply);
        let (rows, _) = judged(&[("a.tar.gz", &node("n1")), ("z.tar.gz", &cluster)]);
        is(&rows, &[("a.tar.gz", "n1", wanted)]);
    }
    let cluster = Bundle::cluster("test")
        .live("n1", true)
        .member("api/nodes.json", "{");
    let (rows, stderr) = judged(&[("a.tar.gz", &node("n1")), ("z.tar.gz", &cluster)]);
    is(&rows, &[("a.tar.gz", "n1", "pass argument-sets-it")]);
    assert!(stderr.contains("api/nodes.json"), "{stderr}");
}

#[test]
fn the_running_version_merges_the_drop_ins() {
    let bundle = |version: &str| {
        Bundle::node("n1")
            .version(version)
            .kubelet(&["--config-dir=/etc/k.d"])
            .file("/etc/k.d/1.conf", config("makeIPTablesUtilChains: false\n"))
    };
    // 1.28 cannot set false in a drop-in; 1.32 can.
    for (printed, api, wanted) in [
        ("v1.28.1", "v1.32.1", "fail drop-in-sets-it"),
        ("v1.32.1", "v1.28.1", "pass default-applies"),
        ("v1.32.1", "", "fail drop-in-sets-it"),
        ("v1.28.1", "unknown", "pass default-applies"),
    ] {
        let cluster =
            Bundle::cluster("test").member("api/nodes.json", nodes(&[("n1", api, "m", "u")]));
        let (rows, _) = judged(&[("a.tar.gz", &bundle(printed)), ("z.tar.gz", &cluster)]);
        is(&rows, &[("a.tar.gz", "n1", wanted)]);
        if api.starts_with("v1") {
            let cells = rows[0]["evidence"].to_string();
            let cell = "z.tar.gz!api/nodes.json#/items/0/status/nodeInfo/kubeletVersion";
            assert!(cells.contains(cell), "{cells}");
        }
    }
}

#[test]
fn rows_stand_by_path_node_benchmark_and_control() {
    let lab = Lab::new();
    for name in [
        "b/n.tar.gz",
        "a.tar.gz",
        "a-b/n.tar.gz",
        "a/n.tar.gz",
        "a/b/c.tar.gz",
        "B.tar.gz",
    ] {
        lab.add(name, &node(&name.replace('/', "-")));
    }
    let cluster = Bundle::cluster("else")
        .live("z", true)
        .live("a", true)
        .live("m", true);
    lab.add("c.tar.gz", &cluster);
    let ran = lab.run(&["analyze", ".", "-b", "all", "--format", "jsonl"]);
    let all = rows(&ran.stdout);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let benchmarks: Vec<String> = all
        .iter()
        .take_while(|row| row["bundle"] == all[0]["bundle"])
        .map(|row| text(&row["benchmark"]))
        .collect();
    assert!(benchmarks.len() > 5, "{benchmarks:?}");
    let key = |row: &Value| {
        let path: Vec<String> = text(&row["bundle"]).split('/').map(str::to_owned).collect();
        let benchmark = benchmarks
            .iter()
            .position(|id| row["benchmark"] == **id)
            .unwrap();
        (path, text(&row["node"]), benchmark)
    };
    let keys: Vec<_> = all.iter().map(key).collect();
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(keys, sorted);
    assert_eq!(all.len(), 9 * benchmarks.len());
    for threads in ["1", "5"] {
        let again = lab.run(&[
            "analyze", ".", "-b", "all", "--format", "jsonl", "-j", threads,
        ]);
        assert_eq!(again.stdout, ran.stdout);
    }
}

/// A bundle whose end was lost on its way.
fn cut(bundle: &Bundle) -> Vec<u8> {
    let mut bytes = bundle.tar_gz();
    bytes.truncate(bytes.len() - 6);
    bytes
}

#[test]
fn a_bundle_that_cannot_be_read_does_not_hide_what_the_api_shows_of_its_node() {
    let old = node("n1").with("collected_at", "2026-10-20T12:00:00Z");
    let cluster = Bundle::cluster("test").live("n1", false).live("n2", true);
    let listed =
        Bundle::cluster("test").member("api/nodes.json", nodes(&[("n1", "v1.32.1", "m", "u")]));
    let passing = Bundle::cluster("test").live("n1", true);
    let error = ("b.tar.gz", "n1", "error truncated");
    for (older, api, wanted) in [
        (
            None,
            &cluster,
            &[
                error,
                ("b.tar.gz", "n1", "fail configz-sets-it"),
                ("z.tar.gz", "n2", "pass configz-sets-it"),
            ][..],
        ),
        // An older bundle of the node that can be read borrows it.
        (
            Some(&old),
            &cluster,
            &[
                ("a.tar.gz", "n1", "fail configz-sets-it"),
                error,
                ("z.tar.gz", "n2", "pass configz-sets-it"),
            ],
        ),
        // While half of the evidence cannot be read, nothing passes.
        (None, &passing, &[error]),
        // A name on a list shows nothing.
        (None, &listed, &[error]),
    ] {
        let lab = Lab::new();
        if let Some(older) = older {
            lab.add("a.tar.gz", older);
        }
        lab.put("b.tar.gz", &cut(&node("n1")));
        lab.add("z.tar.gz", api);
        let (rows, _) = run(&lab);
        is(&rows, wanted);
        let ids: BTreeSet<String> = rows
            .iter()
            .map(|row| row["finding_id"].to_string())
            .collect();
        assert_eq!(ids.len(), rows.len());
    }
    let lab = Lab::new();
    lab.put("b.tar.gz", &cut(&node("n1")));
    lab.add("z.tar.gz", &cluster);
    let (rows, _) = run(&lab);
    let cell = "z.tar.gz!configz/n1.json#/kubeletconfig/makeIPTablesUtilChains";
    assert_eq!(rows[1]["evidence"][0], cell);
    assert_eq!(rows[1]["integrity"], Value::Null);
    let report = lab.run(&["analyze", ".", "-b", "cis-1.12", "--format", "json"]);
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    assert_eq!(report["coverage"]["nodes"], json!({"judged": 1, "of": 2}));
    let explain = [
        "explain",
        ".",
        "-b",
        "cis-1.12",
        "--node",
        "n1",
        "--control",
        "4.2.6",
    ];
    let told = lab.run(&explain);
    assert!(
        told.stdout.contains("makeIPTablesUtilChains"),
        "{}{}",
        told.stdout,
        told.stderr
    );
}

#[test]
fn of_cluster_bundles_of_one_time_or_without_a_reply_the_one_that_shows_something_lends() {
    let shown = Bundle::cluster("test").live("n1", false);
    let listed =
        Bundle::cluster("test").member("api/nodes.json", nodes(&[("n1", "v1.32.1", "m", "u")]));
    let listed = listed.with("collected_at", "2026-11-21T12:00:00Z");
    let (rows, _) = judged(&[
        ("a.tar.gz", &node("n1")),
        ("x.tar.gz", &listed),
        ("y.tar.gz", &shown),
    ]);
    is(&rows, &[("a.tar.gz", "n1", "fail configz-sets-it")]);
}
