//! One run over the sample bundles and hostile ones, with waivers and attestations, that writes every
//! format at once.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::support::*;

/// Waivers of failing controls, attestations of undecided ones.
const WAIVERS: &str = "waivers:\n\
    - {control: 4.2.12, nodes: ['kubeadm-*'], type: risk-adjustment, justification: 'old <&> load balancer', owner: Ann, approver: Bob, ticket: SEC-412, expires: 2027-01-31}\n\
    - {control: 4.2.6, nodes: ['*<*'], justification: why, owner: Ann, expires: 2027-01-31T12:00:00Z}\n\
    attestations:\n\
    - {control: 3.1.1, nodes: ['*'], answer: pass, by: Ann, at: 2026-11-01, artefact: photo 7, explanation: seen}\n";

/// A name that is markup, JSON and a label at once.
pub const HOSTILE: &str = "<&\"'\\]]>\u{1}\u{1b}[31m\u{202e}\u{ffff}=1+1";

/// What a run wrote.
pub struct Written {
    lab: Lab,
    pub stderr: String,
    /// The findings of the JSON report.
    pub rows: Vec<Value>,
}

pub static WRITTEN: LazyLock<Written> = LazyLock::new(|| Written::by(&["-j", "2"]));

/// The file of each format that is written.
pub const FILES: &[&str] = &[
    "all.json",
    "all.csv",
    "all.jsonl",
    "all.kube-bench.zip",
    "all.junit.xml",
    "all.sarif",
    "all.ocsf.jsonl",
    "all.defectdojo.json",
    "all.prom",
    #[cfg(feature = "parquet")]
    "all.parquet",
];

impl Written {
    pub fn by(more: &[&str]) -> Self {
        let lab = Lab::new();
        evidence(&lab);
        lab.put("waivers.yaml", WAIVERS.as_bytes());
        let mut arguments = vec!["analyze", "in", "-b", "auto", "--as-of", "2026-11-26"];
        arguments.extend(["--waivers", "waivers.yaml"]);
        arguments.extend(FILES.iter().flat_map(|file| ["-o", *file]));
        arguments.extend(more);
        let ran = nodeproof(lab.folder.path(), &arguments);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        let report = fs::read_to_string(lab.path("all.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        let rows = report["findings"].as_array().unwrap().clone();
        Self {
            lab,
            stderr: ran.stderr,
            rows,
        }
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.lab.path(file)
    }

    pub fn bytes(&self, file: &str) -> Vec<u8> {
        fs::read(self.path(file)).unwrap()
    }

    pub fn text(&self, file: &str) -> String {
        String::from_utf8(self.bytes(file)).unwrap()
    }

    /// What an output cannot say itself.
    pub fn remarks(&self) -> Vec<&str> {
        let lines = self.stderr.lines();
        lines
            .filter(|line| line.contains("warning: all."))
            .collect()
    }

    /// How many rows are like this.
    pub fn count(&self, is: impl Fn(&Value) -> bool) -> usize {
        self.rows.iter().filter(|row| is(row)).count()
    }
}

pub fn evidence(lab: &Lab) {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-bundles");
    for entry in fs::read_dir(samples).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if name != "expected.csv" {
            lab.put(&format!("in/{name}"), &fs::read(entry.path()).unwrap());
        }
    }
    let hostile = Bundle::node(HOSTILE)
        .with("cluster", "c<&\"\\\n\u{2}l")
        .version("v1.33.1")
        .kubelet(&["--make-iptables-util-chains=false", "--config=/c.yaml"])
        .file(
            "/c.yaml",
            config(&format!(
                "clusterDomain: \"{0}\"\ntlsCipherSuites: [\"<&\\\"]]>\\u0001{0}\"]\nstreamingConnectionIdleTimeout: 0s\n",
                "x".repeat(100_000)
            )),
        );
    let mut hostile = hostile;
    hostile.top = "n".to_owned();
    lab.add("in/a b%zz:<&>/h.tgz", &hostile);
    // Objects of a cluster that is judged itself: its rows have no node.
    let pod = json!({"metadata": {"name": "w<&\"\u{1}", "namespace": "shop"}, "status": {"phase": "Running"},
        "spec": {"containers": [{"name": "app", "securityContext": {"privileged": true}}]}});
    let nodes = json!({"kind": "List", "items": [{"metadata": {"name": "n1"},
        "status": {"nodeInfo": {"kubeletVersion": "v1.29.0"}}}]});
    let cluster = Bundle::cluster("prod-cn")
        .member("api/nodes.json", nodes.to_string())
        .member(
            "api/pods.json",
            json!({"kind": "PodList", "items": [pod]}).to_string(),
        );
    lab.add("in/c.tgz", &cluster);
    // A time that is none, and no cluster.
    let bare = Bundle::node("bare")
        .with("collected_at", "yesterday")
        .with("cluster", Value::Null)
        .kubelet(&["--make-iptables-util-chains=false"]);
    lab.add("in/bare.tgz", &bare);
    lab.put("in/broken<&>.tar.gz", b"\x1f\x8b\x08 not to its end");
    halves(lab);
}

/// Evidence with halves of surrogate pairs, as bytes and as escapes.
fn halves(lab: &Lab) {
    let half = |name: &str| Bundle::node(name).version("v1.33.1");
    let arguments = half("half-a").member(
        "proc/42/cmdline",
        b"/usr/bin/kubelet\0--tls-cipher-suites=\xed\xa0\x80\0",
    );
    let path = lab
        .path("in")
        .join(OsStr::from_bytes(b"half-\xed\xa0\x80.tgz"));
    fs::write(path, arguments.tar_gz()).unwrap();
    let file = half("half-b").kubelet(&["--config=/c.yaml"]).file(
        "/c.yaml",
        config("tlsCipherSuites: [\"x\\ud800\"]\nclusterDomain: \"\\udc00\"\n"),
    );
    lab.add("in/half-in-config.tgz", &file);
    // No JSON value of ours can hold half a pair, so the manifest is written by hand.
    let mut manifest = half("half-c").kubelet(&["--make-iptables-util-chains=false"]);
    let text = manifest
        .manifest
        .to_string()
        .replace("\"test\"", "\"c\\ud800\"");
    manifest.manifest = Value::Null;
    manifest
        .members
        .insert(0, ("bundle.json".to_owned(), text.into_bytes()));
    lab.add("in/half-in-manifest.tgz", &manifest);
}

pub fn is(row: &Value, verdict: &str) -> bool {
    row["verdict"] == verdict
}

/// A failing row with a waiver beside it.
pub fn is_waived(row: &Value) -> bool {
    is(row, "fail") && !row["waiver"].is_null()
}

/// The Python that has the validators of the Python registry.
pub fn python() -> String {
    std::env::var("NODEPROOF_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Whether a command of a validator exists; where not, the test is skipped loudly.
pub fn has(command: &str, arguments: &[&str]) -> bool {
    let ran = Command::new(command).args(arguments).output();
    let is_there = ran.is_ok_and(|output| output.status.success());
    if !is_there {
        skipped(&format!(
            "`{command} {}` does not run here",
            arguments.join(" ")
        ));
    }
    is_there
}

/// Runs a validator: whether it accepts, and what it says.
pub fn ask(command: &str, arguments: &[&str]) -> (bool, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(command).args(arguments).output().unwrap();
    let text = [stdout, stderr].concat();
    (
        status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[test]
fn the_run_has_every_verdict_with_and_without_something_beside_it() {
    for verdict in [
        "pass",
        "fail",
        "unknown",
        "error",
        "not-applicable",
        "manual",
    ] {
        assert!(WRITTEN.count(|row| is(row, verdict)) > 0, "{verdict}");
    }
    assert!(WRITTEN.count(is_waived) > 2);
    assert!(WRITTEN.count(|row| is(row, "fail") && row["waiver"].is_null()) > 0);
    assert!(WRITTEN.count(|row| is(row, "manual") && !row["waiver"].is_null()) > 0);
    assert!(WRITTEN.count(|row| row["control"].is_null()) > 1);
    assert!(WRITTEN.count(|row| row["node"].is_null()) > 1, "clusters");
}

#[test]
fn every_format_has_the_same_bytes_at_any_number_of_threads() {
    let again = Written::by(&["-j", "1"]);
    for file in FILES {
        assert!(again.bytes(file) == WRITTEN.bytes(file), "{file} differs");
    }
    assert_eq!(again.remarks(), WRITTEN.remarks());
}
