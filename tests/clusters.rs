//! A cluster bundle is judged itself: rows without a node, beside those of its nodes.

use crate::support::*;
use serde_json::{Value, json};

/// A cluster with one pod, which is privileged.
fn cluster(at: &str) -> Bundle {
    let pod = json!({"metadata": {"name": "web", "namespace": "shop"}, "status": {"phase": "Running"},
        "spec": {"containers": [{"name": "app", "securityContext": {"privileged": true}}]}});
    let nodes = json!({"kind": "List", "items": [{"metadata": {"name": "n1"},
        "status": {"nodeInfo": {"kubeletVersion": "v1.29.0"}}}]});
    Bundle::cluster("prod")
        .with("collected_at", at)
        .member("api/nodes.json", nodes.to_string())
        .member(
            "api/pods.json",
            json!({"kind": "PodList", "items": [pod]}).to_string(),
        )
}

fn analyze(lab: &Lab, more: &[&str]) -> Vec<Value> {
    let mut arguments = vec!["analyze", ".", "-b", "cis-1.10", "--format", "jsonl"];
    arguments.extend(more);
    rows(&nodeproof(lab.folder.path(), &arguments).stdout)
}

#[test]
fn a_cluster_has_rows_without_a_node_before_those_of_its_nodes() {
    let lab = Lab::new();
    lab.add("c.tgz", &cluster("2026-11-20T12:00:00Z"));
    let all = analyze(&lab, &[]);
    let is_of_cluster = |row: &&Value| row["node"].is_null();
    let own: Vec<&Value> = all.iter().filter(is_of_cluster).collect();
    assert!(own.iter().all(|row| row["cluster"] == "prod"));
    assert_eq!(all.iter().take_while(is_of_cluster).count(), own.len());
    let numbered = |row: &&Value| row["control"].as_str().unwrap().starts_with("5.");
    assert!(own.iter().all(numbered));
    assert!(!all[own.len()..].iter().any(|row| numbered(&row)));
    let privileged = own.iter().find(|row| row["control"] == "5.2.2").unwrap();
    assert_eq!(privileged["verdict"], "fail");
    assert_eq!(privileged["source"], "api");
    assert_eq!(privileged["actual"], "shop/web (app)");
    assert_eq!(
        privileged["evidence"][0],
        "api/pods.json#/items/0/spec/containers/0"
    );
}

#[test]
fn an_incomplete_bundle_passes_nothing() {
    let lab = Lab::new();
    let page = json!({"kind": "List", "metadata": {"continue": "x"}, "items": []}).to_string();
    let mut bundle = Bundle::cluster("prod");
    for list in ["pods", "namespaces", "clusterroles", "clusterrolebindings"] {
        bundle = bundle.member(&format!("api/{list}.json"), page.clone());
    }
    lab.add("c.tgz", &bundle);
    let all = analyze(&lab, &[]);
    assert!(all.iter().any(|row| row["verdict"] == "unknown"));
    assert!(all.iter().all(|row| row["verdict"] != "pass"), "{all:?}");
}

#[test]
fn a_list_that_leaves_objects_out_does_not_pass() {
    let whole = "kubectl get clusterrolebindings -A -o json";
    for (argv, exit, verdict) in [
        (whole, 0, "pass"),
        (whole, 1, "unknown"),
        (
            "kubectl get clusterrolebindings -A -l app=x -o json",
            0,
            "unknown",
        ),
        // They are in no namespace, so that none is left out.
        ("kubectl get clusterrolebindings -o json", 0, "pass"),
    ] {
        let command =
            json!([{"argv": argv, "member": "api/clusterrolebindings.json", "exit": exit}]);
        let binding = json!({"kind": "ClusterRoleBinding", "metadata": {"name": "b"},
            "roleRef": {"kind": "ClusterRole", "name": "view"}});
        let one = json!({"kind": "List", "items": [binding]}).to_string();
        let lab = Lab::new();
        let bundle = cluster("2026-11-20T12:00:00Z").with("commands", command);
        lab.add("c.tgz", &bundle.member("api/clusterrolebindings.json", one));
        let all = analyze(&lab, &["-c", "5.1.1"]);
        assert_eq!(all[0]["verdict"], verdict, "{argv} {exit}");
    }
}

#[test]
fn of_two_bundles_of_a_cluster_the_newest_is_reported() {
    let lab = Lab::new();
    lab.add("a.tgz", &cluster("2026-11-20T12:00:00Z"));
    lab.add("b.tgz", &cluster("2026-11-19T12:00:00Z"));
    let all = analyze(&lab, &["-c", "5.2.2"]);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["bundle"], "a.tgz");
}

#[test]
fn clusters_are_counted_beside_nodes() {
    let lab = Lab::new();
    lab.add("c.tgz", &cluster("2026-11-20T12:00:00Z"));
    let ran = nodeproof(
        lab.folder.path(),
        &[
            "analyze", ".", "-b", "cis-1.10", "-o", "r.json", "-o", "r.csv", "-o", "r.html", "-o",
            "r.xlsx",
        ],
    );
    assert!(
        ran.stderr
            .contains("1 of 1 cluster and 0 of 1 node judged."),
        "{}",
        ran.stderr
    );
    let report = std::fs::read_to_string(lab.folder.path().join("r.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(
        report["coverage"]["clusters"],
        json!({"judged": 1, "of": 1})
    );
}

#[test]
fn a_list_of_a_cluster_has_a_limit_of_its_own() {
    let lab = Lab::new();
    lab.add("c.tgz", &cluster("2026-11-20T12:00:00Z"));
    let limited = ["-c", "5.2.2", "--limit", "api-bytes=60"];
    let all = analyze(&lab, &limited);
    assert_ne!(all[0]["verdict"], "pass");
    let small = ["-c", "5.2.2", "--limit", "api-values=3"];
    assert_eq!(analyze(&lab, &small)[0]["verdict"], "error");
}

#[test]
fn a_list_that_no_cluster_has_empty_does_not_pass() {
    let empty = json!({"kind": "List", "items": []}).to_string();
    let lab = Lab::new();
    let bundle = cluster("2026-11-20T12:00:00Z");
    lab.add(
        "c.tgz",
        &bundle.member("api/clusterrolebindings.json", empty),
    );
    let all = analyze(&lab, &["-c", "5.1.1"]);
    assert_eq!(outcome(&all[0]), "unknown objects-incomplete");
}

/// Every list of a cluster, refused.
fn refused(name: &str) -> Bundle {
    let lists = [
        "pods",
        "namespaces",
        "clusterrolebindings",
        "networkpolicies",
    ];
    let skipped = lists.map(|list| {
        json!({"path": format!("api/{list}.json"), "reason": "unreadable", "detail": "forbidden"})
    });
    Bundle::cluster(name).with("skipped", json!(skipped))
}

#[test]
fn a_cluster_of_which_everything_was_refused_has_rows_that_name_the_missing_right() {
    let lab = Lab::new();
    lab.add("c.tgz", &refused("prod"));
    let all = analyze(&lab, &[]);
    assert!(all.len() > 20, "{all:?}");
    for row in &all {
        assert!(row["node"].is_null() && row["cluster"] == "prod", "{row}");
        let verdict = row["verdict"].as_str().unwrap();
        assert!(["unknown", "manual"].contains(&verdict), "{row}");
        let reason = row["reason"].as_str().unwrap();
        assert!(
            verdict == "manual" || reason.contains("the right `list`"),
            "{row}"
        );
    }
}

#[test]
fn controls_of_a_cluster_that_no_bundle_is_of_are_named_in_coverage() {
    let lab = Lab::new();
    for (name, cluster) in [
        ("a", json!("prod")),
        ("b", json!("prod")),
        ("c", json!("test")),
    ] {
        lab.add(
            &format!("{name}.tgz"),
            &Bundle::node(name).with("cluster", cluster),
        );
    }
    lab.add("d.tgz", &Bundle::node("d").with("cluster", Value::Null));
    lab.add("e.tgz", &Bundle::cluster("lent").live("e", true));
    lab.add("z.tgz", &refused("test"));
    let outputs = [
        "-o",
        "r.json",
        "-o",
        "r.html",
        "-o",
        "r.xlsx",
        "--fail-on",
        "unknown",
    ];
    let run = |more: &[&str]| {
        let arguments = [&["analyze", ".", "-b", "cis-1.10"][..], &outputs, more].concat();
        let ran = nodeproof(lab.folder.path(), &arguments);
        let report = std::fs::read_to_string(lab.path("r.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        (
            ran,
            report["coverage"]["not_collected"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|gap| gap["role"].is_null())
                .cloned()
                .collect::<Vec<Value>>(),
        )
    };
    let (ran, gaps) = run(&[]);
    let clusters: Vec<&Value> = gaps.iter().map(|gap| &gap["cluster"]).collect();
    assert_eq!(clusters, [&json!(null), &json!("lent"), &json!("prod")]);
    let controls = gaps[2]["controls"].as_array().unwrap();
    assert_eq!(controls[0], "5.1.1");
    assert!(!controls.contains(&json!("4.2.6")));
    let is_code = |gap: &Value| gap["code"] == "cluster-not-collected";
    assert!(gaps.iter().all(is_code));
    assert!(
        ran.stderr.contains("3  cluster-not-collected: "),
        "{}",
        ran.stderr
    );
    let named = "prod: controls of cis-1.10 that are asked of the cluster itself, ";
    assert!(ran.stderr.contains(named), "{}", ran.stderr);
    let page = std::fs::read_to_string(lab.path("r.html")).unwrap();
    assert!(page.contains("controls of cis-1.10 that are asked of the cluster itself, "));
    // Nothing else is undecided, or nothing of a cluster is asked.
    for (control, code) in [("5.1.1", 1), ("4.2.6", 0)] {
        let only = Lab::new();
        only.add(
            "a.tgz",
            &Bundle::node("a").kubelet(&["--make-iptables-util-chains=true"]),
        );
        let arguments = [
            "analyze",
            ".",
            "-b",
            "cis-1.10",
            "-c",
            control,
            "--fail-on",
            "unknown",
        ];
        assert_eq!(
            nodeproof(only.folder.path(), &arguments).code,
            code,
            "{control}"
        );
    }
}

#[test]
fn a_finding_on_a_cluster_is_told_by_the_name_of_the_cluster() {
    let lab = Lab::new();
    lab.add("a.tgz", &cluster("2026-11-20T12:00:00Z"));
    lab.add("b.tgz", &cluster("2026-11-19T12:00:00Z"));
    lab.add("c.tgz", &refused("test"));
    let explain = |more: &[&str]| {
        let arguments = [&["explain", ".", "-b", "cis-1.10"][..], more].concat();
        nodeproof(lab.folder.path(), &arguments)
    };
    let told = explain(&["--cluster", "prod", "-c", "5.2.2"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(
        told.stdout.starts_with("Cluster prod\ncis-1.10 5.2.2: "),
        "{}",
        told.stdout
    );
    assert_eq!(told.stdout.matches("Bundle").count(), 1, "{}", told.stdout);
    assert!(
        told.stdout.contains("What to do in this cluster"),
        "{}",
        told.stdout
    );
    for (arguments, part) in [
        (
            ["--cluster", "prd", "-c", "5.2.2"],
            "there is no cluster `prd`; of 2 clusters the closest are prod, test",
        ),
        (
            ["--cluster", "prod", "-c", "4.2.6"],
            "cis-1.10, by which `prod` is judged, has no control `4.2.6`",
        ),
    ] {
        let told = explain(&arguments);
        assert_eq!(told.code, 2);
        assert!(told.stderr.contains(part), "{}", told.stderr);
    }
    let of_node = explain(&["--cluster", "prod", "--node", "n1", "-c", "4.2.6"]);
    assert!(
        of_node.stdout.starts_with("n1, cluster prod\n"),
        "{}",
        of_node.stderr
    );
}
