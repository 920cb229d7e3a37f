//! Runs the collector against a stub, and reads the bundle it wrote.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::api::Api;
use crate::shell::{Shell, sha256, stderr, tool};

/// The collector under test.
pub const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/collect-cluster.sh");

/// dash and busybox sh, where there is a kubectl.
pub fn shells() -> Vec<Shell> {
    tool("kubectl", "kubernetes-client").map_or_else(Vec::new, |kubectl| Shell::all(&[&kubectl]))
}

/// The collector with a kubeconfig of two contexts; the current one, `prod`, is this API.
pub fn command(shell: &Shell, api: &Api, arguments: &[&str]) -> Command {
    let config = shell.home.path().join("kubeconfig");
    let cluster = |name: &str, port: u16| json!({"name": name, "cluster": {"server": format!("http://127.0.0.1:{port}")}});
    let context = |name: &str, cluster: &str| json!({"name": name, "context": {"cluster": cluster, "user": "auditor"}});
    let text = json!({
        "kind": "Config", "apiVersion": "v1", "current-context": "prod",
        "clusters": [cluster("prod-eu", api.port), cluster("nowhere", 1)],
        "contexts": [context("prod", "prod-eu"), context("lost", "nowhere")],
        "users": [{"name": "auditor", "user": {}}],
    });
    fs::write(&config, text.to_string()).unwrap();
    let mut command = shell.command(SCRIPT, arguments);
    command.env("KUBECONFIG", &config);
    command
}

/// One whole run.
pub fn run(shell: &Shell, api: &Api, arguments: &[&str]) -> Output {
    command(shell, api, arguments).output().unwrap()
}

/// A written bundle: its members, and the order they come in.
pub struct Bundle {
    pub order: Vec<String>,
    pub members: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    /// Reads the archive that the last line of a run names, after comparing its size and digest with that line.
    pub fn of(ran: &Output) -> Self {
        let stdout = String::from_utf8(ran.stdout.clone()).unwrap();
        assert!(ran.status.success(), "{}", stderr(ran));
        let line = stdout.lines().last().unwrap();
        let (start, sum) = line.split_once(" bytes sha256:").unwrap();
        let (path, size) = start.rsplit_once(' ').unwrap();
        let bytes = fs::read(path).unwrap();
        assert_eq!(size, bytes.len().to_string());
        assert_eq!(sum, sha256(&bytes));
        let mut bundle = Self {
            order: Vec::new(),
            members: BTreeMap::new(),
        };
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().display().to_string();
            let (_, member) = path.split_once('/').unwrap();
            if entry.header().entry_type().is_file() {
                let mut content = Vec::new();
                entry.read_to_end(&mut content).unwrap();
                bundle.order.push(member.to_owned());
                bundle.members.insert(member.to_owned(), content);
            }
        }
        bundle
    }

    /// A member as text.
    pub fn text(&self, member: &str) -> &str {
        std::str::from_utf8(&self.members[member]).unwrap()
    }

    /// A member as JSON.
    pub fn json(&self, member: &str) -> Value {
        serde_json::from_slice(&self.members[member]).unwrap()
    }

    /// What bundle.json says of a path that was not collected: the reason, and kubectl's words.
    pub fn gap(&self, path: &str) -> (String, String) {
        let about = self.json("bundle.json");
        let skipped = about["skipped"].as_array().unwrap();
        let gap = skipped
            .iter()
            .find(|gap| gap["path"] == path)
            .unwrap_or_else(|| panic!("no gap for {path}: {skipped:?}"));
        let word = |key: &str| gap[key].as_str().unwrap().to_owned();
        (word("reason"), word("detail"))
    }
}
