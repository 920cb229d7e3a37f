//! What kube-bench says, held to what the real one said of the same files with a real shell.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value;

use nodeproof::bundle::{self, Place, Source};
use nodeproof::evidence::Evidence;
use nodeproof::kube_bench::check::Tests;
use nodeproof::kube_bench::evaluate::{Outputs, evaluate};
use nodeproof::kube_bench::folder::{Benchmark, Folder};
use nodeproof::kube_bench::run::{Said, run};
use nodeproof::kube_bench::stop::Stop;
use nodeproof::kube_bench::tree::Tree;
use nodeproof::kube_bench::variables::Variables;
use nodeproof::limits::Limits;

use crate::support::shared;

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// kube-bench's own folder, unpacked.
pub fn cfg() -> Option<(tempfile::TempDir, PathBuf)> {
    let archive = shared("evidence/kube-bench-cfg.tar.gz")?;
    let folder = tempfile::tempdir().unwrap();
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(archive).unwrap()));
    archive.unpack(folder.path()).unwrap();
    let path = folder.path().join("cfg");
    Some((folder, path))
}

#[test]
fn the_evaluator_agrees_with_the_real_one_case_by_case() {
    let Some(path) = shared("cases/kube-bench/units.jsonl") else {
        return;
    };
    let mut wrong = Vec::new();
    let units = lines(&path);
    for unit in &units {
        let text = |key: &str| unit[key].as_str().unwrap_or_default().to_owned();
        let want = &unit["want"];
        let tests = Tree::parse(&text("yaml")).and_then(|tree| Tests::of(&tree));
        let tests = match (tests, want["yaml_error"].as_str()) {
            (Ok(tests), None) => tests,
            (Err(_), Some(_)) => continue,
            (tests, _) => {
                wrong.push(format!("{}: {tests:?} {want}", unit["id"]));
                continue;
            }
        };
        let outputs = Outputs {
            audit: text("audit"),
            config: unit["config"].as_str().map(str::to_owned),
            env: text("env"),
        };
        let is_right = match evaluate(&tests, &outputs, unit["multi"] == true) {
            Err(Stop::Panics(_)) => want["panic"].is_string(),
            Err(_) => false,
            Ok(Err(_)) => want["error"].is_string(),
            Ok(Ok(told)) => {
                want["pass"] == told.passes
                    && want["actual"] == told.actual
                    && want["expected_result"] == told.expected
            }
        };
        if !is_right {
            let told = evaluate(&tests, &outputs, unit["multi"] == true);
            wrong.push(format!(
                "{} {}: {told:?}\n   {want}",
                unit["id"],
                text("yaml")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        units.len(),
        wrong.join("\n")
    );
}

/// One check of one run, by section, id and place in its group.
type Key = (String, String, u64);

fn said(benchmark: &Benchmark, evidence: &Evidence<'_>) -> BTreeMap<Key, Result<Said, Stop>> {
    let mut all = BTreeMap::new();
    for section in &benchmark.sections {
        let variables = Variables::of(section, evidence);
        for group in &section.controls.groups {
            for (nth, check) in group.checks.iter().enumerate() {
                let key = (section.name.clone(), check.id.clone(), nth as u64);
                all.insert(key, run(group, check, &variables, evidence));
            }
        }
    }
    all
}

#[test]
fn forty_checks_in_a_hundred_nodes_get_the_state_that_the_real_one_gave() {
    let Some(folder) = shared("cases/kube-bench") else {
        return;
    };
    let Some((_kept, cfg)) = cfg() else {
        return;
    };
    let cfg = Folder::read(&cfg).unwrap();
    let mut expected: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for row in lines(&folder.join("expected.jsonl")) {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let key = (text("node"), text("benchmark"));
        expected.entry(key).or_default().push(row);
    }
    let limits = Limits::default();
    let (mut compared, mut agree, mut wrong) = (0, 0, Vec::new());
    let mut undecided: BTreeMap<String, u64> = BTreeMap::new();
    for node in lines(&folder.join("nodes.jsonl")) {
        let place = Place {
            name: "n".into(),
            source: Source::File(folder.join(node["bundle"].as_str().unwrap())),
        };
        let bundle = bundle::read(&place, &limits, &|_: &str, _: u64, _: &[u8]| true).unwrap();
        let evidence = Evidence::of(&bundle, &limits);
        for id in node["benchmarks"].as_array().unwrap() {
            let id = id.as_str().unwrap();
            let said = said(&cfg.benchmarks[id], &evidence);
            let name = node["node"].as_str().unwrap().to_owned();
            for row in expected
                .get(&(name.clone(), id.to_owned()))
                .into_iter()
                .flatten()
            {
                let is_covered = matches!(row["tier"].as_str(), None | Some("1" | "2" | "3" | "4"));
                if !is_covered || row.get("needs").is_some() {
                    continue;
                }
                compared += 1;
                let key = (
                    row["section"].as_str().unwrap().to_owned(),
                    row["id"].as_str().unwrap().to_owned(),
                    row["nth"].as_u64().unwrap(),
                );
                let want = row["state"].as_str().unwrap();
                match said.get(&key) {
                    Some(Ok(said)) if said.state.as_str() == want => agree += 1,
                    Some(Err(stop)) => {
                        *undecided.entry(format!("{stop:?}")).or_default() += 1;
                    }
                    other => {
                        wrong.push(format!("{name} {id} {key:?} {want}: {other:?}\n    {row}"))
                    }
                }
            }
        }
    }
    println!("{agree} of {compared} agree, {} differ", wrong.len());
    for (why, count) in &undecided {
        println!("{count:6} {why}");
    }
    assert!(
        wrong.is_empty() && undecided.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong
            .iter()
            .take(40)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}
