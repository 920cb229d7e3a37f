//! The components of a control plane that run on a node, or are planned to: each with its version.

use crate::evidence::Evidence;
use crate::evidence::process::Process;
use crate::evidence::static_pod::Planned;
use crate::fleet::lend::Lent;
use crate::node::version::{Minor, Version};
use crate::settings::components::{self, ComponentProcess, Described};

/// What is written down for each process of a component that is described by data, and for what a
/// manifest plans of one that nothing shows to run.
pub(super) fn others(
    processes: &[Process],
    planned: &[Planned],
    lent: &Lent,
    evidence: &Evidence<'_>,
) -> Vec<ComponentProcess> {
    let mut all = Vec::new();
    for described in components::ALL.iter() {
        let of = RunningComponent {
            described,
            evidence,
            captured: captured(described, evidence),
        };
        // The API shows what the kubelet has read; the file may be for the next start.
        let read = lent.mirrors.iter().chain(planned);
        let next = planned.iter().chain(&lent.mirrors);
        let running = processes.iter().filter_map(|process| {
            let version = of
                .captured
                .or_else(|| of.version_by(process, read.clone()))
                .or_else(|| of.of_server(lent));
            ComponentProcess::of(described, process, evidence, version)
        });
        let before = all.len();
        all.extend(running.map(|process| process.with_plan(of.first(next.clone()))));
        if all.len() == before {
            all.extend(of.first(read));
        }
    }
    all
}

/// A component, and what is known of its version.
struct RunningComponent<'e> {
    described: &'static Described,
    evidence: &'e Evidence<'e>,
    captured: Option<Minor>,
}

impl RunningComponent<'_> {
    /// The first of these that is of the component.
    fn first<'p>(&self, mut all: impl Iterator<Item = &'p Planned>) -> Option<ComponentProcess> {
        all.find_map(|planned| {
            let version = tag(planned).or(self.captured);
            ComponentProcess::planned(self.described, planned, self.evidence, version)
        })
    }

    /// The version of the image whose manifest has the words of a process: it is run by that.
    fn version_by<'p>(
        &self,
        process: &Process,
        mut all: impl Iterator<Item = &'p Planned>,
    ) -> Option<Minor> {
        let own = arguments(process).filter(|_| !process.cut)?;
        all.find_map(|planned| tag(planned).filter(|_| arguments(&planned.process) == Some(own)))
    }

    /// Of an API server, what the API says of itself.
    fn of_server(&self, lent: &Lent) -> Option<Minor> {
        let is_server = self.described.name() == "kube-apiserver";
        lent.server.filter(|_| is_server)
    }
}

/// The component, and its arguments.
fn arguments(process: &Process) -> Option<(&'static str, &[String])> {
    let (name, first) = process.component()?;
    Some((name, process.words.get(first..)?))
}

/// The version that the tag of an image names.
fn tag(planned: &Planned) -> Option<Minor> {
    let (_, tag) = planned.image.as_deref()?.rsplit_once(':')?;
    Version::parse(tag).map(|version| version.minor)
}

/// What `--version` of the program printed: `Kubernetes v1.31.2`, or `etcd Version: 3.5.9`.
fn captured(described: &Described, evidence: &Evidence<'_>) -> Option<Minor> {
    let (text, _) = evidence.component_version(described.name())?;
    let own = || {
        let (_, rest) = text.split_once("etcd Version:")?;
        Version::parse(rest.split_whitespace().next()?)
    };
    let version = Version::find(&text).or_else(own)?;
    Some(version.minor)
}
