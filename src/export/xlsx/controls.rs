//! Controls: what each number of the judged benchmarks means, with references and remediation.

use std::io;

use super::sheet::{self, Sheet, Sheets, refused};
use super::style;
use super::text;
use crate::benchmark::described;
use crate::matrix::report::Totals;

/// Columns that are printed: which control, and who decides it. Its texts are read on a screen.
const PRINTED: u16 = 10;

pub(super) fn sheet(totals: &Totals<'_>, sheets: &mut Sheets<'_>) -> io::Result<()> {
    let mut worksheet = sheets.worksheet("Controls")?;
    sheet::texts(&mut worksheet, 0, described::COLUMNS, &style::head())?;
    for (at, name) in (0..).zip(described::COLUMNS) {
        worksheet
            .set_column_width(at, width(name))
            .map_err(refused)?;
    }
    let look = style::wrapped();
    let mut row = 0;
    for judged in &totals.benchmarks {
        let Some(benchmark) = totals.catalog.benchmark(judged.id) else {
            continue;
        };
        let asked = benchmark.controls.iter();
        let asked = asked.filter(|c| totals.summary.asked(&benchmark.id, &c.number).is_some());
        for control in asked {
            row += 1;
            let control = described::control(benchmark, control);
            let texts = described::COLUMNS.map(|name| described::text(control.get(name)));
            let widths = described::COLUMNS.map(width);
            let height = sheet::height(texts.iter().map(String::as_str).zip(widths));
            worksheet.set_row_height(row, height).map_err(refused)?;
            for (at, text) in (0..).zip(&texts) {
                let mark = || "…[cut: `nodeproof controls` shows all]".to_owned();
                let text = text::cut(text, sheets.caps.units, &mark);
                worksheet
                    .write_string_with_format(row, at, &*text, &look)
                    .map_err(refused)?;
            }
        }
    }
    let all = u16::try_from(described::COLUMNS.len()).map_err(io::Error::other)?;
    sheet::freeze(&mut worksheet, 1, 3, u64::from(row), all)?;
    sheet::print_leading(&mut worksheet, u64::from(row), PRINTED)?;
    sheets.all.push(Sheet {
        worksheet,
        about: "what each number means, its references, what to do".to_owned(),
        rows: u64::from(row),
        body: None,
    });
    Ok(())
}

/// Characters of a line.
fn width(column: &str) -> f64 {
    match column {
        "rationale" | "impact" | "default" | "remediation" | "verify" => 60.0,
        "title" | "look_at" | "see_also" => 45.0,
        "rule" | "evidence" | "other_names" | "nist_families" => 30.0,
        "benchmark" | "nist_800_53" | "cis_controls" => 20.0,
        "level" => 7.0,
        _ => 14.0,
    }
}
