//! Controls about a file that want otherwise than their rule: each distinct wish of the catalog holds
//! on one node, fails on one and stays undecided on one. With `tests/rule_cases.rs`, which has the
//! cases of each rule and of all other wishes, no control that a rule decides goes untested.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::cases::{Cases, ROOT, metadata};
use crate::support::*;
use nodeproof::benchmark::Control;
use nodeproof::rules::Check;

/// Every control with a wish of its own, by rule and wish.
fn wishes() -> BTreeMap<(String, String), Vec<(String, &'static Control)>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for benchmark in &CATALOG.benchmarks {
        for control in &benchmark.controls {
            let Some(rule) = control.rule.clone().filter(|_| control.expect.is_some()) else {
                continue;
            };
            // Those of the control plane are judged by whole nodes, in a file of their own.
            let component = CATALOG.rules[&rule].data.component.as_str();
            if !matches!(component, "kubelet" | "kube-proxy") {
                continue;
            }
            let id = format!("{}:{}", benchmark.id, control.number);
            let key = (rule, control.own_terms());
            found.entry(key).or_default().push((id, control));
        }
    }
    found
}

/// The first path of a role on nodes of a benchmark's family.
fn path_of(id: &str, role: &str) -> String {
    let family = &CATALOG
        .benchmark(id.split(':').next().unwrap())
        .unwrap()
        .family;
    let role = CATALOG.files.role(role).unwrap();
    let paths = role.families.get(family).unwrap_or(&role.paths);
    paths[0].clone()
}

fn file(path: &str, mode: &str, owner: &str) -> Bundle {
    Bundle::node("n").member("stat.tsv", metadata(&[(path, "file", mode, owner, "")]))
}

#[test]
fn every_wish_about_a_file_holds_fails_and_stays_undecided() {
    let mut cases = Cases::default();
    for ((rule, terms), controls) in wishes() {
        let about = format!("{rule} {terms}");
        let (id, control) = controls[0].clone();
        let mut add = |bundle, wanted: &str| cases.add(&about, &id, bundle, wanted);
        add(Bundle::node("n"), "unknown");
        let gone = |role: &str, if_exists: bool| {
            let family = CATALOG.benchmark(id.split(':').next().unwrap()).unwrap();
            let role = CATALOG.files.role(role).unwrap();
            let paths = role.families.get(&family.family).unwrap_or(&role.paths);
            let rows: Vec<_> = paths
                .iter()
                .map(|p| (p.as_str(), "absent", "", "", ""))
                .collect();
            let wanted = match if_exists {
                true => "not-applicable file-not-on-node",
                false => "unknown file-not-on-node",
            };
            (
                Bundle::node("n").member("stat.tsv", metadata(&rows)),
                wanted,
            )
        };
        match control.judging_check().unwrap().1 {
            Check::FileMode(check) => {
                let path = path_of(&id, &check.file.name);
                let most = format!("{:o}", check.at_most);
                add(file(&path, &most, ROOT), "pass file-metadata-shows");
                let more = format!("{:o}", check.at_most | 0o1000);
                add(file(&path, &more, ROOT), "fail file-metadata-shows");
                let write = format!("{:o}", check.at_most | 0o020);
                add(file(&path, &write, ROOT), "fail file-metadata-shows");
                let (bundle, wanted) = gone(&check.file.name, check.file.if_exists);
                add(bundle, wanted);
            }
            Check::FileOwner(check) => {
                let path = path_of(&id, &check.file.name);
                add(file(&path, "600", ROOT), "pass file-metadata-shows");
                add(
                    file(&path, "600", "0:7:root:kube"),
                    "fail file-metadata-shows",
                );
                add(
                    file(&path, "600", "7:0:kube:root"),
                    "fail file-metadata-shows",
                );
                let (bundle, wanted) = gone(&check.file.name, check.file.if_exists);
                add(bundle, wanted);
            }
            _ => {}
        }
    }
    cases.judge();
}

/// What a control wants otherwise must change a verdict, or it need not be written.
#[test]
fn no_wish_of_a_control_says_what_its_rule_says_already() {
    for ((rule, terms), controls) in wishes() {
        let own = format!("{:?}", controls[0].1.judging_check().unwrap().1);
        let general = format!("{:?}", CATALOG.rules[&rule].check);
        assert_ne!(own, general, "{rule} {terms}");
    }
}

/// One row per control of the catalog about a file, on the same three nodes.
#[test]
fn every_control_about_a_file_passes_fails_and_stays_undecided() {
    let mut by_role: BTreeMap<&str, Vec<(String, bool)>> = BTreeMap::new();
    for benchmark in &CATALOG.benchmarks {
        for control in &benchmark.controls {
            let role = match control.judging_check().map(|(_, check)| check) {
                Some(Check::FileMode(check)) => &check.file,
                Some(Check::FileOwner(check)) => &check.file,
                _ => continue,
            };
            // Directories have rows of another kind.
            if role.directory || !role.below.is_empty() {
                continue;
            }
            let role = &role.name;
            let families = &CATALOG.files.role(role).unwrap().families;
            let none = families.get(&benchmark.family).is_some_and(Vec::is_empty);
            let id = format!("{}:{}", benchmark.id, control.number);
            by_role.entry(role).or_default().push((id, none));
        }
    }
    let mut count = 0;
    for (role, controls) in by_role {
        let role = CATALOG.files.role(role).unwrap();
        let paths: BTreeSet<&String> = role
            .paths
            .iter()
            .chain(role.families.values().flatten())
            .collect();
        let all = |mode, owner| {
            let rows: Vec<_> = paths
                .iter()
                .map(|p| (p.as_str(), "file", mode, owner, ""))
                .collect();
            Bundle::node("n").member("stat.tsv", metadata(&rows))
        };
        let mut cases = Cases::default();
        for (bundle, verdict) in [
            (all("600", ROOT), "pass"),
            (all("666", "7:7:kube:kube"), "fail"),
            (Bundle::node("n"), "unknown"),
        ] {
            for (id, none) in &controls {
                // Such nodes have no such file, by design.
                let wanted = if *none { "not-applicable" } else { verdict };
                cases.add(&role.name, id, bundle.clone(), wanted);
            }
        }
        count += controls.len();
        cases.judge();
    }
    assert!(count > 500, "{count}");
}
