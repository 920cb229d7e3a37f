//! A setting rule × a process of which two captures contradict each other: what both give stands, and
//! nothing else.

use super::check::SettingCheck;
use crate::problem::Code;
use crate::settings::component::Instance;
use crate::verdict::subject::Subject;
use crate::verdict::{Decision, Verdict};

/// Judges a process by each capture of it.
pub(super) fn agreed(
    check: &SettingCheck<'_>,
    subject: &Subject<'_>,
    instance: &dyn Instance,
    judge: impl Fn(&dyn Instance) -> Decision,
) -> Decision {
    let decision = judge(instance);
    let Some(other) = &instance.process().otherwise else {
        return decision;
    };
    let (one, other) = (&instance.process().citation, &other.citation);
    let rival = subject.rival(check.rule.component, instance).map(judge);
    match rival.filter(|rival| rival.verdict == decision.verdict) {
        Some(rival) => decision.cite(rival.evidence),
        None => Decision::new(
            Verdict::Unknown,
            Code::ContradictoryEvidence,
            format!(
                "{} and {} show one process with different arguments, and both cannot be true",
                one.spoken(),
                other.spoken()
            ),
            check.expected(),
        )
        .cite([one.clone(), other.clone()]),
    }
}
