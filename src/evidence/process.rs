//! Processes of a node: what runs, with which words, since when. `/proc/<pid>/cmdline` holds the
//! words themselves and wins over `ps`, which joins them by blanks and may cut them off.
//!
//! Nodes run hundreds of processes and a kubelet or two, so programs are told apart by the text of
//! `ps` and only what may matter is made a [`Process`].

use std::collections::{BTreeMap, BTreeSet};

use super::citation::Citation;
use super::crowd::Counted;
use super::layout::Kind;
use super::{Evidence, epoch_seconds, ps};

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
    /// Where the line stands.
    pub citation: Citation,
    /// The working directory.
    pub cwd: Option<String>,
    /// When it started, in seconds since 1970.
    pub started_at: Option<i64>,
}

/// A program that runs a kubelet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The kubelet itself; its arguments begin after this many words.
    Kubelet(usize),
    /// A program that runs the kubelet inside itself; its own arguments are not the kubelet's.
    Embeds,
}

impl Process {
    /// Whether this is a kubelet, by the name of its program and never by a substring:
    /// kube-apiserver has `--kubelet-…` flags, and `grep kubelet` is a grep.
    #[must_use]
    pub fn program(&self) -> Option<Program> {
        program(self.words.iter().map(String::as_str))
    }

    /// Whether this is a kube-proxy; its arguments begin after this many words.
    #[must_use]
    pub fn kube_proxy(&self) -> Option<usize> {
        let mut names = self.words.iter().map(|word| file_name(word));
        let first = match (names.next()?, names.next()) {
            ("kube-proxy" | "kube-proxy.exe", _) => 1,
            ("hyperkube", Some("kube-proxy" | "proxy")) => 2,
            _ => return None,
        };
        let words = self.words.iter().skip(first).map(String::as_str);
        (!only_prints(words)).then_some(first)
    }
}

/// Programs of Kubernetes beside those that run a kubelet.
const OTHER_COMPONENTS: [&str; 8] = [
    "kube-proxy",
    "kube-proxy.exe",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "etcd",
    "hyperkube",
    "rke2",
];

/// Whether a line of a list may be of a component that somebody asks for.
fn is_component(command: &str) -> bool {
    let words = blanks(command);
    let first = words.clone().next().map(file_name).unwrap_or_default();
    OTHER_COMPONENTS.contains(&first) || program(words).is_some()
}

/// What prints and ends is no component of a node.
fn only_prints<'w>(mut words: impl Iterator<Item = &'w str>) -> bool {
    words.any(|word| {
        matches!(
            word,
            "--help" | "-h" | "--version" | "--version=true" | "--version=raw"
        )
    })
}

/// The program that runs with these words.
fn program<'w>(all: impl Iterator<Item = &'w str> + Clone) -> Option<Program> {
    let mut words = all.clone();
    let first = words.next()?;
    // k3s puts all it shows into its first word. Any other word with blanks is a title too, and
    // no title is an argument line.
    if let Some((program, rest)) = first.split_once(' ') {
        return embeds(file_name(program), rest.split(' ')).then_some(Program::Embeds);
    }
    let program = match file_name(first) {
        "kubelet" | "kubelet.exe" => Program::Kubelet(1),
        "hyperkube" if words.next().map(file_name) == Some("kubelet") => Program::Kubelet(2),
        name if embeds(name, words) => Program::Embeds,
        _ => return None,
    };
    match program {
        Program::Kubelet(first) if only_prints(all.skip(first)) => None,
        program => Some(program),
    }
}

impl Process {
    /// Whether the other shows all that this one does.
    fn is_part_of(&self, other: &Self) -> bool {
        if self.words == other.words {
            return true;
        }
        // A list of names has the program's alone, of 15 bytes at most.
        let is_name = |name: &String| {
            let program = other.words.first().map(|word| file_name(word));
            program.is_some_and(|program| program.starts_with(name.as_str()))
        };
        match self.words.as_slice() {
            _ if !self.cut => false,
            [only] if is_name(only) => true,
            words => other.words.join(" ").starts_with(&words.join(" ")),
        }
    }
}

fn file_name(path: &str) -> &str {
    let folder = path.bytes().rposition(|byte| matches!(byte, b'/' | b'\\'));
    folder.and_then(|at| path.get(at + 1..)).unwrap_or(path)
}

/// What k3s can be asked for that runs no kubelet.
const K3S_TOOLS: [&str; 9] = [
    "kubectl",
    "crictl",
    "ctr",
    "check-config",
    "etcd-snapshot",
    "secrets-encrypt",
    "certificate",
    "completion",
    "token",
];

/// Whether a program runs a kubelet inside itself, by its name and its words.
fn embeds<'w>(name: &str, mut words: impl Iterator<Item = &'w str>) -> bool {
    match name {
        "kubelite" | "k3s-server" | "k3s-agent" => true,
        "k3s" => !words
            .find(|word| !word.starts_with('-'))
            .is_some_and(|word| K3S_TOOLS.contains(&word)),
        _ => false,
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

/// Adds what one more member shows of a process id. Two lines of which one is the other cut off
/// are one process; any other two contradict each other, and both are judged.
fn witness(known: &mut Vec<Process>, process: Process) {
    if known.iter().any(|other| process.is_part_of(other)) {
        return;
    }
    known.retain(|other| !other.is_part_of(&process));
    known.push(process);
}

/// Kernels before 4.2 cut `/proc/PID/cmdline` at a page.
const OLD_KERNEL_CMDLINE: usize = 4096;

impl Evidence<'_> {
    /// The processes whose ids something in the bundle gives to a component of Kubernetes, and all
    /// that have a `cmdline`; that comes before `ps`. An unreadable list is reported.
    #[must_use]
    pub fn processes(&self) -> Vec<Process> {
        let mut by_pid: BTreeMap<u32, Vec<Process>> = BTreeMap::new();
        let mut without_pid = Vec::new();
        let listings = self.listings();
        let mut counted = Counted::default();
        let mut pids: BTreeSet<Option<u32>> = BTreeSet::new();
        for (index, listing) in listings {
            for row in listing
                .processes
                .iter()
                .filter(|row| is_component(&row.command))
            {
                let name = first_name(&row.command);
                // Whoever starts many of a name does not keep root's own from being judged.
                let is_root = matches!(row.user.as_deref(), None | Some("root" | "0"));
                if counted.takes(name, is_root, self.limits.processes) {
                    pids.insert(row.pid);
                } else {
                    self.count_beyond(*index, name);
                }
            }
        }
        let most = usize::try_from(self.limits.processes).unwrap_or(usize::MAX);
        for (index, listing) in listings {
            let rows = listing.processes.iter();
            // One list may show of a process what contradicts another, so all of its lines count.
            for row in rows.filter(|row| pids.contains(&row.pid)) {
                let known = match row.pid {
                    Some(pid) => by_pid.get(&pid).map_or(0, Vec::len),
                    None => without_pid.len(),
                };
                if known > most {
                    self.count_beyond(*index, first_name(&row.command));
                    continue;
                }
                let (command, over) = self.bounded(*index, row.command.as_bytes(), b' ', true);
                let process = Process {
                    pid: row.pid,
                    words: split(&String::from_utf8_lossy(command)),
                    exact: false,
                    cut: row.cut || over,
                    citation: self.cite(*index).line(row.line),
                    cwd: None,
                    started_at: None,
                };
                match row.pid {
                    Some(pid) => witness(by_pid.entry(pid).or_default(), process),
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
                    let cwd = self.small_text(&Kind::WorkingDirectory(*pid));
                    let started_at = self
                        .small_text(&Kind::StartedAt(*pid))
                        .and_then(|text| epoch_seconds(&text));
                    let process = Process {
                        pid: Some(*pid),
                        words,
                        exact: true,
                        cut: over || bytes.len() == OLD_KERNEL_CMDLINE,
                        citation: self.cite(index),
                        cwd,
                        started_at,
                    };
                    let known = by_pid.entry(*pid).or_default();
                    known.retain(|other| other.exact);
                    witness(known, process);
                }
                Err(what) => self.report(index, what, "the process list decides; collect again"),
            }
        }
        by_pid.into_values().flatten().chain(without_pid).collect()
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

    /// Whether a process list was taken as root, to its end, and holds PID 1: nothing was hidden
    /// from it.
    #[must_use]
    pub fn whole_process_list(&self) -> Option<Citation> {
        let manifest = self.manifest.as_ref().filter(|m| m.uid == Some(0))?;
        self.listings()
            .iter()
            .find(|(index, listing)| {
                let cut_short = self.bundle.members.get(*index).is_some_and(|member| {
                    let mut commands = manifest.commands.iter();
                    commands.any(|c| c.member == member.name && c.exit.is_some_and(|e| e != 0))
                });
                let cut_short = cut_short || self.ended_early.borrow().contains(index);
                !cut_short && listing.processes.iter().any(|p| p.pid == Some(1))
            })
            .map(|(index, _)| self.cite(*index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(line: &str) -> Option<Program> {
        Process {
            pid: None,
            words: split(line),
            exact: false,
            cut: false,
            citation: Citation::whole("commands/ps-ef.txt"),
            cwd: None,
            started_at: None,
        }
        .program()
    }

    #[test]
    fn a_kubelet_is_known_by_its_program() {
        for (line, expected) in [
            ("/usr/bin/kubelet --config=/x", Some(Program::Kubelet(1))),
            ("kubelet", Some(Program::Kubelet(1))),
            ("/snap/kubelet/1/kubelet --v=2", Some(Program::Kubelet(1))),
            ("C:\\k\\kubelet.exe --v=2", Some(Program::Kubelet(1))),
            ("/hyperkube kubelet --v=2", Some(Program::Kubelet(2))),
            ("hyperkube apiserver --kubelet-https", None),
            ("grep kubelet", None),
            ("sh -c ps -ef | grep kubelet", None),
            ("/usr/local/bin/kube-apiserver --kubelet-https=true", None),
            (
                "/bin/bash /home/kubernetes/bin/health-monitor.sh kubelet",
                None,
            ),
            ("/usr/bin/kubelet --version", None),
            ("kubelet-wrapper --x", None),
            ("/usr/local/bin/k3s server", Some(Program::Embeds)),
            ("/snap/microk8s/1/kubelite --x", Some(Program::Embeds)),
            ("rke2 server", None),
            ("", None),
        ] {
            assert_eq!(program(line), expected, "{line}");
        }
    }

    #[test]
    fn words_of_a_cmdline_keep_blanks_and_empty_ones() {
        assert_eq!(words(b"a\0b c\0\0d\0"), ["a", "b c", "", "d"]);
        assert_eq!(words(b"a"), ["a"]);
        assert!(words(b"").is_empty());
    }
}
