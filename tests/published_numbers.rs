//! Every control number that is published for nodes and the control plane is in the catalog, and
//! what the published audit decides from a node's evidence is no question for a person.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::*;

/// Sections 1 to 4, under the names that the facts have for them.
const SECTIONS: [&str; 4] = ["master", "etcd", "controlplane", "node"];

/// Automated controls that a person decides here: why.
const MANUAL: [(&str, &str, &str); 0] = [];

#[test]
fn every_published_number_is_in_the_catalog() {
    let Some(path) = shared("facts/cis-controls.csv") else {
        return;
    };
    let mut facts = csv::Reader::from_path(path).unwrap();
    let headers = facts.headers().unwrap().clone();
    let rows: Vec<BTreeMap<String, String>> = (facts.records())
        .map(|row| {
            let row = row.unwrap();
            let cells = headers.iter().zip(row.iter());
            cells
                .map(|(key, cell)| (key.to_owned(), cell.to_owned()))
                .collect()
        })
        .collect();
    let mut benchmarks = BTreeSet::new();
    let mut wrong = BTreeSet::new();
    let mut excepted = BTreeSet::new();
    for row in &rows {
        // Of ids that both publish, one has the publisher behind it.
        let id = row["benchmark"].as_str();
        let found = CATALOG.benchmark(id);
        let found = found.or_else(|| CATALOG.benchmark(id.trim_end_matches("@rancher")));
        let Some(benchmark) = found else {
            wrong.insert(format!("{id}: no benchmark"));
            continue;
        };
        benchmarks.insert(&benchmark.id);
        let number = row["control_id"].as_str();
        let control = benchmark.controls.iter().find(|c| c.number == number);
        let Some(control) = control else {
            wrong.insert(format!("{id}:{number} is missing"));
            continue;
        };
        let is_decided = row["automated"] == "Automated" && row["kb_effective"].contains("eval");
        let is_ours = SECTIONS.contains(&row["section"].as_str());
        if is_decided && is_ours && control.rule.is_none() {
            match MANUAL.iter().find(|(a, b, _)| (*a, *b) == (id, number)) {
                Some(one) => {
                    excepted.insert(one);
                }
                None => {
                    wrong.insert(format!("{id}:{number} is for a person"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(benchmarks.len(), 78);
    assert_eq!(excepted.len(), MANUAL.len());
}
