//! A kubelet inside another program → what is written down for it: the line that k3s logged, or the
//! file of arguments that MicroK8s reads.

use super::disk::{Disk, Line};
use super::{Doubt, Source};
use crate::evidence::Evidence;
use crate::evidence::args_file::MICROK8S_KUBELET;
use crate::evidence::process::{Process, Program};
use crate::node::version::Minor;
use crate::problem::Code;

impl Disk {
    /// The kubelet inside the one process that has one inside. `None` where a kubelet runs as a
    /// process of its own, where several programs have one (no line says which), or where its
    /// arguments are not in the evidence.
    #[must_use]
    pub fn embedded(
        processes: &[Process],
        evidence: &Evidence<'_>,
        version: Option<Minor>,
    ) -> Option<Self> {
        let running = |process: &&Process| process.program().is_some();
        let mut running = processes.iter().filter(running);
        let inside = running.next()?;
        if running.next().is_some() || inside.program() != Some(Program::Embeds) {
            return None;
        }
        let name = inside.words.first().map_or("", String::as_str);
        let (kubelet, line) = if name.ends_with("kubelite") {
            let kubelet = evidence.kubelet_of_args_file(inside)?;
            let line = Line {
                source: Source::ArgsFile,
                place: MICROK8S_KUBELET.to_owned(),
                doubt: changed(inside, evidence),
            };
            (kubelet, line)
        } else {
            let logged = evidence.logged_kubelet(inside)?;
            let other = logged.by.zip(inside.pid).filter(|(by, pid)| by != pid);
            let doubt = other.map(|(by, pid)| {
                Doubt::new(
                    Code::EmbeddedComponent,
                    format!(
                        "process {by} logged these arguments, and it is process {pid} that runs"
                    ),
                    vec![logged.kubelet.citation.clone(), inside.citation.clone()],
                )
            });
            let line = Line {
                source: Source::Journal,
                place: "the line that k3s logged".to_owned(),
                doubt,
            };
            (logged.kubelet, line)
        };
        Some(Self::read(&kubelet, 1, evidence, version, line))
    }
}

fn changed(inside: &Process, evidence: &Evidence<'_>) -> Option<Doubt> {
    let started = inside.started_at?;
    let mut rows = evidence.hops(MICROK8S_KUBELET).into_iter();
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
