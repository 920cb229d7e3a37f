//! configz replies: whose they are, what they hold, and when they contradict each other.

use super::citation::Citation;
use super::document::Document;
use super::layout::Kind;
use super::{Evidence, json};
use crate::problem::Problem;

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

    /// The configz reply of a node: one named after it, or after no node.
    #[must_use]
    pub fn configz(&self, node: &str) -> Option<Configz> {
        let named = [node, ""].map(|name| self.places.get(&Kind::Configz(name.to_owned())));
        let mut members: Vec<usize> = named.into_iter().flatten().flatten().copied().collect();
        members.sort_unstable();
        members.dedup();
        let (first, others) = members.split_first()?;
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
