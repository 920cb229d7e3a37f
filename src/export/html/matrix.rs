//! Rows → the matrix of the page: a line per node with a character per cell, and beside it what a
//! cell says in full, packed by some fifty nodes so that a page unpacks only what is looked at.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use serde::Serialize;

use super::dictionary::{Dictionary, letter};
use super::{details, inert, page};
use crate::export::leading::Leading;
use crate::matrix::row::Row;

/// Nodes that are packed together at most.
const NODES: usize = 50;
/// Characters of texts after which no further node is packed with them.
const CHARACTERS: usize = 1 << 20;

/// One cell in full. Texts are numbers into the texts of the chunk; 0 is null.
#[derive(Serialize)]
struct PageCell(
    usize,      // reason
    Vec<usize>, // notes
    usize,      // expected
    usize,      // actual
    usize,      // source
    Vec<usize>, // evidence
    Vec<usize>, // evidence_sha256
    usize,      // by_the_text
    usize,      // remediation
    usize,      // waiver
    usize,      // excerpt
    usize,      // finding_id, where it is not computed
);

/// What the rows of a node have in common, and its cells.
#[derive(Serialize)]
struct HtmlCells {
    integrity: usize,
    bundle_sha256: usize,
    collected_at: usize,
    findings: Vec<PageCell>,
}

/// Texts, each once.
#[derive(Default)]
struct Texts {
    numbers: HashMap<String, usize>,
    characters: usize,
}

impl Texts {
    fn number(&mut self, text: &str) -> usize {
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        let next = self.numbers.len() + 1;
        self.characters += text.len();
        self.numbers.insert(text.to_owned(), next);
        next
    }

    fn optional(&mut self, text: Option<&str>) -> usize {
        text.map_or(0, |text| self.number(text))
    }

    fn all(&mut self, texts: &[String]) -> Vec<usize> {
        texts.iter().map(|text| self.number(text)).collect()
    }

    fn in_order(&self) -> Vec<&str> {
        let mut all: Vec<(&str, usize)> = self.numbers.iter().map(|(t, at)| (&**t, *at)).collect();
        all.sort_unstable_by_key(|(_, at)| *at);
        all.into_iter().map(|(text, _)| text).collect()
    }
}

#[derive(Default)]
struct Chunk {
    texts: Texts,
    nodes: Vec<HtmlCells>,
}

#[derive(Serialize)]
struct WrittenChunk<'c> {
    texts: Vec<&'c str>,
    nodes: &'c [HtmlCells],
}

/// The node whose rows come in.
struct OpenRow {
    leading: Leading,
    /// Integrity, digest and time.
    origin: [Option<String>; 3],
    /// Its bundle, counted from 0.
    bundle: u64,
    controls: Vec<usize>,
    /// A letter per control, small where a waiver stands beside it.
    verdicts: String,
    cells: HtmlCells,
}

impl OpenRow {
    fn has(&self, bundle: u64, row: &Row<'_>) -> bool {
        self.bundle == bundle
            && self.leading.is_of(row)
            && self.origin.each_ref().map(Option::as_deref) == origin(row)
    }
}

fn origin<'a>(row: &Row<'a>) -> [Option<&'a str>; 3] {
    [row.integrity, row.bundle_sha256, row.collected_at]
}

/// The files a matrix waits in.
struct MatrixFiles {
    lines: BufWriter<File>,
    chunks: BufWriter<File>,
}

/// The matrix of a run.
#[derive(Default)]
pub(super) struct HtmlMatrix {
    files: Option<MatrixFiles>,
    node: Option<OpenRow>,
    chunk: Chunk,
    /// Chunks so far.
    packed: usize,
    has_lines: bool,
}

impl HtmlMatrix {
    /// Takes a row of a bundle, which are counted from 0.
    pub(super) fn add(
        &mut self,
        dictionary: &mut Dictionary,
        bundle: u64,
        row: &Row<'_>,
    ) -> io::Result<()> {
        if !self.node.as_ref().is_some_and(|node| node.has(bundle, row)) {
            self.finish_node(dictionary)?;
        }
        let texts = &mut self.chunk.texts;
        let node = self.node.get_or_insert_with(|| OpenRow {
            leading: Leading::of(row),
            origin: origin(row).map(|text| text.map(str::to_owned)),
            bundle,
            controls: Vec::new(),
            verdicts: String::new(),
            cells: HtmlCells {
                integrity: texts.optional(row.integrity),
                bundle_sha256: texts.optional(row.bundle_sha256),
                collected_at: texts.optional(row.collected_at),
                findings: Vec::new(),
            },
        });
        node.controls.push(dictionary.control(row));
        let letter = letter(row.verdict);
        node.verdicts.push(match &row.waiver {
            Some(_) => letter.to_ascii_lowercase(),
            None => letter,
        });
        node.cells.findings.push(PageCell(
            texts.number(row.reason),
            row.notes.iter().map(|note| texts.number(note)).collect(),
            texts.optional(row.expected),
            texts.optional(row.actual),
            texts.number(row.source),
            texts.all(row.evidence),
            texts.all(row.evidence_sha256),
            texts.optional(row.by_the_text),
            texts.optional(row.remediation),
            texts.optional(row.waiver.as_deref()),
            texts.optional(row.excerpt),
            texts.optional(row.is_told_apart.then_some(row.finding_id)),
        ));
        Ok(())
    }

    /// After the last row: nothing waits but to be written.
    pub(super) fn finish(&mut self, dictionary: &mut Dictionary) -> io::Result<()> {
        self.finish_node(dictionary)?;
        self.finish_chunk()
    }

    /// Writes the blocks of the page.
    pub(super) fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        let files = self.files.take();
        let (lines, chunks) = files.map(|files| (files.lines, files.chunks)).unzip();
        page::block(to, page::JSON, "nodes", |to| {
            to.write_all(b"[")?;
            copy(lines, to)?;
            to.write_all(b"]")
        })?;
        copy(chunks, to)
    }

    fn finish_node(&mut self, dictionary: &mut Dictionary) -> io::Result<()> {
        let Some(node) = self.node.take() else {
            return Ok(());
        };
        let profile = dictionary.profile(&node.controls);
        let place = (self.packed, self.chunk.nodes.len());
        let [cluster, name, bundle] = node.leading.cells();
        let line = (
            cluster,
            name,
            bundle,
            node.bundle,
            profile,
            &node.verdicts,
            place.0,
            place.1,
        );
        let before: &[u8] = if self.has_lines { b",\n" } else { b"" };
        self.has_lines = true;
        let lines = &mut files(&mut self.files)?.lines;
        lines.write_all(before)?;
        inert::json(lines, &line)?;
        self.chunk.nodes.push(node.cells);
        if self.chunk.nodes.len() == NODES || self.chunk.texts.characters > CHARACTERS {
            self.finish_chunk()?;
        }
        Ok(())
    }

    fn finish_chunk(&mut self) -> io::Result<()> {
        let chunk = std::mem::take(&mut self.chunk);
        if chunk.nodes.is_empty() {
            return Ok(());
        }
        let written = WrittenChunk {
            texts: chunk.texts.in_order(),
            nodes: &chunk.nodes,
        };
        let id = format!("chunk-{}", self.packed);
        self.packed += 1;
        let chunks = &mut files(&mut self.files)?.chunks;
        page::block(chunks, page::PACKED, &id, |to| details::pack(to, &written))
    }
}

/// Opened when the first row comes.
fn files(files: &mut Option<MatrixFiles>) -> io::Result<&mut MatrixFiles> {
    Ok(match files {
        Some(files) => files,
        none => none.insert(MatrixFiles {
            lines: BufWriter::new(tempfile::tempfile()?),
            chunks: BufWriter::new(tempfile::tempfile()?),
        }),
    })
}

fn copy(from: Option<BufWriter<File>>, to: &mut dyn Write) -> io::Result<()> {
    let Some(from) = from else {
        return Ok(());
    };
    let mut file = from.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    io::copy(&mut file, to).map(drop)
}
