//! Cluster bundles lend their configz to node bundles with the same cluster and node name.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::bundle::Signature;
use crate::evidence::citation::Citation;
use crate::evidence::configz::{BARE, kubelet_part};
use crate::evidence::document::{Node, Value};
use crate::evidence::static_pod::Planned;
use crate::evidence::{Configz, Duplicates, Evidence, Integrity, NoReply};
use crate::node::version::{Minor, Version};
use crate::node::{self, ApiNode};
use crate::problem::Problem;

/// What a cluster bundle says of one node, small enough to keep for every node of a fleet.
#[derive(Clone, Debug)]
pub struct Loan {
    /// The node.
    pub node: String,
    /// Its configz; `None` where only the API's list has the node.
    pub configz: Option<Box<LentConfigz>>,
    /// What the API says of the node beside it.
    pub api: ApiNode,
    /// The components of a control plane that it runs by manifests.
    pub mirrors: Vec<Planned>,
}

/// What else a cluster bundle lends to a node's own evidence.
#[derive(Clone, Debug, Default)]
pub struct Lent {
    /// The components of a control plane that the API shows the node to run by manifests.
    pub mirrors: Vec<Planned>,
    /// The version of the API server.
    pub server: Option<Minor>,
}

impl Lent {
    /// Of a loan, cited from the bundle that lends it.
    #[must_use]
    pub fn of(lender: &Lender, loan: &Loan) -> Self {
        Self::cited(lender, loan, Some(&lender.bundle))
    }

    /// What a cluster bundle lends that does not speak of the node.
    #[must_use]
    pub fn of_server(lender: &Lender) -> Self {
        Self {
            mirrors: Vec::new(),
            server: lender.server.as_ref().map(|version| version.minor),
        }
    }

    /// The same; `bundle` names the one that lends it, in rows of another.
    #[must_use]
    pub fn cited(lender: &Lender, loan: &Loan, bundle: Option<&str>) -> Self {
        let mut mirrors = loan.mirrors.clone();
        for planned in &mut mirrors {
            planned.process.citation.bundle = bundle.map(str::to_owned);
        }
        Self {
            mirrors,
            ..Self::of_server(lender)
        }
    }
}

/// A configz reply to be lent.
#[derive(Clone, Debug)]
pub struct LentConfigz {
    /// JSON text, reduced to what rules read; or why there is none to go by.
    pub reply: Result<Box<str>, NoReply>,
    /// Where it stands.
    pub citation: Citation,
    /// When it was taken, RFC 3339.
    pub taken_at: Option<String>,
}

impl Loan {
    /// What another tool's archive shows of a node.
    pub(super) fn of_tool(node: String, configz: Configz, api: ApiNode, paths: &[&str]) -> Self {
        Self {
            node,
            configz: Some(Box::new(LentConfigz::of(configz, paths))),
            api,
            mirrors: Vec::new(),
        }
    }

    /// Whether the API handed out its configz, whole or damaged.
    #[must_use]
    pub fn has_reply(&self) -> bool {
        let reply = self.configz.as_ref().map(|configz| &configz.reply);
        reply.is_some_and(|reply| !matches!(reply, Err(NoReply::Refused(_))))
    }
}

impl LentConfigz {
    fn of(configz: Configz, paths: &[&str]) -> Self {
        Self {
            reply: configz
                .reply
                .map(|document| reduce(&document.root, paths).into_boxed_str()),
            citation: configz.citation,
            taken_at: configz.taken_at,
        }
    }
}

/// A cluster bundle, read.
#[derive(Clone, Debug)]
pub struct Lender {
    /// Its name, as the `bundle` column has it.
    pub bundle: String,
    /// Another tool made it.
    pub is_import: bool,
    /// Its digest.
    pub digest: String,
    /// Its cluster.
    pub cluster: Option<String>,
    /// When it was made.
    pub collected_at: Option<String>,
    /// Whether its members match its checksums.
    pub integrity: Integrity,
    /// Who signed it.
    pub signature: Signature,
    /// Whether it has the API's list of nodes, so that `loans` are all of the cluster.
    pub lists_nodes: bool,
    /// The node whose own evidence is in it too. It is no loan: the bundle is judged as that node's.
    pub own_node: Option<String>,
    /// The version of its API server.
    pub server: Option<Version>,
    /// Whether it has objects of the API to judge the cluster by.
    pub has_objects: bool,
    /// Per node, by name.
    pub loans: Vec<Loan>,
    /// Members that stand in it more than once.
    pub duplicates: Duplicates,
    /// What a reader should know of it.
    pub problems: Vec<Problem>,
}

impl Lender {
    /// Reads what a cluster bundle can lend: of each configz reply the values at `paths`.
    #[must_use]
    pub fn of(evidence: &Evidence<'_>, paths: &[&str]) -> Self {
        let manifest = evidence.manifest.as_ref();
        let mut api: BTreeMap<String, ApiNode> = match evidence.api_nodes() {
            Some((nodes, citation)) => node::api_nodes(&nodes, &citation).into_iter().collect(),
            None => BTreeMap::new(),
        };
        let lists_nodes = !api.is_empty();
        let mut mirrors = evidence.mirror_pods();
        let mut names = evidence.configz_nodes();
        names.extend(evidence.configz_gaps());
        names.extend(api.keys().cloned());
        names.extend(mirrors.keys().cloned());
        names.sort_unstable();
        names.dedup();
        let own_node = evidence.node_evidence().map(|_| node::name(evidence));
        names.retain(|name| own_node.as_ref() != Some(name));
        let mut refused = Vec::new();
        let loans = names
            .into_iter()
            .map(|node| {
                let configz = evidence.configz(&node);
                refused.extend(configz.iter().filter_map(|c| evidence.refused_configz(c)));
                Loan {
                    configz: configz.map(|configz| Box::new(LentConfigz::of(configz, paths))),
                    api: api.remove(&node).unwrap_or_default(),
                    mirrors: mirrors.remove(&node).unwrap_or_default(),
                    node,
                }
            })
            .collect();
        Self {
            bundle: evidence.bundle.name.clone(),
            is_import: false,
            digest: evidence.bundle.digest.clone(),
            cluster: manifest.and_then(|m| m.cluster.clone()),
            collected_at: manifest.and_then(|m| m.collected_at.clone()),
            integrity: evidence.integrity(),
            signature: evidence.bundle.signature.clone(),
            lists_nodes,
            own_node,
            server: evidence
                .server_version()
                .and_then(|(text, _)| Version::parse(&text)),
            has_objects: evidence.is_of_cluster(),
            loans,
            duplicates: evidence.duplicates(),
            problems: evidence
                .bundle
                .problems
                .iter()
                .cloned()
                .chain(evidence.problems())
                .chain(refused)
                .collect(),
        }
    }
}

impl Lender {
    /// What another tool's archive, by the evidence of one of its nodes, lends.
    pub(super) fn of_tool(first: &Evidence<'_>, loans: Vec<Loan>) -> Self {
        let manifest = first.manifest.as_ref();
        Self {
            bundle: first.bundle.name.clone(),
            is_import: true,
            digest: first.bundle.digest.clone(),
            cluster: None,
            collected_at: manifest.and_then(|m| m.collected_at.clone()),
            signature: first.bundle.signature.clone(),
            integrity: first.integrity(),
            lists_nodes: false,
            own_node: None,
            server: None,
            has_objects: false,
            loans,
            duplicates: first.duplicates(),
            problems: Vec::new(),
        }
    }

    /// When it was made; the texts of two time zones do not compare.
    pub(super) fn made_at(&self) -> Option<Timestamp> {
        self.collected_at.as_deref()?.trim().parse().ok()
    }
}

/// The part of a configz reply that rules read, as JSON text. Keys that lead nowhere are left out,
/// as the reply leaves them out; what is no map where one should be is kept.
fn reduce(root: &Node, paths: &[&str]) -> String {
    let mut kept = serde_json::Map::new();
    if let Some((key, config)) = kubelet_part(root) {
        let mut inner = serde_json::Map::new();
        for path in paths {
            if let Some((depth, node)) = config.toward(path) {
                let keys: Vec<&str> = path.split('.').take(depth).collect();
                insert(&mut inner, &keys.join("."), node.to_json());
            }
        }
        let whole = matches!(config.value, Value::Map(_));
        if key == BARE {
            inner.insert("kind".to_owned(), "KubeletConfiguration".into());
            return serde_json::Value::Object(inner).to_string();
        }
        kept.insert(
            key.to_owned(),
            if whole {
                inner.into()
            } else {
                config.to_json()
            },
        );
    }
    serde_json::Value::Object(kept).to_string()
}

fn insert(
    map: &mut serde_json::Map<String, serde_json::Value>,
    path: &str,
    value: serde_json::Value,
) {
    match path.split_once('.') {
        None => {
            map.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let below = map
                .entry(first)
                .or_insert_with(|| serde_json::Value::Object(serde_json::Map::new()));
            if let Some(below) = below.as_object_mut() {
                insert(below, rest, value);
            }
        }
    }
}
