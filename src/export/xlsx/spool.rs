//! Rows of texts → a temporary file without a name, where they wait until it is known which sheets
//! there are; and back.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;

/// Rows that come.
#[derive(Default)]
pub(super) struct RowSpool {
    file: Option<BufWriter<File>>,
    rows: u64,
    bytes: u64,
    /// Where a group of rows that should stay together begins: row and byte.
    starts: Vec<(u64, u64)>,
    group: Option<String>,
}

/// Rows that are all there.
#[derive(Default)]
pub(super) struct Waiting {
    file: Option<File>,
    /// How many there are.
    pub(super) rows: u64,
    /// Their bytes.
    pub(super) bytes: u64,
    starts: Vec<(u64, u64)>,
}

impl RowSpool {
    /// Adds a row; rows of one group that follow each other should stay on one sheet.
    pub(super) fn push(&mut self, group: &str, cells: &[impl AsRef<str>]) -> io::Result<()> {
        if self.group.as_deref() != Some(group) {
            self.group = Some(group.to_owned());
            self.starts.push((self.rows, self.bytes));
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(BufWriter::new(tempfile::tempfile()?)),
        };
        let mut put = |number: usize| {
            let number = u32::try_from(number).map_err(io::Error::other)?;
            file.write_all(&number.to_le_bytes())
        };
        put(cells.len())?;
        for cell in cells {
            put(cell.as_ref().len())?;
        }
        for cell in cells {
            file.write_all(cell.as_ref().as_bytes())?;
            self.bytes += cell.as_ref().len() as u64;
        }
        self.bytes += 4 * (cells.len() as u64 + 1);
        self.rows += 1;
        Ok(())
    }

    /// After the last row.
    pub(super) fn finish(self) -> io::Result<Waiting> {
        let file = self.file.map(BufWriter::into_inner).transpose();
        Ok(Waiting {
            file: file.map_err(io::IntoInnerError::into_error)?,
            rows: self.rows,
            bytes: self.bytes,
            starts: self.starts,
        })
    }
}

impl Waiting {
    /// Hands on the rows of a range, in order.
    pub(super) fn each(
        &self,
        range: Range<u64>,
        mut take: impl FnMut(&[&str]) -> io::Result<()>,
    ) -> io::Result<()> {
        let Some(mut file) = self.file.as_ref() else {
            return Ok(());
        };
        let before = self
            .starts
            .iter()
            .rev()
            .find(|(row, _)| *row <= range.start);
        let (first, byte) = before.copied().unwrap_or_default();
        file.seek(SeekFrom::Start(byte))?;
        let mut file = BufReader::with_capacity(1 << 16, file);
        let mut text = Vec::new();
        let mut ends = Vec::new();
        for row in first..range.end {
            let number = |file: &mut BufReader<&File>| {
                let mut bytes = [0; 4];
                file.read_exact(&mut bytes)?;
                Ok::<_, io::Error>(u64::from(u32::from_le_bytes(bytes)))
            };
            ends.clear();
            let mut end = 0;
            for _ in 0..number(&mut file)? {
                end += number(&mut file)?;
                ends.push(usize::try_from(end).map_err(io::Error::other)?);
            }
            text.clear();
            (&mut file).take(end).read_to_end(&mut text)?;
            if row < range.start {
                continue;
            }
            let text = str::from_utf8(&text).map_err(io::Error::other)?;
            let starts = std::iter::once(0).chain(ends.iter().copied());
            let cells: Vec<&str> = starts
                .zip(&ends)
                .map(|(start, end)| text.get(start..*end).unwrap_or_default())
                .collect();
            take(&cells)?;
        }
        Ok(())
    }

    /// Ranges of at most so many rows, cut where a group begins if one does; at least one range.
    pub(super) fn parts(&self, most: u64) -> Vec<Range<u64>> {
        let most = most.max(1);
        let mut parts = Vec::new();
        let mut start = 0;
        while self.rows - start > most {
            let fits = |row: &&u64| (start + 1..=start + most).contains(*row);
            let starts: Vec<u64> = self.starts.iter().map(|(row, _)| *row).collect();
            let end = starts.iter().rev().find(fits).copied();
            let end = end.unwrap_or(start + most);
            parts.push(start..end);
            start = end;
        }
        parts.push(start..self.rows);
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_cut_where_a_cluster_begins_if_one_does() {
        for (clusters, most, wanted) in [
            ("", 3, &[(0, 0)][..]),
            ("aaa", 3, &[(0, 3)][..]),
            ("aab", 2, &[(0, 2), (2, 3)][..]),
            ("abbb", 3, &[(0, 1), (1, 4)][..]),
            ("aaaab", 3, &[(0, 3), (3, 5)][..]),
            ("ab", 0, &[(0, 1), (1, 2)][..]),
        ] {
            let mut spool = RowSpool::default();
            for (at, cluster) in clusters.chars().enumerate() {
                let cells = [cluster.to_string(), at.to_string(), String::new()];
                spool.push(&cluster.to_string(), &cells).unwrap();
            }
            let waiting = spool.finish().unwrap();
            let parts = waiting.parts(most);
            let ends: Vec<_> = parts.iter().map(|part| (part.start, part.end)).collect();
            assert_eq!(ends, wanted, "{clusters} {most}");
            for part in parts {
                let mut at = part.start;
                let check = |cells: &[&str]| {
                    assert_eq!(cells[1..], [at.to_string(), String::new()]);
                    at += 1;
                    Ok(())
                };
                waiting.each(part.clone(), check).unwrap();
                assert_eq!(at, part.end);
            }
        }
    }
}
