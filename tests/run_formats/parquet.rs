//! Parquet: every cell is the row's, as the reader of the library gives it back.

use std::fs::File;

use nodeproof::export::Format;
use nodeproof::matrix::row::Row;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Value, json};

use super::rows::{Kept, hostile, open, write};
use super::written::WRITTEN;
use crate::support::*;

/// The cells under their columns; a time is one in microseconds.
fn read(file: File) -> Vec<Value> {
    let reader = SerializedFileReader::new(file).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(|row| {
        let row = row.unwrap();
        let cells = row.get_column_iter().map(|(name, field)| {
            let cell = match field {
                Field::Null => Value::Null,
                Field::Str(text) => text.clone().into(),
                Field::TimestampMicros(time) => (*time).into(),
                Field::ListInternal(list) => {
                    let texts = list.elements().iter().map(|element| match element {
                        Field::Str(text) => Value::from(text.clone()),
                        other => panic!("{other}"),
                    });
                    texts.collect()
                }
                other => panic!("{other}"),
            };
            (name.clone(), cell)
        });
        Value::Object(cells.collect())
    });
    rows.collect()
}

/// The same with `collected_at` as it stands there.
fn wanted(row: &Value) -> Value {
    let mut row = row.clone();
    let time: Option<jiff::Timestamp> = row["collected_at"].as_str().and_then(|t| t.parse().ok());
    row["collected_at"] = time.map(jiff::Timestamp::as_microsecond).into();
    row
}

#[test]
fn every_cell_reads_back() {
    let rows = read(File::open(WRITTEN.path("all.parquet")).unwrap());
    assert_eq!(rows.len(), WRITTEN.rows.len());
    for (read, row) in rows.iter().zip(&WRITTEN.rows) {
        assert_eq!(read, &wanted(row));
        assert!(read.as_object().unwrap().keys().eq(Row::COLUMNS));
    }
    let told = "all.parquet: collected_at is null in ";
    assert!(WRITTEN.stderr.contains(told), "{}", WRITTEN.stderr);
}

#[test]
fn hostile_and_very_many_rows_read_back() {
    let mut rows = hostile();
    let plain =
        json!({"verdict": "pass", "collected_at": "2026-11-20T12:00:00Z", "notes": ["a", "b"]});
    rows.extend(vec![plain; 45_000]);
    let kept = Kept::default();
    write(&mut *open(Format::named("parquet").unwrap(), &kept), &rows);
    let lab = Lab::new();
    let path = lab.put("a.parquet", &kept.bytes());
    let groups = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    assert_eq!(groups.metadata().num_row_groups(), 3);
    let read = read(File::open(&path).unwrap());
    assert_eq!(read.len(), rows.len());
    for (read, row) in read.iter().zip(&rows) {
        for (column, value) in wanted(row).as_object().unwrap() {
            assert!(&read[column] == value, "{column}");
        }
    }
}

#[test]
fn half_a_file_is_refused() {
    let lab = Lab::new();
    let bytes = WRITTEN.bytes("all.parquet");
    let path = lab.put("half.parquet", &bytes[..bytes.len() / 2]);
    assert!(SerializedFileReader::new(File::open(path).unwrap()).is_err());
}
