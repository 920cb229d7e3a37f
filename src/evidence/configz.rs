//! configz replies: whose they are, what they hold, and when they contradict each other.

use super::citation::Citation;
use super::document::{Document, Entry, Node};
use super::kind::Kind;
use super::{Evidence, Refusal, json};
use crate::problem::Problem;

/// The key of a reply that holds the kubelet's configuration: since 1.8, and up to 1.7.
pub const CONFIGZ_KEYS: [&str; 2] = ["kubeletconfig", "componentconfig"];

/// The kubelet's configuration in a reply, with the key that holds it.
#[must_use]
pub fn kubelet_part(root: &Node) -> Option<(&'static str, &Node)> {
    let mut keys = CONFIGZ_KEYS.into_iter();
    let within = keys.find_map(|key| Some((key, &root.get(key)?.node)));
    within.or_else(|| {
        let says_so = |entry: &Entry| entry.node.to_string() == "KubeletConfiguration";
        let shows = |key: &str| root.get(key).is_some();
        let is_bare = root.get("kind").is_some_and(says_so)
            || (shows("enableServer") && shows("authentication"));
        is_bare.then_some((BARE, root))
    })
}

/// In the place of the key, where a filter took it away from around the configuration.
pub const BARE: &str = "";

/// A node's configz reply.
pub struct Configz {
    /// The node its file is named after.
    pub node: String,
    /// The reply, or why there is none to go by.
    pub reply: Result<Document, NoReply>,
    /// Where it stands.
    pub citation: Citation,
    /// When it was taken (RFC 3339).
    pub taken_at: Option<String>,
}

/// Why a reply that is in the bundle says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoReply {
    /// Its bytes cannot be read: a phrase about the member.
    Unreadable(String),
    /// It contradicts itself, or another reply of the node: a phrase about the member.
    Ambiguous(String),
    /// It was not handed out: what is there says so, and is no reply.
    Refused(Refusal),
}

impl Configz {
    /// The reply of a node that was not handed out.
    fn refused(node: &str, refusal: Refusal, citation: Citation) -> Self {
        Self {
            node: node.to_owned(),
            reply: Err(NoReply::Refused(refusal)),
            citation,
            taken_at: None,
        }
    }

    /// Whether it was not handed out.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.reply, Err(NoReply::Refused(_)))
    }
}

impl Evidence<'_> {
    /// The nodes that configz replies in the bundle are named after, each once, sorted.
    #[must_use]
    pub fn configz_nodes(&self) -> Vec<String> {
        let mut nodes: Vec<String> = self
            .all(|_| true)
            .filter_map(|(kind, _)| match kind {
                Kind::Configz(node) if !node.is_empty() => Some(node.clone()),
                _ => None,
            })
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// The nodes whose configz somebody asked for and did not get, as bundle.json says, sorted.
    #[must_use]
    pub fn configz_gaps(&self) -> Vec<String> {
        let skipped = self.manifest.iter().flat_map(|m| &m.skipped);
        let mut nodes: Vec<String> = skipped
            .filter(|skipped| skipped.reason != "absent")
            .filter_map(|skipped| skipped.path.strip_prefix("configz/")?.strip_suffix(".json"))
            .filter(|node| !node.is_empty())
            .map(str::to_owned)
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// The configz reply of a node: one named after it, or after no node. What says that it was
    /// refused counts only where no reply is there.
    #[must_use]
    pub fn configz(&self, node: &str) -> Option<Configz> {
        let named = [node, ""].map(|name| self.places.get(&Kind::Configz(name.to_owned())));
        let mut all: Vec<usize> = named.into_iter().flatten().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        let (mut members, mut refused) = (Vec::new(), None);
        for index in all {
            match self.bytes(index).ok().and_then(Refusal::read) {
                Some(refusal) => refused = refused.or(Some((refusal, index))),
                None => members.push(index),
            }
        }
        let Some((first, others)) = members.split_first() else {
            return match refused {
                Some((refusal, index)) => Some(Configz::refused(node, refusal, self.cite(index))),
                None => self.configz_gap(node),
            };
        };
        let bytes = self.bytes(*first);
        let rival = others.iter().find(|other| self.bytes(**other) != bytes);
        let reply = match (rival, bytes) {
            (Some(rival), _) => Err(NoReply::Ambiguous(format!(
                "and {} both speak of {node} and differ",
                self.cite(*rival).member
            ))),
            (None, Err(why)) => Err(NoReply::Unreadable(why)),
            (None, Ok(bytes)) => match json::parse(bytes, self.limits) {
                Err(e) => Err(NoReply::Unreadable(e.phrase("is not JSON"))),
                Ok(document) => match document.duplicates.first() {
                    Some(twice) => Err(NoReply::Ambiguous(format!(
                        "gives {} more than once, which no kubelet does",
                        twice.path
                    ))),
                    None => Ok(document),
                },
            },
        };
        let citation = self.cite(*first);
        Some(Configz {
            node: node.to_owned(),
            reply,
            taken_at: self
                .manifest
                .as_ref()
                .and_then(|m| m.taken_at(&citation.member))
                .map(str::to_owned),
            citation,
        })
    }

    /// What bundle.json says of a reply that nobody got.
    fn configz_gap(&self, node: &str) -> Option<Configz> {
        let skipped = self.manifest.iter().flat_map(|m| &m.skipped);
        let mut of_node = skipped.filter(|skipped| {
            let name = skipped.path.strip_prefix("configz/");
            name.and_then(|name| name.strip_suffix(".json")) == Some(node)
        });
        let refusal = Refusal::told(&of_node.next()?.detail);
        let manifest = self.first(&Kind::Manifest)?;
        Some(Configz::refused(node, refusal, self.cite(manifest)))
    }

    /// What to know of replies that were refused: whose right is missing, or who did not answer.
    #[must_use]
    pub fn refused_configz(&self, configz: &Configz) -> Option<Problem> {
        let Err(NoReply::Refused(refusal)) = &configz.reply else {
            return None;
        };
        Some(Problem {
            bundle: self.bundle.name.clone(),
            member: Some(configz.citation.member.to_string()),
            what: format!(
                "has no configz of node {}, which was refused ({}), so what is on disk decides",
                configz.node, refusal.what
            ),
            next: refusal.next.to_owned(),
        })
    }

    /// What to know of replies of other nodes in the bundle of this one.
    #[must_use]
    pub fn foreign_configz(&self, node: &str) -> Vec<Problem> {
        self.all(|kind| matches!(kind, Kind::Configz(of) if of != node && !of.is_empty()))
            .filter_map(|(kind, index)| match kind {
                Kind::Configz(of) => Some(Problem {
                    bundle: self.bundle.name.clone(),
                    member: self.bundle.members.get(index).map(|m| m.name.clone()),
                    what: format!(
                        "is named after {of}, and the bundle is of {node}, so it was not used"
                    ),
                    next: "name it after the node it was taken from".to_owned(),
                }),
                _ => None,
            })
            .collect()
    }
}
