//! What nodes do in a cluster, as controls ask for it. A node may do all of it.

use serde::Deserialize;

/// One thing that nodes do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
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
