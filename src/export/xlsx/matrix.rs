//! Matrix: node × control, one sheet per benchmark, since a node seldom has two. A bundle that
//! cannot be read has no line, because nobody knows which benchmark would have judged it: the head of
//! every sheet says how many there are.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::Range;

use super::super::leading::Leading;
use super::package::Rows;
use super::sheet::{self, Sheet, Sheets, refused};
use super::spool::{RowSpool, Waiting};
use super::style::{self, Style};
use crate::benchmark::order;
use crate::matrix::report::Totals;
use crate::matrix::row::Row;
use crate::verdict::Verdict;

/// Rows of the head: benchmark, titles, numbers.
const HEAD: u32 = 3;
/// Characters of a verdict.
const WIDTH: f64 = 13.0;
const LEADING: usize = Leading::NAMES.len();
/// Stands for no verdict.
const NONE: u8 = b' ';

#[derive(Default)]
pub(super) struct Matrices {
    benchmarks: BTreeMap<String, MatrixRows>,
    /// The line at hand, and its benchmark.
    line: Option<(Leading, String, Vec<u8>)>,
}

/// The lines of one benchmark: the leading cells and a letter per control.
#[derive(Default)]
struct MatrixRows {
    rows: RowSpool,
    /// Controls by when they came up.
    controls: HashMap<String, usize>,
}

impl MatrixRows {
    fn push(&mut self, leading: &Leading, letters: &str) -> io::Result<()> {
        let [cluster, node, bundle] = leading.texts();
        self.rows.push(cluster, &[cluster, node, bundle, letters])
    }
}

/// A letter for a verdict: its place in the list of all.
fn letter(verdict: Verdict) -> u8 {
    let at = (b'a'..).zip(Verdict::ALL).find(|(_, v)| *v == verdict);
    at.map_or(NONE, |(letter, _)| letter)
}

fn word(letter: u8) -> &'static str {
    let at = (b'a'..).zip(Verdict::ALL).find(|(l, _)| *l == letter);
    at.map_or("", |(_, verdict)| verdict.as_str())
}

impl Matrices {
    pub(super) fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let (Some(benchmark), Some(control)) = (row.benchmark, row.control) else {
            return self.finish_line();
        };
        let is_of =
            |(leading, id, _): &(Leading, String, _)| leading.is_of(row) && *id == *benchmark;
        if !self.line.as_ref().is_some_and(is_of) {
            self.finish_line()?;
        }
        if !self.benchmarks.contains_key(benchmark) {
            self.benchmarks
                .insert(benchmark.to_owned(), MatrixRows::default());
        }
        let Some(matrix) = self.benchmarks.get_mut(benchmark) else {
            return Ok(());
        };
        let next = matrix.controls.len();
        let at = match matrix.controls.get(control) {
            Some(at) => *at,
            None => *matrix.controls.entry(control.to_owned()).or_insert(next),
        };
        let (_, _, letters) = self
            .line
            .get_or_insert_with(|| (Leading::of(row), benchmark.to_owned(), Vec::new()));
        if letters.len() <= at {
            letters.resize(at + 1, NONE);
        }
        if let Some(place) = letters.get_mut(at) {
            *place = letter(row.verdict);
        }
        Ok(())
    }

    fn finish_line(&mut self) -> io::Result<()> {
        let Some((leading, benchmark, letters)) = self.line.take() else {
            return Ok(());
        };
        let Some(matrix) = self.benchmarks.get_mut(&benchmark) else {
            return Ok(());
        };
        matrix.push(&leading, &String::from_utf8_lossy(&letters))
    }

    pub(super) fn finish(mut self) -> io::Result<MatrixSheets> {
        self.finish_line()?;
        let finished = self.benchmarks.into_iter().map(|(id, matrix)| {
            let rows = matrix.rows.finish()?;
            Ok((id, (rows, matrix.controls)))
        });
        Ok(MatrixSheets {
            benchmarks: finished.collect::<io::Result<_>>()?,
        })
    }
}

/// All lines.
pub(super) struct MatrixSheets {
    benchmarks: BTreeMap<String, (Waiting, HashMap<String, usize>)>,
}

impl MatrixSheets {
    pub(super) fn sheets<'b>(
        &'b self,
        totals: &Totals<'_>,
        sheets: &mut Sheets<'b>,
    ) -> io::Result<()> {
        let judged = totals.benchmarks.iter().map(|benchmark| {
            let version = benchmark.version.unwrap_or_default();
            let title = format!("{} {version}", benchmark.title);
            (benchmark.id, title.trim().to_owned())
        });
        let judged: Vec<(&str, String)> = judged.collect();
        let unreadable = totals.summary.unreadable;
        let is_only = judged.len() == 1;
        for (id, title) in judged {
            let Some((rows, places)) = self.benchmarks.get(id) else {
                continue;
            };
            let controls = columns(totals, id, places);
            let name = if is_only {
                "Matrix".to_owned()
            } else {
                format!("Matrix {id}")
            };
            let wide = usize::from(sheets.caps.columns)
                .saturating_sub(LEADING)
                .max(1);
            sheets.was_split |= controls.len() > wide;
            for part in sheets.parts(rows, HEAD) {
                for columns in controls.chunks(wide) {
                    part_of(
                        rows,
                        part.clone(),
                        columns,
                        [&name, id, &title],
                        unreadable,
                        sheets,
                    )?;
                }
            }
        }
        Ok(())
    }
}

/// A column: where its letters are, its number and its title.
struct SheetColumn {
    place: Option<usize>,
    number: String,
    title: String,
}

/// The columns of a benchmark, as its controls are numbered.
fn columns(totals: &Totals<'_>, id: &str, places: &HashMap<String, usize>) -> Vec<SheetColumn> {
    let controls = totals.summary.controls.get(id).into_iter().flatten();
    let mut columns: Vec<SheetColumn> = controls
        .map(|(number, asked)| SheetColumn {
            place: places.get(number).copied(),
            number: number.clone(),
            title: asked.title.clone(),
        })
        .collect();
    columns.sort_by(|a, b| order::controls(&a.number, &b.number));
    columns
}

fn part_of<'b>(
    rows: &'b Waiting,
    part: Range<u64>,
    columns: &[SheetColumn],
    [name, id, title]: [&str; 3],
    unreadable: u64,
    sheets: &mut Sheets<'b>,
) -> io::Result<()> {
    let mut worksheet = sheets.worksheet(name)?;
    let count = part.end - part.start;
    let head = style::head();
    let height = sheet::height(columns.iter().map(|column| (column.title.as_str(), WIDTH)));
    let mut heading = format!("{id}: {title}");
    if unreadable > 0 {
        heading.push_str(&format!(
            " (beside it: {unreadable} unreadable, on the sheet Not judged)"
        ));
    }
    worksheet
        .write_string_with_format(0, 0, heading, &style::heading())
        .and_then(|sheet| sheet.set_row_height(1, height))
        .map_err(refused)?;
    let blank = Leading::NAMES.map(|_| "");
    let titles = columns.iter().map(|column| column.title.as_str());
    sheet::texts(&mut worksheet, 1, blank.into_iter().chain(titles), &head)?;
    let numbers = columns.iter().map(|column| column.number.as_str());
    sheet::texts(
        &mut worksheet,
        2,
        Leading::NAMES.into_iter().chain(numbers),
        &head,
    )?;
    let all = LEADING + columns.len();
    let all = u16::try_from(all).map_err(io::Error::other)?;
    for (at, width) in (0..all).zip(
        [14.0, 26.0, 28.0]
            .into_iter()
            .chain(std::iter::repeat(WIDTH)),
    ) {
        worksheet.set_column_width(at, width).map_err(refused)?;
    }
    let leading = u16::try_from(LEADING).map_err(io::Error::other)?;
    sheet::freeze(&mut worksheet, HEAD, leading, count, all)?;
    sheet::print_side_by_side(&mut worksheet, leading)?;
    let places: Vec<Option<usize>> = columns.iter().map(|column| column.place).collect();
    let fill = move |to: &mut Rows<'_>| {
        rows.each(part.clone(), |cells| {
            let [cluster, node, bundle, letters] = cells else {
                return Ok(());
            };
            let verdicts = places.iter().map(|place| {
                let letter = place.and_then(|at| letters.as_bytes().get(at).copied());
                let word = word(letter.unwrap_or(NONE));
                (Style::of_verdict(word), word)
            });
            let leading = [cluster, node, bundle].map(|text| (Style::Text, *text));
            to.row(leading.into_iter().chain(verdicts))
        })
    };
    // A letter becomes a word.
    let bytes = rows.bytes.saturating_mul(LONGEST_WORD);
    let body = sheet::body(&mut worksheet, HEAD, all, (count, bytes), Box::new(fill))?;
    sheets.all.push(Sheet {
        worksheet,
        about: format!("node × control, {title}"),
        rows: count,
        body: Some(body),
    });
    Ok(())
}

/// `not-applicable`.
const LONGEST_WORD: u64 = 14;
