//! The workbook says what the JSON report says, cell by cell; nothing in it is a formula; it fits
//! what spreadsheets can hold; it has the same bytes for the same input.

mod bytes;
mod office;
mod splits;
mod unread;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::*;
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use nodeproof::matrix::row::Row;
use serde_json::Value;

/// Sheets by name, as texts; a row ends with its last cell.
pub(crate) type Sheets = BTreeMap<String, Vec<Vec<String>>>;

pub(crate) fn read(path: &Path) -> Sheets {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let mut sheets = Sheets::new();
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).unwrap();
        assert_eq!(formulas.cells().count(), 0, "{name} has a formula");
        let range = book.worksheet_range(&name).unwrap();
        let rows = range.rows().map(|row| {
            let mut cells: Vec<String> = row
                .iter()
                .map(|cell| match cell {
                    Data::Empty => String::new(),
                    Data::String(text) => text.clone(),
                    Data::Float(number) => number.to_string(),
                    other => unreachable!("{name}: {other:?} is neither text nor count"),
                })
                .collect();
            cells.truncate(
                cells
                    .iter()
                    .rposition(|cell| !cell.is_empty())
                    .map_or(0, |at| at + 1),
            );
            cells
        });
        let rows = rows.collect();
        sheets.insert(name, rows);
    }
    sheets
}

/// The rows below a head, by the names in its last row.
pub(crate) fn records(sheet: &[Vec<String>], head: usize) -> Vec<BTreeMap<String, String>> {
    let names = &sheet[head - 1];
    let record = |row: &Vec<String>| {
        let cell = |at: usize| row.get(at).cloned().unwrap_or_default();
        names
            .iter()
            .enumerate()
            .map(|(at, name)| (name.clone(), cell(at)))
            .collect()
    };
    sheet[head..].iter().map(record).collect()
}

/// A value of the JSON report as a cell has it.
pub(crate) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// Runs the analysis of `in` and reads both reports back.
pub(crate) fn reports(lab: &Lab, arguments: &[&str]) -> (Sheets, Value) {
    let all = [
        &["analyze", "in", "-o", "r.xlsx", "-o", "r.json"][..],
        arguments,
    ]
    .concat();
    let ran = nodeproof(lab.folder.path(), &all);
    assert!([0, 3].contains(&ran.code), "{}", ran.stderr);
    let report = fs::read_to_string(lab.path("r.json")).unwrap();
    (
        read(&lab.path("r.xlsx")),
        serde_json::from_str(&report).unwrap(),
    )
}

fn node(name: &str, arguments: &[&str]) -> Bundle {
    Bundle::node(name)
        .kubelet(&[&["--config=/c.yaml"], arguments].concat())
        .version("v1.33.1")
        .file("/c.yaml", config("makeIPTablesUtilChains: true\n"))
}

/// Bundles that together have every verdict, two benchmarks, lent evidence and texts that no
/// spreadsheet should act on.
pub(crate) fn fleet(lab: &Lab) {
    for (at, text) in HOSTILE.iter().enumerate() {
        let name = format!("{text}{at}");
        let bundle = node(&name, &[&format!("--node-labels=a={text}")]).with("cluster", *text);
        let top = format!("h{at}");
        lab.add(&format!("in/{top}.tgz"), &Bundle { top, ..bundle });
    }
    lab.add(
        "in/fail.tgz",
        &node("fail", &["--make-iptables-util-chains=false"]),
    );
    lab.add(
        "in/cut.tgz",
        &Bundle::node("cut").kubelet(&["--config=/absent.yaml"]),
    );
    lab.add("in/blind.tgz", &Bundle::node("blind").version("v1.33.1"));
    let bastion = Bundle::node("bastion").ps(&["/usr/sbin/sshd"]);
    let bastion = bastion.stat_row("/usr/bin/kubelet", "absent", 1);
    lab.add("in/bastion.tgz", &bastion);
    let eks = Bundle::node("eks").kubelet(&[]);
    lab.add("in/eks.tgz", &eks.version("v1.30.0-eks-036c24b"));
    let mut broken = node("broken", &[]).tar_gz();
    broken.truncate(broken.len() / 2);
    lab.put("in/broken.tgz", &broken);
    let lent = Bundle::cluster("test").member(
        "configz/lent.json",
        r#"{"kubeletconfig":{"enableServer":true,"makeIPTablesUtilChains":true}}"#,
    );
    lab.add("in/a-cluster.tgz", &lent);
    lab.add(
        "in/lent.tgz",
        &Bundle::node("lent").kubelet(&["--config=/c.yaml"]),
    );
}

/// Texts that make a spreadsheet run, decode, trim or refuse something.
pub(crate) const HOSTILE: [&str; 14] = [
    "=1+1",
    "@SUM(A1)",
    "+1",
    "-1",
    "\tx",
    "a\rb",
    "a\nb",
    "_x0041_",
    "_x0041\u{1}",
    "\u{0}\u{1f}\u{fffe}",
    " blanks ",
    "</t><c>&amp;",
    "😀\u{202e}rtl",
    "=HYPERLINK(\"http://example.org\",\"x\")",
];

#[test]
fn findings_are_the_rows_of_the_report_and_the_matrix_their_verdicts() {
    let lab = Lab::new();
    fleet(&lab);
    // Every verdict that there is: some controls of cis-1.12 ask a person.
    assert_eq!(
        same_as_report(&lab, &["--as-of", "2026-11-22T00:00:00Z"]),
        6
    );
    // Two benchmarks on every node, one of which asks a person.
    assert_eq!(same_as_report(&lab, &["-b", "cis-1.11,eks-1.2.0"]), 6);
}

/// Compares the workbook with the report of the same run; how many verdicts there are.
fn same_as_report(lab: &Lab, arguments: &[&str]) -> usize {
    let (sheets, report) = reports(lab, arguments);
    let wanted = report["findings"].as_array().unwrap();
    let found = records(&sheets["Findings"], 1);
    assert_eq!(found.len(), wanted.len());
    let mut verdicts = BTreeMap::new();
    for (found, wanted) in found.iter().zip(wanted) {
        for column in Row::COLUMNS {
            assert_eq!(found[column], cell(&wanted[column]), "{column}: {wanted}");
        }
        *verdicts.entry(found["verdict"].clone()).or_insert(0) += 1;
    }
    let shown = |row: &&BTreeMap<String, String>| {
        row["node"] == "fail" && row["verdict"] == "fail" && row["source"] == "argument"
    };
    let fail = found.iter().find(shown).unwrap();
    assert!(
        fail["excerpt"].contains("--make-iptables-util-chains=false"),
        "{fail:?}"
    );

    let matrices: Vec<&String> = sheets
        .keys()
        .filter(|name| name.starts_with("Matrix "))
        .collect();
    assert_eq!(
        matrices.len(),
        report["benchmarks"].as_array().unwrap().len()
    );
    assert!(matrices.len() > 1);
    let mut in_matrices = 0;
    for name in matrices {
        let sheet = &sheets[name];
        let id = name.strip_prefix("Matrix ").unwrap();
        assert!(sheet[0][0].starts_with(id), "{:?}", sheet[0]);
        assert!(sheet[0][0].ends_with("(beside it: 1 unreadable, on the sheet Not judged)"));
        for row in records(sheet, 3) {
            let is_of = |f: &&Value| {
                f["benchmark"] == id
                    && ["cluster", "node", "bundle"]
                        .iter()
                        .all(|key| cell(&f[key]) == row[*key])
            };
            let findings: Vec<&Value> = wanted.iter().filter(is_of).collect();
            assert_ne!(row["bundle"], "broken.tgz", "nobody knows its benchmark");
            for finding in &findings {
                let number = finding["control"].as_str().unwrap();
                assert_eq!(row[number], cell(&finding["verdict"]));
                let at = sheet[2].iter().position(|text| text == number).unwrap();
                assert_eq!(sheet[1][at], cell(&finding["title"]), "{number}");
            }
            let filled = row.values().filter(|text| !text.is_empty()).count();
            let leading = ["cluster", "node", "bundle"]
                .iter()
                .filter(|k| !row[**k].is_empty());
            assert_eq!(filled, findings.len() + leading.count());
            in_matrices += findings.len();
        }
    }
    let with_control = wanted
        .iter()
        .filter(|finding| !finding["control"].is_null());
    assert_eq!(in_matrices, with_control.count());
    verdicts.len()
}

#[test]
fn evidence_has_each_cited_member_once_with_its_digest_and_collector() {
    let lab = Lab::new();
    fleet(&lab);
    let (sheets, report) = reports(&lab, &[]);
    let rows = records(&sheets["Evidence"], 1);
    let bundles = report["bundles"].as_array().unwrap();
    let mut cited = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        let texts = finding["evidence"].as_array().unwrap();
        let digests = finding["evidence_sha256"].as_array().unwrap();
        let mut files: Vec<(String, String, String)> = Vec::new();
        for (text, digest) in texts.iter().zip(digests) {
            let text = text.as_str().unwrap();
            let file = text.split("#/").next().unwrap();
            let file = file
                .trim_end_matches(|c: char| c.is_ascii_digit())
                .trim_end_matches(':');
            let own = finding["bundle"].as_str().unwrap();
            let (bundle, file) = file.split_once('!').unwrap_or((own, file));
            files.push((bundle.to_owned(), file.to_owned(), cell(digest)));
        }
        files.sort();
        files.dedup();
        for (bundle, file, digest) in files {
            *cited
                .entry((cell(&finding["node"]), bundle, file, digest))
                .or_insert(0) += 1;
        }
    }
    assert!(
        cited
            .keys()
            .any(|(node, bundle, ..)| node == "lent" && bundle == "a-cluster.tgz")
    );
    let mut seen = 0;
    for row in &rows {
        let bundle = bundles
            .iter()
            .find(|b| b["name"] == row["bundle"].as_str())
            .unwrap();
        assert_eq!(row["bundle_sha256"], cell(&bundle["sha256"]));
        assert_eq!(row["collected_at"], cell(&bundle["collected_at"]));
        assert_eq!(row["integrity"], cell(&bundle["integrity"]));
        let collector = if bundle["collector"].is_null() {
            ""
        } else {
            "test 0"
        };
        assert_eq!(row["collector"], collector);
        if row["member"].is_empty() {
            assert_eq!(row["findings"], "0");
            continue;
        }
        let key = ["node", "bundle", "member", "sha256"].map(|key| row[key].clone());
        let [node, bundle, member, sha256] = key;
        let count: i32 = cited[&(node, bundle, member, sha256)];
        assert_eq!(row["findings"], count.to_string());
        seen += 1;
    }
    assert_eq!(seen, cited.len());
    for bundle in bundles {
        assert!(
            rows.iter()
                .any(|row| row["bundle"] == cell(&bundle["name"])),
            "{bundle}"
        );
    }
}

#[test]
fn controls_and_the_800_53_roll_up_follow_from_the_findings() {
    let lab = Lab::new();
    fleet(&lab);
    let (sheets, report) = reports(&lab, &[]);
    let findings = report["findings"].as_array().unwrap();
    for control in records(&sheets["Controls"], 1) {
        let is_of = |f: &&Value| {
            f["benchmark"] == control["benchmark"].as_str()
                && f["control"] == control["control"].as_str()
        };
        let finding = findings.iter().find(is_of).unwrap();
        for key in [
            "title",
            "level",
            "assessment",
            "rule",
            "nist_800_53",
            "cis_controls",
        ] {
            assert_eq!(control[key], cell(&finding[key]), "{key}");
        }
        assert!(
            finding["rule"].is_null() || control["remediation"].len() > 10,
            "{control:?}"
        );
    }
    let asked: usize = report["coverage"]["controls"].as_array().unwrap().len();
    assert_eq!(records(&sheets["Controls"], 1).len(), asked);

    let ids = |finding: &Value| -> Vec<String> {
        let ids = finding["nist_800_53"].as_array().unwrap();
        ids.iter().map(cell).collect()
    };
    let rollup = records(&sheets["By 800-53"], 1);
    for line in &rollup {
        let supports = |finding: &&Value| {
            ids(finding)
                .iter()
                .any(|id| match line["control"].as_str() {
                    "" => id.split('-').next() == Some(&line["family"]),
                    control => id == control,
                })
        };
        let of: Vec<&Value> = findings.iter().filter(supports).collect();
        assert_eq!(line["findings"], of.len().to_string(), "{line:?}");
        for verdict in [
            "pass",
            "fail",
            "unknown",
            "error",
            "not-applicable",
            "manual",
        ] {
            let count = of.iter().filter(|f| f["verdict"] == verdict).count();
            assert_eq!(line[verdict], count.to_string(), "{line:?}");
        }
        let count = |verdict| of.iter().filter(|f| f["verdict"] == verdict).count();
        let (passed, failed) = (count("pass"), count("fail"));
        let share = match passed + failed {
            0 => "none decided".to_owned(),
            decided => ((passed * 100 / decided) as f64 / 100.0).to_string(),
        };
        assert_eq!(line["pass rate"], share);
        let lines: Vec<&str> = line["supported by"].lines().collect();
        let more = lines.last().is_some_and(|line| line.starts_with("and "));
        for finding in &of {
            let title = format!("{} (", cell(&finding["title"]));
            let is_named = lines.iter().any(|line| line.starts_with(&title));
            assert!(is_named || more, "{title} in {line:?}");
            // What fails most stands first.
            assert!(
                finding["verdict"] != "fail" || lines[0].contains(" fail"),
                "{line:?}"
            );
        }
    }
    let mut all: Vec<String> = findings.iter().flat_map(ids).collect();
    all.sort();
    all.dedup();
    let controls = rollup.iter().filter(|line| !line["control"].is_empty());
    assert_eq!(controls.count(), all.len());
}

#[test]
fn the_summary_counts_what_the_report_counts_and_gaps_are_named() {
    let lab = Lab::new();
    fleet(&lab);
    let (sheets, report) = reports(&lab, &[]);
    let summary = &sheets["Summary"];
    let line = |of: &str| {
        summary
            .iter()
            .find(|row| row.first().is_some_and(|c| c == of))
            .unwrap()
    };
    for (id, counts) in report["summary"]["benchmarks"].as_object().unwrap() {
        let verdicts = [
            "pass",
            "fail",
            "unknown",
            "error",
            "not-applicable",
            "manual",
        ];
        let wanted = verdicts.map(|verdict| counts[verdict].as_u64().unwrap_or(0).to_string());
        assert_eq!(line(id)[3..9], wanted, "{id}");
    }
    let gaps = records(&sheets["Not judged"], 1);
    let has = |bundle: &str, code: &str| {
        gaps.iter()
            .any(|gap| gap["bundle"] == bundle && gap["code"] == code && gap["why"].len() > 9)
    };
    assert!(has("broken.tgz", "unreadable"), "{gaps:#?}");
    assert!(has("blind.tgz", "nothing-decided"), "{gaps:#?}");
    assert!(!gaps.iter().any(|gap| gap["node"] == "fail"), "{gaps:#?}");
    let names = [
        "Summary",
        "Findings",
        "By 800-53",
        "Evidence",
        "Controls",
        "Not judged",
    ];
    assert!(names.iter().all(|name| sheets.contains_key(*name)));
    for name in sheets.keys().filter(|name| *name != "Summary") {
        assert!(
            summary.iter().any(|row| row.first() == Some(name)),
            "{name} is not listed"
        );
    }
}

#[test]
fn a_run_with_nothing_to_judge_still_says_what_is_missing() {
    let lab = Lab::new();
    lab.put("in/broken.tgz", &node("n", &[]).tar_gz()[..100]);
    let (sheets, report) = reports(&lab, &[]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    let findings = records(&sheets["Findings"], 1);
    assert_eq!(
        (findings.len(), findings[0]["verdict"].as_str()),
        (1, "error")
    );
    assert!(
        !sheets.contains_key("Matrix"),
        "no benchmark judged anything"
    );
    assert_eq!(records(&sheets["Not judged"], 1).len(), 1);
    assert_eq!(sheets["Controls"].len(), 1);
}
