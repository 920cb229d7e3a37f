//! What nodes do in a cluster, as controls ask for it. A node may do all of it.

use serde::{Deserialize, Serialize};

/// One thing that nodes do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// It runs pods: every node with a kubelet.
    #[default]
    Worker,
    /// It runs the API server and what controls the cluster.
    ControlPlane,
    /// It runs a member of etcd.
    Etcd,
}

impl Duty {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Worker, Self::ControlPlane, Self::Etcd];

    /// The word that reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::ControlPlane => "control-plane",
            Self::Etcd => "etcd",
        }
    }
}
