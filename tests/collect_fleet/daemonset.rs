//! `scripts/collect-daemonset.yaml` as Kubernetes' own types read it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::host::SCRIPT;
use crate::shell::{stderr, tool};

/// Every leaf of a JSON value, as `path value`.
fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => object
            .iter()
            .for_each(|(key, value)| leaves(value, &format!("{path}/{key}"), found)),
        Value::Array(array) => array
            .iter()
            .enumerate()
            .for_each(|(at, value)| leaves(value, &format!("{path}/{at}"), found)),
        leaf => found.push(format!("{path} {leaf}")),
    }
}

#[test]
fn kubernetes_knows_every_field_of_the_daemonset() {
    let Some(kubectl) = tool("kubectl", "kubernetes-client") else {
        return;
    };
    let manifest = Path::new(SCRIPT).with_file_name("collect-daemonset.yaml");
    let home = tempfile::tempdir().unwrap();
    let read = |arguments: &[&str]| -> Value {
        let ran = Command::new(&kubectl)
            .args(arguments)
            .args(["--local", "-o", "json", "-f"])
            .arg(&manifest)
            .env("HOME", home.path())
            .env("KUBECONFIG", home.path().join("none"))
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", stderr(&ran));
        serde_json::from_slice(&ran.stdout).unwrap()
    };
    // `label` keeps the document as it is written, `set image` decodes it into Kubernetes' own types: what those do not
    // know is gone, what has another type is an error.
    let (mut written, mut known) = (Vec::new(), Vec::new());
    leaves(
        &read(&["label", "--overwrite", "app=collect-node"]),
        "",
        &mut written,
    );
    leaves(
        &read(&["set", "image", "collect-node=another"]),
        "",
        &mut known,
    );
    assert!(written.len() > 40);
    let left_out = |leaf: &&String| leaf.contains("/image ") || leaf.ends_with(" \"\"");
    for leaf in written.iter().filter(|leaf| !left_out(leaf)) {
        assert!(known.contains(leaf), "{leaf}");
    }
}
