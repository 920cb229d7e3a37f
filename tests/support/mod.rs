//! Builds bundles as a collector would, runs the program on them, and reads what came out.

#![allow(clippy::unwrap_used, reason = "a test may")]

pub mod cases;
pub mod documents;
mod packing;
pub mod pages;
mod skips;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use nodeproof::benchmark::catalog::Catalog;
use nodeproof::bundle::sha256_hex;
use serde_json::{Value, json};
use tempfile::TempDir;

pub use packing::{bzip2, gzip, xz, zip_of, zstd};

/// A bundle under construction.
#[derive(Clone)]
pub struct Bundle {
    pub manifest: Value,
    pub members: Vec<(String, Vec<u8>)>,
    /// Rows of stat.tsv: path, type, ctime.
    pub stat: Vec<(String, String, String)>,
    pub sums: bool,
    pub top: String,
}

impl Bundle {
    /// An empty node bundle, taken as root.
    pub fn node(name: &str) -> Self {
        Self {
            manifest: json!({
                "format": "nodeproof-bundle", "version": 1, "kind": "node", "source": "host",
                "cluster": "test", "node": name, "collected_at": "2026-11-20T12:00:00Z",
                "collector": {"name": "test", "version": "0", "sha256": ""},
                "host": {"hostname": name}, "uid": 0, "commands": [], "redactions": [], "skipped": [],
            }),
            members: Vec::new(),
            stat: Vec::new(),
            sums: true,
            top: name.to_owned(),
        }
    }

    /// A loose archive: no bundle.json, no checksums.
    pub fn loose(top: &str) -> Self {
        Self {
            manifest: Value::Null,
            sums: false,
            ..Self::node(top)
        }
    }

    pub fn cluster(name: &str) -> Self {
        let mut bundle = Self::node("cluster");
        bundle.manifest["kind"] = "cluster".into();
        bundle.manifest["source"] = "api".into();
        bundle.manifest["cluster"] = name.into();
        bundle.manifest["node"] = Value::Null;
        bundle
    }

    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.manifest[key] = value.into();
        self
    }

    /// Of a machine of its own: bundles of one machine are one node, and the newest is reported.
    pub fn of_machine(mut self, number: usize) -> Self {
        if let Some(host) = self
            .manifest
            .get_mut("host")
            .filter(|host| host.is_object())
        {
            host["machine_id"] = format!("{number:032x}").into();
        }
        self
    }

    pub fn member(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.members
            .push((name.to_owned(), bytes.as_ref().to_vec()));
        self
    }

    pub fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let name = format!("files{path}");
        self.member(&name, text)
    }

    /// A process with exact words.
    pub fn process(self, pid: u32, words: &[&str]) -> Self {
        let mut bytes = Vec::new();
        for word in words {
            bytes.extend_from_slice(word.as_bytes());
            bytes.push(0);
        }
        self.member(&format!("proc/{pid}/cmdline"), bytes)
    }

    /// A kubelet with these arguments.
    pub fn kubelet(self, arguments: &[&str]) -> Self {
        let words: Vec<&str> = std::iter::once("/usr/bin/kubelet")
            .chain(arguments.iter().copied())
            .collect();
        self.process(42, &words)
    }

    pub fn started_at(self, time: &str) -> Self {
        self.member("proc/42/started_at", format!("{time}\n"))
    }

    /// A `ps -ef` list with PID 1 and these commands, one pid each from 40.
    pub fn ps(mut self, commands: &[&str]) -> Self {
        let mut text = String::from("UID          PID    PPID  C STIME TTY          TIME CMD\n");
        text.push_str("root           1       0  0 10:00 ?        00:00:03 /sbin/init\n");
        for (at, command) in commands.iter().enumerate() {
            let pid = 40 + at;
            text.push_str(&format!(
                "root     {pid:>7}       1  1 10:00 ?        00:01:00 {command}\n"
            ));
        }
        if let Some(commands) = self
            .manifest
            .get_mut("commands")
            .and_then(Value::as_array_mut)
        {
            commands.push(json!({"argv": "ps -efww", "member": "commands/ps-ef.txt", "exit": 0, "at": "2026-11-20T12:00:00Z"}));
        }
        self.member("commands/ps-ef.txt", text)
    }

    pub fn version(self, version: &str) -> Self {
        self.member(
            "commands/kubelet-version.txt",
            format!("Kubernetes {version}\n"),
        )
    }

    pub fn stat_row(mut self, path: &str, kind: &str, ctime: i64) -> Self {
        self.stat
            .push((path.to_owned(), kind.to_owned(), ctime.to_string()));
        self
    }

    pub fn configz(self, node: &str, value: &Value) -> Self {
        let text = json!({ "kubeletconfig": value }).to_string();
        self.member(&format!("configz/{node}.json"), text)
    }

    /// A whole configz reply that shows this value of the reference setting.
    pub fn live(self, node: &str, on: bool) -> Self {
        self.configz(
            node,
            &json!({"enableServer": true, "makeIPTablesUtilChains": on}),
        )
    }

    /// All members in order: bundle.json first.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        if !self.manifest.is_null() {
            files.push((
                "bundle.json".to_owned(),
                self.manifest.to_string().into_bytes(),
            ));
        }
        files.extend(self.members.iter().cloned());
        if !self.stat.is_empty() {
            let mut text = String::from(
                "path\ttype\tmode\tuid\tgid\towner\tgroup\tsize\tmtime\tctime\tsha256\ttarget\n",
            );
            for (path, kind, ctime) in &self.stat {
                text.push_str(&format!(
                    "{path}\t{kind}\t644\t0\t0\troot\troot\t1\t{ctime}\t{ctime}\t\t\n"
                ));
            }
            files.push(("stat.tsv".to_owned(), text.into_bytes()));
        }
        if self.sums {
            let text: String = files
                .iter()
                .map(|(name, bytes)| format!("{}  {name}\n", sha256_hex(bytes)))
                .collect();
            files.push(("SHA256SUMS".to_owned(), text.into_bytes()));
        }
        files
    }

    pub fn tar(&self) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in self.files() {
            append(&mut builder, &format!("{}/{name}", self.top), &bytes);
        }
        builder.into_inner().unwrap()
    }

    pub fn tar_gz(&self) -> Vec<u8> {
        gzip(&self.tar())
    }
}

pub fn append(builder: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    header.set_mtime(0);
    builder.append_data(&mut header, name, bytes).unwrap();
}

/// A folder to work in.
pub struct Lab {
    pub folder: TempDir,
}

/// What a run gave.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Lab {
    pub fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn add(&self, name: &str, bundle: &Bundle) -> PathBuf {
        self.put(name, &bundle.tar_gz())
    }

    pub fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs the program; an analysis that names no control is one of the reference control.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        judged_by_reference_control(self.folder.path(), arguments)
    }

    /// Judges everything in the folder by the reference control and gives its rows.
    pub fn rows(&self, benchmark: &str) -> Vec<Value> {
        let ran = self.run(&["analyze", ".", "-b", benchmark, "--format", "jsonl"]);
        rows(&ran.stdout)
    }
}

pub static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::built_in().unwrap());

/// The arguments of an analysis with `-c` for the reference control of the benchmarks they select.
pub fn by_reference_control(arguments: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
    let chosen = arguments.iter().position(|word| *word == "-b");
    let chosen = chosen.and_then(|at| arguments.get(at + 1)).copied();
    if arguments.first() != Some(&"analyze") || arguments.contains(&"-c") {
        return all;
    }
    let is_chosen = |id: &str| match chosen {
        None | Some("auto" | "all") => true,
        Some(ids) => ids
            .split(',')
            .any(|typed| CATALOG.benchmark(typed).is_some_and(|b| b.id == id)),
    };
    let mut controls = Vec::new();
    for benchmark in CATALOG.benchmarks.iter().filter(|b| is_chosen(&b.id)) {
        for control in &benchmark.controls {
            if control.rule.as_deref() == Some("kubelet-make-iptables-util-chains") {
                controls.push(format!("{}:{}", benchmark.id, control.number));
            }
        }
    }
    if !controls.is_empty() {
        all.extend(["-c".to_owned(), controls.join(",")]);
    }
    all
}

pub fn judged_by_reference_control(folder: &Path, arguments: &[&str]) -> Ran {
    let arguments = by_reference_control(arguments);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    nodeproof(folder, &arguments)
}

pub fn nodeproof(folder: &Path, arguments: &[&str]) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_nodeproof"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let ran = Ran {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    };
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    documents::hold(folder, arguments, &ran.stdout);
    ran
}

/// The names in a folder, hidden ones too, sorted.
pub fn listing(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub fn rows(jsonl: &str) -> Vec<Value> {
    jsonl
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The one row of a bundle judged by the reference control of `cis-1.12`.
pub fn judge(bundle: &Bundle) -> Value {
    judge_by("cis-1.12", bundle)
}

pub fn judge_by(benchmark: &str, bundle: &Bundle) -> Value {
    let lab = Lab::new();
    lab.add("node.tar.gz", bundle);
    let mut rows = lab.rows(benchmark);
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

/// `verdict code`, what most cases are about.
pub fn outcome(row: &Value) -> String {
    let reason = row["reason"].as_str().unwrap();
    let code = reason.split(':').next().unwrap();
    format!("{} {code}", row["verdict"].as_str().unwrap())
}

pub fn has_note(row: &Value, note: &str) -> bool {
    row["notes"].as_array().unwrap().iter().any(|n| n == note)
}

pub const CONFIG: &str = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";

/// A configuration file with further lines.
pub fn config(lines: &str) -> String {
    format!("{CONFIG}{lines}")
}

/// A file of what the project shares with its checkouts; skips loudly where it is not there.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../shared")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    skipped(&format!("{} is not here", path.display()));
    None
}

/// Says that the test at hand is skipped, and why. In CI nothing skips.
pub fn skipped(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "CI must not skip: {why}");
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let line = format!("SKIPPED {test}: {}\n", why.replace('\n', " "));
    let mut all = std::fs::File::options();
    let kept = all.create(true).append(true).open(skips::record());
    kept.unwrap().write_all(line.as_bytes()).unwrap();
    // Not by `eprint!`, which the harness captures.
    let _ = std::io::stderr().write_all(line.as_bytes());
}
