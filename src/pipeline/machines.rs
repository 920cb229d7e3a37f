//! A loose archive of several machines: each is judged by what is its own.

use super::Run;
use crate::bundle::Bundle;
use crate::evidence::{Evidence, layouts};
use crate::matrix::custody::Custody;
use crate::matrix::finding::Origin;
use crate::matrix::judged::Judged;
use crate::matrix::report;
use crate::node;
use crate::problem::Problem;

/// Machines that a message names.
const NAMED: usize = 5;

/// Whether nothing in a bundle is evidence, and it does not say itself whose it is: to make it one
/// node would count a node that nobody has shown.
pub(super) fn is_nothing(evidence: &Evidence<'_>) -> bool {
    evidence.is_empty() && evidence.manifest.is_none()
}

/// A bundle in which nothing is evidence of a node or a cluster: it has no rows, and says why.
pub(super) fn of_nobody(bundle: &Bundle, nothing: Option<&Evidence<'_>>) -> Judged {
    let origin = Origin {
        bundle: bundle.name.clone(),
        bundle_sha256: Some(bundle.digest.clone()),
        ..Origin::default()
    };
    let mut problems = bundle.problems.clone();
    problems.extend(nothing.into_iter().flat_map(Evidence::problems));
    let why = layouts::without_evidence(bundle);
    let no_evidence = Some(why.what.clone());
    problems.push(why);
    Judged {
        bundle: report::Bundle::of(origin, problems).signed(&bundle.signature),
        no_evidence,
        ..Judged::default()
    }
}

impl Run<'_> {
    /// Judges the machines of a loose archive, each by what is its own.
    pub(super) fn judge_machines(&self, bundle: &Bundle, machines: &mut [Evidence<'_>]) -> Judged {
        let mut all = Judged::default();
        let mut names: Vec<String> = Vec::new();
        for evidence in &mut *machines {
            let name = node::name(evidence);
            // Two machines of one name have findings of their own.
            let others = names.iter().filter(|other| **other == name).count();
            if others > 0 {
                evidence.machine.name = Some(format!("{name}#{}", others + 1));
            }
            names.push(name);
            let judged = self.judge_node(evidence, &evidence.processes(), None, None);
            all.join(judged);
        }
        let origin = Origin {
            bundle: bundle.name.clone(),
            bundle_sha256: Some(bundle.digest.clone()),
            ..Origin::default()
        };
        let some: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
        let more = if names.len() > NAMED { ", …" } else { "" };
        let what = format!(
            "holds evidence of {} machines, which are judged apart: {}{more}",
            names.len(),
            some.join(", ")
        );
        let mut problems = std::mem::take(&mut all.bundle.problems);
        // Another tool's archive says itself which they are.
        if machines.iter().all(|evidence| evidence.import().is_none()) {
            problems.push(Problem {
                bundle: bundle.name.clone(),
                member: None,
                what,
                next: "hand in an archive or a folder per machine where these are not the machines"
                    .to_owned(),
            });
        }
        all.bundle = report::Bundle::of(origin, problems).signed(&bundle.signature);
        let first = machines.first();
        let collector = first.and_then(|first| first.manifest.as_ref()?.collector.clone());
        all.bundle.collector = collector;
        let manifest = first.and_then(|first| first.manifest.as_ref());
        all.bundle.custody = manifest.map(Custody::of);
        all.bundle.integrity = machines
            .first()
            .map(|evidence| evidence.integrity().as_str().to_owned());
        all
    }
}
