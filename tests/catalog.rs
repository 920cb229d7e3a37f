//! Catalogs of users: the worked example of the format's reference, what they add, and what each
//! mistake in one is told as.

mod expansion;
mod extend;
mod titles;
mod wrong;

use std::collections::BTreeSet;
use std::fs;

use crate::support::*;
use nodeproof::bundle::sha256_hex;
use serde_json::{Value, json};

fn reference() -> String {
    let path = "src/benchmark/catalog/README.md";
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The worked example's files: name and text.
fn example() -> Vec<(String, String)> {
    files_in(&reference())
}

/// The files that a text shows, each in a block that begins with its name.
fn files_in(text: &str) -> Vec<(String, String)> {
    let blocks = text.split("\n```toml ").skip(1);
    let file = |block: &str| {
        let (name, rest) = block.split_once('\n').unwrap();
        let (text, _) = rest.split_once("\n```\n").unwrap();
        (name.to_owned(), format!("{text}\n"))
    };
    blocks.map(file).collect()
}

/// A folder with the worked example in `acme`.
fn lab() -> Lab {
    let lab = Lab::new();
    for (name, text) in example() {
        lab.put(&format!("acme/{name}"), text.as_bytes());
    }
    lab
}

/// A node that the example passes on all counts but one.
fn node(mode: &str) -> Bundle {
    let stat = "path\ttype\tmode\tuid\tgid\towner\tgroup\n/etc/acme/agent.yaml\tfile\tMODE\t0\t0\troot\troot\n";
    Bundle::node("n")
        .version("v1.33.1")
        .kubelet(&["--config=/k.yaml"])
        .file("/k.yaml", config("streamingConnectionIdleTimeout: 5m\n"))
        .member("stat.tsv", stat.replace("MODE", mode))
}

fn analyze(lab: &Lab, more: &[&str]) -> Ran {
    let path = lab.folder.path();
    nodeproof(path, &[&["analyze"], more].concat())
}

fn verdicts(rows: &[Value]) -> Vec<String> {
    let cell = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let pair = |row: &Value| format!("{} {}", cell(row, "control"), cell(row, "verdict"));
    rows.iter().map(pair).collect()
}

#[test]
fn the_worked_example_judges_the_sample_as_its_table_says() {
    let lab = lab();
    let sample = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/sample-bundles/kubeadm-cp-1.tar.gz"
    );
    let options = [
        "--catalog",
        "acme",
        "-b",
        "acme-nodes-1",
        "--format",
        "jsonl",
    ];
    let ran = analyze(&lab, &[&[sample][..], &options].concat());
    let rows = rows(&ran.stdout);
    let text = reference();
    let told = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split("` | `");
        let control = cells.next().filter(|cell| cell.starts_with("1."))?;
        Some(format!("{control} {}", cells.next()?.split('`').next()?))
    });
    assert_eq!(verdicts(&rows), told.collect::<Vec<_>>(), "{}", ran.stderr);
    assert_eq!(rows.len(), 4);
    assert_eq!(
        rows[0]["title"],
        "kubelet: idle timeout of streaming connections is 5 minutes"
    );
    assert_eq!(rows[0]["nist_800_53"], json!(["SC-10"]));
    assert_eq!(rows[1]["nist_basis"], "derived:v8:4.8");
    let reason = rows[3]["reason"].as_str().unwrap();
    assert!(reason.contains("the asset register"), "{reason}");
    // The built-in rule keeps its own expectation.
    let built_in = [
        sample,
        "-b",
        "cis-1.12",
        "-c",
        "4.2.5",
        "--catalog",
        "acme",
        "--format",
        "jsonl",
    ];
    let ran = analyze(&lab, &built_in);
    assert_eq!(verdicts(&crate::support::rows(&ran.stdout)), ["4.2.5 pass"]);
}

#[test]
fn a_control_that_is_added_as_contributors_are_told_is_judged() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/CONTRIBUTING.md");
    let text = fs::read_to_string(path).unwrap();
    let lab = Lab::new();
    let mut cases = String::new();
    for (name, text) in files_in(&text) {
        lab.put(&format!("house/{name}"), text.as_bytes());
        if name.ends_with("/cases.toml") {
            cases = text;
        }
    }
    assert!(cases.contains("verdict"), "{text}");
    for (line, verdict) in [
        ("", "pass"),
        ("maxPods: 110\n", "pass"),
        ("maxPods: 250\n", "fail"),
    ] {
        let bundle = Bundle::node("n")
            .version("v1.33.1")
            .kubelet(&["--config=/k.yaml"])
            .file("/k.yaml", config(line));
        lab.add("n.tgz", &bundle);
        let options = [
            "n.tgz",
            "--catalog",
            "house",
            "-b",
            "house-1",
            "--format",
            "jsonl",
        ];
        let ran = analyze(&lab, &options);
        let rows = rows(&ran.stdout);
        let own: Vec<_> = rows.iter().filter(|row| row["control"] == "9.1").collect();
        assert_eq!(own.len(), 1, "{}", ran.stderr);
        assert_eq!(own[0]["verdict"], verdict, "{line}");
        assert!(rows.len() > 20, "it has those of the base too");
    }
    for (name, _) in text
        .match_indices("`src/")
        .map(|(at, _)| text[at + 1..].split_once('`').unwrap())
    {
        let is_example =
            name.contains("KEY") || name.contains("NAME") || name.ends_with("junit.rs");
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/").to_owned() + name;
        assert!(is_example || std::path::Path::new(&path).exists(), "{name}");
    }
}

#[test]
fn the_short_example_for_authors_is_a_catalog() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/catalog.md");
    let text = fs::read_to_string(path).unwrap();
    let lab = Lab::new();
    let (name, toml) = files_in(&text).remove(0);
    lab.put(&name, toml.as_bytes());
    lab.add("n.tgz", &node("600"));
    let options = [
        "n.tgz",
        "--catalog",
        "acme",
        "-b",
        "acme-nodes-1",
        "--format",
        "jsonl",
    ];
    let ran = analyze(&lab, &options);
    assert_eq!(
        verdicts(&crate::support::rows(&ran.stdout)),
        ["1.1 pass", "1.2 manual"],
        "{}",
        ran.stderr
    );
}

#[test]
fn evidence_decides_the_rules_of_a_user() {
    let lab = lab();
    lab.add("good.tgz", &node("600").of_machine(1));
    lab.add("loose.tgz", &node("644").of_machine(2));
    let options = ["--catalog", "acme", "-b", "acme-nodes-1"];
    let wide = analyze(&lab, &[&[".", "--layout", "wide"][..], &options].concat());
    assert_eq!(
        wide.stdout,
        "cluster,node,bundle,acme-nodes-1:1.1,acme-nodes-1:1.2,acme-nodes-1:1.3,acme-nodes-1:1.4\n\
         test,n,good.tgz,pass,pass,pass,manual\n\
         test,n,loose.tgz,pass,pass,fail,manual\n",
        "{}",
        wide.stderr
    );
}

#[test]
fn a_users_benchmark_is_judged_where_it_is_named_or_all_are() {
    let lab = lab();
    lab.add("n.tgz", &node("600"));
    let ids = |more: &[&str]| -> BTreeSet<String> {
        let options = ["n.tgz", "--catalog", "acme", "--format", "jsonl"];
        let ran = analyze(&lab, &[&options[..], more].concat());
        let id = |row: &Value| row["benchmark"].as_str().unwrap().to_owned();
        rows(&ran.stdout).iter().map(id).collect()
    };
    assert!(!ids(&[]).contains("acme-nodes-1"));
    assert!(ids(&["-b", "all"]).contains("acme-nodes-1"));
    assert_eq!(ids(&["-b", "acme-nodes-1,cis-1.12"]).len(), 2);
    let own = ["n.tgz", "--catalog", "acme", "-c", "acme-nodes-1:1.1"];
    assert_eq!(analyze(&lab, &own).code, 2, "auto does not know it");
    let unknown = analyze(&lab, &["n.tgz", "-b", "acme-nodes-1"]);
    assert_eq!(unknown.code, 2);
}

#[test]
fn configz_is_lent_for_settings_that_only_an_expectation_names() {
    let own = r#"rule = "kubelet-read-only-port"
expect = { setting = "registryPullQPS", expect = "in-force", equals = 7 }"#;
    let person = "look_at = \"l\"";
    let lab = Lab::new();
    let text = MANUAL.replace("ID", "own").replace(person, own);
    lab.put("own/benchmarks/own.toml", text.as_bytes());
    let bundle = |node: &str| {
        Bundle::node(node)
            .version("v1.33.1")
            .kubelet(&["--config=/k"])
    };
    lab.add("n.tgz", &bundle("n").with("cluster", "prod"));
    let live = json!({"enableServer": true, "registryPullQPS": 7});
    lab.add("c.tgz", &Bundle::cluster("prod").configz("n", &live));
    let ran = analyze(
        &lab,
        &[".", "--catalog", "own", "-b", "own", "--format", "jsonl"],
    );
    let rows = rows(&ran.stdout);
    assert_eq!(verdicts(&rows), ["1 pass"], "{rows:?} {}", ran.stderr);
    assert_eq!(rows[0]["source"], "configz");
}

#[test]
fn a_report_tells_catalogs_apart_and_names_no_place() {
    let lab = lab();
    lab.add("n.tgz", &node("600"));
    let run = |folder: &str| -> (String, Value) {
        let options = [
            "-b",
            "acme-nodes-1",
            "--catalog",
            folder,
            "--format",
            "json",
            "--as-of",
            "2026-11-21",
        ];
        let ran = analyze(&lab, &[&["n.tgz"][..], &options].concat());
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let catalogs = report["run"]["catalogs"].clone();
        (ran.stdout, catalogs)
    };
    let (report, catalogs) = run("acme");
    let mut lines: Vec<String> = example()
        .iter()
        .map(|(name, text)| format!("{}  {name}\n", sha256_hex(text.as_bytes())))
        .collect();
    lines.sort();
    let digest = sha256_hex(lines.concat().as_bytes());
    assert_eq!(
        catalogs,
        json!([{"sha256": digest, "benchmarks": ["acme-nodes-1"]}])
    );
    for (name, text) in example() {
        lab.put(&format!("elsewhere/copy/{name}"), text.as_bytes());
    }
    lab.put("elsewhere/copy/README.md", b"not part of it");
    lab.put("elsewhere/copy/rules/.hidden.toml", b"nor this");
    let absolute = lab.path("elsewhere/copy");
    assert_eq!(run(absolute.to_str().unwrap()).0, report);
    let name = "elsewhere/copy/benchmarks/acme-nodes.toml";
    let text = fs::read_to_string(lab.path(name)).unwrap();
    lab.put(name, text.replace("\"5m\"", "\"6m\"").as_bytes());
    assert_ne!(run("elsewhere/copy").1[0]["sha256"], catalogs[0]["sha256"]);
}

#[test]
fn lists_show_what_catalogs_add_and_who_decides() {
    let lab = lab();
    lab.put(
        "more/benchmarks/a.toml",
        MANUAL.replace("ID", "aaa").as_bytes(),
    );
    lab.put(
        "more/benchmarks/b.toml",
        MANUAL
            .replace("ID", "first\"\norder = 1\nversion = \"1")
            .as_bytes(),
    );
    let added = ["--catalog", "acme", "--catalog", "more"];
    let list = |more: &[&str]| -> Vec<Value> {
        let ran = nodeproof(
            lab.folder.path(),
            &[more, &added, &["--format", "json"]].concat(),
        );
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr))
    };
    let benchmarks = list(&["benchmarks"]);
    let ids: Vec<&str> = benchmarks
        .iter()
        .map(|b| b["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids[0], "first");
    assert_eq!(ids[ids.len() - 2..], ["acme-nodes-1", "aaa"]);
    assert!(benchmarks[1]["catalog"].is_null());
    assert!(benchmarks[0]["catalog"].is_string());
    let controls = list(&["controls", "-b", "acme-nodes-1"]);
    let told = |key: &str| controls.iter().map(|c| c[key].clone()).collect::<Vec<_>>();
    assert_eq!(
        told("decided_by"),
        ["evidence", "evidence", "evidence", "person"]
    );
    assert_eq!(
        told("evidence")[1],
        json!(["argument", "config-file", "configz"])
    );
    assert_eq!(told("evidence")[2..], [json!(["stat.tsv"]), json!([])]);
    assert!(
        told("look_at")[3]
            .as_str()
            .unwrap()
            .contains("asset register")
    );
    assert_eq!(
        told("nist_families")[0],
        json!(["System and Communications Protection"])
    );
}

#[test]
fn every_control_is_decided_by_evidence_or_says_what_to_look_at() {
    for benchmark in &CATALOG.benchmarks {
        for control in &benchmark.controls {
            let evidence = control.judging_check().map(|(_, check)| check.evidence());
            let decidable = evidence.is_some_and(|kinds| !kinds.is_empty());
            assert_ne!(
                decidable,
                control.look_at.is_some(),
                "{} {}",
                benchmark.id,
                control.number
            );
        }
    }
}

/// A benchmark without rules.
const MANUAL: &str = r#"id = "ID"
family = "cis"
publisher = "p"
title = "t"
numbers_from = "n"
[[control]]
number = "1"
title = "t"
look_at = "l"
assessment = "manual"
"#;

#[cfg(unix)]
#[test]
fn a_catalog_may_be_links_as_a_cluster_mounts_it() {
    let lab = lab();
    let mounted = lab.path("mounted");
    fs::create_dir_all(mounted.join("..data")).unwrap();
    fs::create_dir_all(mounted.join("benchmarks")).unwrap();
    lab.put(
        "mounted/..data/a.toml",
        MANUAL.replace("ID", "linked").as_bytes(),
    );
    std::os::unix::fs::symlink("../..data/a.toml", mounted.join("benchmarks/a.toml")).unwrap();
    let arguments = ["controls", "-b", "linked", "--catalog", "mounted"];
    let ran = nodeproof(lab.folder.path(), &arguments);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

const CONDITIONS: [&str; 5] = ["only", "skip", "offends", "except", "subjects"];

#[test]
fn the_reference_names_every_key_the_built_in_files_use() {
    fn keys(value: &toml::Value, found: &mut BTreeSet<String>) {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    // The keys of conditions on API objects are paths in these.
                    if CONDITIONS.contains(&key.as_str()) {
                        found.insert(key.clone());
                        continue;
                    }
                    found.insert(key.clone());
                    // Families are named where the benchmark's own is.
                    keys(value, found);
                }
            }
            toml::Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
            _ => {}
        }
    }
    let folder = nodeproof::benchmark::built_in::folder();
    let all = folder
        .rules
        .iter()
        .chain(&folder.benchmarks)
        .chain(&folder.files)
        .chain(&folder.published);
    let mut found = BTreeSet::new();
    for file in all {
        let mut file_keys = BTreeSet::new();
        let value: toml::Value = toml::from_str(&file.text).unwrap();
        match value.as_table().filter(|_| file.name == "published.toml") {
            // The names of checks are no keys.
            Some(checks) => checks
                .values()
                .for_each(|check| keys(check, &mut file_keys)),
            None => keys(&value, &mut file_keys),
        }
        found.extend(file_keys);
    }
    let text = reference();
    for key in found {
        let named = [format!("`{key}"), format!("[{key}]"), format!(".{key}]")];
        assert!(
            named.iter().any(|name| text.contains(name)),
            "{key} is not in the reference"
        );
    }
}
