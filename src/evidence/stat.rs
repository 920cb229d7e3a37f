//! `stat.tsv` of a bundle → what was seen at each path: kind, mode, owner, times, digest.

use std::ops::Range;

/// A `stat.tsv`, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    rows: Vec<StatRow>,
    /// Numbers of rows, ordered by path and then as in the file.
    by_path: Vec<usize>,
    /// Rows that cannot be read; they are not among the rows.
    pub problems: Vec<StatProblem>,
}

/// One path that was looked at: an `lstat`, so a link is itself and not its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatRow {
    /// Absolute path as the component sees it.
    pub path: String,
    /// What stands there.
    pub kind: Kind,
    /// Permission bits, with set-uid, set-gid and sticky; no type bits.
    pub mode: Option<u32>,
    /// Number of the owner.
    pub uid: Option<u32>,
    /// Number of the group.
    pub gid: Option<u32>,
    /// Name of the owner on the node.
    pub owner: Option<String>,
    /// Name of the group on the node.
    pub group: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
    /// Last change of the content, seconds since 1970.
    pub mtime: Option<i64>,
    /// Last change of content or metadata, seconds since 1970.
    pub ctime: Option<i64>,
    /// Digest of what was collected unredacted, 64 lower-case hexadecimal digits.
    pub sha256: Option<String>,
    /// Where a link points, as written in it.
    pub target: Option<String>,
    /// 1-based line in the member.
    pub line: u32,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
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

impl Stat {
    /// All rows, in the order of the file.
    pub fn rows(&self) -> &[StatRow] {
        &self.rows
    }

    /// The first row about a path, byte for byte.
    pub fn get(&self, path: &str) -> Option<&StatRow> {
        self.all(path).next()
    }

    /// All rows about a path, in the order of the file.
    pub fn all(&self, path: &str) -> impl Iterator<Item = &StatRow> {
        let range = self.range(|row| row.path.as_str().cmp(path));
        let numbers = self.by_path.get(range).unwrap_or_default();
        numbers.iter().filter_map(|number| self.rows.get(*number))
    }

    fn range(&self, order: impl Fn(&StatRow) -> std::cmp::Ordering) -> Range<usize> {
        let before = |limit: fn(std::cmp::Ordering) -> bool| {
            self.by_path
                .partition_point(|number| self.rows.get(*number).is_some_and(|r| limit(order(r))))
        };
        before(std::cmp::Ordering::is_lt)..before(std::cmp::Ordering::is_le)
    }
}

/// Reads a `stat.tsv`: columns by the names in its first line, in any order, others ignored.
///
/// An empty cell is a value nobody knows, and so is `-` but in a path. Blank
/// lines are skipped. A row that cannot be read is a problem, and costs that row alone.
///
/// # Errors
/// The first line names no `path`, no `type`, or one column twice.
pub fn parse(bytes: &[u8]) -> Result<Stat, NoStat> {
    let mut lines = bytes.split(|byte| *byte == b'\n').zip(1..);
    let header = lines.next().map_or(&b""[..], |(line, _)| line);
    let crlf = header.ends_with(b"\r");
    let header = String::from_utf8_lossy(header.strip_suffix(b"\r").unwrap_or(header));
    let names: Vec<&str> = header.trim_start_matches('\u{feff}').split('\t').collect();
    let columns = Columns::read(&names)?;

    let mut stat = Stat::default();
    for (line, number) in lines {
        let line = match line.strip_suffix(b"\r") {
            Some(shorter) if crlf => shorter,
            _ => line,
        };
        if line.is_empty() {
            continue;
        }
        match columns.row(line, number) {
            Ok(row) => stat.rows.push(row),
            Err(problem) => stat.problems.push(problem),
        }
    }
    stat.by_path = (0..stat.rows.len()).collect();
    let path = |number: &usize| stat.rows.get(*number).map(|row| row.path.as_str());
    stat.by_path.sort_by(|a, b| path(a).cmp(&path(b)));
    Ok(stat)
}

/// The columns that are read.
const NAMES: [&str; 12] = [
    "path", "type", "mode", "uid", "gid", "owner", "group", "size", "mtime", "ctime", "sha256",
    "target",
];

/// Where each column stands.
struct Columns {
    /// Of all columns, unknown ones too.
    count: usize,
    /// In the order of [`NAMES`].
    places: [Option<usize>; NAMES.len()],
}

impl Columns {
    fn read(names: &[&str]) -> Result<Self, NoStat> {
        let places = NAMES.map(|name| names.iter().position(|found| *found == name));
        for (name, place) in NAMES.iter().zip(places) {
            let wrong = match place {
                None if matches!(*name, "path" | "type") => "names no column",
                Some(place) if names.iter().skip(place + 1).any(|later| later == name) => {
                    "names more than once the column"
                }
                _ => continue,
            };
            return Err(NoStat {
                what: format!("its first line {wrong} `{name}`"),
            });
        }
        Ok(Self {
            count: names.len(),
            places,
        })
    }

    fn row(&self, line: &[u8], number: u32) -> Result<StatRow, StatProblem> {
        let mut cells = Cells {
            columns: self,
            cells: Vec::new(),
        };
        let mut path = None;
        let row = std::str::from_utf8(line)
            .map_err(|_| "is not UTF-8".to_owned())
            .and_then(|line| {
                cells.cells = line.split('\t').collect();
                path = cells.text("path")?.filter(|path| !path.is_empty());
                cells.row(path.clone().ok_or("has no path")?, number)
            });
        row.map_err(|what| StatProblem {
            line: number,
            path,
            what,
        })
    }
}

/// The cells of one row.
struct Cells<'a> {
    columns: &'a Columns,
    cells: Vec<&'a str>,
}

impl<'a> Cells<'a> {
    fn row(&self, path: String, line: u32) -> Result<StatRow, String> {
        let (cells, columns) = (self.cells.len(), self.columns.count);
        if cells != columns {
            return Err(format!("has {cells} cells for {columns} columns"));
        }
        Ok(StatRow {
            path,
            kind: self.kind()?,
            mode: self.value("mode", mode)?,
            uid: self.value("uid", |cell| cell.parse().ok())?,
            gid: self.value("gid", |cell| cell.parse().ok())?,
            owner: self.text("owner")?.filter(|name| name != "-"),
            group: self.text("group")?.filter(|name| name != "-"),
            size: self.value("size", |cell| cell.parse().ok())?,
            mtime: self.value("mtime", |cell| cell.parse().ok())?,
            ctime: self.value("ctime", |cell| cell.parse().ok())?,
            sha256: self.value("sha256", sha256)?,
            target: self.text("target")?,
            line,
        })
    }

    fn cell(&self, name: &str) -> Option<&'a str> {
        let column = NAMES.iter().position(|known| *known == name)?;
        let place = self.columns.places.get(column).copied().flatten()?;
        self.cells
            .get(place)
            .copied()
            .filter(|cell| !cell.is_empty())
    }

    fn kind(&self) -> Result<Kind, String> {
        match self.cell("type").unwrap_or("") {
            "file" => Ok(Kind::File),
            "dir" => Ok(Kind::Dir),
            "symlink" => Ok(Kind::Symlink),
            "absent" => Ok(Kind::Absent),
            "unreadable" => Ok(Kind::Unreadable),
            other => Err(format!("has an unknown type `{other}`")),
        }
    }

    fn value<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
        match self.cell(name) {
            None | Some("-") => Ok(None),
            Some(cell) => match read(cell) {
                Some(value) => Ok(Some(value)),
                None => Err(format!("has no {name} in `{cell}`")),
            },
        }
    }

    fn text(&self, name: &str) -> Result<Option<String>, String> {
        let Some(cell) = self.cell(name) else {
            return Ok(None);
        };
        let mut text = String::with_capacity(cell.len());
        let mut characters = cell.chars();
        while let Some(character) = characters.next() {
            text.push(match character {
                '\\' => match characters.next() {
                    Some('t') => '\t',
                    Some('n') => '\n',
                    Some('\\') => '\\',
                    _ => return Err(format!("has a wrong escape in its {name} `{cell}`")),
                },
                other => other,
            });
        }
        Ok(Some(text))
    }
}

fn mode(cell: &str) -> Option<u32> {
    let digits = cell.bytes().all(|byte| byte.is_ascii_digit());
    let mode = u32::from_str_radix(cell, 8).ok()?;
    (digits && mode <= 0o7777).then_some(mode)
}

fn sha256(cell: &str) -> Option<String> {
    let hexadecimal = cell.bytes().all(|byte| byte.is_ascii_hexdigit());
    (hexadecimal && cell.len() == 64).then(|| cell.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
