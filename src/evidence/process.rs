//! Processes of a node: what runs, with which words, since when. `/proc/<pid>/cmdline` holds the
//! words themselves and comes before `ps`, which joins them by blanks and may cut them off; where
//! the two contradict each other, both are kept.
//!
//! Nodes run hundreds of processes and a kubelet or two, so programs are told apart by the text of
//! `ps` and only what may matter is made a [`Process`].

mod place;
mod program;
mod started;
mod suspect;
mod user;
mod witness;

use std::collections::{BTreeMap, BTreeSet};

use super::citation::Citation;
use super::crowd::ProgramCount;
use super::kind::Kind;
use super::{Evidence, epoch_seconds, ps};
pub use program::Program;
pub(super) use program::control_plane;
use program::{file_name, is_component};
pub use suspect::Candidate;
use user::{is_stranger, other_than_root};
use witness::witness;

/// A process, as the evidence shows it.
#[derive(Clone, Debug)]
pub struct Process {
    /// Its id; `None` where a process list has none.
    pub pid: Option<u32>,
    /// The words of its argument line, the program first.
    pub words: Vec<String>,
    /// Whether the words are exact, or were split at blanks.
    pub exact: bool,
    /// Whether the end of the line may be missing.
    pub cut: bool,
    /// Whether it is missing for certain.
    pub surely_cut: bool,
    /// Where the line stands.
    pub citation: Citation,
    /// The working directory.
    pub cwd: Option<String>,
    /// The file it executes.
    pub exe: Option<String>,
    /// The user who runs it, where a list shows another one than root.
    pub user: Option<String>,
    /// When it started, in seconds since 1970.
    pub started_at: Option<i64>,
    /// Why files of the host need not be those that it sees.
    pub elsewhere: Option<&'static str>,
    /// The same process in another capture that contradicts this one.
    pub otherwise: Option<Box<Process>>,
}

impl Process {
    fn listed(row: &ps::PsProcess, citation: Citation) -> Self {
        Self {
            pid: row.pid,
            words: split(&row.command),
            exact: false,
            cut: row.cut,
            surely_cut: row.surely_cut,
            citation,
            cwd: None,
            exe: None,
            user: other_than_root(row).map(str::to_owned),
            started_at: None,
            elsewhere: None,
            otherwise: None,
        }
    }

    /// One that a manifest plans, and nothing shows to run.
    pub(super) fn planned(words: Vec<String>, citation: Citation) -> Self {
        Self {
            pid: None,
            words,
            exact: true,
            cut: false,
            surely_cut: false,
            citation,
            cwd: None,
            exe: None,
            user: None,
            started_at: None,
            elsewhere: None,
            otherwise: None,
        }
    }

    /// Whether this is a kubelet, or has one inside.
    #[must_use]
    pub fn program(&self) -> Option<Program> {
        let words = || self.words.iter().map(String::as_str);
        let executed = |exe: &String| program::executed(exe, words());
        program::program(words()).or_else(|| self.exe.as_ref().and_then(executed))
    }

    /// The component beside the kubelet that this is; its arguments begin after this many words.
    #[must_use]
    pub fn component(&self) -> Option<(&'static str, usize)> {
        let words = || self.words.iter().map(String::as_str);
        program::kube_proxy(words()).or_else(|| program::control_plane(words()))
    }

    /// Whether this is a component of a control plane.
    #[must_use]
    pub fn is_of_control_plane(&self) -> bool {
        program::control_plane(self.words.iter().map(String::as_str)).is_some()
    }

    /// Whether it has a control plane inside.
    #[must_use]
    pub fn embeds_control_plane(&self) -> bool {
        program::embeds_control_plane(self.words.iter().map(String::as_str))
    }

    /// That the end of its argument line is missing, as the beginning of a sentence.
    #[must_use]
    pub fn cut_off(&self) -> &'static str {
        match self.surely_cut {
            true => "the argument line is cut off",
            false => "the argument line ends where a terminal or a buffer may have cut it off",
        }
    }

    /// Whether this is a component that every node may run: a kubelet, or a kube-proxy.
    #[must_use]
    pub fn is_of_node(&self) -> bool {
        let words = self.words.iter().map(String::as_str);
        self.program().is_some() || program::kube_proxy(words).is_some()
    }
}

/// The name of the program in an argument line.
fn first_name(command: &str) -> &str {
    blanks(command).next().map(file_name).unwrap_or_default()
}

/// The first words of a `cmdline`, as `ps` shows them: what tells the program.
fn beginning(cmdline: &[u8]) -> String {
    let first = cmdline.get(..OLD_KERNEL_CMDLINE).unwrap_or(cmdline);
    let first = first.strip_suffix(b"\0").unwrap_or(first);
    String::from_utf8_lossy(first).replace('\0', " ")
}

/// Splits the NUL-separated words of a `cmdline`.
#[must_use]
pub fn words(cmdline: &[u8]) -> Vec<String> {
    let body = cmdline.strip_suffix(b"\0").unwrap_or(cmdline);
    if body.is_empty() {
        return Vec::new();
    }
    body.split(|b| *b == 0)
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect()
}

/// Splits a line of `ps` at single blanks, so that an empty word stays one.
#[must_use]
pub fn split(command: &str) -> Vec<String> {
    blanks(command).map(str::to_owned).collect()
}

fn blanks(command: &str) -> impl Iterator<Item = &str> + Clone {
    command.trim().split(' ')
}

/// Kernels before 4.2 cut `/proc/PID/cmdline` at a page.
const OLD_KERNEL_CMDLINE: usize = 4096;

impl Evidence<'_> {
    /// The processes whose ids something in the bundle gives to a component of Kubernetes, and all
    /// that have a `cmdline`; that comes before `ps`. What a user runs under the name of a component,
    /// and components never run as, is none. An unreadable list is reported.
    #[must_use]
    pub fn processes(&self) -> Vec<Process> {
        let mut by_pid: BTreeMap<u32, Vec<Process>> = BTreeMap::new();
        let mut without_pid = Vec::new();
        let listings = self.listings();
        let mut counted = ProgramCount::default();
        let mut pids: BTreeSet<Option<u32>> = BTreeSet::new();
        for (index, listing) in listings {
            let rows = listing.processes.iter();
            for row in rows.filter(|row| is_component(&row.command)) {
                let name = first_name(&row.command);
                // Whoever starts many of a name does not keep root's own from being judged.
                let is_stranger = is_stranger(row);
                if counted.takes(name, !is_stranger, self.limits.processes) {
                    pids.insert(row.pid);
                } else if !is_stranger {
                    self.count_beyond(*index, name);
                }
            }
        }
        let most = usize::try_from(self.limits.processes).unwrap_or(usize::MAX);
        let has_words = self.all(|kind| matches!(kind, Kind::CommandLine(_)));
        pids.extend(has_words.filter_map(|(kind, _)| match kind {
            Kind::CommandLine(pid) => Some(Some(*pid)),
            _ => None,
        }));
        let rows = listings.iter().flat_map(|(_, listing)| &listing.processes);
        let mut users: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
        for (pid, user) in rows.filter_map(|row| row.pid.zip(other_than_root(row))) {
            users.entry(pid).or_default().insert(user);
        }
        for (index, listing) in listings {
            let rows = listing.processes.iter();
            // One list may show of a process what contradicts another, so all of its lines count.
            for row in rows.filter(|row| pids.contains(&row.pid)) {
                let known = match row.pid {
                    Some(pid) => by_pid.get(&pid).map_or(0, Vec::len),
                    None => without_pid.len(),
                };
                if known > most {
                    if !is_stranger(row) {
                        self.count_beyond(*index, first_name(&row.command));
                    }
                    continue;
                }
                let (command, over) = self.bounded(*index, row.command.as_bytes(), b' ', true);
                let listed = Process::listed(row, self.cite(*index).line(row.line));
                let process = Process {
                    words: split(&String::from_utf8_lossy(command)),
                    cut: row.cut || over,
                    ..listed
                };
                match row.pid {
                    Some(pid) => witness(by_pid.entry(pid).or_default(), process),
                    None if other_than_root(row).is_some_and(|user| !process.may_be_of(user)) => {}
                    None => without_pid.push(process),
                }
            }
        }
        for (kind, index) in self.all(|kind| matches!(kind, Kind::CommandLine(_))) {
            let Kind::CommandLine(pid) = kind else {
                continue;
            };
            match self.bytes(index) {
                Ok(bytes) => {
                    let is_component = is_component(&beginning(bytes));
                    let (line, over) = self.bounded(index, bytes, 0, is_component);
                    let words = words(line);
                    // Kernel threads and zombies have an empty one: `ps` names those.
                    if words.is_empty() {
                        continue;
                    }
                    let name = words.first().map_or("", |word| file_name(word)).to_owned();
                    let is_known = by_pid.contains_key(pid);
                    if !is_known && !counted.takes(&name, true, self.limits.processes) {
                        if is_component {
                            self.count_beyond(index, &name);
                        }
                        continue;
                    }
                    let mut process = Process {
                        pid: Some(*pid),
                        words,
                        exact: true,
                        cut: over || bytes.len() == OLD_KERNEL_CMDLINE,
                        surely_cut: false,
                        citation: self.cite(index),
                        cwd: self.small_text(&Kind::WorkingDirectory(*pid)),
                        exe: self.small_text(&Kind::Executable(*pid)),
                        user: None,
                        started_at: self
                            .small_text(&Kind::StartedAt(*pid))
                            .and_then(|text| epoch_seconds(&text)),
                        elsewhere: None,
                        otherwise: None,
                    };
                    let known = by_pid.entry(*pid).or_default();
                    let mut listed = known.extract_if(.., |other| !other.exact);
                    let other = listed.find(|row| row.contradicts(&process));
                    listed.for_each(drop);
                    if let Some(other) = other {
                        process = in_doubt(process, other);
                    }
                    witness(known, process);
                }
                Err(what) => self.report(index, what, "the process list decides; collect again"),
            }
        }
        for (pid, users) in users {
            let Some(known) = by_pid.get_mut(&pid) else {
                continue;
            };
            known.retain(|process| users.iter().all(|user| process.may_be_of(user)));
            for process in known {
                process.user = users.first().map(|user| (*user).to_owned());
            }
        }
        let all = by_pid.into_values().flatten().chain(without_pid);
        let mut all: Vec<Process> = all.collect();
        self.date(&mut all);
        self.place(&mut all);
        all
    }

    /// Whether the bundle shows any process at all.
    #[must_use]
    pub fn shows_processes(&self) -> bool {
        let in_list = |(_, listing): &(usize, ps::Listing)| !listing.processes.is_empty();
        let has_words = |index| {
            let bytes = self.bytes(index);
            bytes.is_ok_and(|bytes| !matches!(bytes, [] | [0]))
        };
        self.listings().iter().any(in_list)
            || self
                .all(|kind| matches!(kind, Kind::CommandLine(_)))
                .any(|(_, index)| has_words(index))
    }

    /// Whether a process list was taken as root, to its end, on the host itself, whose PID 1 is an
    /// init: nothing was hidden from it.
    #[must_use]
    pub fn whole_process_list(&self) -> Option<Citation> {
        let manifest = self.manifest.as_ref().filter(|m| m.uid == Some(0))?;
        if manifest.host.is_in_container() {
            return None;
        }
        let is_init = |p: &ps::PsProcess| p.pid == Some(1) && program::is_init(&p.command);
        self.listings()
            .iter()
            .find(|(index, listing)| {
                let cut_short = self.bundle.members.get(*index).is_some_and(|member| {
                    let mut commands = manifest.commands.iter();
                    commands.any(|c| c.member == member.name && c.exit.is_some_and(|e| e != 0))
                });
                let cut_short = cut_short || self.ended_early.borrow().contains(index);
                !cut_short && listing.processes.iter().any(is_init)
            })
            .map(|(index, _)| self.cite(*index))
    }
}

/// Of two captures that contradict each other, the one that shows a component of a node speaks.
fn in_doubt(exact: Process, listed: Process) -> Process {
    let (mut process, other) = match exact.is_of_node() || !listed.is_of_node() {
        true => (exact, listed),
        false => (listed, exact),
    };
    process.otherwise = Some(Box::new(other));
    process
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_cmdline_keep_blanks_and_empty_ones() {
        assert_eq!(words(b"a\0b c\0\0d\0"), ["a", "b c", "", "d"]);
        assert_eq!(words(b"a"), ["a"]);
        assert!(words(b"").is_empty());
    }
}
