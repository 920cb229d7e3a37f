//! What a `ps` command printed → its processes, with arguments as printed: joined by one blank.
//! Knows procps and busybox; says of each command line whether its end may be missing.

mod columns;
pub mod status;
mod width;

use std::collections::{HashMap, HashSet};

pub use columns::Columns;
use columns::{Header, Row};
use jiff::civil::DateTime;

use crate::bundle::encoding::without_mark;

/// One listing, of one `ps` command or of several with the same header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// One per process, in the order listed; a listing of threads counts a process once.
    pub processes: Vec<PsProcess>,
    /// The header line, without blanks around it.
    pub header: String,
    /// The last column holds names and no arguments (`ps -e`, `-o comm`), so every command is `cut`.
    pub names_only: bool,
    /// Prompts of several hosts stand in it, or a process of Kubernetes twice with other arguments:
    /// somebody put several lists together.
    pub of_several: bool,
}

/// One process of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PsProcess {
    /// `None` where it is no 32-bit number.
    pub pid: Option<u32>,
    /// `None` where the listing has no such column.
    pub ppid: Option<u32>,
    /// Name or number, perhaps shortened by `ps`; `None` where the listing has no such column.
    pub user: Option<String>,
    /// When it started, by the clock of the machine; `None` where the list does not have it to the
    /// second.
    pub started: Option<DateTime>,
    /// 1-based line in the member.
    pub line: u32,
    /// The command column: inner runs of blanks kept (an empty argument shows as two blanks), blanks
    /// at its end, busybox's `{comm} ` and the branches of a forest (`\_ `) removed.
    pub command: String,
    /// The end of the command may be missing.
    pub cut: bool,
    /// It is missing for certain.
    pub surely_cut: bool,
}

/// Lines in which a header is looked for: a prompt, a banner and blank lines may come before it.
const HEADER_WITHIN: usize = 10;

/// Reads a listing; `None` where there is no header of `ps` in its first lines, and no line as `ps
/// -ef` or `ps aux` write them: a filter such as grep takes the header away.
///
/// `wide`: the command line is known to have had `-ww`, so that no terminal cut anything off; what
/// went through a filter was not cut either.
/// Bytes that are not UTF-8 become U+FFFD. Lines that are no process are skipped. One right after the
/// longest line makes that one `cut`, unless it looks like a prompt: a terminal may have wrapped it.
pub fn parse(bytes: &[u8], wide: bool) -> Option<Listing> {
    let text = super::text(without_mark(bytes));
    let mut lines = text
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .zip(1..);
    let of_own = lines
        .clone()
        .take(HEADER_WITHIN)
        .find_map(|(line, at)| Some((Header::read(line)?, line.trim(), at)));
    let (header, header_line, wide) = match of_own {
        Some((header, line, at)) => {
            let last = usize::try_from(at).unwrap_or(0);
            lines.by_ref().take(last).for_each(drop);
            (header, line, wide)
        }
        None => {
            let (header, line) = lines
                .clone()
                .take(HEADER_WITHIN)
                .find_map(|(line, _)| Header::of_line(line))?;
            (header, line, true)
        }
    };
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut seen = HashSet::new();
    for (line, number) in lines {
        if let Some(row) = header.row(line, number) {
            if !header.lists_threads() || seen.insert(row.pid) {
                rows.push(row);
            }
        } else if line.trim() != header_line
            && !header.is_thread(line)
            && may_continue(line)
            && let Some(row) = rows.last_mut()
        {
            row.wrapped |= row.number + 1 == number;
        }
    }
    let has_arguments = rows.is_empty() || rows.iter().any(Row::has_arguments);
    let names_only = header.has_names_only() || !has_arguments;
    let width = width::Width::of(&rows, wide, header.is_busybox());
    let processes: Vec<PsProcess> = rows
        .iter()
        .map(|row| {
            let surely_cut = names_only || row.command.is_empty() || width.surely_cuts(row);
            PsProcess {
                pid: row.pid,
                ppid: row.ppid,
                user: row.user.map(str::to_owned),
                started: row.started,
                line: row.number,
                command: row.command.to_owned(),
                cut: surely_cut || width.may_cut(row),
                surely_cut,
            }
        })
        .collect();
    let of_several = has_several_hosts(&text) || says_two_things(&processes);
    Some(Listing {
        processes,
        header: header_line.to_owned(),
        names_only,
        of_several,
    })
}

/// Reads argument lines, one a line, of which nothing else is known.
pub fn arguments(bytes: &[u8]) -> Listing {
    let text = super::text(without_mark(bytes));
    let lines = text.lines().zip(1..);
    let processes = lines.filter(|(line, _)| !line.trim().is_empty());
    Listing {
        processes: processes
            .map(|(line, number)| PsProcess {
                pid: None,
                ppid: None,
                user: None,
                started: None,
                line: number,
                command: line.trim().to_owned(),
                cut: false,
                surely_cut: false,
            })
            .collect(),
        header: String::new(),
        names_only: false,
        of_several: false,
    }
}

/// Whether prompts name several hosts: `[root@n1 ~]# `, `root@n1:~$ `.
fn has_several_hosts(text: &str) -> bool {
    let prompts = memchr::memchr_iter(b'@', text.as_bytes());
    let host = |at: usize| {
        let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
        let user = text.get(start..at)?.trim_start_matches(['[', '(']);
        let rest = text.get(at + 1..)?;
        let line = rest.split('\n').next()?;
        let end = line.find([' ', ':', ']'])?;
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let is_prompt = !user.is_empty()
            && user.chars().all(known)
            && line
                .get(end..)?
                .split(' ')
                .any(|word| word.ends_with(['$', '#']));
        line.get(..end)
            .filter(|host| is_prompt && host.chars().all(known))
    };
    let mut hosts = prompts.filter_map(host);
    let first = hosts.next();
    hosts.any(|host| Some(host) != first)
}

/// Whether one id has two commands that a component of Kubernetes has a part in, neither of which
/// is the beginning of the other.
fn says_two_things(processes: &[PsProcess]) -> bool {
    let names_kubernetes = |process: &&PsProcess| {
        let first = process.command.split(' ').next().unwrap_or_default();
        ["kube", "k3s", "rke2"]
            .iter()
            .any(|name| first.contains(name))
    };
    let mut commands: HashMap<u32, &str> = HashMap::new();
    for process in processes.iter().filter(names_kubernetes) {
        let Some(pid) = process.pid else { continue };
        let command = process.command.as_str();
        let first = *commands.entry(pid).or_insert(command);
        if !first.starts_with(command) && !command.starts_with(first) {
            return true;
        }
    }
    false
}

/// Whether a line may be the rest of a wrapped one: not blank, no prompt, no ruler or heading.
fn may_continue(line: &str) -> bool {
    let heading = ["---", "=", "#", "+", "*"];
    !line.trim().is_empty()
        && !heading.iter().any(|mark| line.starts_with(mark))
        && !line
            .split_whitespace()
            .take(3)
            .any(|word| word.ends_with(['$', '#']))
}

/// Whether a member's first lines hold a header of `ps`: upper-case names, `PID` among them, `CMD`,
/// `COMMAND` or `ARGS` last. Headers of `top` are none. Without one, whether a line is of the shape
/// that `ps` gives it, and of a program of Kubernetes or a search for one.
pub fn looks_like_ps(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(without_mark(head));
    let first = || text.lines().take(HEADER_WITHIN);
    let names_kubernetes = |line: &str| {
        let names = ["kube", "k3s", "rke2", "etcd"];
        names.iter().any(|name| line.contains(name))
    };
    first().any(|line| Header::read(line).is_some())
        || first().any(|line| names_kubernetes(line) && Header::of_line(line).is_some())
}

#[cfg(test)]
mod tests;
