//! Every control number that is published is in the catalog, and what the published audit decides
//! from evidence is no question for a person.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::*;

/// Automated controls that a person decides here: why.
const MANUAL: [(&str, &str, &str); 8] = [
    ("gke-1.8.0", "4.1.6", MASTERS),
    ("gke-1.9.0", "4.1.6", MASTERS),
    ("gke-1.8.0", "5.6.7", PROVIDER),
    ("gke-1.9.0", "5.6.7", PROVIDER),
    ("gke-1.9.0", "5.1.1", PROVIDER),
    ("gke-1.9.0", "5.2.1", PROVIDER),
    ("rke2-cis-1.23-hardened@rancher", "5.3.1", NETWORK),
    ("rke2-cis-1.24-hardened@rancher", "5.3.1", NETWORK),
];
const MASTERS: &str =
    "who is in the group stands in certificates and logins, not in the objects that bind it";
const PROVIDER: &str = "the provider's own API knows it, and no object of Kubernetes";
const NETWORK: &str = "whether a plug-in enforces policies is no property of an object";

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
        if is_decided && control.rule.is_none() {
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
