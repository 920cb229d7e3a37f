//! Roles that no node of a cluster has that was handed in: the controls asked of them are named, and
//! count where nothing may be undecided.

use crate::support::*;
use serde_json::{Value, json};

const KUBELET: &str = "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml";
const SERVER: &str =
    "kube-apiserver --etcd-servers=https://127.0.0.1:2379 --authorization-mode=Node,RBAC";

/// A node that is shown to run these and nothing else.
fn node(name: &str, cluster: &str, version: &str, commands: &[&str]) -> Bundle {
    let absent = [
        "/usr/bin/kube-apiserver",
        "/usr/local/bin/kube-apiserver",
        "/etc/kubernetes/manifests/kube-apiserver.yaml",
        "/etc/kubernetes/manifests/etcd.yaml",
    ];
    let bundle = Bundle::node(name).with("cluster", cluster).version(version);
    let bundle = bundle.ps(&[&[KUBELET], commands].concat());
    absent
        .iter()
        .fold(bundle, |b, path| b.stat_row(path, "absent", 0))
}

fn listed(cluster: &str, nodes: &[(&str, &str, Value)]) -> Bundle {
    let items = nodes.iter().map(|(name, version, labels)| {
        json!({"metadata": {"name": name, "labels": labels},
            "status": {"nodeInfo": {"kubeletVersion": version}}})
    });
    let items: Vec<Value> = items.collect();
    let list = json!({"kind": "NodeList", "items": items});
    Bundle::cluster(cluster).member("api/nodes.json", list.to_string())
}

struct Ran {
    report: Value,
    stderr: String,
    code: i32,
}

fn analyze(bundles: &[Bundle], more: &[&str]) -> Ran {
    let lab = Lab::new();
    for (at, bundle) in bundles.iter().enumerate() {
        lab.add(&format!("in/{at}.tgz"), bundle);
    }
    let arguments = [&["analyze", "in", "--format", "json"], more].concat();
    let ran = nodeproof(lab.folder.path(), &arguments);
    Ran {
        report: serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}: {}", ran.stderr)),
        stderr: ran.stderr,
        code: ran.code,
    }
}

/// What is named of roles, not of the cluster itself.
fn of_roles(report: &Value) -> Vec<&Value> {
    let all = report["coverage"]["not_collected"].as_array().unwrap();
    all.iter().filter(|of| !of["role"].is_null()).collect()
}

/// `cluster benchmark role run-by`
fn roles(report: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    of_roles(report)
        .into_iter()
        .map(|of| ["cluster", "benchmark", "role", "run_by"].map(|key| text(&of[key])))
        .map(|of| of.join(" "))
        .collect()
}

#[test]
fn controls_of_a_role_that_nobody_handed_in_are_named_per_cluster_and_benchmark() {
    let worker = node("w", "prod", "v1.33.1", &[]);
    let ran = analyze(std::slice::from_ref(&worker), &["-b", "cis-1.12,cis-1.9"]);
    assert_eq!(
        roles(&ran.report),
        [
            "prod cis-1.9 control-plane -",
            "prod cis-1.9 etcd -",
            "prod cis-1.12 control-plane -",
            "prod cis-1.12 etcd -",
        ]
    );
    let first = &of_roles(&ran.report)[2]["controls"];
    assert_eq!(first[0], "1.1.1");
    assert_eq!(of_roles(&ran.report)[2]["code"], "role-not-collected");
    for said in ["role-not-collected", "cis-1.9", "1.1.13–1.1.21"] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    // A row for a role that the node has not does not make it handed in.
    let all = analyze(&[worker], &["-b", "cis-1.12", "--roles", "all"]);
    assert_eq!(roles(&all.report).len(), 2);
}

#[test]
fn a_role_is_handed_in_by_any_node_of_the_cluster() {
    let worker = node("w", "prod", "v1.33.1", &[]);
    let server = node("s", "prod", "v1.33.1", &[SERVER]);
    let other = node("o", "test", "v1.33.1", &[]);
    let stacked = node(
        "e",
        "prod",
        "v1.33.1",
        &["etcd --data-dir=/var/lib/etcd --listen-client-urls=https://127.0.0.1:2379"],
    );
    let ran = analyze(
        &[worker.clone(), server.clone(), other],
        &["-b", "cis-1.12"],
    );
    assert_eq!(
        roles(&ran.report),
        [
            "prod cis-1.12 etcd -",
            "test cis-1.12 control-plane -",
            "test cis-1.12 etcd -"
        ]
    );
    let ran = analyze(&[worker, server.clone(), stacked], &["-b", "cis-1.12"]);
    assert_eq!(roles(&ran.report), [""; 0]);
    // Another version of one cluster is another benchmark of the same control plane.
    let older = node("w", "prod", "v1.29.1", &[]);
    let ran = analyze(&[older, server], &["-c", "1.2.1"]);
    assert_eq!(roles(&ran.report), [""; 0]);
    // What nothing shows to be no control plane has rows, undecided ones.
    let unknown = Bundle::node("u").kubelet(&[]);
    let ran = analyze(&[unknown], &["-b", "cis-1.12"]);
    assert_eq!(roles(&ran.report), [""; 0]);
}

#[test]
fn what_nobody_handed_in_counts_where_nothing_may_be_undecided() {
    let worker = node("w", "prod", "v1.33.1", &[]);
    let with = |more: &[&str]| {
        analyze(
            std::slice::from_ref(&worker),
            &[&["-b", "cis-1.12", "-c", "1.2.1"], more].concat(),
        )
    };
    assert_eq!(with(&["--fail-on", "unknown"]).code, 1);
    assert_eq!(with(&["--fail-on", "fail"]).code, 0);
    assert_eq!(with(&[]).code, 0);
    let ran = with(&[]);
    assert_eq!(of_roles(&ran.report)[0]["controls"], json!(["1.2.1"]));
}

#[test]
fn a_provider_that_runs_the_control_plane_is_named_and_not_counted() {
    for (version, labels, provider) in [
        ("v1.31.2-eks-1a2b3c", json!({}), Some("Amazon EKS")),
        ("v1.31.2-gke.100", json!({}), Some("Google GKE")),
        (
            "v1.31.2",
            json!({"kubernetes.azure.com/mode": "user"}),
            Some("Azure AKS"),
        ),
        ("v1.31.2-aliyun.1", json!({}), Some("Alibaba Cloud ACK")),
        ("v1.31.2", json!({}), None),
    ] {
        let cluster = listed("c", &[("w", version, labels)]);
        let worker = node("w", "c", version, &[]);
        let controls = ["-b", "cis-1.12", "-c", "1.2.1,2.1", "--fail-on", "unknown"];
        let ran = analyze(&[cluster, worker], &controls);
        let run_by = provider.unwrap_or("-");
        assert_eq!(
            roles(&ran.report),
            [
                format!("c cis-1.12 control-plane {run_by}"),
                format!("c cis-1.12 etcd {run_by}")
            ]
        );
        assert_eq!(ran.code, i32::from(provider.is_none()), "{version}");
        let code = &of_roles(&ran.report)[0]["code"];
        match provider {
            None => assert_eq!(code, "role-not-collected"),
            Some(provider) => {
                assert_eq!(code, "run-by-provider");
                assert!(ran.stderr.contains(provider), "{}", ran.stderr);
            }
        }
    }
    // ACK has clusters of both kinds: without the list of its nodes nobody knows of which this is.
    let version = "v1.31.2-aliyun.1";
    let alone = node("w", "c", version, &[]);
    let of_etcd = ["-b", "cis-1.12", "-c", "2.1"];
    let ran = analyze(std::slice::from_ref(&alone), &of_etcd);
    assert_eq!(roles(&ran.report), ["c cis-1.12 etcd -"]);
    let master = json!({"node-role.kubernetes.io/master": ""});
    let listed = listed("c", &[("m", version, master), ("w", version, json!({}))]);
    let ran = analyze(&[listed, alone], &of_etcd);
    assert_eq!(roles(&ran.report), [""; 0], "m has rows, undecided ones");
}

#[test]
fn nodes_of_no_named_cluster_are_managed_only_if_all_say_so() {
    let eks = node("e", "", "v1.31.2-eks-1", &[]);
    let own = node("o", "", "v1.31.2", &[]);
    let of_etcd = ["-b", "cis-1.12", "-c", "2.1"];
    let ran = analyze(std::slice::from_ref(&eks), &of_etcd);
    assert_eq!(roles(&ran.report), ["- cis-1.12 etcd Amazon EKS"]);
    let ran = analyze(&[eks, own], &of_etcd);
    assert_eq!(roles(&ran.report), ["- cis-1.12 etcd -"]);
}

#[test]
fn a_cluster_of_which_no_node_came_in_names_all_roles() {
    let pods = json!({"kind": "PodList", "items": []}).to_string();
    let bundle = Bundle::cluster("c").member("api/pods.json", pods);
    let ran = analyze(&[bundle], &["-b", "cis-1.12"]);
    assert_eq!(
        roles(&ran.report),
        [
            "c cis-1.12 worker -",
            "c cis-1.12 control-plane -",
            "c cis-1.12 etcd -"
        ]
    );
}

#[test]
fn what_a_newer_bundle_stands_for_is_not_handed_in() {
    let machine = |bundle: Bundle, at: &str| bundle.of_machine(1).with("collected_at", at);
    let server = node("n", "c", "v1.33.1", &[SERVER]);
    let worker = node("n", "c", "v1.33.1", &[]);
    let bundles = [
        machine(server, "2026-10-01T00:00:00Z"),
        machine(worker, "2026-11-01T00:00:00Z"),
    ];
    let ran = analyze(&bundles, &["-b", "cis-1.12", "-c", "1.2.1"]);
    assert_eq!(roles(&ran.report), ["c cis-1.12 control-plane -"]);
}
