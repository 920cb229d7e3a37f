//! A component inside another program → what is written down for it: the line that k3s logged, or
//! the file of arguments that MicroK8s reads.

use super::component::Component;
use super::components::{ComponentProcess, Described};
use super::kubelet_process::KubeletProcess;
use super::seen::ArgumentLine;
use super::{Doubt, SettingSource};
use crate::evidence::process::{Process, Program};
use crate::evidence::{Evidence, NodeFile};
use crate::node::version::Minor;
use crate::problem::Code;

impl KubeletProcess {
    /// The kubelet inside the one process that has one inside. `None` where a kubelet runs as a
    /// process of its own, where several programs have one (no line says which), or where its
    /// arguments are not in the evidence.
    #[must_use]
    pub fn embedded(
        processes: &[Process],
        evidence: &Evidence<'_>,
        version: Option<Minor>,
    ) -> Option<Self> {
        let mut kubelets = processes.iter().filter_map(Process::program);
        if kubelets.any(|program| program != Program::Embeds) {
            return None;
        }
        let (kubelet, line) = inside(Component::Kubelet, processes, evidence)?;
        Some(Self::read(&kubelet, 1, evidence, version, line))
    }

    /// The file that its arguments stand in, where they are no process's own.
    #[must_use]
    pub fn args_file(&self) -> Option<&str> {
        let is_file = self.seen.source == SettingSource::ArgsFile;
        is_file.then_some(self.seen.place.as_str())
    }
}

impl ComponentProcess {
    /// The same of a component that is described by data.
    #[must_use]
    pub fn embedded(
        described: &'static Described,
        processes: &[Process],
        evidence: &Evidence<'_>,
        version: Option<Minor>,
    ) -> Option<Self> {
        let is_own = |process: &Process| {
            process
                .component()
                .is_some_and(|(name, _)| name == described.name())
        };
        if processes.iter().any(is_own) {
            return None;
        }
        let mut hosts = processes.iter().filter(|p| described.may_be_inside(p));
        let host = hosts.next()?;
        let (process, line) = configured(described, host, evidence)
            .or_else(|| inside(Component::Described(described), processes, evidence))?;
        Some(Self::read(
            described, &process, 1, evidence, version, line, None,
        ))
    }
}

/// Where k3s keeps its data.
const K3S_DATA: &str = "/var/lib/rancher/k3s";

/// A component that k3s gives a file and no arguments, where that file was collected.
fn configured(
    described: &Described,
    host: &Process,
    evidence: &Evidence<'_>,
) -> Option<(Process, ArgumentLine)> {
    let (below, flag) = described.embedded_config()?;
    let words: Vec<&str> = host.words.iter().flat_map(|word| word.split(' ')).collect();
    let mut named = words
        .iter()
        .enumerate()
        .filter_map(|(at, word)| match word.split_once('=') {
            Some(("--data-dir" | "-d", folder)) => Some(folder),
            None if matches!(*word, "--data-dir" | "-d") => words.get(at + 1).copied(),
            _ => None,
        });
    let folder = named.next_back().unwrap_or(K3S_DATA).trim_end_matches('/');
    let path = format!("{folder}/{below}");
    matches!(evidence.file(&path), NodeFile::Here(..)).then(|| {
        let words = vec![described.name().to_owned(), format!("--{flag}={path}")];
        let process = Process {
            words,
            ..host.clone()
        };
        (process, ArgumentLine::of_process())
    })
}

/// A component inside the one process that has components inside, and where its line was seen.
fn inside(
    component: Component,
    processes: &[Process],
    evidence: &Evidence<'_>,
) -> Option<(Process, ArgumentLine)> {
    let embeds = |process: &&Process| process.program() == Some(Program::Embeds);
    let mut running = processes.iter().filter(embeds);
    let (Some(inside), None) = (running.next(), running.next()) else {
        return None;
    };
    let name = component.as_str();
    let program = inside.words.first().map_or("", String::as_str);
    if program.ends_with("kubelite") {
        let (process, path) = evidence.of_args_file(name, inside)?;
        let line = ArgumentLine {
            source: SettingSource::ArgsFile,
            doubt: changed(&path, inside, evidence),
            place: path,
        };
        return Some((process, line));
    }
    let logged = evidence.logged(name, inside)?;
    let other = logged.by.zip(inside.pid).filter(|(by, pid)| by != pid);
    let doubt = other.map(|(by, pid)| {
        Doubt::new(
            Code::EmbeddedComponent,
            format!("process {by} logged these arguments, and it is process {pid} that runs"),
            vec![logged.process.citation.clone(), inside.citation.clone()],
        )
    });
    // The journal of a host need not be that of a container on it.
    let elsewhere = inside.elsewhere.filter(|_| logged.by.is_none());
    let elsewhere = elsewhere.map(|why| {
        let places = vec![logged.process.citation.clone(), inside.citation.clone()];
        Doubt::new(Code::EmbeddedComponent, why.to_owned(), places)
    });
    let line = ArgumentLine {
        source: SettingSource::Journal,
        place: "the line that k3s logged".to_owned(),
        doubt: doubt.or(elsewhere),
    };
    Some((logged.process, line))
}

fn changed(path: &str, inside: &Process, evidence: &Evidence<'_>) -> Option<Doubt> {
    let started = inside.started_at?;
    let mut rows = evidence.hops(path).into_iter();
    let (row, citation) = rows.find(|(row, _)| row.ctime.is_some_and(|at| at > started))?;
    Some(Doubt::new(
        Code::RestartPending,
        format!(
            "{} changed after the process started, which reads it only then",
            row.path
        ),
        vec![citation],
    ))
}
