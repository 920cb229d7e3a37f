//! By 800-53: what findings say of each NIST SP 800-53 family, and of each control in it.

use std::io;

use rust_xlsxwriter::{Format, Worksheet};

use super::sheet::{self, Sheet, Sheets, refused};
use super::style;
use super::text;
use crate::matrix::nist::{Line, Rollup, Support};
use crate::matrix::report::Totals;
use crate::verdict::Verdict;

/// The columns beside the verdicts'.
const BEFORE: [(&str, f64); 4] = [
    ("family", 9.0),
    ("control", 11.0),
    ("title", 52.0),
    ("worst verdict", 15.0),
];
/// The column of the controls that support a line, and its width.
const SUPPORTED: u16 = 11;
const WIDE: f64 = 100.0;
const AFTER: [(&str, f64); 2] = [("findings", 11.0), ("supported by", WIDE)];

pub(super) fn sheet(totals: &Totals<'_>, sheets: &mut Sheets<'_>) -> io::Result<()> {
    let rollup = Rollup::of(totals.summary);
    let controls = rollup.controls();
    let mut worksheet = sheets.worksheet("By 800-53")?;
    let verdicts = Verdict::ALL.map(|verdict| (verdict.as_str(), 14.0));
    let columns = BEFORE.into_iter().chain(verdicts).chain(AFTER);
    let columns: Vec<(&str, f64)> = columns.collect();
    for (at, (name, width)) in (0..).zip(&columns) {
        let is_count = (4..SUPPORTED).contains(&at);
        let look = if is_count {
            style::count_head()
        } else {
            style::head()
        };
        worksheet
            .write_string_with_format(0, at, *name, &look)
            .map_err(refused)?;
        worksheet.set_column_width(at, *width).map_err(refused)?;
    }
    let mut row = 0;
    for family in rollup.families() {
        row += 1;
        write(&mut worksheet, row, &family, None, sheets.caps.units)?;
        let members = controls
            .iter()
            .filter(|line| family_of(line.id) == family.id);
        for control in members {
            row += 1;
            write(
                &mut worksheet,
                row,
                control,
                Some(control.id),
                sheets.caps.units,
            )?;
        }
    }
    let all = u16::try_from(columns.len()).map_err(io::Error::other)?;
    sheet::freeze(&mut worksheet, 1, 3, u64::from(row), all)?;
    sheets.all.push(Sheet {
        worksheet,
        about: "NIST SP 800-53 Rev. 5: what findings say of each family and control".to_owned(),
        rows: u64::from(row),
        body: None,
    });
    Ok(())
}

fn family_of(id: &str) -> &str {
    id.split('-').next().unwrap_or(id)
}

fn write(
    worksheet: &mut Worksheet,
    row: u32,
    line: &Line<'_>,
    control: Option<&str>,
    most: usize,
) -> io::Result<()> {
    let look = |format: Format| {
        if control.is_none() {
            style::strong(format)
        } else {
            format
        }
    };
    let leading = [family_of(line.id), control.unwrap_or_default(), line.title];
    sheet::texts(worksheet, row, leading, &look(style::wrapped()))?;
    verdicts(worksheet, row, 3, line.support, &look(style::count()))?;
    let supported = supported_by(line.support);
    let mark = || "…[cut: the sheet Findings has all, by its column nist_800_53]".to_owned();
    let supported = text::cut(&supported, most, &mark);
    let height = sheet::height([(&*supported, WIDE)]);
    worksheet
        .write_string_with_format(row, SUPPORTED, &*supported, &style::wrapped())
        .and_then(|sheet| sheet.set_row_height(row, height))
        .map_err(refused)?;
    Ok(())
}

/// The worst verdict, how many findings have each, and how many there are.
pub(super) fn verdicts(
    worksheet: &mut Worksheet,
    row: u32,
    column: u16,
    support: &Support,
    format: &Format,
) -> io::Result<()> {
    let worst = support.worst().unwrap_or_default();
    let look = Verdict::ALL.into_iter().find(|v| v.as_str() == worst);
    let look = look.map_or_else(style::text, style::verdict);
    worksheet
        .write_string_with_format(row, column, worst, &look)
        .map_err(refused)?;
    for (at, verdict) in (column + 1..).zip(Verdict::ALL) {
        let count = support.verdicts.get(verdict.as_str()).copied();
        sheet::count(worksheet, row, at, count.unwrap_or(0), format)?;
    }
    let all = support.verdicts.values().sum();
    sheet::count(worksheet, row, column + 7, all, format)
}

/// `cis-1.12 4.2.6 (3 fail, 10 pass); …`
fn supported_by(support: &Support) -> String {
    let controls = support.findings().into_iter().map(|of| {
        let counts = Verdict::ALL.iter().filter_map(|verdict| {
            let count = of.verdicts.get(verdict.as_str())?;
            Some(format!("{count} {}", verdict.as_str()))
        });
        let counts: Vec<String> = counts.collect();
        format!("{} {} ({})", of.benchmark, of.control, counts.join(", "))
    });
    controls.collect::<Vec<String>>().join("; ")
}
