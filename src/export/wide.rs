//! The wide layout: one line per node and bundle, one column per `benchmark:control`, the verdict
//! in the cell. A bundle that cannot be read has its verdict in every cell.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};

use serde::{Deserialize, Serialize};

use super::leading::Leading;
use super::lines::Lines;
use super::{Export, Reported};
use crate::matrix::report::{Totals, WideColumns};
use crate::matrix::row::Row;

/// The findings of one node in one bundle.
#[derive(Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
struct WideLine {
    leading: Leading,
    /// Column and verdict.
    cells: Vec<(usize, String)>,
    /// The verdict of all cells.
    of_all: Option<String>,
}

pub(super) struct Wide {
    lines: Box<dyn Lines>,
    columns: WideColumns,
    /// The line at hand.
    line: Option<WideLine>,
    /// Where which columns there are is known at the end alone: the lines so far.
    waiting: Option<BufWriter<File>>,
    /// Columns of benchmarks that occur.
    occurring: BTreeSet<usize>,
}

impl Wide {
    pub(super) fn new(lines: Box<dyn Lines>, columns: &WideColumns) -> Self {
        Self {
            lines,
            columns: columns.clone(),
            line: None,
            waiting: None,
            occurring: BTreeSet::new(),
        }
    }

    fn finish_line(&mut self) -> io::Result<()> {
        let Some(line) = self.line.take() else {
            return Ok(());
        };
        let Some(file) = &mut self.waiting else {
            return self.write(&line);
        };
        serde_json::to_writer(&mut *file, &line)?;
        file.write_all(b"\n")
    }

    fn write(&mut self, line: &WideLine) -> io::Result<()> {
        let names = self.names();
        let mut cells: Vec<Option<&str>> = vec![line.of_all.as_deref(); self.columns.all.len()];
        for (column, verdict) in &line.cells {
            if let Some(cell) = cells.get_mut(*column) {
                *cell = Some(verdict);
            }
        }
        let kept = cells
            .iter()
            .enumerate()
            .filter(|(at, _)| self.is_written(*at));
        let leading = line.leading.cells().into_iter();
        let cells: Vec<Option<&str>> = leading.chain(kept.map(|(_, cell)| *cell)).collect();
        self.lines.line(&names, &cells)
    }

    fn is_written(&self, column: usize) -> bool {
        self.columns.are_fixed || self.occurring.contains(&column)
    }

    fn names(&self) -> Vec<String> {
        let all = self.columns.all.iter().enumerate();
        let written = all.filter(|(at, _)| self.is_written(*at));
        let names = written.map(|(_, (benchmark, control))| format!("{benchmark}:{control}"));
        Leading::NAMES
            .map(str::to_owned)
            .into_iter()
            .chain(names)
            .collect()
    }
}

impl Wide {
    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        if !matches!(&self.line, Some(line) if line.leading.is_of(row)) {
            self.finish_line()?;
        }
        let line = self.line.get_or_insert_with(|| WideLine {
            leading: Leading::of(row),
            ..WideLine::default()
        });
        let (Some(benchmark), Some(control)) = (row.benchmark, row.control) else {
            line.of_all = Some(row.verdict.as_str().to_owned());
            return Ok(());
        };
        let of_benchmark = |(_, (id, _)): &(usize, &(String, String))| id == benchmark;
        for (at, (_, number)) in self.columns.all.iter().enumerate().filter(of_benchmark) {
            self.occurring.insert(at);
            if number == control {
                line.cells.push((at, row.verdict.as_str().to_owned()));
            }
        }
        Ok(())
    }
}

impl Export for Wide {
    fn begin(&mut self) -> io::Result<()> {
        if self.columns.are_fixed {
            return self.lines.head(&self.names());
        }
        self.waiting = Some(BufWriter::new(tempfile::tempfile()?));
        Ok(())
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        reported.rows.iter().try_for_each(|row| self.row(row))
    }

    fn end(&mut self, _totals: &Totals<'_>) -> io::Result<()> {
        self.finish_line()?;
        if let Some(waiting) = self.waiting.take() {
            let mut file = waiting
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            self.lines.head(&self.names())?;
            for line in BufReader::new(file).lines() {
                self.write(&serde_json::from_str(&line?)?)?;
            }
        }
        self.lines.flush()
    }
}
