//! `convert`: a stored report gives the bytes that the run which wrote it gave.

use std::fs;

use nodeproof::benchmark::select::Selection;
use nodeproof::bundle;
use nodeproof::export::target::Target;
use nodeproof::export::{Format, Layout, Plan};
use nodeproof::pipeline::analyze::Measure;
use nodeproof::pipeline::{self, Run};
use serde_json::Value;

use crate::run_formats::written::{FILES, WRITTEN};
use crate::support::*;

fn convert(lab: &Lab, arguments: &[&str]) -> Ran {
    nodeproof(lab.folder.path(), &[&["convert"], arguments].concat())
}

/// A folder with the report of the run over samples and hostile bundles.
fn stored() -> Lab {
    let lab = Lab::new();
    lab.put("report.json", &WRITTEN.bytes("all.json"));
    lab
}

#[test]
fn every_format_has_the_bytes_of_the_run_that_wrote_the_report() {
    let lab = stored();
    let mut arguments = vec!["report.json"];
    arguments.extend(FILES.iter().flat_map(|file| ["-o", *file]));
    let ran = convert(&lab, &arguments);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    for file in FILES {
        let same = fs::read(lab.path(file)).unwrap() == WRITTEN.bytes(file);
        assert!(same, "{file} differs");
    }
    // What the outputs cannot say is said again.
    let told = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.contains("warning: all."));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(told(&ran.stderr), told(&WRITTEN.stderr));
    assert!(!told(&ran.stderr).is_empty());
}

#[test]
fn layouts_have_the_bytes_of_a_run_in_that_layout() {
    let lab = Lab::new();
    lab.add(
        "in/n.tgz",
        &Bundle::node("n").kubelet(&["--make-iptables-util-chains=false"]),
    );
    lab.add("in/m.tgz", &Bundle::node("m").version("v1.33.1"));
    let analyze = |more: &[&str]| {
        let asked = [
            "analyze",
            "in",
            "--as-of",
            "2026-11-26",
            "-b",
            "cis-1.12,cis-1.11",
        ];
        nodeproof(lab.folder.path(), &[&asked, more].concat()).stdout
    };
    lab.put("report.json", analyze(&["--format", "json"]).as_bytes());
    for more in [
        &[][..],
        &["--layout", "wide"],
        &["--group-by", "nist"],
        &["--group-by", "nist", "--format", "jsonl"],
    ] {
        let ran = convert(&lab, &[&["report.json"], more].concat());
        assert_eq!(ran.stdout, analyze(more), "{more:?}: {}", ran.stderr);
    }
}

#[test]
fn workbook_and_page_lack_the_words_of_the_evidence_alone() {
    let lab = Lab::new();
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-bundles");
    let auto = Selection::settle(&CATALOG, &["auto".to_owned()], &[]).unwrap();
    // This run takes no excerpts.
    let run = Run::new(&CATALOG, auto, pipeline::pool(2).unwrap());
    let plan = Plan {
        run: run.described(Vec::new(), None),
        layout: Layout::Long,
    };
    let open = |name: &&str| {
        let format = Format::of_path(name.as_ref()).unwrap();
        Target::file(&lab.path(name), None, |sink| format.open(sink, &plan)).unwrap()
    };
    let targets = ["a.json", "a.html", "a.xlsx"].iter().map(open).collect();
    let found = bundle::find(&[samples], &[]).unwrap();
    run.analyze(&found, Measure::default(), targets, &mut ())
        .unwrap();
    let ran = convert(&lab, &["a.json", "-o", "b.html", "-o", "b.xlsx"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for ending in ["html", "xlsx"] {
        let read = |stem: &str| fs::read(lab.path(&format!("{stem}.{ending}"))).unwrap();
        assert!(read("a") == read("b"), "{ending} differs");
    }
    let told = "xlsx and html show no words of the evidence";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

#[test]
fn what_is_no_report_or_not_of_this_catalog_is_refused_and_nothing_is_written() {
    let lab = stored();
    let text = WRITTEN.text("all.json");
    let change = |change: &dyn Fn(&mut Value)| {
        let mut report: Value = serde_json::from_str(&text).unwrap();
        change(&mut report);
        report.to_string().into_bytes()
    };
    let cases = [
        (text.as_bytes()[..text.len() / 2].to_vec(), "cut off"),
        (
            WRITTEN.text("all.ocsf.jsonl").into_bytes(),
            "no report of nodeproof",
        ),
        (
            b"cluster,node,benchmark\n".to_vec(),
            "write the report again",
        ),
        (Vec::new(), "cut off"),
        (
            change(&|r| r["schema"] = "nodeproof-report/9".into()),
            "its schema is \"nodeproof-report/9\"",
        ),
        (
            change(&|r| r["findings"][0]["control"] = "9.9.9".into()),
            "9.9.9, which is not in the catalog; name its folder with --catalog",
        ),
        (
            change(&|r| r["bundles"] = serde_json::json!([])),
            "which is not among its bundles",
        ),
        (
            change(&|r| {
                r["run"]["catalogs"] = serde_json::json!([{"sha256": "0", "benchmarks": []}]);
            }),
            "was made with 1 added catalogs",
        ),
    ];
    for (bytes, told) in cases {
        lab.put("wrong.json", &bytes);
        let ran = convert(&lab, &["wrong.json", "-o", "out.csv"]);
        assert_eq!(ran.code, 2, "{told}: {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
        assert!(!lab.path("out.csv").exists(), "{told}");
    }
    for (arguments, told) in [
        (&["none.json"][..], "cannot be read"),
        (&["."], "cannot be read"),
        (
            &["report.json", "-o", "./report.json"],
            "is the report itself",
        ),
        (
            &["report.json", "-o", "x.docx"],
            "the ending names no format",
        ),
    ] {
        let ran = convert(&lab, arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(fs::read_to_string(lab.path("report.json")).unwrap(), text);
}
