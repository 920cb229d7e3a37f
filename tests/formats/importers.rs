//! Importers of other tools: what each takes from our documents, beside what the rows say.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::written::{BY_AUTO, BY_STIG, Document, Written};
use crate::run_formats::written::{ask, has};
use crate::support::*;

/// What STIG Manager's importer takes from files: result by rule, and how many are ready to be
/// looked at.
fn imported(files: &[PathBuf]) -> Vec<(Value, BTreeMap<String, String>)> {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/formats/stig-manager.mjs"
    );
    let mut arguments = vec![script];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    let (runs, said) = ask("node", &arguments);
    assert!(runs, "{said}");
    let documents = said.lines().map(|line| {
        let document: Value = serde_json::from_str(line).unwrap();
        let results = serde_json::from_value(document["results"].clone()).unwrap();
        (document, results)
    });
    documents.collect()
}

/// What it is to take from a document.
fn wanted(document: &Document, undecided: Option<&str>) -> BTreeMap<String, String> {
    let rows = document.rows.iter().filter_map(|row| {
        let names = row["stig"].as_array().unwrap().iter();
        let mut names = names.map(|name| name.as_str().unwrap());
        let rule = names.find(|name| name.starts_with("SV-")).unwrap();
        let result = match row["verdict"].as_str().unwrap() {
            "not-applicable" => "notapplicable",
            word @ ("pass" | "fail") => word,
            _ => undecided?,
        };
        Some((rule.to_owned(), result.to_owned()))
    });
    rows.collect()
}

#[test]
fn stig_manager_takes_each_rule_with_its_verdict() {
    let module = "tests/formats/node_modules/@nuwcdivnpt";
    if !Path::new(env!("CARGO_MANIFEST_DIR")).join(module).exists() {
        skipped("STIG Manager's importer is not installed: `npm ci` in tests/formats");
        return;
    }
    if !has("node", &["--version"]) {
        return;
    }
    for (format, word, undecided) in [
        ("ckl", "<STATUS>Open", Some("informational")),
        ("cklb", "\"status\":\"open\"", Some("informational")),
        ("xccdf", "<result>fail", None),
    ] {
        let documents = BY_STIG.documents(format);
        let path = |document: &Document| BY_STIG.folder(format).join(&document.name);
        let lab = Lab::new();
        let failing = documents.iter().find(|d| d.text.contains(word)).unwrap();
        let right = match format {
            "ckl" => "<STATUS>NotAFinding",
            "cklb" => "\"status\":\"not_a_finding\"",
            _ => "<result>pass",
        };
        let broken = failing.text.replacen(word, right, 1);
        let ending = path(failing).extension().unwrap().to_owned();
        let broken = lab.put(&format!("x.{}", ending.display()), broken.as_bytes());
        assert_ne!(imported(&[broken])[0].1, wanted(failing, undecided));
        let files: Vec<PathBuf> = documents.iter().map(path).collect();
        let all = imported(&files);
        assert_eq!(all.len(), documents.len());
        let mut counts = BTreeMap::new();
        for (document, (told, results)) in documents.iter().zip(all) {
            assert_eq!(results, wanted(document, undecided), "{}", document.name);
            assert_eq!(told["benchmarkId"], "Kubernetes_STIG");
            if format == "ckl" {
                assert_eq!(told["revisionStr"], "V2R4");
            }
            let decided = results.values().filter(|word| *word != "informational");
            assert_eq!(told["submitted"], decided.count(), "{}", document.name);
            for word in results.into_values() {
                *counts.entry(word).or_insert(0) += 1;
            }
        }
        println!("{format}: STIG Manager took {counts:?}");
    }
}

/// Files of a format, each with the rows of its document.
fn files(run: &Written, format: &str) -> Vec<(PathBuf, Document)> {
    let folder = run.folder(format);
    let documents = run.documents(format).into_iter();
    documents
        .map(|document| (folder.join(&document.name), document))
        .collect()
}

/// Passed, failed and other rules of a report that oscap makes of a file.
fn totals(lab: &Lab, file: &str) -> [usize; 3] {
    let html = lab.path("report.html");
    let arguments = ["xccdf", "generate", "report", "--output"];
    let arguments = [&arguments[..], &[html.to_str().unwrap(), file]].concat();
    let (makes, said) = ask("oscap", &arguments);
    assert!(makes, "{file}: {said}");
    let html = fs::read_to_string(html).unwrap();
    ["success", "danger", "warning"].map(|bar| {
        let bar = format!("progress-bar progress-bar-{bar}\"");
        let text = html.split(&bar).nth(1).unwrap();
        let text = text.split('>').nth(1).unwrap();
        text.split(' ').next().unwrap().parse().unwrap()
    })
}

#[test]
fn oscap_accepts_and_counts_what_the_rows_say() {
    if !has("oscap", &["--version"]) {
        return;
    }
    let lab = Lab::new();
    for (format, check) in [
        ("xccdf", &["xccdf", "validate", "--skip-schematron"][..]),
        ("arf", &["ds", "rds-validate"]),
    ] {
        let mut all = files(&BY_STIG, format);
        all.extend(files(&BY_AUTO, format));
        let validates = |file: &str| ask("oscap", &[check, &[file]].concat());
        let broken = all[0].1.text.replacen("<target>", "<x/><target>", 1);
        let broken = broken.replacen("<arf:reports>", "<arf:x/><arf:reports>", 1);
        let broken = lab.put("broken.xml", broken.as_bytes());
        let (is_valid, said) = validates(broken.to_str().unwrap());
        assert!(!is_valid && said.contains("Invalid "), "{format}: {said}");
        for (file, document) in &all {
            let file = file.to_str().unwrap();
            let (is_valid, said) = validates(file);
            assert!(is_valid, "{file}: {said}");
            let count = |of: &dyn Fn(&str) -> bool| {
                let rows = document.rows.iter();
                rows.filter(|row| of(row["verdict"].as_str().unwrap()))
                    .count()
            };
            let passed = count(&|word| word == "pass");
            let failed = count(&|word| word == "fail");
            // What does not apply is in none of them.
            let other = count(&|word| ["unknown", "error", "manual"].contains(&word));
            assert_eq!(totals(&lab, file), [passed, failed, other], "{file}");
        }
    }
}
