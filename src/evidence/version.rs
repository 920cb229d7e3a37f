//! What the bundle of a node says of its kubelet's version: the program's own words, its journal,
//! the path it runs from.

use std::collections::BTreeSet;

use super::Evidence;
use super::citation::Citation;
use super::kind::Kind;
use super::layouts::Import;
use super::process::Process;
use super::version_text::{logged, minikubes};

impl Evidence<'_> {
    /// The version that the API server of a cluster's bundle gives itself.
    #[must_use]
    pub fn server_version(&self) -> Option<(String, Citation)> {
        let index = self.first(&Kind::ServerVersion)?;
        let text = self.small_text(&Kind::ServerVersion)?;
        let said: serde_json::Value = serde_json::from_str(&text).ok()?;
        let version = said.pointer("/serverVersion/gitVersion")?.as_str()?;
        let place = self.cite(index).pointer(&["serverVersion", "gitVersion"]);
        Some((version.to_owned(), place))
    }

    /// What `kubelet --version` printed.
    #[must_use]
    pub fn kubelet_version(&self) -> Option<(String, Citation)> {
        if let Some((version, index)) = self.import().and_then(Import::version) {
            return Some((version.to_owned(), self.cite(index)));
        }
        let index = self.first(&Kind::KubeletVersion)?;
        let text = self.small_text(&Kind::KubeletVersion)?;
        Some((text, self.cite(index)))
    }

    /// The same, as the version of what runs: not where the binary of a kubelet was replaced after
    /// its start, unless the process's own was asked.
    #[must_use]
    pub fn running_kubelet_version(&self, processes: &[Process]) -> Option<(String, Citation)> {
        let (text, citation) = self.kubelet_version()?;
        let commands = self.manifest.iter().flat_map(|m| &m.commands);
        let asked = commands.into_iter().find(|c| *c.member == *citation.member);
        let replaced = |process: &Process| {
            let Some(pid) = process.pid.filter(|_| process.program().is_some()) else {
                return false;
            };
            let own = format!("/proc/{pid}/exe --version");
            let exe = self.small_text(&Kind::Executable(pid));
            exe.is_some_and(|exe| exe.ends_with(" (deleted)"))
                && asked.is_none_or(|command| command.argv != own)
        };
        (!processes.iter().any(replaced)).then_some((text, citation))
    }

    /// What the running kubelet shows of its version, by its journal and by the path that minikube
    /// runs it from: each once.
    #[must_use]
    pub fn shown_kubelet_versions(&self, processes: &[Process]) -> Vec<(String, Citation)> {
        let mut all: Vec<(String, Citation)> = Vec::new();
        for process in processes
            .iter()
            .filter(|process| process.program().is_some())
        {
            let paths = process.words.first().into_iter().chain(&process.exe);
            let version = paths.filter_map(|path| minikubes(path)).next();
            all.extend(version.map(|version| (version, process.citation.clone())));
        }
        for (_, index) in self.all(|kind| *kind == Kind::KubeletJournal) {
            let Ok(bytes) = self.bytes(index) else {
                continue;
            };
            let text = super::text(bytes);
            let lines = text
                .lines()
                .zip(1..)
                .filter(|(line, _)| line.contains(" kubelet["));
            // The last start is the one that runs.
            let last = lines
                .filter_map(|(line, at)| Some((logged(line)?, at)))
                .last();
            all.extend(last.map(|(version, at)| (version, self.cite(index).line(at))));
        }
        let mut seen = BTreeSet::new();
        all.retain(|(version, _)| seen.insert(version.clone()));
        all
    }
}
