//! Lists of the catalog, as a table for people, as CSV or as JSON.

use std::io::{self, Write};

use clap::ValueEnum;
use serde_json::Value;

use super::{Exit, message};
use crate::benchmark::described::text;

/// The forms a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Columns for people
    Table,
    /// CSV
    Csv,
    /// JSON, with everything the catalog has
    Json,
}

/// Prints rows of one shape: `columns` name keys of each, in order. JSON has all keys.
pub fn print(form: Form, columns: &[&str], rows: &[Value]) -> Exit {
    let outcome = match form {
        Form::Json => serde_json::to_writer_pretty(io::stdout().lock(), rows)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(io::stdout().lock())),
        Form::Csv => csv(columns, rows),
        Form::Table => table(columns, rows),
    };
    match outcome {
        Ok(()) => Exit::Fine,
        // `| head` is a way to read a list.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Exit::Fine,
        Err(e) => {
            message::fatal(format_args!("stdout: {e}"));
            Exit::Output
        }
    }
}

fn csv(columns: &[&str], rows: &[Value]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(columns.iter().map(|column| text(row.get(column))))?;
    }
    let bytes = writer.into_inner().map_err(|e| e.into_error())?;
    io::stdout().lock().write_all(&bytes)
}

fn table(columns: &[&str], rows: &[Value]) -> io::Result<()> {
    let cells: Vec<Vec<String>> =
        std::iter::once(columns.iter().map(|c| c.to_uppercase()).collect())
            .chain(
                rows.iter()
                    .map(|row| columns.iter().map(|column| text(row.get(column))).collect()),
            )
            .collect();
    let widths: Vec<usize> = (0..columns.len())
        .map(|at| {
            cells
                .iter()
                .filter_map(|row| row.get(at))
                .map(|c| c.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut out = io::stdout().lock();
    for row in &cells {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!("{cell:width$}  "));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
