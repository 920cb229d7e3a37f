//! Parquet: the matrix's columns under their own names, strings and lists of strings, and
//! `collected_at` as a time. Rows stand in the order of the matrix, so that statistics prune.

use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;

use super::{Export, Reported, Sink};
use crate::matrix::report::{Run, SCHEMA, Totals};
use crate::matrix::row::{Cell, Row};

/// Rows of a row group, which wait in memory,
const ROWS: usize = 20_000;
/// and bytes of their texts.
const BYTES: usize = 32 << 20;

pub(super) struct Parquet {
    sink: Option<Sink>,
    run: Run,
    writer: Option<SerializedFileWriter<Sink>>,
    columns: Vec<ColumnChunk>,
    rows: usize,
    bytes: usize,
    /// Rows whose `collected_at` is no time.
    timeless: u64,
}

/// One column of a row group under way.
struct ColumnChunk {
    name: &'static str,
    values: Values,
    /// 1 where there is a value.
    definition: Vec<i16>,
    /// 1 behind the first of a list; of lists alone.
    repetition: Option<Vec<i16>>,
}

enum Values {
    Texts(Vec<ByteArray>),
    /// Microseconds.
    Times(Vec<i64>),
}

impl ColumnChunk {
    fn all() -> Vec<Self> {
        let row = Row::default();
        let columns = Row::COLUMNS.into_iter().zip(row.cells());
        let columns = columns.map(|(name, cell)| Self {
            name,
            values: match name {
                "collected_at" => Values::Times(Vec::new()),
                _ => Values::Texts(Vec::new()),
            },
            definition: Vec::new(),
            repetition: matches!(cell, Cell::Many(_) | Cell::Codes(_)).then(Vec::new),
        });
        columns.collect()
    }

    /// Its line of the schema.
    fn schema(&self) -> String {
        let name = self.name;
        match (&self.values, &self.repetition) {
            (Values::Times(_), _) => format!("OPTIONAL INT64 {name} (TIMESTAMP(MICROS,true));"),
            (Values::Texts(_), None) => format!("OPTIONAL BYTE_ARRAY {name} (UTF8);"),
            (Values::Texts(_), Some(_)) => format!(
                "REQUIRED GROUP {name} (LIST) {{ REPEATED GROUP list {{ REQUIRED BYTE_ARRAY element (UTF8); }} }}"
            ),
        }
    }

    /// Adds a cell; gives back the bytes of its texts.
    fn push(&mut self, cell: Cell<'_>) -> usize {
        match cell {
            Cell::One(text) => self.one(text),
            Cell::Many(texts) => self.list(texts.iter().map(String::as_str)),
            Cell::Codes(texts) => self.list(texts.iter().copied()),
        }
    }

    fn one(&mut self, text: Option<&str>) -> usize {
        let is_there = match &mut self.values {
            Values::Texts(all) => {
                all.extend(text.map(ByteArray::from));
                text.is_some()
            }
            Values::Times(all) => {
                let time: Option<Timestamp> = text.and_then(|text| text.trim().parse().ok());
                all.extend(time.map(Timestamp::as_microsecond));
                time.is_some()
            }
        };
        self.definition.push(i16::from(is_there));
        text.map_or(0, str::len)
    }

    fn list<'t>(&mut self, texts: impl Iterator<Item = &'t str>) -> usize {
        let repetition = self.repetition.get_or_insert_default();
        let Values::Texts(all) = &mut self.values else {
            return 0;
        };
        let (before, mut bytes) = (all.len(), 0);
        for text in texts {
            repetition.push(i16::from(all.len() > before));
            self.definition.push(1);
            all.push(text.into());
            bytes += text.len();
        }
        if all.len() == before {
            repetition.push(0);
            self.definition.push(0);
        }
        bytes
    }

    /// Writes what waits.
    fn write(&mut self, mut to: SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let definition = Some(self.definition.as_slice());
        let repetition = self.repetition.as_deref();
        match &self.values {
            Values::Texts(all) => {
                let to = to.typed::<ByteArrayType>();
                to.write_batch(all, definition, repetition)?;
            }
            Values::Times(all) => {
                let to = to.typed::<Int64Type>();
                to.write_batch(all, definition, repetition)?;
            }
        }
        to.close()?;
        match &mut self.values {
            Values::Texts(all) => all.clear(),
            Values::Times(all) => all.clear(),
        }
        self.definition.clear();
        self.repetition.iter_mut().for_each(Vec::clear);
        Ok(())
    }
}

impl Parquet {
    pub(super) fn new(sink: Sink, run: &Run) -> Self {
        Self {
            sink: Some(sink),
            run: run.clone(),
            writer: None,
            columns: ColumnChunk::all(),
            rows: 0,
            bytes: 0,
            timeless: 0,
        }
    }

    fn open(&self, sink: Sink) -> Result<SerializedFileWriter<Sink>, ParquetError> {
        let fields = self.columns.iter().map(ColumnChunk::schema);
        let fields: String = fields.collect();
        let schema = parse_message_type(&format!("message finding {{ {fields} }}"))?;
        let run = serde_json::to_string(&self.run).map_err(|e| ParquetError::External(e.into()))?;
        let metadata = [("nodeproof.schema", SCHEMA), ("nodeproof.run", &run)];
        let metadata = metadata.map(|(key, value)| KeyValue::new(key.to_owned(), value.to_owned()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(format!("{} {}", self.run.tool, self.run.version))
            .set_key_value_metadata(Some(metadata.to_vec()))
            .build();
        SerializedFileWriter::new(sink, Arc::new(schema), Arc::new(properties))
    }

    /// Ends a row group.
    fn group(&mut self) -> Result<(), ParquetError> {
        let Some(writer) = self.writer.as_mut().filter(|_| self.rows > 0) else {
            return Ok(());
        };
        let mut group = writer.next_row_group()?;
        for column in &mut self.columns {
            if let Some(to) = group.next_column()? {
                column.write(to)?;
            }
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl Export for Parquet {
    fn begin(&mut self) -> io::Result<()> {
        if let Some(sink) = self.sink.take() {
            self.writer = Some(self.open(sink).map_err(plain)?);
        }
        Ok(())
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        for row in reported.rows {
            let cells = self.columns.iter_mut().zip(row.cells());
            self.bytes += cells.map(|(column, cell)| column.push(cell)).sum::<usize>();
            self.rows += 1;
            let time = row
                .collected_at
                .map(|text| text.trim().parse::<Timestamp>());
            self.timeless += u64::from(time.is_some_and(|time| time.is_err()));
            if self.rows >= ROWS || self.bytes >= BYTES {
                self.group().map_err(plain)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, _totals: &Totals<'_>) -> io::Result<()> {
        self.group().map_err(plain)?;
        if let Some(writer) = self.writer.take() {
            writer.into_inner().map_err(plain)?.flush()?;
        }
        Ok(())
    }

    fn remarks(&self) -> Vec<String> {
        let remark = format!(
            "collected_at is null in {} rows, whose bundles say something that is no time; another format has their words",
            self.timeless
        );
        (self.timeless > 0).then_some(remark).into_iter().collect()
    }
}

/// The error of the file below, where it is one.
fn plain(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        other => io::Error::other(other),
    }
}
