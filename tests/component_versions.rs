//! Which version of a component runs: what its program prints, the image of its manifest or mirror
//! pod, what the API server says of itself; and what mirror pods lend to their node.

use crate::support::*;
use serde_json::{Value, json};

/// Fails up to 1.35, and passes from 1.36 on.
const AGE: &str = "1.2.17";
/// Fails in every version, with another list.
const SUITES: &str = "1.2.29";

const WORDS: [&str; 3] = [
    "kube-apiserver",
    "--etcd-servers=https://127.0.0.1:2379",
    "--authorization-mode=Node,RBAC",
];

fn server() -> Bundle {
    Bundle::node("m").version("v1.33.5").process(50, &WORDS)
}

fn pod(words: &[&str], image: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "kube-apiserver-m", "namespace": "kube-system",
            "annotations": {"kubernetes.io/config.mirror": "abc", "kubernetes.io/config.source": "file"}},
        "spec": {"nodeName": "m", "containers": [{"name": "a", "image": image, "command": words}]}})
}

fn manifest(bundle: Bundle, words: &[&str], image: &str) -> Bundle {
    let path = "/etc/kubernetes/manifests/kube-apiserver.yaml";
    bundle.file(path, pod(words, image).to_string())
}

fn cluster(pods: &[Value]) -> Bundle {
    let nodes = json!({"kind": "NodeList", "items": [{"metadata": {"name": "m"}}]});
    let pods = json!({"kind": "PodList", "items": pods});
    Bundle::cluster("test")
        .member("api/nodes.json", nodes.to_string())
        .member("api/pods.json", pods.to_string())
}

fn judged(bundles: &[&Bundle], control: &str) -> Value {
    let lab = Lab::new();
    for (at, bundle) in bundles.iter().enumerate() {
        lab.add(&format!("{at}.tgz"), bundle);
    }
    let arguments = [
        "analyze", ".", "-b", "cis-1.12", "-c", control, "--format", "jsonl",
    ];
    let all = rows(&nodeproof(lab.folder.path(), &arguments).stdout);
    all.into_iter().find(|row| row["node"] == "m").unwrap()
}

fn short(row: &Value) -> String {
    let code = row["reason"].as_str().unwrap().split(':').next().unwrap();
    format!("{} {code}", row["verdict"].as_str().unwrap())
}

#[test]
fn the_version_decides_where_evidence_shows_it() {
    let prints = |text: &str| server().member("commands/kube-apiserver-version.txt", text);
    let other = [WORDS[0], WORDS[1], "--authorization-mode=RBAC"];
    let new = "registry.k8s.io/kube-apiserver:v1.36.1";
    let says = |version: &str| {
        let version = json!({"serverVersion": {"gitVersion": version}}).to_string();
        cluster(&[]).member("commands/version.txt", version)
    };
    let nothing = cluster(&[]);
    for (about, bundle, api, wanted) in [
        ("nothing", server(), &nothing, "unknown version-unknown"),
        (
            "it prints it",
            prints("Kubernetes v1.36.0"),
            &nothing,
            "pass default-applies",
        ),
        (
            "it prints it",
            prints("Kubernetes v1.35.2"),
            &nothing,
            "fail default-applies",
        ),
        (
            "its manifest",
            manifest(server(), &WORDS, new),
            &nothing,
            "pass default-applies",
        ),
        (
            "another's",
            manifest(server(), &other, new),
            &nothing,
            "unknown version-unknown",
        ),
        (
            "its pod",
            server(),
            &cluster(&[pod(&WORDS, new)]),
            "pass default-applies",
        ),
        (
            "the server",
            server(),
            &says("v1.36.2"),
            "pass default-applies",
        ),
        (
            "the server",
            server(),
            &says("v1.34.0+k3s1"),
            "fail default-applies",
        ),
        (
            "printing outweighs an image",
            manifest(prints("Kubernetes v1.35.2"), &WORDS, new),
            &nothing,
            "fail default-applies",
        ),
    ] {
        let row = judged(&[api, &bundle], AGE);
        assert_eq!(short(&row), wanted, "{about}: {row}");
    }
}

#[test]
fn the_kubelets_version_explains_and_decides_nothing() {
    let row = judged(&[&server()], SUITES);
    assert_eq!(short(&row), "fail default-applies", "{row}");
    assert_eq!(row["notes"], json!(["version-assumed"]));
    let row = judged(&[&server()], AGE);
    assert_eq!(row["verdict"], "unknown");
    let unknown = Bundle::node("m").process(50, &WORDS);
    let row = judged(&[&unknown], SUITES);
    assert_eq!(row["notes"], json!([]), "{row}");
}

#[test]
fn a_mirror_pod_lends_its_manifest_to_its_node() {
    let words = [
        "kube-apiserver",
        WORDS[1],
        "--authorization-mode=AlwaysAllow",
    ];
    let image = "registry.k8s.io/kube-apiserver:v1.33.5";
    let node = Bundle::node("m").version("v1.33.5").kubelet(&[]);
    let row = judged(&[&cluster(&[pod(&words, image)]), &node], "1.2.6");
    assert_eq!(row["verdict"], "fail", "{row}");
    assert_eq!(row["source"], "manifest");
    let evidence = row["evidence"][0].as_str().unwrap();
    assert_eq!(evidence, "0.tgz!api/pods.json#/items/0/spec/containers/0");
    // What will run is not what runs.
    let row = judged(&[&cluster(&[pod(&WORDS, image)]), &node], "1.2.6");
    assert_eq!(short(&row), "unknown manifest-alone", "{row}");
    // The process decides, and says that something else is planned.
    let row = judged(&[&cluster(&[pod(&words, image)]), &server()], "1.2.6");
    assert_eq!(row["verdict"], "pass", "{row}");
    assert_eq!(row["notes"], json!(["planned-differs"]));
    // Nobody but a kubelet makes such a pod; others may be anybody's.
    let mut stray = pod(&words, image);
    stray["metadata"]["annotations"] = json!({});
    let mut elsewhere = pod(&words, image);
    elsewhere["metadata"]["namespace"] = "default".into();
    let mut others = pod(&words, image);
    others["spec"]["nodeName"] = "x".into();
    for pod in [stray, elsewhere, others] {
        let row = judged(&[&cluster(&[pod]), &node], "1.2.6");
        assert_eq!(short(&row), "unknown component-not-seen", "{row}");
    }
}

#[test]
fn a_variable_that_a_manifest_sets_is_filled_in() {
    let words = ["kube-apiserver", WORDS[1], "--authorization-mode=$(MODE)"];
    let named = |name: &str, value: Value| {
        let mut pod = pod(&words, "registry.k8s.io/kube-apiserver:v1.33.5");
        let mut own = json!({"name": name});
        let key = if value.is_string() {
            "value"
        } else {
            "valueFrom"
        };
        own[key] = value;
        pod["spec"]["containers"][0]["env"] = json!([own]);
        let path = "/etc/kubernetes/manifests/kube-apiserver.yaml";
        Bundle::node("m").kubelet(&[]).file(path, pod.to_string())
    };
    for (node, wanted) in [
        (named("MODE", "AlwaysAllow".into()), "fail argument-sets-it"),
        (
            named("MODE", "REDACTED-BY-NODEPROOF".into()),
            "unknown value-redacted",
        ),
        (
            named("OTHER", "AlwaysAllow".into()),
            "unknown arguments-cut-off",
        ),
        (
            named("MODE", json!({"secretKeyRef": {"name": "a"}})),
            "unknown arguments-cut-off",
        ),
    ] {
        let row = judged(&[&node], "1.2.6");
        assert_eq!(short(&row), wanted, "{row}");
    }
}

#[test]
fn a_shell_with_several_options_runs_what_its_script_names() {
    let script =
        "set -e; exec kube-apiserver --etcd-servers=https://e --authorization-mode=AlwaysAllow";
    for words in [
        &["/bin/bash", "-ec", script][..],
        &["/bin/bash", "-e", "-u", "-c", script],
        &["sh", "-c", script],
    ] {
        let image = "quay.io/openshift/hyperkube:v1.29.1";
        let node = manifest(Bundle::node("m").kubelet(&[]), words, image);
        let row = judged(&[&node], "1.2.6");
        assert_eq!(row["verdict"], "fail", "{words:?} {row}");
    }
}
