//! A workbook with its heads + rows that wait → the file, in one pass that never goes back, so that
//! a pipe will do.
//!
//! The library makes everything but the many rows. Its own way of streaming them panics when the
//! disk is full, so they are put in here.

use std::io::{self, BufWriter, Cursor, Read as _, Write};

use rust_xlsxwriter::{Workbook, utility::column_number_to_name};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::super::Sink;
use super::super::latch::{Failed, Latch};
use super::style::Style;
use super::text;

/// Writes the rows of a sheet; the same ones each time it is called.
pub(super) type Fill<'b> = Box<dyn Fn(&mut Rows<'_>) -> io::Result<()> + 'b>;

/// The many rows of a sheet. Its head ends in a row that shows each style once, in their order;
/// they take the place of that row.
pub(super) struct Body<'b> {
    /// The row of the styles, from 0.
    pub(super) first: u32,
    /// How many there are.
    pub(super) rows: u64,
    /// How many cells each has at most.
    pub(super) columns: u16,
    /// About how many bytes their texts have.
    pub(super) bytes: u64,
    /// Writes them.
    pub(super) fill: Fill<'b>,
}

/// What [`Body::fill`] writes to.
pub(super) struct Rows<'w> {
    out: &'w mut dyn Write,
    names: &'w [String],
    /// The library's numbers of our styles.
    styles: &'w [String],
    /// The next row, from 1.
    next: u32,
    line: Vec<u8>,
}

impl Rows<'_> {
    /// One row. An empty text leaves its cell empty; all but counts are texts.
    pub(super) fn row<'t>(
        &mut self,
        cells: impl IntoIterator<Item = (Style, &'t str)>,
    ) -> io::Result<()> {
        let number = self.next.to_string();
        let line = &mut self.line;
        line.clear();
        put(line, &["<row r=\"", &number, "\">"]);
        for ((style, text), name) in cells.into_iter().zip(self.names) {
            if text.is_empty() {
                continue;
            }
            let look = self.styles.get(style.at()).map_or("0", String::as_str);
            put(line, &["<c r=\"", name, &number, "\" s=\"", look]);
            if style == Style::Count && text.bytes().all(|b| b.is_ascii_digit()) {
                put(line, &["\"><v>", text, "</v></c>"]);
                continue;
            }
            line.extend_from_slice(b"\" t=\"inlineStr\"><is><t");
            if text::has_outer_blanks(text) {
                line.extend_from_slice(b" xml:space=\"preserve\"");
            }
            line.push(b'>');
            text::escape(text, line);
            line.extend_from_slice(b"</t></is></c>");
        }
        line.extend_from_slice(b"</row>");
        self.next += 1;
        self.out.write_all(&self.line)
    }
}

fn put(line: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        line.extend_from_slice(part.as_bytes());
    }
}

/// Writes the file. `bodies` has one entry per sheet, in their order.
pub(super) fn write(
    mut workbook: Workbook,
    bodies: &[Option<Body<'_>>],
    sink: &mut Sink,
) -> io::Result<()> {
    let skeleton = workbook.save_to_buffer().map_err(io::Error::other)?;
    drop(workbook);
    let mut skeleton = ZipArchive::new(Cursor::new(skeleton))?;
    let (latch, failed) = Latch::new(&mut *sink);
    let mut zip = ZipWriter::new_stream(latch);
    let outcome = parts(&mut skeleton, bodies, &mut zip, &failed);
    zip.finish()?;
    failed.check()?;
    outcome?;
    sink.flush()
}

fn parts<W: Write + io::Seek>(
    skeleton: &mut ZipArchive<Cursor<Vec<u8>>>,
    bodies: &[Option<Body<'_>>],
    zip: &mut ZipWriter<W>,
    failed: &Failed,
) -> io::Result<()> {
    for at in 0..skeleton.len() {
        let mut file = skeleton.by_index(at)?;
        let name = file.name()?.into_owned();
        let number = name
            .strip_prefix("xl/worksheets/sheet")
            .and_then(|name| name.strip_suffix(".xml")?.parse::<usize>().ok());
        let body = number.and_then(|number| bodies.get(number.checked_sub(1)?)?.as_ref());
        match body {
            None => zip.raw_copy_file(file)?,
            Some(body) => {
                let mut xml = String::new();
                file.read_to_string(&mut xml)?;
                let sheet = SheetPart::of(&xml, body).ok_or_else(|| {
                    io::Error::other(format!("{name}: the head of the sheet is not as expected"))
                })?;
                sheet.write(&name, zip)?;
            }
        }
        if failed.is_set() {
            break;
        }
    }
    Ok(())
}

/// A sheet, taken apart where its rows go.
struct SheetPart<'x, 'b> {
    before_dimension: &'x str,
    after_dimension: &'x str,
    tail: &'x str,
    styles: Vec<String>,
    names: Vec<String>,
    body: &'x Body<'b>,
}

impl<'x, 'b> SheetPart<'x, 'b> {
    fn of(xml: &'x str, body: &'x Body<'b>) -> Option<Self> {
        let (head, rest) = xml.split_once(&format!("<row r=\"{}\"", body.first + 1))?;
        let (shown, tail) = rest.split_once("</row></sheetData>")?;
        let styles = shown.split("<c ").skip(1);
        let styles: Option<Vec<String>> = styles
            .map(|cell| Some(cell.split_once(" s=\"")?.1.split_once('"')?.0.to_owned()))
            .collect();
        let (before_dimension, rest) = head.split_once("<dimension ref=\"")?;
        Some(Self {
            before_dimension,
            after_dimension: rest.split_once("\"/>")?.1,
            tail,
            styles: styles?,
            names: (0..body.columns).map(column_number_to_name).collect(),
            body,
        })
    }

    fn write<W: Write + io::Seek>(&self, name: &str, zip: &mut ZipWriter<W>) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .large_file(self.is_large()?);
        zip.start_file(name, options)?;
        let mut out = BufWriter::with_capacity(1 << 16, zip);
        self.write_to(&mut out)?;
        out.flush()
    }

    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let last_row = u64::from(self.body.first) + self.body.rows;
        let last_column = self.names.last().map_or("A", String::as_str);
        let dimension = format!("<dimension ref=\"A1:{last_column}{}\"/>", last_row.max(1));
        out.write_all(self.before_dimension.as_bytes())?;
        out.write_all(dimension.as_bytes())?;
        out.write_all(self.after_dimension.as_bytes())?;
        let mut rows = Rows {
            out,
            names: &self.names,
            styles: &self.styles,
            next: self.body.first + 1,
            line: Vec::new(),
        };
        (self.body.fill)(&mut rows)?;
        out.write_all(b"</sheetData>")?;
        out.write_all(self.tail.as_bytes())
    }

    /// Whether its XML passes what a zip without its extension for large files can hold, which
    /// must be said before it is written. Only where it might, that is counted.
    fn is_large(&self) -> io::Result<bool> {
        const MOST: u64 = u32::MAX as u64 - (1 << 20);
        // A byte becomes seven at most, and a cell has 70 around its text.
        let cells = self.body.rows.saturating_mul(u64::from(self.body.columns));
        let at_most = self
            .body
            .bytes
            .saturating_mul(7)
            .saturating_add(cells.saturating_mul(70));
        if at_most < MOST {
            return Ok(false);
        }
        let mut count = ByteCount(0);
        self.write_to(&mut count)?;
        Ok(count.0 >= MOST)
    }
}

/// Counts bytes.
struct ByteCount(u64);

impl Write for ByteCount {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
