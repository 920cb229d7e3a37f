//! What the bundle of a node says of its kubelet's version: the program's own words, its journal,
//! the path it runs from.

use std::collections::BTreeSet;

use memchr::memmem;

use super::Evidence;
use super::citation::Citation;
use super::layout::Kind;
use super::layouts::Import;
use super::process::Process;

/// What the kubelet logs when it starts, before its version.
const LOGGED: [&str; 2] = ["kubeletVersion=\"", "Kubelet version: "];

/// Whether a member's first bytes are what `kubelet --version` prints, and no more than that.
#[must_use]
pub fn looks_like_version(head: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(head) else {
        return false;
    };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_version = |line: &str| {
        let rest = line.trim().strip_prefix("Kubernetes v");
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    // A prompt may stand above it.
    let first: Vec<&str> = lines.by_ref().take(3).collect();
    lines.next().is_none() && first.into_iter().any(is_version)
}

/// Whether a member's first bytes are a journal in which a kubelet speaks.
#[must_use]
pub fn looks_like_kubelet_journal(head: &[u8]) -> bool {
    memmem::find(head, b" kubelet[").is_some()
        && LOGGED
            .iter()
            .any(|mark| memmem::find(head, mark.as_bytes()).is_some())
}

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

/// `v1.31.0` of `/var/lib/minikube/binaries/v1.31.0/kubelet`.
fn minikubes(path: &str) -> Option<String> {
    let (_, rest) = path.split_once("/binaries/")?;
    let (version, program) = rest.split_once('/')?;
    (version.starts_with('v') && program.starts_with("kubelet")).then(|| version.to_owned())
}

fn logged(line: &str) -> Option<String> {
    let (_, rest) = LOGGED.iter().find_map(|mark| line.split_once(mark))?;
    let end = rest.find(['"', ' ', '\\']).unwrap_or(rest.len());
    rest.get(..end).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_where_the_kubelet_leaves_it() {
        let line = "Nov 20 09:14:12 n1 kubelet[901]: I1120 09:14:12.1 901 server.go:487] \"Kubelet version\" kubeletVersion=\"v1.31.4\"";
        assert_eq!(logged(line).as_deref(), Some("v1.31.4"));
        assert!(looks_like_kubelet_journal(line.as_bytes()));
        let path = "/var/lib/minikube/binaries/v1.30.1/kubelet";
        assert_eq!(minikubes(path).as_deref(), Some("v1.30.1"));
        assert_eq!(minikubes("/usr/bin/kubelet"), None);
        for (text, is_version) in [
            ("Kubernetes v1.31.4\n", true),
            ("$ kubelet --version\nKubernetes v1.31.4\n", true),
            ("Kubernetes versions\n", false),
            ("a\nb\nc\nKubernetes v1.31.4\n", false),
            ("Kubernetes v1.31.4\na\nb\nc\n", false),
        ] {
            assert_eq!(looks_like_version(text.as_bytes()), is_version, "{text}");
        }
    }
}
