//! What a node, or a cluster by itself, is judged by, and which roles it has.

use super::Run;
use super::rows::lacks;
use crate::matrix::roles::JudgedSubject;
use crate::node::duty::Duty;
use crate::node::platform::Platform;
use crate::node::role::Role;
use crate::node::{ApiNode, Node};
use crate::verdict::subject::Subject;

impl Run<'_> {
    /// What a node is judged by.
    pub(super) fn asked_of_node(&self, node: &Node, subject: &Subject<'_>) -> JudgedSubject {
        let has = Duty::ALL.into_iter();
        JudgedSubject {
            node: Some(node.name.clone()),
            has: has
                .filter(|role| lacks(node, subject, *role).is_none())
                .collect(),
            provider: node.platform.and_then(|p| p.provider()).map(str::to_owned),
            ..self.asked(node)
        }
    }

    /// What a cluster is judged by, of which the API lists these nodes.
    pub(super) fn asked_of_cluster(&self, cluster: &Node, nodes: &[&ApiNode]) -> JudgedSubject {
        let controls = |api: &&ApiNode| api.role == Some(Role::ControlPlane);
        let is_bare = !nodes.is_empty() && !nodes.iter().any(controls);
        let provider = |platform: Platform| match is_bare {
            true => platform.provider_without_nodes(),
            false => platform.provider(),
        };
        JudgedSubject {
            provider: cluster.platform.and_then(provider).map(str::to_owned),
            ..self.asked(cluster)
        }
    }

    fn asked(&self, node: &Node) -> JudgedSubject {
        let version = node.version.as_ref().map(|(version, _)| version.minor);
        let (benchmarks, _) = self.selection.of_node(self.catalog, node.platform, version);
        JudgedSubject {
            cluster: node.cluster.clone(),
            benchmarks: benchmarks.iter().map(|b| b.id.clone()).collect(),
            ..JudgedSubject::default()
        }
    }
}
