//! Nodes as the API shows them: what a cluster bundle lends, judged by itself.

use std::sync::Arc;

use super::{Fleet, Run, cluster};
use crate::bundle::{Bundle, Unreadable};
use crate::evidence::Evidence;
use crate::fleet::lend::{Lender, Lent, Loan};
use crate::matrix::finding::{Finding, Origin};
use crate::matrix::judged::Judged;
use crate::matrix::report;
use crate::matrix::roles::JudgedSubject;
use crate::node::{ApiNode, Node};
use crate::settings::live::Live;
use crate::verdict::Verdict;
use crate::verdict::subject::Subject;
use crate::verdict::trust::Trust;

impl Run<'_> {
    /// The nodes of a cluster bundle's loans that `is_own` names, by number.
    ///
    /// # Errors
    /// They are more than the limit.
    pub(super) fn judge_lender(
        &self,
        lender: &Lender,
        is_own: &dyn Fn(usize) -> bool,
    ) -> Result<Judged, Box<Unreadable>> {
        let own = (0..lender.loans.len()).filter(|n| is_own(*n)).count() as u64;
        if own > self.limits.nodes {
            let (bundle, digest) = (&lender.bundle, &lender.digest);
            return Err(Unreadable::of_too_many_nodes(bundle, digest, &self.limits));
        }
        let origin = Origin {
            bundle: lender.bundle.clone(),
            bundle_sha256: Some(lender.digest.clone()),
            collected_at: lender.collected_at.clone(),
            ..Origin::default()
        };
        let mut judged = Judged {
            bundle: report::Bundle::of(
                Origin {
                    cluster: lender.cluster.clone(),
                    integrity: Some(lender.integrity.as_str().to_owned()),
                    ..origin.clone()
                },
                lender.problems.clone(),
            )
            .signed(&lender.signature),
            ..Judged::default()
        };
        let own = lender.loans.iter().enumerate().filter(|(n, _)| is_own(*n));
        for (_, loan) in own {
            let (findings, asked) = self.judge_loan(lender, loan, None, origin.clone());
            judged.findings.extend(findings);
            judged.asked.push(asked);
        }
        if lender.lists_nodes {
            let apis: Vec<&ApiNode> = lender.loans.iter().map(|loan| &loan.api).collect();
            let cluster = cluster::of_cluster(lender.cluster.as_deref(), &apis, None);
            judged.asked.push(self.asked_of_cluster(&cluster, &apis));
        }
        Ok(judged)
    }

    /// What fails in the API's configz of the node of a bundle that cannot be read, where no other
    /// bundle of it is reported: it must not vanish behind an archive that was cut off. What passes
    /// there is no answer while half of the evidence cannot be read.
    pub(super) fn judge_lone_loan(&self, bundle_number: usize, fleet: &Fleet<'_>) -> Vec<Finding> {
        let loan = fleet.join.loan(bundle_number, &fleet.lenders);
        let Some((lender, loan)) = loan.filter(|(_, loan)| loan.has_reply()) else {
            return Vec::new();
        };
        let reporter = fleet
            .identity
            .reporter(fleet.join.fellows(bundle_number), &loan.node);
        if reporter != Some(bundle_number) {
            return Vec::new();
        }
        let origin = Origin {
            bundle: fleet.reading.name(bundle_number).to_owned(),
            collected_at: lender.collected_at.clone(),
            ..Origin::default()
        };
        let (mut findings, _) = self.judge_loan(lender, loan, Some(&lender.bundle), origin);
        findings.retain(|found| found.verdict() == Verdict::Fail);
        for found in &mut findings {
            // That of the lender: of the bundle in the row nothing is known.
            Arc::make_mut(&mut found.origin).integrity = None;
        }
        findings
    }

    /// The rows of a node as the API shows it; `bundle` names the lender in rows of another bundle.
    pub(super) fn judge_loan(
        &self,
        lender: &Lender,
        loan: &Loan,
        bundle: Option<&str>,
        origin: Origin,
    ) -> (Vec<Finding>, JudgedSubject) {
        let api = bundle.map(|bundle| loan.api.lent_by(bundle));
        let api = api.as_ref().unwrap_or(&loan.api);
        let node = Node::of_api(&loan.node, lender.cluster.as_deref(), api);
        let (live, lent) = (
            Live::of(loan, bundle, &self.limits),
            Lent::cited(lender, loan, bundle),
        );
        let empty = Bundle::default();
        let nothing = Evidence::of(&empty, &self.limits);
        let subject = Subject::of_loan(&node, live, &lent, &nothing);
        let trust = || {
            vec![Trust {
                bundle: bundle.map(str::to_owned),
                integrity: lender.integrity.clone(),
                unsigned: self.trusted.unsigned(&lender.signature),
                duplicates: lender.duplicates.clone(),
                contradictions: Vec::new(),
            }]
        };
        let findings = self.rows(&node, &subject, origin, &trust);
        (findings, self.asked_of_node(&node, &subject))
    }
}
