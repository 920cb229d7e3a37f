//! The cluster that a bundle is of, as its API objects show it.

use super::Run;
use crate::evidence::Evidence;
use crate::evidence::citation::Citation;
use crate::matrix::custody::Custody;
use crate::matrix::finding::{Finding, Origin};
use crate::matrix::judged::Judged;
use crate::matrix::roles::JudgedSubject;
use crate::node::platform::Platform;
use crate::node::version::Version;
use crate::node::{self, ApiNode, Node};
use crate::rules::objects::admission::Admission;
use crate::verdict::subject::Subject;
use crate::verdict::trust::Trust;

impl Run<'_> {
    /// Adds the rows of the cluster itself; none where the bundle is no cluster's, or has no objects.
    pub(super) fn join_cluster(
        &self,
        judged: &mut Judged,
        evidence: &Evidence<'_>,
        admission: Option<&Admission>,
    ) {
        if let Some(manifest) = &evidence.manifest {
            judged.bundle.collector.clone_from(&manifest.collector);
            judged.bundle.custody = Some(Custody::of(manifest));
        }
        if evidence.is_of_cluster() {
            let (findings, asked) = self.judge_cluster(evidence, admission);
            judged.findings.extend(findings);
            judged.asked.push(asked);
            judged.sort();
        }
    }

    fn judge_cluster(
        &self,
        evidence: &Evidence<'_>,
        admission: Option<&Admission>,
    ) -> (Vec<Finding>, JudgedSubject) {
        let manifest = evidence.manifest.as_ref();
        let nodes = evidence.api_nodes();
        let nodes = nodes.map(|(nodes, citation)| node::api_nodes(&nodes, &citation));
        let nodes = nodes.unwrap_or_default();
        let apis: Vec<&ApiNode> = nodes.iter().map(|(_, api)| api).collect();
        let server = evidence.server_version();
        let server = server.and_then(|(text, place)| Some((Version::parse(&text)?, place)));
        let cluster = manifest.and_then(|m| m.cluster.clone());
        let node = of_cluster(cluster.as_deref(), &apis, server);
        let mut subject = Subject::of_api(&node, None);
        subject.evidence = Some(evidence);
        subject.shared = &self.catalog.shared;
        subject.admission = admission;
        let origin = Origin {
            bundle: evidence.bundle.name.clone(),
            bundle_sha256: Some(evidence.bundle.digest.clone()),
            collected_at: manifest.and_then(|m| m.collected_at.clone()),
            ..Origin::default()
        };
        let trust = || {
            vec![Trust {
                bundle: None,
                contradictions: Vec::new(),
                integrity: evidence.integrity(),
                unsigned: self.trusted.unsigned(&evidence.bundle.signature),
                duplicates: evidence.duplicates(),
            }]
        };
        let findings = self.rows_of(&node, None, &subject, origin, &trust);
        (findings, self.asked_of_cluster(&node, &apis))
    }
}

/// A cluster as if it were a node, by the version of its API server and the nodes that this lists.
pub(super) fn of_cluster(
    cluster: Option<&str>,
    nodes: &[&ApiNode],
    server: Option<(Version, Citation)>,
) -> Node {
    // The API server is as new as its newest kubelet, or newer.
    let newest = nodes
        .iter()
        .filter_map(|api| api.version.clone())
        .max_by_key(|(version, _)| version.minor);
    let shown = nodes.iter().find(|api| api.platform.is_some());
    let mut api = shown.map(|api| (*api).clone()).unwrap_or_default();
    let by_server = server.as_ref();
    let by_server = by_server.and_then(|(version, _)| Platform::of_version(version));
    api.platform = by_server.or(api.platform);
    api.version = server.or(newest);
    api.system = None;
    api.role = None;
    Node::of_api("", cluster, &api)
}
