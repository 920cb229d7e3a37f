//! `stat.tsv` of a bundle → what was seen at each path: kind, mode, owner, times, digest.

pub mod printed;

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

use crate::limits::{Limits, passed};

/// A `stat.tsv`, read; its rows borrow from its bytes.
#[derive(Clone, Debug, Default)]
pub struct Stat<'b> {
    rows: Vec<StatRow<'b>>,
    /// Hashes of paths and numbers of rows, in that order: to sort thousands of long paths costs
    /// more than to read them, and few are asked for.
    by_path: Vec<(u64, usize)>,
    hasher: RandomState,
    /// It has some paths that somebody asked for: of others it says nothing.
    pub is_partial: bool,
    /// Rows that cannot be read; they are not among the rows.
    pub problems: Vec<StatProblem>,
}

/// One path that was looked at: an `lstat`, so a link is itself and not its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatRow<'b> {
    /// Absolute path as the component sees it.
    pub path: Cow<'b, str>,
    /// What stands there.
    pub kind: FileType,
    /// Permission bits, with set-uid, set-gid and sticky; no type bits.
    pub mode: Option<u32>,
    /// Number of the owner.
    pub uid: Option<u32>,
    /// Number of the group.
    pub gid: Option<u32>,
    /// Name of the owner on the node.
    pub owner: Option<Cow<'b, str>>,
    /// Name of the group on the node.
    pub group: Option<Cow<'b, str>>,
    /// Bytes.
    pub size: Option<u64>,
    /// Last change of the content, seconds since 1970.
    pub mtime: Option<i64>,
    /// Last change of content or metadata, seconds since 1970.
    pub ctime: Option<i64>,
    /// Digest of what was collected unredacted, 64 lower-case hexadecimal digits.
    pub sha256: Option<Cow<'b, str>>,
    /// Where a link points, as written in it.
    pub target: Option<Cow<'b, str>>,
    /// 1-based line in the member.
    pub line: u32,
    /// Which of several members that were printed.
    pub source: usize,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// A symbolic link.
    Symlink,
    /// Nothing.
    Absent,
    /// Something that the collector was not let see.
    Unreadable,
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatProblem {
    /// 1-based line in the member.
    pub line: u32,
    /// The path the row is about, where that much can be read.
    pub path: Option<String>,
    /// What is wrong, as part of a sentence.
    pub what: String,
}

/// Why a member is no `stat.tsv` at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoStat {
    /// What is wrong, as part of a sentence.
    pub what: String,
}

impl std::fmt::Display for NoStat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for NoStat {}

impl<'b> Stat<'b> {
    /// Of rows that stand somewhere else: of other paths it says nothing.
    pub(super) fn of(rows: Vec<StatRow<'b>>) -> Self {
        let mut stat = Self {
            rows,
            is_partial: true,
            ..Self::default()
        };
        stat.index();
        stat
    }

    /// All rows, in the order of the file.
    pub fn rows(&self) -> &[StatRow<'b>] {
        &self.rows
    }

    /// The first row about a path, byte for byte.
    pub fn get(&self, path: &str) -> Option<&StatRow<'b>> {
        self.all(path).next()
    }

    fn index(&mut self) {
        let hash = |row: &StatRow<'_>| self.hasher.hash_one(&*row.path);
        self.by_path = self.rows.iter().map(hash).zip(0..).collect();
        self.by_path.sort_unstable();
    }

    /// All rows about a path, in the order of the file.
    pub fn all(&self, path: &str) -> impl Iterator<Item = &StatRow<'b>> {
        let hash = self.hasher.hash_one(path);
        let start = self.by_path.partition_point(|(other, _)| *other < hash);
        let from = self.by_path.get(start..).unwrap_or_default().iter();
        from.take_while(move |(other, _)| *other == hash)
            .filter_map(|(_, number)| self.rows.get(*number))
            .filter(move |row| row.path == path)
    }
}

/// Reads a `stat.tsv`: columns by the names in its first line, in any order, others ignored.
///
/// An empty cell is a value nobody knows, and so is `-` but in a path. Blank
/// lines are skipped. A row that cannot be read is a problem, and costs that row alone.
///
/// # Errors
/// The first line names no `path`, no `type`, or one column twice.
pub fn parse<'b>(bytes: &'b [u8], limits: &Limits) -> Result<Stat<'b>, NoStat> {
    let mut lines = lines(bytes).zip(1..);
    let header = lines.next().map_or(&b""[..], |(line, _)| line);
    let crlf = header.ends_with(b"\r");
    let header = String::from_utf8_lossy(header.strip_suffix(b"\r").unwrap_or(header));
    let names: Vec<&str> = header.trim_start_matches('\u{feff}').split('\t').collect();
    let columns = StatColumns::read(&names)?;

    let mut stat = Stat::default();
    for (line, number) in lines {
        let line = match line.strip_suffix(b"\r") {
            Some(shorter) if crlf => shorter,
            _ => line,
        };
        if line.is_empty() {
            continue;
        }
        // What is missing in half of it would look as if it were not on the node.
        if (stat.rows.len() + stat.problems.len()) as u64 >= limits.metadata_rows {
            return Err(NoStat {
                what: passed("metadata-rows", limits.metadata_rows, "rows"),
            });
        }
        match columns.row(line, number) {
            Ok(row) => stat.rows.push(row),
            Err(problem) => stat.problems.push(problem),
        }
    }
    stat.index();
    Ok(stat)
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
    ends.scan(0, |start, end| {
        let line = bytes.get(*start..end);
        *start = end + 1;
        line
    })
}

/// The columns that are read, in the order of [`NAMES`].
#[derive(Clone, Copy)]
enum StatColumn {
    Path,
    Type,
    Mode,
    Uid,
    Gid,
    Owner,
    Group,
    Size,
    Mtime,
    Ctime,
    Sha256,
    Target,
}

const NAMES: [&str; 12] = [
    "path", "type", "mode", "uid", "gid", "owner", "group", "size", "mtime", "ctime", "sha256",
    "target",
];

/// Where each column stands.
struct StatColumns {
    /// Of each column of the file, which of [`NAMES`] it is.
    known: Vec<Option<usize>>,
}

impl StatColumns {
    fn read(names: &[&str]) -> Result<Self, NoStat> {
        for name in NAMES {
            let wrong = match names.iter().filter(|found| **found == name).count() {
                0 if matches!(name, "path" | "type") => "names no column",
                0 | 1 => continue,
                _ => "names more than once the column",
            };
            return Err(NoStat {
                what: format!("is no file metadata: its first line {wrong} `{name}`"),
            });
        }
        let place = |found: &&str| NAMES.iter().position(|name| name == found);
        Ok(Self {
            known: names.iter().map(place).collect(),
        })
    }

    fn row<'b>(&self, line: &'b [u8], number: u32) -> Result<StatRow<'b>, StatProblem> {
        let mut path = None;
        let row = std::str::from_utf8(line)
            .map_err(|_| "is not UTF-8".to_owned())
            .and_then(|line| {
                let cells = self.cells(line);
                path = cells.text(StatColumn::Path)?;
                cells.row(path.clone().ok_or("has no path")?, number)
            });
        row.map_err(|what| StatProblem {
            line: number,
            path: path.map(Cow::into_owned),
            what,
        })
    }

    fn cells<'b>(&self, line: &'b str) -> StatCells<'b> {
        let mut cells = StatCells {
            cells: [""; NAMES.len()],
            count: 0,
            columns: self.known.len(),
        };
        // Cells are a few bytes: to call a search for each costs more than to look at every byte.
        let tabs = line.bytes().zip(0..).filter(|(byte, _)| *byte == b'\t');
        let ends = tabs.map(|(_, at)| at).chain([line.len()]);
        let mut start = 0;
        for end in ends {
            let cell = line.get(start..end).unwrap_or_default();
            start = end + 1;
            let known = self.known.get(cells.count).copied().flatten();
            if let Some(slot) = known.and_then(|known| cells.cells.get_mut(known)) {
                *slot = cell;
            }
            cells.count += 1;
        }
        cells
    }
}

/// The cells of one row.
struct StatCells<'b> {
    /// In the order of [`NAMES`]; empty where there is none.
    cells: [&'b str; NAMES.len()],
    /// Of all columns, unknown ones too.
    count: usize,
    columns: usize,
}

impl<'b> StatCells<'b> {
    fn row(&self, path: Cow<'b, str>, line: u32) -> Result<StatRow<'b>, String> {
        let (cells, columns) = (self.count, self.columns);
        if cells != columns {
            return Err(format!("has {cells} cells for {columns} columns"));
        }
        Ok(StatRow {
            path,
            kind: self.kind()?,
            mode: self.value(StatColumn::Mode, mode)?,
            uid: self.value(StatColumn::Uid, |cell| cell.parse().ok())?,
            gid: self.value(StatColumn::Gid, |cell| cell.parse().ok())?,
            owner: self.text(StatColumn::Owner)?.filter(|name| name != "-"),
            group: self.text(StatColumn::Group)?.filter(|name| name != "-"),
            size: self.value(StatColumn::Size, |cell| cell.parse().ok())?,
            mtime: self.value(StatColumn::Mtime, |cell| cell.parse().ok())?,
            ctime: self.value(StatColumn::Ctime, |cell| cell.parse().ok())?,
            sha256: self.value(StatColumn::Sha256, sha256)?,
            target: self.text(StatColumn::Target)?,
            line,
            source: 0,
        })
    }

    fn cell(&self, column: StatColumn) -> Option<&'b str> {
        let cell = self.cells.get(column as usize).copied()?;
        (!cell.is_empty()).then_some(cell)
    }

    fn kind(&self) -> Result<FileType, String> {
        match self.cell(StatColumn::Type).unwrap_or("") {
            "file" => Ok(FileType::File),
            "dir" => Ok(FileType::Dir),
            "symlink" => Ok(FileType::Symlink),
            "absent" => Ok(FileType::Absent),
            "unreadable" => Ok(FileType::Unreadable),
            other => Err(format!("has an unknown type `{other}`")),
        }
    }

    fn value<T>(
        &self,
        column: StatColumn,
        read: impl Fn(&'b str) -> Option<T>,
    ) -> Result<Option<T>, String> {
        match self.cell(column) {
            None | Some("-") => Ok(None),
            Some(cell) => match read(cell) {
                Some(value) => Ok(Some(value)),
                None => Err(format!("has no {} in `{cell}`", column.name())),
            },
        }
    }

    fn text(&self, column: StatColumn) -> Result<Option<Cow<'b, str>>, String> {
        let Some(cell) = self.cell(column) else {
            return Ok(None);
        };
        if !cell.contains('\\') {
            return Ok(Some(Cow::Borrowed(cell)));
        }
        let mut text = String::with_capacity(cell.len());
        let mut characters = cell.chars();
        while let Some(character) = characters.next() {
            text.push(match character {
                '\\' => match characters.next() {
                    Some('t') => '\t',
                    Some('n') => '\n',
                    Some('\\') => '\\',
                    _ => {
                        let name = column.name();
                        return Err(format!("has a wrong escape in its {name} `{cell}`"));
                    }
                },
                other => other,
            });
        }
        Ok(Some(Cow::Owned(text)))
    }
}

impl StatColumn {
    fn name(self) -> &'static str {
        NAMES.get(self as usize).copied().unwrap_or_default()
    }
}

fn mode(cell: &str) -> Option<u32> {
    let digits = cell.bytes().all(|byte| byte.is_ascii_digit());
    let mode = u32::from_str_radix(cell, 8).ok()?;
    (digits && mode <= 0o7777).then_some(mode)
}

fn sha256(cell: &str) -> Option<Cow<'_, str>> {
    let hexadecimal = cell.bytes().all(|byte| byte.is_ascii_hexdigit());
    (hexadecimal && cell.len() == 64).then(|| {
        if cell.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(cell.to_ascii_lowercase())
        } else {
            Cow::Borrowed(cell)
        }
    })
}

#[cfg(test)]
mod tests;
