//! Rows that are hostile in every text (markup, control characters, values of 100 KB), and evidence
//! with halves of surrogate pairs: what comes out is whole in every format.

use std::io::Read as _;

use nodeproof::export::{FORMATS, Format};
use serde_json::Value;

use super::written::{BY_AUTO, BY_STIG, of_hostile_rows};
use super::xml::Element;
use crate::run_formats::rows::{Kept, hostile, open, write};
use crate::run_formats::written::HOSTILE;
use crate::support::*;

/// What a writer makes of the hostile rows.
fn written(format: &Format) -> Vec<u8> {
    match format.name {
        "ckl" | "cklb" => of_hostile_rows(format.name, "stig-kubernetes-v2r4").into_bytes(),
        name if format.per_subject().is_some() => of_hostile_rows(name, "cis-1.12").into_bytes(),
        _ => {
            let kept = Kept::default();
            write(&mut *open(format, &kept), &hostile());
            kept.bytes()
        }
    }
}

fn is_xml(text: &str) {
    let cannot = |c: char| {
        c < ' ' && !['\t', '\n', '\r'].contains(&c) || ['\u{fffe}', '\u{ffff}'].contains(&c)
    };
    assert_eq!(text.find(cannot), None, "a character that XML has not");
    assert!(!Element::parse(text).name.is_empty());
}

fn is_json(text: &str) {
    serde_json::from_str::<Value>(text).unwrap();
}

/// Every part of a workbook is XML.
fn is_workbook(bytes: Vec<u8>) {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for at in 0..zip.len() {
        let mut text = String::new();
        zip.by_index(at).unwrap().read_to_string(&mut text).unwrap();
        is_xml(&text);
    }
}

/// Every line is a comment, or a sample with balanced labels.
fn is_exposition(text: &str) {
    assert!(text.ends_with('\n'));
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (sample, value) = line.rsplit_once(' ').unwrap();
        value.parse::<i64>().unwrap();
        let plain = sample.replace(r"\\", "").replace("\\\"", "");
        assert_eq!(plain.matches('"').count() % 2, 0, "{line}");
    }
}

#[test]
fn hostile_rows_are_whole_documents_in_every_format() {
    for format in &FORMATS {
        let bytes = written(format);
        let text = || String::from_utf8(bytes.clone()).unwrap();
        match format.ending.rsplit('.').next().unwrap() {
            "json" | "cklb" | "sarif" => is_json(&text()),
            "jsonl" => text().lines().for_each(is_json),
            "xml" | "ckl" => is_xml(&text()),
            "csv" => {
                let text = text();
                let records = csv::Reader::from_reader(text.as_bytes()).into_records();
                assert_eq!(records.map(Result::unwrap).count(), hostile().len());
            }
            "xlsx" => is_workbook(bytes),
            "html" => assert!(!text().contains(HOSTILE)),
            "prom" => is_exposition(&text()),
            // Its reader has its own test.
            "parquet" => assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1")),
            other => panic!("how is {other} read?"),
        }
    }
}

/// A name that is no UTF-8 is percent-encoded, and a value with half a pair decides nothing well.
#[test]
fn half_a_surrogate_pair_is_in_no_row_as_such() {
    for run in [&BY_AUTO, &BY_STIG] {
        let of = |bundle: &str| {
            let rows = run.findings.iter().filter(|row| row["bundle"] == bundle);
            rows.collect::<Vec<_>>()
        };
        for (bundle, is_of) in [
            ("half-%ED%A0%80.tgz", "would-not-start"),
            ("half-in-config.tgz", "config-file-unparseable"),
        ] {
            let rows = of(bundle);
            assert!(!rows.is_empty(), "{bundle}");
            assert!(
                rows.iter().any(|row| outcome(row).ends_with(is_of)),
                "{bundle}"
            );
        }
        let unnamed = of("half-in-manifest.tgz");
        assert!(unnamed.iter().all(|row| row["cluster"].is_null()));
        assert!(!unnamed.is_empty());
    }
}

#[test]
fn a_stored_report_with_half_a_surrogate_pair_is_refused() {
    let lab = Lab::new();
    let report = BY_AUTO.text("all.json");
    let report = report.replacen("\"title\":\"", "\"title\":\"\\ud800", 1);
    lab.put("report.json", report.as_bytes());
    let ran = nodeproof(
        lab.folder.path(),
        &["convert", "report.json", "-o", "x.csv"],
    );
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("hex escape"), "{}", ran.stderr);
    assert!(!lab.path("x.csv").exists());
}
