//! The cluster that a bundle is of, as its API objects show it.

use super::Run;
use crate::evidence::Evidence;
use crate::matrix::finding::{Finding, Origin};
use crate::matrix::judged::Judged;
use crate::node::platform::Platform;
use crate::node::version::Version;
use crate::node::{self, Node};
use crate::verdict::subject::Subject;
use crate::verdict::trust::Trust;

impl Run<'_> {
    /// Adds the rows of the cluster itself; none where the bundle is no cluster's, or has no objects.
    pub(super) fn join_cluster(&self, judged: &mut Judged, evidence: &Evidence<'_>) {
        if evidence.is_of_cluster() {
            judged.findings.extend(self.judge_cluster(evidence));
            judged.sort();
        }
    }

    fn judge_cluster(&self, evidence: &Evidence<'_>) -> Vec<Finding> {
        let manifest = evidence.manifest.as_ref();
        let nodes = evidence.api_nodes();
        let nodes = nodes.map(|(nodes, citation)| node::api_nodes(&nodes, &citation));
        let nodes = nodes.unwrap_or_default();
        let server = evidence.server_version();
        let server = server.and_then(|(text, place)| Some((Version::parse(&text)?, place)));
        // The API server is as new as its newest kubelet, or newer.
        let newest = nodes
            .iter()
            .filter_map(|(_, api)| api.version.clone())
            .max_by_key(|(version, _)| version.minor);
        let mut apis = nodes.iter().map(|(_, api)| api);
        let shown = apis.find(|api| api.platform.is_some());
        let mut api = shown.cloned().unwrap_or_default();
        api.platform = server
            .as_ref()
            .and_then(|(version, _)| Platform::of_version(version))
            .or(api.platform);
        api.version = server.or(newest);
        api.system = None;
        api.role = None;
        let cluster = manifest.and_then(|m| m.cluster.clone());
        let node = Node::of_api("", cluster.as_deref(), &api);
        let mut subject = Subject::of_api(&node, None);
        subject.evidence = Some(evidence);
        subject.shared = &self.catalog.shared;
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
                duplicates: evidence.duplicates(),
            }]
        };
        self.rows_of(&node, None, &subject, origin, &trust)
    }
}
