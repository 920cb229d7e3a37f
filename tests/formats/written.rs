//! Runs over the sample bundles and hostile ones that write each format per node, by the STIG and by
//! the benchmarks that fit, and the rows that belong to each document.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use nodeproof::export::{FORMATS, Format};
use serde_json::Value;

use crate::run_formats::rows::{Kept, hostile, open, write};
use crate::run_formats::written::evidence;
use crate::support::*;

/// Waivers of failing controls, attestations of undecided ones.
const WAIVERS: &str = "waivers:\n\
    - {control: 4.2.12, nodes: ['*'], type: risk-adjustment, justification: 'old <&> load balancer', owner: Ann, approver: Bob, ticket: SEC-412, expires: 2027-01-31}\n\
    - {control: V-242387, nodes: ['*'], justification: \"one\\n ]]> two\", owner: Ann, expires: 2027-01-31T12:00:00Z}\n\
    - {control: V-242434, nodes: ['*'], justification: why, owner: Ann, expires: 2027-01-31}\n\
    - {control: V-242404, nodes: ['*'], justification: why, owner: Ann, expires: 2027-01-31}\n\
    attestations:\n\
    - {control: V-242393, nodes: ['*'], answer: not-applicable, by: Ann, at: 2026-11-01, artefact: photo 7}\n\
    - {control: V-242442, nodes: ['*'], answer: fail, by: Ann, at: 2026-11-01, artefact: photo 7}\n\
    - {control: V-242437, nodes: ['*'], answer: pass, by: Ann, at: 2026-11-01, artefact: photo 7, explanation: '<seen>'}\n\
    - {control: 3.1.1, nodes: ['*'], answer: pass, by: Ann, at: 2026-11-01, artefact: photo 7, explanation: seen}\n";

/// A document, and the findings that it is of.
pub struct Document {
    pub name: String,
    pub text: String,
    pub rows: Vec<Value>,
}

/// What a run wrote.
pub struct Written {
    lab: Lab,
    pub findings: Vec<Value>,
}

pub static BY_STIG: LazyLock<Written> = LazyLock::new(|| Written::by("stig-kubernetes-v2r4", "2"));
pub static BY_AUTO: LazyLock<Written> = LazyLock::new(|| Written::by("auto", "2"));

/// The formats of one document per node.
pub fn formats() -> impl Iterator<Item = &'static Format> {
    FORMATS
        .iter()
        .filter(|format| format.per_subject().is_some())
}

impl Written {
    fn by(benchmark: &str, threads: &str) -> Self {
        let lab = Lab::new();
        evidence(&lab);
        lab.put("waivers.yaml", WAIVERS.as_bytes());
        let mut arguments = vec!["analyze", "in", "-b", benchmark, "-j", threads];
        arguments.extend(["--as-of", "2026-11-26", "--waivers", "waivers.yaml"]);
        let whole = FORMATS.iter().filter(|format| {
            // Workbook and page show the rows, and have their own tests.
            format.per_subject().is_none() && !format.shows_excerpts
        });
        let whole: Vec<String> = whole.map(|f| format!("all.{}", f.ending)).collect();
        arguments.extend(whole.iter().flat_map(|file| ["-o", file]));
        let folders: Vec<String> = formats().map(|f| format!("{}/", f.name)).collect();
        let has_all = benchmark != "auto";
        for (folder, format) in folders.iter().zip(formats()) {
            if has_all || !format.name.starts_with("ckl") {
                arguments.extend(["-o", folder, "--format", format.name]);
            }
        }
        let ran = nodeproof(lab.folder.path(), &arguments);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        let report = fs::read_to_string(lab.path("all.json")).unwrap();
        let mut report: Value = serde_json::from_str(&report).unwrap();
        let findings = report["findings"].as_array_mut().unwrap();
        Self {
            findings: std::mem::take(findings),
            lab,
        }
    }

    /// The documents of a format, each with its rows: `index.csv` says which they are.
    pub fn documents(&self, format: &str) -> Vec<Document> {
        let folder = self.lab.path(format);
        let mut rows: BTreeMap<[String; 4], Vec<Value>> = BTreeMap::new();
        for row in &self.findings {
            let key = ["cluster", "node", "benchmark", "bundle"];
            let key = key.map(|column| row[column].as_str().unwrap_or_default().to_owned());
            rows.entry(key).or_default().push(row.clone());
        }
        let index = fs::read(folder.join("index.csv")).unwrap();
        let mut index = csv::Reader::from_reader(&*index);
        let documents = index.records().filter_map(|record| {
            let record = record.unwrap();
            let cell = |at: usize| {
                record[at]
                    .strip_prefix('\'')
                    .unwrap_or(&record[at])
                    .to_owned()
            };
            let name = cell(0);
            let rows = rows.remove(&[cell(1), cell(2), cell(3), cell(4)])?;
            (!name.is_empty()).then(|| Document {
                text: fs::read_to_string(folder.join(&name)).unwrap(),
                name,
                rows,
            })
        });
        documents.collect()
    }

    /// A file of the whole run.
    pub fn text(&self, file: &str) -> String {
        fs::read_to_string(self.lab.path(file)).unwrap()
    }

    pub fn folder(&self, format: &str) -> std::path::PathBuf {
        self.lab.path(format)
    }

    pub fn count(&self, is: impl Fn(&Value) -> bool) -> usize {
        self.findings.iter().filter(|row| is(row)).count()
    }
}

/// A document of rows that no evidence gives, every text of them hostile.
pub fn of_hostile_rows(format: &str, benchmark: &str) -> String {
    let mut rows = hostile();
    for (at, row) in rows.iter_mut().enumerate() {
        row["benchmark"] = benchmark.into();
        // A document has a control once.
        row["control"] = format!("{}{at}", row["control"].as_str().unwrap()).into();
        row["finding_id"] = at.to_string().into();
    }
    let kept = Kept::default();
    write(&mut *open(Format::named(format).unwrap(), &kept), &rows);
    String::from_utf8(kept.bytes()).unwrap()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter();
    let files = entries.map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    files
        .map(|file| {
            let name = file.path().strip_prefix(folder).unwrap();
            (
                name.to_str().unwrap().to_owned(),
                fs::read(file.path()).unwrap(),
            )
        })
        .collect()
}

#[test]
fn the_runs_have_every_verdict_with_and_without_something_beside_it() {
    for (run, benchmark) in [(&BY_STIG, "stig"), (&BY_AUTO, "auto")] {
        let count = |verdict: &str, beside: bool| {
            run.count(|row| row["verdict"] == verdict && row["waiver"].is_null() != beside)
        };
        for verdict in [
            "pass",
            "fail",
            "unknown",
            "error",
            "not-applicable",
            "manual",
        ] {
            assert!(count(verdict, false) > 0, "{benchmark} {verdict}");
        }
        assert!(count("fail", true) > 0, "{benchmark}");
        assert!(
            count("manual", true) + count("unknown", true) > 0,
            "{benchmark}"
        );
    }
}

#[test]
fn documents_have_the_same_bytes_at_any_number_of_threads() {
    let again = Written::by("stig-kubernetes-v2r4", "1");
    for format in formats() {
        let (one, two) = (again.folder(format.name), BY_STIG.folder(format.name));
        assert!(files(&one) == files(&two), "{} differs", format.name);
    }
}
