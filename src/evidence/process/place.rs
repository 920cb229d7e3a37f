//! Where a kubelet's files are: on the host, or in a container of its own. kind, k3d and their like
//! run whole nodes as containers, and the host's list shows the kubelets of all of them.

use std::collections::BTreeMap;

use super::Process;
use super::program::file_name;
use crate::evidence::{Evidence, ps};

/// Flags that name files which a kubelet has alone.
const NAMES_FILES: [&str; 6] = [
    "--config",
    "--config-dir",
    "--kubeconfig",
    "--bootstrap-kubeconfig",
    "--client-ca-file",
    "--kubelet-args-file",
];

/// Parents followed for one process.
const MOST_PARENTS: usize = 64;

/// The parent of each process, and its command.
type Parents<'l> = BTreeMap<u32, (Option<u32>, &'l str)>;

impl Evidence<'_> {
    /// Says of every kubelet whose files may be a container's why they may.
    pub(super) fn place(&self, processes: &mut [Process]) {
        if self
            .listings()
            .iter()
            .any(|(_, listing)| listing.of_several)
        {
            let why =
                "its process list has those of several hosts, and nothing shows whose file it is";
            for process in processes.iter_mut().filter(|process| !process.exact) {
                process.elsewhere = Some(why);
            }
            return;
        }
        let is_kubelet = |process: &Process| process.program().is_some();
        if !processes.iter().any(is_kubelet) {
            return;
        }
        let listings = self.listings().iter();
        let rows = listings.flat_map(|(_, listing)| &listing.processes);
        let parents: Parents<'_> = rows.filter_map(parent).collect();
        // A child that has not yet become what it is for shows its parent's words.
        let by_pid = processes.iter().filter_map(|p| Some((p.pid?, &p.words)));
        let words: BTreeMap<u32, &Vec<String>> = by_pid.collect();
        let is_fork = |process: &Process| {
            let parent = process.pid.and_then(|pid| parents.get(&pid)?.0);
            parent.is_some_and(|parent| words.get(&parent) == Some(&&process.words))
        };
        let nested: Vec<bool> = processes.iter().map(|p| nested(p, &parents)).collect();
        let kubelets = || {
            let all = processes.iter().zip(&nested);
            all.filter(|(process, _)| is_kubelet(process) && !is_fork(process))
        };
        // By path: the processes that name it, and how many of them nothing shows in a container.
        let mut named: BTreeMap<&str, (Vec<Option<u32>>, usize)> = BTreeMap::new();
        for (process, nested) in kubelets() {
            for path in paths(process) {
                let (pids, hosts) = named.entry(path).or_default();
                if !pids.contains(&process.pid) || process.pid.is_none() {
                    // Two are enough to tell, and a list may be long.
                    if pids.len() < 2 {
                        pids.push(process.pid);
                    }
                    *hosts += usize::from(!nested);
                }
            }
        }
        let shared = |process: &Process, nested: bool| {
            paths(process).any(|path| {
                let (others, hosts) = named.get(path).map_or((0, 0), |(p, h)| (p.len(), *h));
                others > 1 && (nested || hosts > 1)
            })
        };
        let mains = self.main_processes();
        let is_main = |process: &Process| process.pid.is_some_and(|pid| mains.contains(&pid));
        let told: Vec<Option<&'static str>> = processes
            .iter()
            .zip(&nested)
            .map(|(process, nested)| {
                // Our collectors look through the root that the process has.
                let looked_there = process.exact && self.manifest.is_some();
                if !is_kubelet(process) {
                    None
                } else if shared(process, *nested) && (*nested || !is_main(process)) {
                    Some("several kubelets name the same path, and nothing shows whose file it is")
                } else if *nested && !looked_there {
                    Some("the process runs in a container, and nothing shows that it sees the files of the host")
                } else {
                    None
                }
            })
            .collect();
        for (process, told) in processes.iter_mut().zip(told) {
            process.elsewhere = told;
        }
    }
}

fn parent(row: &ps::PsProcess) -> Option<(u32, (Option<u32>, &str))> {
    Some((row.pid?, (row.ppid, row.command.as_str())))
}

/// The paths that its arguments name.
fn paths(process: &Process) -> impl Iterator<Item = &str> {
    let words = process.words.iter().map(String::as_str);
    let next = process.words.iter().skip(1).map(String::as_str);
    let values = words.zip(next.chain([""])).filter_map(|(word, next)| {
        let (flag, value) = word.split_once('=').unwrap_or((word, next));
        NAMES_FILES.contains(&flag).then_some(value)
    });
    values.filter(|value| value.starts_with('/'))
}

/// Whether something shows that a process runs in a container.
fn nested(process: &Process, parents: &Parents<'_>) -> bool {
    // kind says so, and old kubelets were told so.
    let says_so = |word: &String| {
        word.contains("kind://")
            || matches!(word.as_str(), "--containerized" | "--containerized=true")
    };
    if process.words.iter().any(says_so) {
        return true;
    }
    let up = |pid: &u32| parents.get(pid).and_then(|(parent, _)| *parent);
    let above = process.pid.and_then(|pid| up(&pid));
    std::iter::successors(above, up)
        .take_while(|pid| *pid > 1)
        .take(MOST_PARENTS)
        .filter_map(|pid| parents.get(&pid).map(|(_, command)| *command))
        .any(|command| {
            let first = command.split(' ').next().unwrap_or_default();
            let name = file_name(first);
            let is_init = matches!(name, "init" | "systemd") && !command.contains("--user");
            is_init
                || name.starts_with("containerd-shim")
                || matches!(
                    name,
                    "docker-containerd-shim" | "conmon" | "systemd-nspawn" | "lxc-start" | "runc"
                )
        })
}
