//! `controls --coverage`: what decides how many controls, and why.

use std::collections::BTreeMap;

use crate::support::*;
use serde_json::Value;

fn printed(more: &[&str]) -> Vec<Value> {
    let arguments = [&["controls", "--coverage", "--format", "json"], more].concat();
    let ran = nodeproof(Lab::new().folder.path(), &arguments);
    serde_json::from_str(&ran.stdout).unwrap()
}

/// The newest of each family, as auditors are shown it.
fn table() -> String {
    let mut families: Vec<String> = Vec::new();
    let mut newest: BTreeMap<String, Value> = BTreeMap::new();
    for row in printed(&[]) {
        let family = ["family", "publisher"].map(|key| row[key].as_str().unwrap());
        let family = family.join(" ");
        if !families.contains(&family) {
            families.push(family.clone());
        }
        newest.insert(family, row);
    }
    let mut text = String::from(
        "| newest of its family | controls | node evidence | API objects | a person | no 800-53 |\n|---|--:|--:|--:|--:|--:|\n",
    );
    for family in families {
        let row = &newest[&family];
        let id = row["benchmark"].as_str().unwrap();
        let numbers = [
            "controls",
            "node_evidence",
            "api_objects",
            "manual",
            "without_800_53",
        ];
        let cells = numbers.map(|key| row[key].to_string());
        text.push_str(&format!("| `{id}` | {} |\n", cells.join(" | ")));
    }
    text
}

/// To accept a change on purpose: `NODEPROOF_ACCEPT=1 cargo test covered`.
#[test]
fn the_documents_show_the_table_as_it_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/auditors.md");
    let page = std::fs::read_to_string(path).unwrap();
    let at = page.find("| newest of its family").unwrap();
    let end = at + page[at..].find("\n\n").unwrap() + 1;
    let table = table();
    if std::env::var_os("NODEPROOF_ACCEPT").is_some() {
        std::fs::write(path, [&page[..at], &table, &page[end..]].concat()).unwrap();
        return;
    }
    assert_eq!(&page[at..end], table);
}

#[test]
fn the_parts_are_the_whole_and_every_control_has_its_reason() {
    for row in printed(&[]) {
        let id = row["benchmark"].as_str().unwrap();
        let of = |key: &str| row[key].as_u64().unwrap();
        let parts = of("node_evidence") + of("api_objects") + of("manual");
        assert_eq!(parts, of("controls"), "{id}");
        for (count, list) in [
            ("manual", "manual_controls"),
            ("without_800_53", "without_800_53_controls"),
        ] {
            let list = row[list].as_array().unwrap();
            assert_eq!(list.len() as u64, of(count), "{id}");
            let has_reason = |one: &Value| one["reason"].as_str().is_some_and(|r| !r.is_empty());
            assert!(list.iter().all(has_reason), "{id}");
        }
    }
    let all = printed(&["-b", "cis-1.12"]);
    for row in &all {
        for key in ["role", "decided_by", "reason", "nist_reason"] {
            assert!(row[key].as_str().is_some_and(|t| !t.is_empty()), "{row}");
        }
    }
    let of = |control: &str| all.iter().find(|row| row["control"] == control).unwrap();
    assert_eq!(of("1.2.1")["role"], "control-plane");
    assert_eq!(of("2.1")["role"], "etcd");
    assert_eq!(of("4.2.1")["role"], "worker");
    assert_eq!(of("5.1.1")["role"], "cluster");
    assert_eq!(of("5.1.1")["decided_by"], "API objects");
    assert_eq!(of("3.1.1")["decided_by"], "person");
}

#[test]
fn a_list_of_controls_says_whose_they_are() {
    let lab = Lab::new();
    let ran = nodeproof(
        lab.folder.path(),
        &["controls", "-b", "cis-1.12", "--format", "csv"],
    );
    let mut lines = ran.stdout.lines();
    let place = lines
        .next()
        .unwrap()
        .split(',')
        .position(|key| key == "role");
    assert!(place.is_some());
    let ran = nodeproof(
        lab.folder.path(),
        &["controls", "--coverage", "-b", "cis-9"],
    );
    assert_eq!(ran.code, 2);
    assert_eq!(nodeproof(lab.folder.path(), &["controls"]).code, 2);
}
