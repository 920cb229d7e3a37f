//! A bundle that cannot be read, in a workbook of several benchmarks.

use super::read;
use crate::support::*;

fn node(name: &str, version: &str) -> Bundle {
    Bundle::node(name).kubelet(&["--v=2"]).version(version)
}

/// Whether it stands before or behind the nodes of a benchmark, it is where they look.
#[test]
fn it_stands_on_the_same_sheets_wherever_it_comes_in_the_order() {
    let lab = Lab::new();
    lab.put("in/a-broken.tgz", b"broken");
    lab.add("in/b.tgz", &node("b", "v1.25.1"));
    lab.put("in/c-broken.tgz", b"broken");
    lab.add("in/d.tgz", &node("d", "v1.33.1"));
    lab.put("in/e-broken.tgz", b"broken");
    let ran = lab.run(&["analyze", "in", "-o", "r.xlsx"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let sheets = read(&lab.path("r.xlsx"));
    let naming = |bundle: &str| -> Vec<&String> {
        let names = |rows: &[Vec<String>]| rows.iter().flatten().any(|cell| cell == bundle);
        let sheets = sheets.iter().filter(|(_, rows)| names(rows));
        sheets.map(|(name, _)| name).collect()
    };
    let first = naming("a-broken.tgz");
    assert!(!first.is_empty());
    assert_eq!(naming("c-broken.tgz"), first);
    assert_eq!(naming("e-broken.tgz"), first);
}
