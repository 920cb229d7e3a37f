//! What came of one bundle: its findings, and what a report says of the bundle itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::finding::{Answer, Finding, Origin};
use super::report;
use super::roles::JudgedSubject;
use crate::benchmark::catalog::Catalog;
use crate::bundle::Unreadable;
use crate::fleet::index::Entry;
use crate::verdict::Verdict;

/// What came of one bundle.
#[derive(Default, Deserialize, Serialize)]
pub struct Judged {
    /// Its findings, in order.
    pub findings: Vec<Finding>,
    /// The bundle itself, and what a reader should know of it.
    pub bundle: report::Bundle,
    /// What its nodes, and its cluster, are judged by.
    pub asked: Vec<JudgedSubject>,
    /// Why it has no finding: nothing in the bundle is evidence of a node or a cluster.
    pub no_evidence: Option<String>,
}

/// The findings of one node in one bundle.
pub struct NodeResult {
    /// The cluster.
    pub cluster: Option<String>,
    /// The node's name.
    pub node: Option<String>,
    /// Its findings, in order.
    pub findings: Vec<Finding>,
}

impl NodeResult {
    /// Why nothing is decided.
    #[must_use]
    pub fn undecided(&self) -> String {
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        // What is proven not to apply is decided, and no reason why the rest is not.
        let applies = |found: &&Finding| found.verdict() != Verdict::NotApplicable;
        let mut count = 0;
        for found in self.findings.iter().filter(applies) {
            count += 1;
            *codes.entry(found.answer.code()).or_default() += 1;
        }
        let most = codes.into_iter().rev().max_by_key(|(_, count)| *count);
        match most {
            None => "no selected control is asked of it".to_owned(),
            Some((code, _)) => {
                format!(
                    "none of its findings that may apply ({count}) is decided, most often: {code}"
                )
            }
        }
    }
}

impl Judged {
    /// The finding of a bundle that cannot be read; the index may know its node all the same.
    #[must_use]
    pub fn unreadable(
        unreadable: Unreadable,
        name: &str,
        entry: Option<&Entry>,
        catalog: &Catalog,
    ) -> Self {
        let known = |text: Option<&Option<Box<str>>>| text?.as_deref().map(str::to_owned);
        let origin = Origin {
            cluster: known(entry.map(|entry| &entry.cluster)),
            node: known(entry.map(|entry| &entry.node)),
            bundle: name.to_owned(),
            bundle_sha256: unreadable.digest,
            collected_at: known(entry.map(|entry| &entry.collected_at)),
            integrity: None,
        };
        let problem = unreadable.problem;
        let member = problem
            .member
            .as_ref()
            .map(|m| format!("{m}: "))
            .unwrap_or_default();
        let sentence = format!("{member}{}; {}", problem.what, problem.next);
        let code = unreadable.code.as_str();
        let answer = Answer::unreadable(code, &sentence, &problem.next);
        let bundle = report::Bundle::of(origin.clone(), vec![problem]);
        Self {
            bundle,
            findings: vec![Finding::new(
                Arc::new(origin),
                None,
                Arc::new(answer),
                catalog,
            )],
            ..Self::default()
        }
    }

    /// Adds what came of the other nodes that the bundle speaks of.
    pub fn join(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.asked.extend(other.asked);
        self.sort();
        for problem in other.bundle.problems {
            if !self.bundle.problems.contains(&problem) {
                self.bundle.problems.push(problem);
            }
        }
    }

    /// Puts findings in order: a cluster before its nodes.
    pub fn sort(&mut self) {
        self.findings.sort_by(|a, b| {
            let (a, b) = (&a.origin, &b.origin);
            (&a.cluster, &a.node).cmp(&(&b.cluster, &b.node))
        });
    }

    /// Whether the bundle could be read.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.findings.iter().all(|found| found.control.is_some())
    }

    /// Takes the findings out, node by node; a node bundle speaks of its node without any too.
    #[must_use]
    pub fn take_parts(&mut self) -> Vec<NodeResult> {
        let mut parts: Vec<NodeResult> = Vec::new();
        let findings = std::mem::take(&mut self.findings);
        let (cluster, node) = (&self.bundle.cluster, &self.bundle.node);
        let is_own =
            |found: &Finding| found.origin.cluster == *cluster && found.origin.node == *node;
        if node.is_some() && findings.iter().all(is_own) {
            return vec![NodeResult {
                cluster: cluster.clone(),
                node: node.clone(),
                findings,
            }];
        }
        for found in findings {
            let Origin { cluster, node, .. } = &*found.origin;
            match parts.last_mut() {
                Some(part) if part.node == *node && part.cluster == *cluster => {
                    part.findings.push(found);
                }
                _ => parts.push(NodeResult {
                    cluster: cluster.clone(),
                    node: node.clone(),
                    findings: vec![found],
                }),
            }
        }
        parts
    }
}
