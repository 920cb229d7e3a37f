//! The cluster that a bundle is of, as its API objects show it.

use super::Run;
use crate::evidence::Evidence;
use crate::matrix::judged::{Judged, Shown};
use crate::matrix::row::Row;
use crate::node::{self, Node};
use crate::verdict::subject::Subject;
use crate::verdict::trust::Trust;

impl Run<'_> {
    /// Adds the rows of the cluster itself; none where the bundle is no cluster's, or has no objects.
    pub(super) fn join_cluster(&self, judged: &mut Judged, evidence: &Evidence<'_>) {
        if evidence.is_of_cluster() {
            judged.rows.extend(self.judge_cluster(evidence));
            judged.sort();
        }
    }

    fn judge_cluster(&self, evidence: &Evidence<'_>) -> Vec<Shown> {
        let manifest = evidence.manifest.as_ref();
        let nodes = evidence.api_nodes();
        let nodes = nodes.map(|(nodes, citation)| node::api_nodes(&nodes, &citation));
        let nodes = nodes.unwrap_or_default();
        // The API server is as new as its newest kubelet, or newer.
        let newest = nodes
            .iter()
            .filter_map(|(_, api)| api.version.clone())
            .max_by_key(|(version, _)| version.minor);
        let mut apis = nodes.iter().map(|(_, api)| api);
        let shown = apis.find(|api| api.platform.is_some());
        let mut api = shown.cloned().unwrap_or_default();
        api.version = newest;
        api.system = None;
        api.role = None;
        let cluster = manifest.and_then(|m| m.cluster.clone());
        let node = Node::of_api("", cluster.as_deref(), &api);
        let mut subject = Subject::of_api(&node, None);
        subject.evidence = Some(evidence);
        let frame = Row {
            bundle: evidence.bundle.name.clone(),
            bundle_sha256: Some(evidence.bundle.digest.clone()),
            collected_at: manifest.and_then(|m| m.collected_at.clone()),
            ..Row::default()
        };
        let trust = || {
            vec![Trust {
                bundle: None,
                contradictions: Vec::new(),
                integrity: evidence.integrity(),
                unsigned: self.unsigned(&evidence.bundle.signature),
                duplicates: evidence.duplicates(),
            }]
        };
        self.rows_of(&node, None, &subject, frame, &trust)
    }
}
