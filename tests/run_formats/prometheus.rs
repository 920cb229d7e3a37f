//! Prometheus: prometheus-client reads the same numbers, and labels hold whatever a name is.

use std::collections::BTreeMap;

use nodeproof::export::Format;
use serde_json::{Value, json};

use super::rows::{Kept, hostile, open, write};
use super::written::{WRITTEN, ask, has, is, is_waived, python};
use crate::support::*;

const FILE: &str = "all.prom";

/// Prints `sample labels value` of each sample, as JSON lines.
const READ: &str = "import sys,json\nfrom prometheus_client.parser import text_string_to_metric_families as read\n\
    for f in read(open(sys.argv[1],newline='').read()):\n    \
    assert f.type=='gauge' and f.documentation, f.name\n    \
    for s in f.samples: print(json.dumps([s.name,s.labels,s.value]))\n";

/// The samples as prometheus-client reads them.
fn samples(python: &str, file: &str) -> Result<Vec<Value>, String> {
    let (accepts, said) = ask(python, &["-c", READ, file]);
    if accepts { Ok(rows(&said)) } else { Err(said) }
}

#[test]
fn prometheus_client_reads_the_counts_of_the_rows() {
    let python = python();
    if !has(&python, &["-c", "import prometheus_client"]) {
        return;
    }
    let lab = Lab::new();
    let broken = WRITTEN
        .text(FILE)
        .replace("verdict=\"pass\"}", "verdict=\"pass}");
    let broken = lab.put("broken.prom", broken.as_bytes());
    assert!(samples(&python, broken.to_str().unwrap()).is_err());
    let kept = Kept::default();
    write(
        &mut *open(Format::named("prometheus").unwrap(), &kept),
        &hostile(),
    );
    let hostile = lab.put("hostile.prom", &kept.bytes());
    let read = samples(&python, hostile.to_str().unwrap()).unwrap();
    assert_eq!(read[0][1]["cluster"], super::written::HOSTILE);
    let read = samples(&python, WRITTEN.path(FILE).to_str().unwrap()).unwrap();
    let mut counted: BTreeMap<&str, f64> = BTreeMap::new();
    for sample in &read {
        let (name, labels) = (sample[0].as_str().unwrap(), &sample[1]);
        *counted.entry(name).or_default() += sample[2].as_f64().unwrap();
        if name == "nodeproof_findings" {
            let of = |row: &Value, column: &str| {
                row[column].as_str().unwrap_or_default() == labels[column].as_str().unwrap()
            };
            let count = WRITTEN.count(|row| {
                ["cluster", "benchmark", "verdict"]
                    .iter()
                    .all(|c| of(row, c))
            });
            assert_eq!(sample[2], count as f64, "{labels}");
        }
    }
    let of_control = WRITTEN.count(|row| !row["control"].is_null());
    for (name, count) in [
        ("nodeproof_findings", of_control),
        ("nodeproof_findings_waived", WRITTEN.count(is_waived)),
        (
            "nodeproof_bundles_unreadable",
            WRITTEN.rows.len() - of_control,
        ),
    ] {
        assert_eq!(counted[name], count as f64, "{name}");
    }
    assert!(WRITTEN.count(|row| is(row, "error")) > 0);
}

#[test]
fn lines_are_samples_without_a_time_and_the_last_one_ends() {
    let text = WRITTEN.text(FILE);
    assert!(text.ends_with('\n'));
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (sample, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<i64>().is_ok(), "{line}");
        assert!(
            sample.ends_with('}') || !sample.contains(['{', ' ']),
            "{line}"
        );
    }
}

/// A fleet of 300 nodes in three clusters has as many lines as one of three nodes.
#[test]
fn lines_are_as_many_as_clusters_and_benchmarks_not_as_nodes() {
    let written = |nodes: usize| {
        let rows: Vec<Value> = (0..nodes)
            .map(|at| {
                json!({
                    "cluster": format!("c{}", at % 3), "node": format!("n{at}"),
                    "benchmark": (["cis-1.12", "eks-1.8.0"][at / 3 % 2]), "control": "4.2.6", "verdict": "fail",
                    "collected_at": "2026-11-20T12:00:00Z",
                })
            })
            .collect();
        let kept = Kept::default();
        write(
            &mut *open(Format::named("prometheus").unwrap(), &kept),
            &rows,
        );
        String::from_utf8(kept.bytes()).unwrap()
    };
    let (few, many) = (written(6), written(300));
    assert_eq!(few.lines().count(), many.lines().count());
    let label = "nodeproof_findings{cluster=\"c1\",benchmark=\"eks-1.8.0\",verdict=\"fail\"} 50\n";
    assert!(many.contains(label), "{many}");
    assert!(!many.contains("node=\""), "{many}");
}
