//! A spreadsheet program opens the workbook and shows what the JSON report says.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use nodeproof::matrix::row::Row;
use serde_json::Value;

use super::{cell, fleet, read, reports};
use crate::support::*;

/// Whether LibreOffice is here; it must be in CI.
fn is_here() -> bool {
    let found = Command::new("soffice")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok();
    if !found {
        skipped("soffice is not here");
    }
    found
}

/// Converts with a profile of its own, so that tests do not wait for each other.
fn convert(lab: &Lab, to: &str) {
    let profile = format!(
        "-env:UserInstallation=file://{}",
        lab.path("profile").display()
    );
    let ran = Command::new("soffice")
        .args([
            &profile,
            "--headless",
            "--convert-to",
            to,
            "--outdir",
            "out",
            "r.xlsx",
        ])
        .current_dir(lab.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(
        ran.status.success() && !said.to_lowercase().contains("error"),
        "{said}"
    );
}

fn csv(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(path)
        .unwrap();
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

/// What LibreOffice keeps of a text in a cell: it has no place for most control characters, and
/// one line ending.
fn kept(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars()
        .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
        .collect()
}

#[test]
fn libreoffice_shows_every_cell_as_the_report_has_it() {
    if !is_here() {
        return;
    }
    let lab = Lab::new();
    fleet(&lab);
    let (sheets, report) = reports(&lab, &[]);
    // Separator, quote, UTF-8, from line 1, …, cells as shown, every sheet.
    convert(
        &lab,
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
    );
    let path = |sheet: &str| lab.path(&format!("out/r-{sheet}.csv"));
    let findings = csv(&path("Findings"));
    let wanted = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), wanted.len() + 1);
    for (found, wanted) in findings[1..].iter().zip(wanted) {
        for (at, column) in Row::COLUMNS.iter().enumerate() {
            assert_eq!(kept(&found[at]), kept(&cell(&wanted[*column])), "{column}");
        }
    }
    for name in sheets.keys().filter(|name| *name != "Summary") {
        let shown = csv(&path(name));
        for (shown, read) in shown.iter().zip(&sheets[name]) {
            for (shown, read) in shown.iter().zip(read) {
                let shown = match shown.strip_suffix('%').map(str::parse::<f64>) {
                    Some(Ok(percent)) => (percent / 100.0).to_string(),
                    _ => shown.clone(),
                };
                assert_eq!(
                    kept(&shown).replace(',', ""),
                    kept(read).replace(',', ""),
                    "{name}"
                );
            }
        }
        assert_eq!(shown.len(), sheets[name].len(), "{name}");
    }
}

#[test]
fn libreoffice_prints_it_and_writes_it_again_unchanged() {
    if !is_here() {
        return;
    }
    let lab = Lab::new();
    fleet(&lab);
    let (sheets, report) = reports(&lab, &[]);
    convert(&lab, "pdf");
    assert!(
        fs::read(lab.path("out/r.pdf"))
            .unwrap()
            .starts_with(b"%PDF")
    );
    convert(&lab, "xlsx");
    let again = read(&lab.path("out/r.xlsx"));
    assert!(again.keys().eq(sheets.keys()));
    let verdicts = |sheets: &super::Sheets| -> Vec<String> {
        let rows = sheets["Findings"].iter().skip(1);
        rows.map(|row| row[7].clone()).collect()
    };
    assert_eq!(verdicts(&again), verdicts(&sheets));
    let wanted: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["verdict"])
        .collect();
    assert!(
        verdicts(&again)
            .iter()
            .eq(wanted.iter().map(|v| v.as_str().unwrap()))
    );
}
