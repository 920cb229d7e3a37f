//! Each rule of the catalog on the bundles of its `cases.toml`: one where it holds, one where it does
//! not and one where nobody can tell, and the same of each wish that a control has of it.
//! The catalog's README says what a case has.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::support::*;
use nodeproof::rules::Check;
use serde::Deserialize;
use serde_json::json;
use toml::Table;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Case {
    about: String,
    verdict: String,
    expect: Table,
    kind: String,
    version: String,
    kubelet: Option<Vec<String>>,
    config: Option<String>,
    processes: Vec<Vec<String>>,
    files: BTreeMap<String, String>,
    stat: Vec<String>,
    units: BTreeMap<String, String>,
    members: BTreeMap<String, String>,
}

/// An analysis by a catalog of cases.
pub const BY_CASES: [&str; 8] = [
    "analyze",
    ".",
    "--catalog",
    "cases",
    "-b",
    "cases",
    "--format",
    "jsonl",
];

fn words(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

impl Case {
    fn bundle(&self) -> Bundle {
        let mut bundle = match self.kind.as_str() {
            "" | "node" => Bundle::node("n"),
            "cluster" => Bundle::cluster("test"),
            other => panic!("{other} is no kind of bundle"),
        };
        if !self.version.is_empty() {
            bundle = bundle.version(&self.version);
        }
        let mut arguments = self.kubelet.clone();
        if let Some(lines) = &self.config {
            arguments
                .get_or_insert_default()
                .insert(0, "--config=/k.yaml".to_owned());
            bundle = bundle.file("/k.yaml", config(lines));
        }
        if let Some(arguments) = arguments {
            bundle = bundle.kubelet(&words(&arguments));
        }
        for (at, process) in (50_u32..).zip(&self.processes) {
            bundle = bundle.process(at, &words(process));
        }
        for (path, text) in &self.files {
            bundle = bundle.file(path, text);
        }
        if !self.stat.is_empty() {
            bundle = bundle.member("stat.tsv", metadata(&self.stat));
        }
        if !self.units.is_empty() {
            bundle = with_units(bundle, &self.units);
        }
        for (name, text) in &self.members {
            bundle = bundle.member(name, text);
        }
        bundle
    }

    /// What a control that is judged so wants otherwise than the rule.
    fn terms(&self) -> String {
        let terms = self.expect.iter();
        terms
            .map(|(key, value)| format!("{key}={value:?};"))
            .collect()
    }
}

/// `PATH MODE USER:GROUP` each; root has the number 0, everybody else 7.
fn metadata(rows: &[String]) -> String {
    let mut text = String::from("path\ttype\tmode\tuid\tgid\towner\tgroup\n");
    for row in rows {
        let mut cells = row.split_whitespace();
        let (path, mode) = (cells.next().unwrap(), cells.next().unwrap());
        let (user, group) = cells.next().unwrap().split_once(':').unwrap();
        let number = |name: &str| if name == "root" { 0 } else { 7 };
        let (uid, gid) = (number(user), number(group));
        let _ = writeln!(text, "{path}\tfile\t{mode}\t{uid}\t{gid}\t{user}\t{group}");
    }
    text
}

/// What `systemctl show` printed of these units.
fn with_units(bundle: Bundle, units: &BTreeMap<String, String>) -> Bundle {
    let command = json!([{"argv": "systemctl show --no-pager -p Id kubelet.service sshd.service",
        "member": "commands/systemctl-show.txt", "exit": 0, "at": "2026-11-20T12:00:00Z"}]);
    let all: Vec<String> = units
        .iter()
        .map(|(id, properties)| format!("Id={id}\n{properties}\n"))
        .collect();
    bundle
        .with("commands", command)
        .member("commands/systemctl-show.txt", all.join("\n"))
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/benchmark/catalog/rules")
}

/// The cases of every rule.
fn all_cases() -> BTreeMap<String, Vec<Case>> {
    let mut all = BTreeMap::new();
    for key in CATALOG.rules.keys() {
        let path = folder().join(key).join("cases.toml");
        let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", path.display()));
        let file: File = toml::from_str(&text).unwrap_or_else(|e| panic!("{key}: {e}"));
        all.insert(key.clone(), file.case);
    }
    all
}

/// A table as TOML has it in one line.
fn inline(table: &Table) -> String {
    let value = |value: &toml::Value| match value {
        toml::Value::Table(table) => inline(table),
        toml::Value::Array(items) => list(items),
        // Texts, numbers and lists of them are written as in JSON.
        other => serde_json::to_string(other).unwrap(),
    };
    fn list(items: &[toml::Value]) -> String {
        let items = items.iter().map(|item| match item {
            toml::Value::Table(table) => inline(table),
            other => serde_json::to_string(other).unwrap(),
        });
        format!("[{}]", items.collect::<Vec<_>>().join(", "))
    }
    let pairs = table
        .iter()
        .map(|(key, it)| format!("{key:?} = {}", value(it)));
    format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
}

/// The cases of some rules, each with its rule and its place among the rule's own.
type Group<'c> = Vec<(&'c str, usize, &'c Case)>;

/// What the controls of a run want of a rule, with their numbers.
type Wishes<'c> = BTreeMap<(&'c str, String), (usize, &'c Table)>;

/// A benchmark with one control for each thing that cases want of a rule.
fn benchmark(wishes: &Wishes<'_>) -> String {
    let mut text = String::from(
        "id = \"cases\"\nfamily = \"cis\"\npublisher = \"p\"\ntitle = \"t\"\nnumbers_from = \"n\"\n",
    );
    for ((rule, _), (number, expect)) in wishes {
        let _ = write!(
            text,
            "[[control]]\nnumber = \"{number}\"\nrule = \"{rule}\"\nassessment = \"automated\"\n"
        );
        if !expect.is_empty() {
            let _ = writeln!(text, "expect = {}", inline(expect));
        }
    }
    text
}

/// What was wrong with some cases, judged in one run.
fn judge(cases: &Group<'_>) -> Vec<String> {
    let lab = Lab::new();
    let mut wishes = Wishes::new();
    for (at, (rule, _, case)) in cases.iter().enumerate() {
        let number = wishes.len() + 1;
        let wish = wishes.entry((rule, case.terms()));
        wish.or_insert((number, &case.expect));
        let bundle = case.bundle().of_machine(at);
        // Of several bundles of one cluster the newest alone is reported.
        let bundle = match case.kind.as_str() {
            "cluster" => bundle.with("cluster", format!("test-{at}")),
            _ => bundle,
        };
        lab.add(&format!("{at}.tgz"), &bundle);
    }
    lab.put("cases/benchmarks/cases.toml", benchmark(&wishes).as_bytes());
    let ran = nodeproof(lab.folder.path(), &BY_CASES);
    let mut found = BTreeMap::new();
    for row in rows(&ran.stdout) {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        found.insert((text("bundle"), text("control")), row);
    }
    let mut wrong = Vec::new();
    for (at, (rule, own, case)) in cases.iter().enumerate() {
        let number = wishes[&(*rule, case.terms())].0.to_string();
        let row = found.get(&(format!("{at}.tgz"), number));
        let got = row.map_or("no row".to_owned(), outcome);
        if !format!("{got} ").starts_with(&format!("{} ", case.verdict)) {
            let reason = row.map_or(ran.stderr.clone(), |row| row["reason"].to_string());
            wrong.push(format!(
                "{rule}, case {own} {}: wanted {}, got {got}: {reason}",
                case.about, case.verdict
            ));
        }
    }
    wrong
}

#[test]
fn every_rule_decides_its_cases_as_they_say() {
    let all = all_cases();
    let rules: Vec<(&String, &Vec<Case>)> = all.iter().collect();
    let mut wrong = Vec::new();
    // Every bundle of a run is judged by every rule of it: a few rules at a time are the fastest.
    for some in rules.chunks(12) {
        let mut cases = Group::new();
        for (rule, own) in some {
            cases.extend(
                own.iter()
                    .enumerate()
                    .map(|(at, case)| (rule.as_str(), at, case)),
            );
        }
        wrong.extend(judge(&cases));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The verdicts that the cases of a rule have, of one wish or of all.
fn verdicts<'c>(cases: &'c [Case], terms: Option<&str>) -> BTreeSet<&'c str> {
    let cases = cases
        .iter()
        .filter(|case| terms.is_none_or(|terms| case.terms() == terms));
    let verdict = |case: &'c Case| case.verdict.split(' ').next().unwrap();
    cases.map(verdict).collect()
}

/// Rules that some verdict can never be of: why.
const NEVER: [(&str, &str, &str); 1] = [(
    "apiserver-secure-port",
    "fail",
    "the port is 6443 by default, and no API server starts with port 0",
)];

#[test]
fn every_rule_and_every_wish_has_a_passing_a_failing_and_an_undecided_case() {
    let all = all_cases();
    let needed = ["fail", "pass", "unknown"];
    let lacks = |rule: &str, found: &BTreeSet<&str>| {
        let can = |verdict: &&&str| !NEVER.iter().any(|(a, b, _)| (*a, *b) == (rule, **verdict));
        let mut needed = needed.iter().filter(can);
        needed.any(|verdict| !found.contains(verdict))
    };
    let mut wrong = BTreeSet::new();
    for (rule, cases) in &all {
        if lacks(rule, &verdicts(cases, None)) {
            wrong.insert(rule.clone());
        }
    }
    for control in CATALOG.benchmarks.iter().flat_map(|b| &b.controls) {
        let Some((rule, check)) = control.judging_check() else {
            continue;
        };
        // Of files, tests/expectations.rs makes the cases itself.
        let of_file = matches!(check, Check::FileMode(_) | Check::FileOwner(_));
        let terms = control.own_terms();
        let key = &rule.data.key;
        if !of_file && !terms.is_empty() && lacks(key, &verdicts(&all[key], Some(&terms))) {
            wrong.insert(format!("{}: {terms}", rule.data.key));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_folder_of_the_catalog_is_named_as_its_rule() {
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(CATALOG.rules.contains_key(&name), "{name}");
    }
}
