//! A document per node and benchmark: folder, zip and single file; what each is called; the index.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use nodeproof::export::{FORMATS, Format};
use serde_json::Value;

use crate::support::*;

fn node(name: &str, cluster: &str) -> Bundle {
    Bundle::node(name)
        .with("cluster", cluster)
        .kubelet(&["--config=/c.yaml"])
        .version("v1.33.1")
        .file("/c.yaml", config("makeIPTablesUtilChains: false\n"))
}

/// Files below a folder, by their paths.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).unwrap();
            found.insert(path.to_str().unwrap().to_owned());
        }
    }
    found
}

fn index(folder: &Path) -> Vec<Vec<String>> {
    let text = fs::read(folder.join("index.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(&*text);
    let records = reader.records().map(|record| {
        let record = record.unwrap();
        record.iter().map(str::to_owned).collect()
    });
    records.collect()
}

#[test]
fn a_folder_gets_a_file_for_each_node_and_an_index_of_all() {
    let lab = Lab::new();
    lab.add("in/a.tgz", &node("n1", "prod").of_machine(1));
    lab.add("in/b.tgz", &node("N1", "prod").of_machine(2));
    lab.add("in/c.tgz", &{
        let mut bundle = node("c", "x/../y").of_machine(3);
        bundle.manifest["node"] = "..".into();
        bundle
    });
    fs::write(lab.path("in/d.tgz"), b"\x1f\x8b\x08 cut off").unwrap();
    let ran = lab.run(&["analyze", "in", "-o", "out/", "--format", "kube-bench"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let out = lab.path("out");
    let wanted = [
        "index.csv",
        "prod/N1~2.cis-1.12.kube-bench.json",
        "prod/n1.cis-1.12.kube-bench.json",
        "x%2F..%2Fy/%2E..cis-1.12.kube-bench.json",
    ];
    assert_eq!(files(&out), wanted.map(str::to_owned).into());
    let index = index(&out);
    assert_eq!(index.len(), 4);
    let (written, without): (Vec<_>, Vec<_>) = index.iter().partition(|row| !row[0].is_empty());
    assert_eq!((written.len(), without.len()), (3, 1));
    assert!(
        without[0].last().unwrap().starts_with("corrupt"),
        "{without:?}"
    );
    assert!(
        ran.stderr.contains("nothing is written of 1 of 4 nodes"),
        "{}",
        ran.stderr
    );
    // Nothing but the folder is left beside the input.
    let left: Vec<_> = fs::read_dir(lab.folder.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let again = lab.run(&["analyze", "in", "-o", "out/", "--format", "kube-bench"]);
    assert_eq!(again.code, 4, "{}", again.stderr);
    assert!(again.stderr.contains("with something in it"));
}

#[test]
fn a_zip_holds_what_the_folder_does_with_the_same_bytes_each_time() {
    let lab = Lab::new();
    for name in ["a", "b", "c"] {
        lab.add(&format!("in/{name}.tgz"), &node(name, "prod"));
    }
    for output in ["one.kube-bench.zip", "two.kube-bench.json.zip"] {
        let ran = lab.run(&[
            "analyze",
            "in",
            "-j",
            "1",
            "-o",
            output,
            "-o",
            "f.kube-bench/",
        ]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        fs::rename(
            lab.path("f.kube-bench"),
            lab.path(&format!("kept-{output}")),
        )
        .unwrap();
    }
    let read = |name: &str| fs::read(lab.path(name)).unwrap();
    assert_eq!(read("one.kube-bench.zip"), read("two.kube-bench.json.zip"));
    let mut zip =
        zip::ZipArchive::new(fs::File::open(lab.path("one.kube-bench.zip")).unwrap()).unwrap();
    let folder = lab.path("kept-one.kube-bench.zip");
    let names: BTreeSet<String> = (0..zip.len())
        .map(|at| zip.by_index(at).unwrap().name().unwrap().into_owned())
        .collect();
    assert_eq!(names, files(&folder));
    for name in names {
        let mut member = zip.by_name(&name).unwrap();
        let mut bytes = Vec::new();
        std::io::copy(&mut member, &mut bytes).unwrap();
        assert_eq!(bytes, fs::read(folder.join(&name)).unwrap(), "{name}");
    }
}

#[test]
fn one_file_takes_one_node_and_says_what_to_do_with_several() {
    let lab = Lab::new();
    lab.add("in/a.tgz", &node("a", "prod"));
    let ran = lab.run(&["analyze", "in", "-o", "a.kube-bench.json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let alone: Value =
        serde_json::from_slice(&fs::read(lab.path("a.kube-bench.json")).unwrap()).unwrap();
    assert!(alone["Totals"]["total_fail"].as_u64().unwrap() > 0);
    lab.add("in/b.tgz", &node("b", "prod"));
    for more in [
        &["-o", "b.kube-bench.json"][..],
        &["--format", "kube-bench"],
    ] {
        let ran = lab.run(&[&["analyze", "in"], more].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("end the path in / or .zip"),
            "{}",
            ran.stderr
        );
    }
    assert!(!lab.path("b.kube-bench.json").exists());
    fs::remove_file(lab.path("in/a.tgz")).unwrap();
    fs::write(lab.path("in/b.tgz"), b"\x1f\x8b\x08 cut off").unwrap();
    let ran = lab.run(&["analyze", "in", "-o", "b.kube-bench.json"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("there is nothing to write"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_format_is_of_the_output_that_it_follows() {
    let lab = Lab::new();
    lab.add("in/a.tgz", &node("a", "prod"));
    let ran = lab.run(&[
        "analyze", "in", "-o", "a.json", "--format", "jsonl", "-o", "b.csv", "-o", "c", "--format",
        "csv",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let read = |name: &str| fs::read_to_string(lab.path(name)).unwrap();
    assert!(
        read("a.json").starts_with("{\"cluster\":"),
        "{}",
        read("a.json")
    );
    assert_eq!(read("b.csv"), read("c"));
    for (wrong, why) in [
        (
            &["-o", "d.csv", "--format", "csv", "--format", "json"][..],
            "of one output",
        ),
        (&["--format", "csv", "--format", "json"], "of one output"),
        (&["-o", "d.zip"], "names no format"),
        (&["-o", "d.csv.zip"], "one file for the whole run"),
        (
            &["-o", "d/", "--format", "xlsx"],
            "one file for the whole run",
        ),
        (
            &["-o", "d.kube-bench/", "--layout", "wide"],
            "no wide layout",
        ),
    ] {
        let ran = lab.run(&[&["analyze", "in"], wrong].concat());
        assert_eq!(ran.code, 2, "{wrong:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(why), "{wrong:?}: {}", ran.stderr);
    }
}

#[test]
fn the_words_and_sums_of_kube_bench_are_those_of_the_rows() {
    let lab = Lab::new();
    lab.add("in/a.tgz", &node("a", "prod"));
    let ran = lab.run(&["analyze", "in", "-o", "a.kube-bench.json", "-o", "a.json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let read = |name: &str| -> Value {
        serde_json::from_slice(&fs::read(lab.path(name)).unwrap()).unwrap()
    };
    let (document, report) = (read("a.kube-bench.json"), read("a.json"));
    let chapters = document["Controls"].as_array().unwrap();
    let sections = chapters.iter().flat_map(|c| c["tests"].as_array().unwrap());
    let checks: Vec<&Value> = sections
        .flat_map(|section| section["results"].as_array().unwrap())
        .collect();
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(checks.len(), findings.len());
    let mut totals = [0; 4];
    for (check, finding) in checks.iter().zip(findings) {
        let (word, at) = match finding["verdict"].as_str().unwrap() {
            "pass" => ("PASS", 0),
            "fail" => ("FAIL", 1),
            "not-applicable" => ("INFO", 3),
            _ => ("WARN", 2),
        };
        totals[at] += 1;
        assert_eq!(check["status"], word);
        assert_eq!(check["test_number"], finding["control"]);
        let is_manual = finding["verdict"] == "manual";
        assert_eq!(check["reason"] == "Test marked as a manual test", is_manual);
    }
    let sums = ["total_pass", "total_fail", "total_warn", "total_info"];
    assert_eq!(
        sums.map(|sum| document["Totals"][sum].as_u64().unwrap()),
        totals
    );
    let of_chapters = sums.map(|sum| {
        chapters
            .iter()
            .map(|c| c[sum].as_u64().unwrap())
            .sum::<u64>()
    });
    assert_eq!(of_chapters, totals);
}

/// The commands of the table of formats: each runs, and no format is without one.
#[test]
fn the_documents_have_a_command_for_every_format() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formats.md");
    let page = fs::read_to_string(path).unwrap();
    let (_, table) = page
        .split_once("| format | who reads it | command |\n")
        .unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let commands = rows.filter_map(|row| row.split('`').rev().nth(1));
    let lab = Lab::new();
    lab.add("in/a.tgz", &node("a", "prod"));
    let mut written = BTreeSet::new();
    for command in commands {
        let command = command.strip_prefix("nodeproof ").unwrap();
        let arguments: Vec<&str> = command.split(' ').collect();
        let at = arguments.iter().position(|word| *word == "-o").unwrap();
        let output = Path::new(arguments[at + 1]);
        let named = arguments.iter().position(|word| *word == "--format");
        let format = match named {
            Some(at) => Format::named(arguments[at + 1]),
            None => Format::of_path(output),
        };
        let Some(format) = format else {
            // It is in programs that are built with it.
            assert!(command.ends_with(".parquet"), "{command}");
            continue;
        };
        assert!(written.insert(format.name), "{} twice", format.name);
        let arguments = arguments.iter().map(|word| match *word {
            "PATH" => "in",
            word => word,
        });
        let ran = nodeproof(lab.folder.path(), &arguments.collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{command}: {}", ran.stderr);
        assert!(lab.path(output.to_str().unwrap()).exists(), "{command}");
    }
    let all: BTreeSet<&str> = FORMATS.iter().map(|format| format.name).collect();
    assert_eq!(written, all);
}
