//! Control plane or worker: by what runs there, else by the API's labels.

use crate::evidence::process::Process;

/// What a node does in its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It runs control-plane components.
    ControlPlane,
    /// It runs a kubelet and none of them.
    Worker,
}

/// Programs that only a control-plane node runs.
const PROGRAMS: [&str; 4] = [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "etcd",
];

/// Labels of control-plane nodes; the last is older than Kubernetes 1.24, the second is RKE's.
const LABELS: [&str; 3] = [
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/controlplane",
    "node-role.kubernetes.io/master",
];

impl Role {
    /// The word that reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ControlPlane => "control-plane",
            Self::Worker => "worker",
        }
    }

    /// By the processes. `whole`: the list hides none, without which nothing is proven absent.
    #[must_use]
    pub fn of_processes(processes: &[Process], whole: bool) -> Option<Self> {
        let controls = |process: &Process| {
            let program = process.words.first().map_or("", String::as_str);
            let program = program.rsplit('/').next().unwrap_or(program);
            let is_server = process.words.get(1).is_some_and(|word| word == "server");
            PROGRAMS.contains(&program)
                || process.is_of_control_plane()
                || (is_server && matches!(program, "k3s" | "rke2"))
        };
        if processes.iter().any(controls) {
            return Some(Self::ControlPlane);
        }
        let has_kubelet = processes.iter().any(|process| process.program().is_some());
        (whole && has_kubelet).then_some(Self::Worker)
    }

    /// By the labels that the API knows.
    #[must_use]
    pub fn of_labels<'a>(labels: impl IntoIterator<Item = &'a str>) -> Self {
        if labels.into_iter().any(|label| LABELS.contains(&label)) {
            Self::ControlPlane
        } else {
            Self::Worker
        }
    }
}
