//! What a node's verdicts rest on, gathered once per node.

use crate::evidence::citation::Citation;
use crate::evidence::process::{Process, Program};
use crate::evidence::{Evidence, Seen, epoch_seconds};
use crate::node::platform::Platform;
use crate::node::version::Version;
use crate::settings::disk::Disk;
use crate::settings::live::Live;

/// The kubelet of one node, as far as the evidence shows it.
pub struct Subject<'e> {
    /// What is written down, per kubelet process.
    pub disks: Vec<Disk>,
    /// A process that runs the kubelet inside itself.
    pub embedding: Option<Process>,
    /// configz, from the node's own bundle or lent by a cluster bundle.
    pub live: Option<Live>,
    /// Where the kubelet's version stands.
    pub version: Option<Citation>,
    /// The node's own evidence; `None` where only the API speaks of it.
    pub evidence: Option<&'e Evidence<'e>>,
    /// Every process that the evidence shows.
    pub processes: &'e [Process],
    /// The distribution, where there is a sign of it.
    pub platform: Option<Platform>,
    /// When the node's bundle was made, in seconds since 1970.
    pub collected_at: Option<i64>,
}

/// Whether the kubelet is on the node, where no process of it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Proven not to be: the process list and the metadata that prove it.
    ProvenAbsent(Citation),
    /// Not proven: what is missing.
    NotProven(String),
}

impl<'e> Subject<'e> {
    /// The subject of a node bundle.
    #[must_use]
    pub fn of(
        evidence: &'e Evidence<'e>,
        processes: &'e [Process],
        version: Option<&(Version, Citation)>,
        platform: Option<Platform>,
        live: Option<Live>,
    ) -> Self {
        let minor = version.map(|(version, _)| version.minor);
        let mut disks = Vec::new();
        let mut embedding = None;
        for process in processes {
            match process.program() {
                Some(Program::Kubelet(first)) => {
                    disks.push(Disk::of(process, first, evidence, minor));
                }
                Some(Program::Embeds) => embedding = Some(process.clone()),
                None => {}
            }
        }
        if let Some(disk) = Disk::embedded(processes, evidence, minor) {
            disks.push(disk);
            embedding = None;
        }
        let manifest = evidence.manifest.as_ref();
        Self {
            disks,
            embedding,
            live,
            version: version.map(|(_, citation)| citation.clone()),
            evidence: Some(evidence),
            processes,
            platform,
            collected_at: manifest
                .and_then(|m| m.collected_at.as_deref())
                .and_then(epoch_seconds),
        }
    }

    /// The subject of a node of which only the API speaks.
    #[must_use]
    pub fn of_api(live: Option<Live>, platform: Option<Platform>) -> Self {
        Self {
            disks: Vec::new(),
            embedding: None,
            collected_at: live.as_ref().and_then(|live| live.taken_at),
            live,
            version: None,
            evidence: None,
            processes: &[],
            platform,
        }
    }

    /// Whether the kubelet is on the node.
    #[must_use]
    pub fn presence(&self) -> Presence {
        let Some(evidence) = self.evidence else {
            return Presence::NotProven("nothing of this node was collected".to_owned());
        };
        let Some(list) = evidence.whole_process_list() else {
            return Presence::NotProven(
                "no kubelet is among the processes, and the list was not taken as root, ended early or lacks PID 1"
                    .to_owned(),
            );
        };
        let version = evidence.kubelet_version();
        if let Some(version) = version.and_then(|(text, _)| Version::find(&text)) {
            return Presence::NotProven(format!(
                "no kubelet is among the processes, but `kubelet --version` printed {version}"
            ));
        }
        match evidence.seen_on_disk(is_kubelet_path) {
            Seen::There(path) => {
                Presence::NotProven(format!("no kubelet is among the processes, but {path} is on the node"))
            }
            Seen::NotLooked => Presence::NotProven(
                "no kubelet is among the processes, but stat.tsv does not show whether its files are on the node"
                    .to_owned(),
            ),
            Seen::Absent => Presence::ProvenAbsent(list),
        }
    }
}

/// A binary, unit or configuration of a kubelet, or of a program that has one inside.
fn is_kubelet_path(path: &str) -> bool {
    let base = path.rsplit('/').next().unwrap_or(path);
    path.contains("kubelet") || matches!(base, "hyperkube" | "kubelite" | "k3s" | "rke2")
}
