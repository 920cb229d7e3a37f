//! What `ls -l` and `stat` printed → the same rows as those of `stat.tsv`, of the paths that they
//! name in full.

use std::borrow::Cow;

use super::{FileType, Stat, StatRow};
use crate::bundle::encoding::without_mark;
use crate::limits::Limits;

/// Lines in which the first path is looked for.
const PATH_WITHIN: usize = 40;

/// Whether a member's first lines are of `ls -l` or `stat`, and of paths that matter to Kubernetes.
#[must_use]
pub fn looks_printed(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(without_mark(head));
    let names = ["kube", "k3s", "rke2", "etcd", "/cni/"];
    let end = text.len().min(head.len());
    let lines = text.get(..end).unwrap_or(&text).lines().take(PATH_WITHIN);
    let mut reader = PrintedReader::default();
    let mut rows = lines.zip(1..).filter_map(|(line, at)| reader.row(line, at));
    rows.any(|row| names.iter().any(|name| row.path.contains(name)))
}

/// Reads the rows of these members. What is not among them was not looked at: they prove no absence but that of a
/// path which the command said is not there.
#[must_use]
pub fn parse(members: &[&[u8]], limits: &Limits) -> Stat<'static> {
    let most = usize::try_from(limits.metadata_rows).unwrap_or(usize::MAX);
    let mut stat = Stat {
        is_partial: true,
        ..Stat::default()
    };
    for (source, bytes) in members.iter().enumerate() {
        let text = crate::evidence::text(without_mark(bytes));
        let mut reader = PrintedReader::default();
        let lines = text.lines().zip(1..);
        let rows = lines.filter_map(|(line, at)| reader.row(line, at));
        let left = most.saturating_sub(stat.rows.len());
        let rows = rows.map(|row| StatRow { source, ..row });
        stat.rows.extend(rows.take(left));
    }
    stat.index();
    stat
}

/// What stands above a line and says what the line is about.
#[derive(Default)]
struct PrintedReader {
    /// The folder that `ls` lists.
    folder: Option<String>,
    /// The path that `stat` tells about, and where it links to.
    file: Option<(String, Option<String>)>,
    /// The one path that a `stat -c` asks about, whose answer stands below it.
    asked: Option<String>,
}

impl PrintedReader {
    fn row(&mut self, line: &str, number: u32) -> Option<StatRow<'static>> {
        let line = line.trim_end();
        if let Some(folder) = line.strip_suffix(':').filter(|line| line.starts_with('/')) {
            self.folder = Some(folder.trim_end_matches('/').to_owned());
            return None;
        }
        if let Some(file) = line.trim_start().strip_prefix("File: ") {
            self.file = named(file);
            return None;
        }
        if let Some(path) = asked(line) {
            self.asked = Some(path);
            return None;
        }
        let mut row = absent(line)
            .or_else(|| self.of_answer(line))
            .or_else(|| self.of_stat(line))
            .or_else(|| of_format(line))
            .or_else(|| self.of_ls(line))?;
        row.line = number;
        Some(row)
    }

    /// `600`, `permissions=600`, `root:root`: of the path in the command above it.
    fn of_answer(&mut self, line: &str) -> Option<StatRow<'static>> {
        let path = self.asked.take()?;
        let answer = line.trim();
        let answer = answer.split_once('=').map_or(answer, |(_, value)| value);
        of_format(&format!("{answer} {path}"))
    }

    /// `Access: (0600/-rw-------)  Uid: (    0/    root)   Gid: (    0/    root)`
    fn of_stat(&mut self, line: &str) -> Option<StatRow<'static>> {
        let rest = line.trim_start().strip_prefix("Access: (")?;
        let (mode, rest) = rest.split_once('/')?;
        let (letters, rest) = rest.split_once(')')?;
        let owner = |mark: &str| {
            let (_, rest) = rest.split_once(mark)?;
            let (number, rest) = rest.split_once('/')?;
            let (name, _) = rest.split_once(')')?;
            Some((number.trim().parse().ok()?, name.trim().to_owned()))
        };
        let (uid, owner_name) = owner("Uid: (")?;
        let (gid, group_name) = owner("Gid: (")?;
        let (path, target) = self.file.take()?;
        Some(StatRow {
            mode: Some(u32::from_str_radix(mode, 8).ok()?),
            uid: Some(uid),
            gid: Some(gid),
            owner: Some(owner_name.into()),
            group: Some(group_name.into()),
            target: target.map(Cow::Owned),
            ..row(path, kind(letters)?)
        })
    }

    /// `-rw------- 1 root root 1952 Nov 20 10:00 /etc/kubernetes/kubelet.conf`, also with a context
    /// of SELinux, and with a date as any locale writes it.
    fn of_ls(&self, line: &str) -> Option<StatRow<'static>> {
        let mut rest = line;
        let mut word = || {
            let from = rest.trim_start();
            let end = from.find(char::is_whitespace).unwrap_or(from.len());
            let (word, after) = from.split_at(end);
            rest = after;
            (!word.is_empty()).then_some(word)
        };
        let letters = word()?;
        let mode = mode(letters)?;
        let links = word()?;
        let (owner, group) = (word()?, word()?);
        let mut size = word()?;
        // With -Z the context stands before the size.
        if size.contains(':') {
            size = word()?;
        }
        let size = size.parse().ok()?;
        links.parse::<u32>().ok()?;
        let kind = kind(letters)?;
        let name = name_after_date(rest)?;
        let (name, target) = match (kind, name.split_once(" -> ")) {
            (FileType::Symlink, Some((name, target))) => (name, Some(target.to_owned())),
            _ => (name, None),
        };
        let name = name.trim_matches(['\'', '"']);
        let path = match (name.starts_with('/'), &self.folder) {
            (true, _) => name.to_owned(),
            (false, Some(folder)) if !matches!(name, "." | "..") => format!("{folder}/{name}"),
            (false, _) => return None,
        };
        let (uid, owner) = person(owner);
        let (gid, group) = person(group);
        Some(StatRow {
            mode: Some(mode),
            uid,
            gid,
            owner,
            group,
            size: Some(size),
            target: target.map(Cow::Owned),
            ..row(path, kind)
        })
    }
}

/// The path of `stat -c %a /etc/x`, where it names one alone.
fn asked(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "stat")?;
    let after = words.get(at..)?;
    let is_format = |word: &&&str| {
        let options = ["-c", "--format", "--printf"];
        options.iter().any(|option| word.starts_with(option))
    };
    after.iter().find(is_format)?;
    let bare = after
        .iter()
        .map(|word| word.trim_matches(['\'', '"', ';', ')']));
    let mut paths = bare.filter(|word| word.starts_with('/'));
    let path = paths.next().filter(|_| paths.next().is_none())?;
    Some(path.to_owned())
}

fn row(path: String, kind: FileType) -> StatRow<'static> {
    StatRow {
        path: match path.len() {
            1 => path.into(),
            _ => path.trim_end_matches('/').to_owned().into(),
        },
        kind,
        mode: None,
        uid: None,
        gid: None,
        owner: None,
        group: None,
        size: None,
        mtime: None,
        ctime: None,
        sha256: None,
        target: None,
        line: 0,
        source: 0,
    }
}

/// `600 /etc/x`, `root:root /etc/x`, `600 root root /etc/x` …: formats that end in the path.
fn of_format(line: &str) -> Option<StatRow<'static>> {
    let (before, path) = line.trim().split_once(" /")?;
    let mut words = Vec::new();
    for word in before.split_whitespace() {
        match word.split_once(':') {
            Some((owner, group)) => words.extend([owner, group]),
            None => words.push(word),
        }
    }
    let octal = |word: &str| {
        let is_mode = (3..=4).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
        u32::from_str_radix(word, 8).ok().filter(|_| is_mode)
    };
    let is_name = |word: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        !word.is_empty() && word.chars().all(known)
    };
    let (mode, people) = match words.as_slice() {
        [mode] => (Some(octal(mode)?), None),
        [mode, owner, group] => (Some(octal(mode)?), Some((*owner, *group))),
        [owner, group] if before.contains(':') => (None, Some((*owner, *group))),
        _ => return None,
    };
    let mut row = row(format!("/{path}"), FileType::File);
    row.mode = mode;
    if let Some((owner, group)) = people {
        if !is_name(owner) || !is_name(group) {
            return None;
        }
        (row.uid, row.owner) = person(owner);
        (row.gid, row.group) = person(group);
    }
    Some(row)
}

/// `ls: cannot access '/etc/x': No such file or directory`
fn absent(line: &str) -> Option<StatRow<'static>> {
    let rest = line.strip_suffix(": No such file or directory")?;
    let (command, path) = rest.split_once('/')?;
    let known = ["ls: ", "stat: "].iter().any(|name| command.contains(name));
    let path = path.trim_end_matches(['\'', '"', '’', '`']);
    known.then(|| row(format!("/{path}"), FileType::Absent))
}

/// `/etc/x`, `'/etc/x'`, `/etc/x -> y`.
fn named(text: &str) -> Option<(String, Option<String>)> {
    let bare = |text: &str| text.trim_matches(['\'', '"', '‘', '’', '`']).to_owned();
    let (path, target) = match text.split_once(" -> ") {
        Some((path, target)) => (bare(path), Some(bare(target))),
        None => (bare(text), None),
    };
    path.starts_with('/').then_some((path, target))
}

/// Root is number 0 on every node; of another name nobody knows the number.
fn person(name: &str) -> (Option<u32>, Option<Cow<'static, str>>) {
    match name.parse() {
        Ok(number) => (Some(number), None),
        Err(_) => (
            (name == "root").then_some(0),
            Some(Cow::Owned(name.to_owned())),
        ),
    }
}

fn kind(letters: &str) -> Option<FileType> {
    match letters.chars().next()? {
        '-' => Some(FileType::File),
        'd' => Some(FileType::Dir),
        'l' => Some(FileType::Symlink),
        _ => None,
    }
}

/// The bits of `-rwxr-xr-x`, with the mark of an access list or a context after it.
fn mode(letters: &str) -> Option<u32> {
    let letters = letters.trim_end_matches(['.', '+', '@']);
    let bits: Vec<char> = letters.chars().skip(1).collect();
    if bits.len() != 9 {
        return None;
    }
    let mut mode = 0;
    for (at, letter) in bits.iter().enumerate() {
        let bit = 0o400 >> at;
        // Set-uid, set-gid and sticky stand in the place of an x.
        let special = 0o4000 >> (at / 3);
        let expected = ['r', 'w', 'x'].get(at % 3)?;
        mode |= match letter {
            '-' => 0,
            letter if letter == expected => bit,
            's' | 't' if at % 3 == 2 => bit | special,
            'S' | 'T' if at % 3 == 2 => special,
            _ => return None,
        };
    }
    Some(mode)
}

/// What follows `Nov 20 10:00`, `Nov 20  2024`, `2026-11-20 10:00` or that with seconds and zone.
fn name_after_date(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    let mut seen = 0;
    loop {
        let end = rest.find(' ')?;
        let (word, after) = rest.split_at(end);
        let is_time = word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit());
        let is_year = seen == 2 && word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
        seen += 1;
        // Of one blank each: the name may begin with more.
        rest = after.trim_start_matches(' ');
        if is_time || is_year {
            let is_zone = |word: &str| {
                let digits = word.strip_prefix(['+', '-']);
                digits.is_some_and(|d| d.len() == 4 && d.bytes().all(|b| b.is_ascii_digit()))
            };
            if let Some((zone, name)) = rest.split_once(' ')
                && is_zone(zone)
            {
                return Some(name);
            }
            return Some(rest).filter(|name| !name.is_empty());
        }
        if seen > 3 {
            return None;
        }
    }
}

#[cfg(test)]
mod tests;
