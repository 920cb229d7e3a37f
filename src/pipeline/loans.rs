//! Nodes as the API shows them: what a cluster bundle lends, judged by itself.

use std::sync::Arc;

use super::{Fleet, Run};
use crate::bundle::Bundle;
use crate::evidence::Evidence;
use crate::fleet::lend::{Lender, Lent, Loan};
use crate::matrix::finding::{Finding, Origin};
use crate::matrix::roles::Asked;
use crate::node::Node;
use crate::settings::live::Live;
use crate::verdict::Verdict;
use crate::verdict::subject::Subject;
use crate::verdict::trust::Trust;

impl Run<'_> {
    /// What fails in the API's configz of the node of a bundle that cannot be read, where no other
    /// bundle of it is reported: it must not vanish behind an archive that was cut off. What passes
    /// there is no answer while half of the evidence cannot be read.
    pub(super) fn judge_lone_loan(&self, unit: usize, fleet: &Fleet<'_>) -> Vec<Finding> {
        let loan = fleet.join.loan(unit, &fleet.lenders);
        let Some((lender, loan)) = loan.filter(|(_, loan)| loan.has_reply()) else {
            return Vec::new();
        };
        let reporter = fleet
            .identity
            .reporter(fleet.join.fellows(unit), &loan.node);
        if reporter != Some(unit) {
            return Vec::new();
        }
        let origin = Origin {
            bundle: fleet.reading.name(unit).to_owned(),
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
    ) -> (Vec<Finding>, Asked) {
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
                unsigned: self.unsigned(&lender.signature),
                duplicates: lender.duplicates.clone(),
                contradictions: Vec::new(),
            }]
        };
        let findings = self.rows(&node, &subject, origin, &trust);
        (findings, self.asked_of_node(&node, &subject))
    }
}
