//! Published checks of clusters to the letter: they count what is of the system and of distributions
//! like everything else, and never ask what would be let in.

use super::super::Verdict;
use super::super::subject::Subject;
use super::{namespaces, of_evidence, rights};
use crate::evidence::Evidence;
use crate::rules::Check;
use crate::rules::objects::shared::Shared;

/// The verdict of a check that counts everything; `None` where evidence does not decide it.
pub fn letter(check: &Check, subject: &Subject<'_>) -> Option<Verdict> {
    let shared = subject.shared.to_the_letter();
    verdict(check, subject.evidence?, &shared)
}

fn verdict(check: &Check, evidence: &Evidence<'_>, shared: &Shared) -> Option<Verdict> {
    let finding = match check {
        Check::Objects(rule) => of_evidence(&rule.to_the_letter(), evidence, shared, None),
        Check::Rights(rule) => rights::of_evidence(rule, evidence, shared),
        Check::Namespaces(rule) => namespaces::of_evidence(rule, evidence, shared),
        Check::AllOf(checks) => {
            let all: Vec<Option<Verdict>> = checks
                .iter()
                .map(|check| verdict(check, evidence, shared))
                .collect();
            return match all.contains(&Some(Verdict::Fail)) {
                true => Some(Verdict::Fail),
                false => all.iter().all(Option::is_some).then_some(Verdict::Pass),
            };
        }
        _ => return None,
    };
    Some(finding.verdict).filter(|verdict| matches!(verdict, Verdict::Pass | Verdict::Fail))
}
