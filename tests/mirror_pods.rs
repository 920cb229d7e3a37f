//! Nodes that only the API shows: the mirror pods of a cluster bundle say what their kubelets run.

use crate::support::*;
use serde_json::{Value, json};

fn pod(node: &str, name: &str, words: &[&str]) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": format!("{name}-{node}"), "namespace": "kube-system",
            "annotations": {"kubernetes.io/config.mirror": "abc", "kubernetes.io/config.source": "file"}},
        "spec": {"nodeName": node, "containers": [{"name": name, "command": words,
            "image": format!("registry.k8s.io/{name}:v1.33.5")}]}})
}

fn cluster(role: &str, pods: &[Value]) -> Bundle {
    let node = json!({"metadata": {"name": "m", "labels": {role: ""}},
        "status": {"nodeInfo": {"kubeletVersion": "v1.33.5"}}});
    Bundle::cluster("test")
        .member("api/nodes.json", json!({"items": [node]}).to_string())
        .member(
            "api/pods.json",
            json!({"kind": "PodList", "items": pods}).to_string(),
        )
}

fn judged(bundle: &Bundle, control: &str) -> Option<Value> {
    let lab = Lab::new();
    lab.add("c.tgz", bundle);
    let asked = [
        "analyze", ".", "-b", "cis-1.12", "-c", control, "--format", "jsonl",
    ];
    let all = rows(&nodeproof(lab.folder.path(), &asked).stdout);
    all.into_iter().find(|row| row["node"] == "m")
}

const CONTROLS: &str = "node-role.kubernetes.io/control-plane";

#[test]
fn a_mirror_pod_lends_its_words_to_a_node_without_a_bundle() {
    let apiserver = |mode: &str| {
        let mode = format!("--authorization-mode={mode}");
        pod(
            "m",
            "kube-apiserver",
            &["kube-apiserver", "--etcd-servers=https://e", &mode],
        )
    };
    let row = judged(&cluster(CONTROLS, &[apiserver("AlwaysAllow")]), "1.2.6").unwrap();
    assert_eq!(outcome(&row), "fail argument-sets-it", "{row}");
    assert_eq!(row["source"], "manifest");
    assert_eq!(row["notes"], json!(["manifest-alone"]));
    assert_eq!(
        row["evidence"][0],
        "api/pods.json#/items/0/spec/containers/0"
    );
    // What a manifest says will run is not what runs, as on a node of which a bundle came in.
    let row = judged(&cluster(CONTROLS, &[apiserver("Node,RBAC")]), "1.2.6").unwrap();
    assert_eq!(outcome(&row), "unknown manifest-alone", "{row}");
    assert_eq!(row["actual"], "Node,RBAC");
}

#[test]
fn every_component_of_a_mirror_pod_is_judged() {
    let etcd = pod(
        "m",
        "etcd",
        &["etcd", "--auto-tls=true", "--client-cert-auth=false"],
    );
    let manager = pod(
        "m",
        "kube-controller-manager",
        &["kube-controller-manager", "--profiling=true"],
    );
    let scheduler = pod(
        "m",
        "kube-scheduler",
        &["kube-scheduler", "--bind-address=0.0.0.0"],
    );
    let bundle = cluster(CONTROLS, &[etcd, manager, scheduler]);
    for control in ["2.3", "2.2", "1.3.2", "1.4.2"] {
        let row = judged(&bundle, control).unwrap();
        assert_eq!(row["verdict"], "fail", "{row}");
        assert_eq!(row["source"], "manifest");
    }
    let row = judged(&bundle, "1.2.6").unwrap();
    assert_eq!(outcome(&row), "unknown component-not-seen", "{row}");
}

#[test]
fn a_file_that_such_a_node_names_was_not_collected() {
    let scheduler = pod(
        "m",
        "kube-scheduler",
        &["kube-scheduler", "--config=/etc/s.yaml"],
    );
    let row = judged(&cluster(CONTROLS, &[scheduler]), "1.4.1").unwrap();
    assert_eq!(outcome(&row), "unknown file-not-collected", "{row}");
}

#[test]
fn a_label_takes_no_row_from_a_node_that_a_mirror_pod_shows_to_have_the_role() {
    let worker = "node-role.kubernetes.io/worker";
    let apiserver = pod(
        "m",
        "kube-apiserver",
        &["kube-apiserver", "--authorization-mode=AlwaysAllow"],
    );
    assert!(judged(&cluster(worker, &[]), "1.2.6").is_none());
    let row = judged(&cluster(worker, &[apiserver]), "1.2.6").unwrap();
    assert_eq!(row["verdict"], "fail", "{row}");
    let row = judged(&cluster(worker, &[]), "4.2.1").unwrap();
    assert_eq!(row["verdict"], "unknown");
}

#[test]
fn a_pod_that_anybody_may_make_lends_nothing() {
    let mut stray = pod(
        "m",
        "kube-apiserver",
        &["kube-apiserver", "--authorization-mode=AlwaysAllow"],
    );
    stray["metadata"]["namespace"] = "default".into();
    let row = judged(&cluster(CONTROLS, &[stray]), "1.2.6").unwrap();
    assert_eq!(outcome(&row), "unknown component-not-seen", "{row}");
}
