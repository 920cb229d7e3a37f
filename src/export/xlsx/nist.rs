//! By 800-53: what findings say of each NIST SP 800-53 family, and of each control in it.

use std::collections::BTreeMap;
use std::io;

use rust_xlsxwriter::{Format, Worksheet};

use super::sheet::{self, Sheet, Sheets, refused};
use super::style;
use super::text;
use crate::matrix::nist::{NistLine, Rollup, Support};
use crate::matrix::report::Totals;
use crate::matrix::summary::{Score, Summary, Verdicts};
use crate::verdict::Verdict;

/// The columns beside the verdicts'.
const BEFORE: [(&str, f64); 4] = [
    ("family", 9.0),
    ("control", 11.0),
    ("title", 52.0),
    ("pass rate", 15.0),
];
/// The column of the controls that support a line, and its width.
const SUPPORTED: u16 = 11;
const WIDE: f64 = 100.0;
/// Titles that a line names.
const TITLES: usize = 6;
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
        let most = sheets.caps.units;
        write(&mut worksheet, row, &family, None, totals.summary, most)?;
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
                totals.summary,
                most,
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
    line: &NistLine<'_>,
    control: Option<&str>,
    summary: &Summary,
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
    let supported = supported_by(line.support, summary);
    let mark = || "…[cut: the sheet Findings has all, by its column nist_800_53]".to_owned();
    let supported = text::cut(&supported, most, &mark);
    let height = sheet::height([(&*supported, WIDE)]);
    worksheet
        .write_string_with_format(row, SUPPORTED, &*supported, &style::wrapped())
        .and_then(|sheet| sheet.set_row_height(row, height))
        .map_err(refused)?;
    Ok(())
}

/// The share of decided findings that pass, how many findings have each verdict, and how many there
/// are.
pub(super) fn verdicts(
    worksheet: &mut Worksheet,
    row: u32,
    column: u16,
    support: &Support,
    format: &Format,
) -> io::Result<()> {
    match Score::of(&support.verdicts).percent() {
        Some(percent) => {
            let share = percent as f64 / 100.0;
            worksheet.write_number_with_format(row, column, share, &as_percent(format))
        }
        None => worksheet.write_string_with_format(row, column, "none decided", format),
    }
    .map_err(refused)?;
    for (at, verdict) in (column + 1..).zip(Verdict::ALL) {
        let count = support.verdicts.get(verdict.as_str()).copied();
        sheet::count(worksheet, row, at, count.unwrap_or(0), format)?;
    }
    let all = support.verdicts.values().sum();
    sheet::count(worksheet, row, column + 7, all, format)
}

/// Whole percent.
fn as_percent(format: &Format) -> Format {
    format.clone().set_num_format("0%")
}

/// A line per title, those that fail most first: `kubelet: … (3 fail, 10 pass; cis-1.12 4.2.6)`.
fn supported_by(support: &Support, summary: &Summary) -> String {
    let mut titles: BTreeMap<&str, (Verdicts, Vec<String>)> = BTreeMap::new();
    for of in support.findings() {
        let asked = summary.asked(of.benchmark, of.control);
        let title = asked.map_or("", |asked| asked.title.as_str());
        let (verdicts, controls) = titles.entry(title).or_default();
        controls.push(format!("{} {}", of.benchmark, of.control));
        for (verdict, count) in of.verdicts {
            *verdicts.entry(verdict.clone()).or_default() += count;
        }
    }
    let mut titles: Vec<_> = titles.into_iter().collect();
    let fails = |of: &(&str, (Verdicts, Vec<String>))| of.1.0.get("fail").copied().unwrap_or(0);
    titles.sort_by_key(|of| std::cmp::Reverse(fails(of)));
    let lines = titles
        .iter()
        .take(TITLES)
        .map(|(title, (verdicts, controls))| {
            let counts = Verdict::ALL.iter().filter_map(|verdict| {
                let count = verdicts.get(verdict.as_str())?;
                Some(format!("{count} {}", verdict.as_str()))
            });
            let counts: Vec<String> = counts.collect();
            let controls = match controls.as_slice() {
                [one] => one.clone(),
                [first, rest @ ..] => format!("{first} and {} more", rest.len()),
                [] => String::new(),
            };
            format!("{title} ({}; {controls})", counts.join(", "))
        });
    let mut lines: Vec<String> = lines.collect();
    if titles.len() > TITLES {
        let more = titles.len() - TITLES;
        lines.push(format!("and {more} more: filter Findings by nist_800_53"));
    }
    lines.join("\n")
}
