//! How a check of kube-bench that no rule decides came to its verdict: its scripts, and what its tests made of what
//! they print.

use super::{CheckTrail, Explainer, StepOutcome, TrailStep, part_of};
use crate::benchmark::audited::Audited;
use crate::problem::Code;
use crate::verdict::audit::line;
use crate::verdict::{Decision, Verdict};

impl Explainer<'_> {
    /// The check, where kube-bench evaluates it and no rule of the catalog is about it.
    pub(super) fn audited(&self) -> Option<&Audited> {
        let audited = self.control.audited.as_deref();
        audited.filter(|audited| self.check.is_none() && audited.coverage().is_some())
    }

    /// One step for each script; the evidence is of all of them.
    pub(super) fn audit(&self, audited: &Audited, decision: &Decision) -> CheckTrail {
        let check = audited.check().map(|(_, check)| check);
        let scripts = check.map(|check| {
            [
                ("audit", &check.audit),
                ("audit_env", &check.audit_env),
                ("audit_config", &check.audit_config),
            ]
        });
        let scripts = scripts.into_iter().flatten();
        let outcome = match decision.verdict {
            Verdict::Pass | Verdict::Fail => StepOutcome::Won,
            _ => StepOutcome::CannotTell,
        };
        let mut steps: Vec<TrailStep> = { scripts.filter(|(_, script)| !script.trim().is_empty()) }
            .map(|(key, script)| {
                let place = format!("{key}: {}", line(script));
                self.step("audit", &place, &[], outcome)
            })
            .collect();
        if let Some(first) = steps.first_mut() {
            let shown = self.step("audit", &first.place, &decision.evidence, outcome);
            *first = TrailStep {
                said: decision.actual.clone(),
                because: (outcome == StepOutcome::CannotTell).then(|| decision.sentence.clone()),
                ..shown
            };
        }
        CheckTrail {
            steps,
            ..part_of(decision)
        }
    }

    pub(super) fn would_change_audit(decision: &Decision) -> Vec<String> {
        let change = match (decision.code, decision.verdict) {
            (Code::AuditNotUnderstood, _) => {
                "Nothing in a bundle: the script is not interpreted here, and kube-bench on the node runs it."
            }
            (_, Verdict::Pass) => {
                "Another output of the script: kube-bench's tests of it hold as it is."
            }
            (_, Verdict::Fail) => {
                "On the node, what kube-bench's tests ask for, and a new collection."
            }
            _ => "What the script reads, in the bundle: the reason names what is missing.",
        };
        vec![change.to_owned()]
    }
}
