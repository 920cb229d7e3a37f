//! Sheets of a few rows, columns and characters: what does not fit goes on elsewhere, and says so.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use nodeproof::evidence::manifest::Collector;
use nodeproof::export::xlsx::{Caps, Xlsx};
use nodeproof::export::{Export, Reported};
use nodeproof::limits::Limits;
use nodeproof::matrix::coverage::Coverage;
use nodeproof::matrix::finding::Origin;
use nodeproof::matrix::report::{self, Totals};
use nodeproof::matrix::row::Row;
use nodeproof::matrix::stored::StoredRow;
use nodeproof::matrix::summary::SummaryBuilder;
use nodeproof::verdict::Verdict;

use nodeproof::benchmark::select::Selection;

use super::{cell, read, records};
use crate::support::*;

fn row(cluster: &str, node: &str, control: &str, reason: &str) -> StoredRow {
    StoredRow {
        cluster: Some(cluster.to_owned()),
        node: Some(node.to_owned()),
        benchmark: Some("cis-1.12".to_owned()),
        control: Some(control.to_owned()),
        title: Some(format!("title of {control}")),
        verdict: Verdict::Pass,
        reason: reason.to_owned(),
        evidence: vec!["files/c.yaml:1".to_owned()],
        evidence_sha256: vec!["0".repeat(64)],
        bundle: format!("{cluster}/{node}.tgz"),
        finding_id: format!("{node}-{control}"),
        ..StoredRow::default()
    }
}

/// Writes these rows with these caps, a bundle per node.
fn write(path: &Path, rows: &[StoredRow], caps: Caps) {
    let selection = Selection::settle(&CATALOG, &[], &[]).unwrap();
    let run = report::Run::of(
        &CATALOG,
        &selection,
        &Limits::default(),
        Vec::<Collector>::new(),
        None,
        None,
    );
    let mut export = Xlsx::new(Box::new(File::create(path).unwrap()), &run, caps);
    export.begin().unwrap();
    let mut summary = SummaryBuilder::default();
    for node in rows.chunk_by(|a, b| a.bundle == b.bundle) {
        let rows: Vec<_> = node.iter().map(StoredRow::row).collect();
        summary.add(&rows);
        let origin = Origin {
            cluster: node[0].cluster.clone(),
            node: node[0].node.clone(),
            bundle: node[0].bundle.clone(),
            ..Origin::default()
        };
        let reported = Reported {
            catalog: &CATALOG,
            rows: &rows,
            bundle: &report::Bundle::of(origin, Vec::new()),
        };
        export.bundle(&reported).unwrap();
    }
    let summary = summary.finish();
    export
        .end(&Totals::of(
            &CATALOG,
            &summary,
            &Coverage::default(),
            Vec::new(),
            &[],
        ))
        .unwrap();
}

#[test]
fn what_passes_the_caps_goes_on_in_another_sheet_at_a_new_cluster() {
    let lab = Lab::new();
    let path = lab.path("r.xlsx");
    let mut rows = Vec::new();
    for (cluster, node) in [("a", "1"), ("a", "2"), ("b", "3"), ("c", "4")] {
        for control in ["4.2.1", "4.2.9", "4.2.10"] {
            rows.push(row(cluster, node, control, "code: why"));
        }
    }
    // Ten findings below a head; two lines of the matrix below its three rows.
    let caps = Caps {
        rows: 11,
        columns: 5,
        units: 32_767,
    };
    write(&path, &rows, caps);
    let sheets = read(&path);
    let clusters = |name: &str, head: usize| -> Vec<String> {
        records(&sheets[name], head)
            .iter()
            .map(|row| row["cluster"].clone())
            .collect()
    };
    assert_eq!(
        clusters("Findings", 1),
        ["a", "a", "a", "a", "a", "a", "b", "b", "b"]
    );
    assert_eq!(clusters("Findings (2)", 1), ["c", "c", "c"]);
    assert_eq!(
        sheets["Matrix"][2],
        ["cluster", "node", "bundle", "4.2.1", "4.2.9"]
    );
    assert_eq!(
        sheets["Matrix (2)"][2],
        ["cluster", "node", "bundle", "4.2.10"]
    );
    assert_eq!(sheets["Matrix (2)"].len(), 7);
    let summary = &sheets["Summary"];
    assert!(
        summary
            .iter()
            .any(|row| row.first().is_some_and(|c| c == "split"))
    );
    let both = [
        records(&sheets["Findings"], 1),
        records(&sheets["Findings (2)"], 1),
    ]
    .concat();
    for (found, wanted) in both.iter().zip(&rows) {
        let wanted = serde_json::to_value(wanted.row()).unwrap();
        assert!(
            Row::COLUMNS
                .iter()
                .all(|column| found[*column] == cell(&wanted[*column]))
        );
    }
    let caps = Caps {
        rows: 5,
        ..Caps::default()
    };
    write(&path, &rows, caps);
    let sheets = read(&path);
    let counts: BTreeMap<&str, usize> = sheets
        .iter()
        .map(|(n, rows)| (n.as_str(), rows.len()))
        .collect();
    for (name, rows) in [
        ("Findings", 5),
        ("Findings (2)", 3),
        ("Findings (3)", 4),
        ("Findings (4)", 4),
    ] {
        assert_eq!(counts[name], rows, "{counts:?}");
    }
    for (name, nodes) in [("Matrix", &["1", "2"][..]), ("Matrix (2)", &["3", "4"])] {
        let rows = records(&sheets[name], 3);
        assert!(
            rows.iter()
                .map(|row| row["node"].as_str())
                .eq(nodes.iter().copied()),
            "{rows:?}"
        );
    }
}

#[test]
fn a_cell_that_is_too_long_is_cut_with_a_mark_and_a_pointer() {
    let lab = Lab::new();
    let path = lab.path("r.xlsx");
    let long = format!("code: {}", "😀".repeat(20_000));
    let fits = format!("code: {}", "x".repeat(32_761));
    write(
        &path,
        &[row("c", "a", "4.2.1", &long), row("c", "b", "4.2.1", &fits)],
        Caps::default(),
    );
    let found = records(&read(&path)["Findings"], 1);
    let cut = &found[0]["reason"];
    assert!(cut.encode_utf16().count() <= 32_767 && cut.encode_utf16().count() > 32_760);
    assert!(cut.starts_with("code: 😀"));
    assert!(cut.ends_with("😀…[cut: whole text in the JSON report, finding a-4.2.1]"));
    assert_eq!(found[1]["reason"], fits);
}

#[test]
fn sheets_have_frozen_heads_filters_and_print_settings() {
    let lab = Lab::new();
    let path = lab.path("r.xlsx");
    write(
        &path,
        &[row("c", "a", "4.2.1", "code: why")],
        Caps::default(),
    );
    let mut zip = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let mut part = |name: &str| std::io::read_to_string(zip.by_name(name).unwrap()).unwrap();
    let workbook = part("xl/workbook.xml");
    for number in 2..=7 {
        let sheet = part(&format!("xl/worksheets/sheet{number}.xml"));
        for wanted in [
            "state=\"frozen\"",
            "<autoFilter ref=\"A",
            "orientation=\"landscape\"",
            "<oddFooter>",
        ] {
            assert!(sheet.contains(wanted), "sheet {number}: {wanted}");
        }
    }
    let evidence = part("xl/worksheets/sheet5.xml");
    assert!(evidence.contains("<v>1</v>"), "a count is a number");
    assert_eq!(
        workbook.matches("_xlnm.Print_Titles").count(),
        6,
        "{workbook}"
    );
    // Texts of controls fill paper that nobody reads.
    assert!(workbook.contains(">Controls!$A$1:$J$"), "{workbook}");
    assert!(
        part("xl/charts/chart1.xml").contains("<c:v>cis-1.12</c:v>"),
        "cached for viewers"
    );
    assert!(part("docProps/core.xml").contains("1980-01-01T00:00:00Z"));
    fs::remove_file(&path).unwrap();
}
