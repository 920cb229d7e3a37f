//! Bundles and rows that make HTML reports: of hostile names, and of many nodes.

use std::fs;
use std::path::Path;

use nodeproof::benchmark::select::Selection;
use nodeproof::export::target::Target;
use nodeproof::export::{Format, Layout, Plan, Reported};
use nodeproof::limits::Limits;
use nodeproof::matrix::coverage::{Counted, Coverage};
use nodeproof::matrix::finding::FindingId;
use nodeproof::matrix::report::{Bundle as Told, Run, Totals};
use nodeproof::matrix::row::Row;
use nodeproof::matrix::stored::StoredRow;
use nodeproof::matrix::summary::SummaryBuilder;
use nodeproof::verdict::Verdict;
use serde_json::Value;

use super::*;

pub const MARKUP: &str = "</script><img src=x onerror=alert(1)>";

/// Names that a page must show and must not obey.
fn hostile_names() -> [String; 6] {
    [
        MARKUP.to_owned(),
        "rtl-\u{202e}gpj.exe".to_owned(),
        "n".repeat(4096),
        "<!--<script>\u{2028}&amp;\"'\u{1f512}".to_owned(),
        "nul-\0-inside".to_owned(),
        "{{ 7 * 7 }}{% raw %}".to_owned(),
    ]
}

fn passing(name: &str) -> Bundle {
    passing_of(name, "v1.33.1")
}

fn passing_of(name: &str, version: &str) -> Bundle {
    Bundle::node(name)
        .ps(&["/usr/bin/kubelet --config=/c.yaml"])
        .kubelet(&["--config=/c.yaml"])
        .version(version)
        .file("/c.yaml", config("makeIPTablesUtilChains: true\n"))
}

fn failing(name: &str) -> Bundle {
    Bundle::node(name)
        .kubelet(&["--config=/c.yaml"])
        .version("v1.33.1")
        .file("/c.yaml", config("makeIPTablesUtilChains: false\n"))
}

/// Nodes that pass and fail, hostile names, a cluster bundle, an older version, a broken archive.
pub fn fleet() -> Lab {
    let lab = Lab::new();
    for at in 0..3 {
        let name = format!("good-{at}");
        lab.add(&format!("in/g{at}.tgz"), &passing(&name));
        lab.add(&format!("in/b{at}.tgz"), &failing(&format!("bad-{at}")));
    }
    for (at, name) in hostile_names().iter().enumerate() {
        let bundle = failing("x").with("node", name.as_str());
        lab.add(
            &format!("in/h{at}.tgz"),
            &bundle.with("cluster", name.as_str()),
        );
    }
    lab.add("in/img.tgz", &loose(MARKUP));
    lab.add("in/c.tgz", &Bundle::cluster("prod").live("c", true));
    lab.add("in/old.tgz", &passing_of("old", "v1.25.0"));
    lab.put("in/broken.tgz", b"broken");
    lab
}

/// An archive without bundle.json, whose top folder is all the name it has.
fn loose(top: &str) -> Bundle {
    Bundle::loose(&top.replace('/', "_")).kubelet(&["--make-iptables-util-chains=false"])
}

/// The report of everything, as a page and as JSON.
pub fn reports(lab: &Lab, more: &[&str]) -> (String, Value) {
    let arguments = [
        "analyze",
        "in",
        "-o",
        "r.html",
        "-o",
        "r.json",
        "--as-of",
        "2026-11-21T00:00:00Z",
    ];
    let ran = nodeproof(lab.folder.path(), &[&arguments[..], more].concat());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let read = |name: &str| fs::read_to_string(lab.path(name)).unwrap();
    (
        read("r.html"),
        serde_json::from_str(&read("r.json")).unwrap(),
    )
}

/// Rows of many nodes, written as a page. Every third control is waived where it fails.
pub fn many_nodes(path: &Path, nodes: u32, controls: u32) {
    let selection = Selection::settle(&CATALOG, &[], &[]).unwrap();
    let run = Run::of(
        &CATALOG,
        &selection,
        &Limits::default(),
        Vec::new(),
        None,
        None,
    );
    let plan = Plan {
        run,
        layout: Layout::Long,
    };
    let mut target = Target::file(path, None, |sink| {
        Format::named("html").unwrap().open(sink, &plan)
    })
    .unwrap();
    let mut summary = SummaryBuilder::of_run(0);
    target.export.begin().unwrap();
    let verdicts = [
        Verdict::Pass,
        Verdict::Pass,
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Unknown,
        Verdict::NotApplicable,
        Verdict::Manual,
    ];
    for node in 0..nodes {
        let name = format!("worker-{node:05}");
        let sha256 = nodeproof::bundle::sha256_hex(name.as_bytes());
        let stored: Vec<StoredRow> = (0..controls)
            .map(|control| {
                let turn = (node * 7 + control * 13 + node * control % 11) % 17;
                let verdict = verdicts
                    .get(turn as usize)
                    .copied()
                    .unwrap_or(Verdict::Pass);
                let number = format!("4.{}.{}", control / 20 + 1, control % 20 + 1);
                let cluster = format!("cluster-{:02}", node / 60);
                let parts = [&cluster, &name, "cis-1.12", &number].map(Some);
                let id = FindingId::of(parts, &name, None);
                StoredRow {
                    finding_id: id.as_str().to_owned(),
                    cluster: Some(cluster),
                    node: Some(name.clone()),
                    benchmark: Some("cis-1.12".to_owned()),
                    control: Some(number),
                    title: Some(format!("What is to be true of control {control}")),
                    verdict,
                    reason: format!(
                        "config-file-sets-it: setting {control} is {}",
                        verdict.as_str()
                    ),
                    source: "config-file".to_owned(),
                    evidence: vec![format!("files/var/lib/kubelet/config.yaml:{control}")],
                    evidence_sha256: vec![sha256.clone()],
                    nist_800_53: vec!["CM-6".to_owned()],
                    waiver: (verdict == Verdict::Fail && control % 3 == 0)
                        .then(|| "risk accepted".to_owned()),
                    bundle: name.clone(),
                    ..StoredRow::default()
                }
            })
            .collect();
        let rows: Vec<Row<'_>> = (stored.iter())
            .map(|stored| Row {
                excerpt: Some("a: b"),
                ..stored.row()
            })
            .collect();
        let reported = Reported {
            catalog: &CATALOG,
            rows: &rows,
            bundle: &Told::default(),
        };
        target.export.bundle(&reported).unwrap();
        summary.add(&rows);
    }
    let counted = Counted {
        judged: nodes.into(),
        of: nodes.into(),
    };
    let coverage = Coverage {
        nodes: counted,
        ..Coverage::default()
    };
    let summary = summary.finish();
    let totals = Totals::of(&CATALOG, &summary, &coverage, Vec::new(), &[]);
    target.export.end(&totals).unwrap();
    target.publish().unwrap();
}
