//! Of whom a bundle speaks: by what is in it, whatever it says of itself. A word in bundle.json must
//! not take findings away.

use crate::evidence::Evidence;
use crate::fleet::lend::{Lender, Loan};
use crate::node::{self, Node};
use crate::problem::Problem;

/// Of whom a bundle speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BundleParts {
    /// Of its own node.
    OfNode,
    /// Of nodes as the API shows them.
    OfOthers,
    /// Of both.
    Both,
}

/// Of whom a bundle speaks.
pub(super) fn parts(evidence: &Evidence<'_>) -> BundleParts {
    let kind = evidence.manifest.as_ref().map(|m| m.kind.as_str());
    let is_cluster = kind == Some("cluster");
    if !matches!(kind, Some("node" | "cluster")) {
        let many = evidence.configz_nodes().len() > 1 && !evidence.shows_processes();
        // Of a list of nodes alone, none is this one.
        let is_list = evidence.has_api_nodes() && evidence.configz_nodes().is_empty();
        let is_of_others = many || is_list && evidence.node_evidence().is_none();
        return match is_of_others {
            true => BundleParts::OfOthers,
            false => BundleParts::OfNode,
        };
    }
    let own_name = node::name(evidence);
    let is_named = evidence.manifest.as_ref().is_some_and(|m| m.node.is_some());
    let is_other = |name: &String| *name != own_name;
    let of_node = evidence.node_evidence().is_some();
    let of_others = evidence.configz_nodes().iter().any(is_other);
    match (is_cluster, of_node) {
        (true, true) => BundleParts::Both,
        (true, false) => BundleParts::OfOthers,
        (false, true) => BundleParts::OfNode,
        (false, false) if !of_others && !evidence.has_api_nodes() => BundleParts::OfNode,
        (false, false) if is_named || evidence.configz(&own_name).is_some() => BundleParts::Both,
        (false, false) => BundleParts::OfOthers,
    }
}

/// What to know where a bundle holds something else than it says.
pub(super) fn odd_kind(evidence: &Evidence<'_>, parts: BundleParts) -> Option<Problem> {
    let kind = evidence.manifest.as_ref().map(|m| m.kind.as_str())?;
    let what = match (kind, parts, evidence.node_evidence()) {
        ("cluster", BundleParts::Both, Some(member)) => format!(
            "says that it is of a cluster, and {member} is of a node: it is judged as both"
        ),
        ("node", BundleParts::Both | BundleParts::OfOthers, _) => {
            "says that it is of a node, and holds what the API shows of others: these are judged too"
                .to_owned()
        }
        _ => return None,
    };
    Some(Problem {
        bundle: evidence.bundle.name.clone(),
        member: Some("bundle.json".to_owned()),
        what,
        next: "ask who made it, and collect node and cluster apart".to_owned(),
    })
}

/// What to know where the API gives a node another system than the node itself shows.
pub(super) fn other_system(
    node: &Node,
    (lender, loan): (&Lender, &Loan),
    bundle: &str,
) -> Option<Problem> {
    let (lent, _) = loan.api.system.as_ref()?;
    let taken = node.system.as_ref().map(|(system, _)| system);
    (taken != Some(lent)).then(|| Problem {
        bundle: bundle.to_owned(),
        member: None,
        what: format!(
            "is of a node that {} calls a node of {}, which its own evidence contradicts, so its own decides",
            lender.bundle,
            lent.as_str()
        ),
        next: "check that both are of one machine, and collect both again".to_owned(),
    })
}
