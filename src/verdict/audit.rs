//! A check of a kube-bench folder on one node → what kube-bench says of it, and the verdict of one
//! that no rule decides.

use std::rc::Rc;

use super::subject::Subject;
use super::{Decision, Verdict};
use crate::benchmark::audited::Audited;
use crate::kube_bench::host::AuditHost;
use crate::kube_bench::run::{CheckResult, CheckState, run};
use crate::kube_bench::stop::AuditStop;
use crate::kube_bench::variables::AuditVariables;
use crate::problem::Code;

/// What kube-bench says of a check on this node.
pub fn said(audited: &Audited, subject: &Subject<'_>) -> Rc<Result<CheckResult, AuditStop>> {
    let audits = &subject.audits;
    if let Some(said) = audits.said.borrow().get(&audited.number) {
        return Rc::clone(said);
    }
    let said = match (subject.evidence, audited.check()) {
        (Some(evidence), Some((group, check))) => {
            let processes = audits
                .processes
                .get_or_init(|| Rc::new(evidence.printed_processes()));
            let host = AuditHost::new(evidence, Rc::clone(processes));
            let known = audits.variables.borrow().get(&audited.file).cloned();
            let variables =
                known.unwrap_or_else(|| Rc::new(AuditVariables::of(&audited.section, &host)));
            let all = &audits.variables;
            all.borrow_mut().insert(audited.file, Rc::clone(&variables));
            let host = AuditHost::new(evidence, Rc::clone(processes));
            run(group, check, &variables, &host)
        }
        _ => Err(AuditStop::Missing(
            "nothing of this node was collected".to_owned(),
        )),
    };
    let said = Rc::new(said);
    let all = &audits.said;
    all.borrow_mut().insert(audited.number, Rc::clone(&said));
    said
}

/// The letter as a verdict; a warning for want of a person is `manual`.
#[must_use]
pub fn verdict(audited: &Audited, subject: &Subject<'_>) -> Verdict {
    match &*said(audited, subject) {
        Ok(said) => of_state(said),
        Err(_) => Verdict::Unknown,
    }
}

fn of_state(said: &CheckResult) -> Verdict {
    match said.state {
        CheckState::Pass => Verdict::Pass,
        CheckState::Fail => Verdict::Fail,
        CheckState::Warn if said.is_evaluated || said.failed.is_some() => Verdict::Fail,
        CheckState::Warn | CheckState::Info => Verdict::Manual,
    }
}

/// The decision on a check that no rule of the catalog is about.
#[must_use]
pub fn judge(audited: &Audited, subject: &Subject<'_>) -> Decision {
    let said = said(audited, subject);
    let said = match &*said {
        Ok(said) => said,
        Err(stop) => {
            let (code, why) = match stop {
                AuditStop::NotUnderstood(what) => (
                    Code::AuditNotUnderstood,
                    format!("the audit has what is not interpreted here: {what}"),
                ),
                AuditStop::Missing(what) => (Code::AuditLacksEvidence, what.clone()),
                AuditStop::Panics(what) => (
                    Code::AuditNotUnderstood,
                    format!("kube-bench itself ends here without a result: {what}"),
                ),
            };
            return noted(Decision::new(Verdict::Unknown, code, why, String::new()));
        }
    };
    let verdict = of_state(said);
    let (code, why) = match (verdict, said.failed) {
        (Verdict::Pass, _) => (
            Code::AuditHolds,
            "the tests of kube-bench's check hold".to_owned(),
        ),
        (Verdict::Manual, _) => (Code::NoRuleDecides, said.reason.clone()),
        (_, Some(script)) => (
            Code::AuditFails,
            format!(
                "{script} does not end well, which kube-bench counts as a failure: {}",
                line(&said.reason)
            ),
        ),
        _ => (
            Code::AuditFails,
            "the tests of kube-bench's check do not hold".to_owned(),
        ),
    };
    let mut decision = Decision::new(verdict, code, why, said.expected.clone());
    decision = decision.cite(said.evidence.iter().cloned());
    decision.actual = Some(line(&said.actual)).filter(|text| !text.is_empty());
    noted(decision)
}

fn noted(mut decision: Decision) -> Decision {
    decision.note(Code::ByTheTextOnly);
    decision
}

/// A text in one line of a bounded length.
pub(super) fn line(text: &str) -> String {
    const MOST: usize = 400;
    let mut line = text.trim().replace('\n', " ⏎ ");
    if let Some((at, _)) = line.char_indices().nth(MOST) {
        line.truncate(at);
        line.push('…');
    }
    line
}
