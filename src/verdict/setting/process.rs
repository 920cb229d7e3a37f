//! A setting rule × one process of the component: what is live against what is written down.

use super::any_version;
use super::check::{Live, SettingCheck};
use super::decided::{by_live, decided, undecided};
use super::not_set;
use crate::problem::Code;
use crate::settings::component::Instance;
use crate::settings::{Doubt, InForce, SettingSource, Statement};
use crate::verdict::subject::Subject;
use crate::verdict::{Decision, Verdict};

/// A day, in seconds: captures further apart may show two states of one node.
const DAY: i64 = 86_400;

pub(super) fn one_process(
    check: &SettingCheck<'_>,
    subject: &Subject<'_>,
    instance: &dyn Instance,
    live: Live,
) -> Decision {
    let on_disk = written(check, subject, instance);
    let decision = match not_set::beside_disk(check, &on_disk, live) {
        Err(decision) => *decision,
        Ok(None) => any_version::by_disk(check, instance, on_disk),
        Ok(Some(Ok(statement))) => by_both(check, subject, instance, on_disk, statement),
        Ok(Some(Err(doubt))) => match on_disk {
            Ok(in_force) if !check.holds(&in_force.winner) => {
                let mut decision = decided(check, &in_force).cite(doubt.citations);
                decision.note(doubt.code);
                decision
            }
            Ok(in_force) => undecided(check, doubt).cite(in_force.witnesses),
            Err(disk_doubt) => {
                let disk = any_version::by_disk(check, instance, Err(disk_doubt));
                match disk.verdict {
                    Verdict::Fail => {
                        let mut decision = disk.cite(doubt.citations);
                        decision.note(doubt.code);
                        decision
                    }
                    _ => undecided(check, doubt).cite(disk.evidence),
                }
            }
        },
    };
    beside_plan(decision, check, instance)
}

/// The same, with a note where the next start is planned otherwise.
pub(super) fn beside_plan(
    decision: Decision,
    check: &SettingCheck<'_>,
    instance: &dyn Instance,
) -> Decision {
    match instance.planned_otherwise(check.setting) {
        None => decision,
        Some(places) => {
            let mut decision = decision.cite(places);
            decision.note(Code::PlannedDiffers);
            decision
        }
    }
}

/// What is written down; the version is evidence where it decides.
pub(super) fn written(
    check: &SettingCheck<'_>,
    subject: &Subject<'_>,
    instance: &dyn Instance,
) -> Result<InForce, Doubt> {
    let version = subject
        .version
        .as_ref()
        .map(|(_, citation)| citation.clone());
    let version = version.filter(|_| instance.rests_on_version(check.setting));
    match instance.setting(check.setting) {
        Ok(mut in_force) if !in_force.winner.source.is_argument() => {
            in_force.witnesses.extend(version);
            Ok(in_force)
        }
        Err(mut doubt) => {
            doubt.citations.extend(version);
            Err(doubt)
        }
        decided => decided,
    }
}

fn by_both(
    check: &SettingCheck<'_>,
    subject: &Subject<'_>,
    instance: &dyn Instance,
    on_disk: Result<InForce, Doubt>,
    live: Statement,
) -> Decision {
    let live_finding = by_live(check, &live);
    let in_force = match on_disk {
        Ok(in_force) => in_force,
        // What is written down cannot be told; what is live can.
        Err(doubt) => {
            let mut decision = live_finding.cite(doubt.citations);
            decision.note(doubt.code);
            if matches!(
                doubt.code,
                Code::WouldNotStart | Code::ConfigFileMissing | Code::ConfigFileUnparseable
            ) {
                decision.note(Code::NextStartFails);
            }
            return decision;
        }
    };
    let disk_finding = decided(check, &in_force);
    let doubt = in_force.doubt.as_ref();
    let mut decision = match (live_finding.verdict, disk_finding.verdict) {
        // A default is not written down anywhere: configz is the stronger witness.
        (Verdict::Pass, Verdict::Pass) if in_force.winner.source == SettingSource::Default => {
            let mut decision = live_finding.cite(disk_finding.evidence);
            decision.notes = disk_finding.notes;
            decision
        }
        (Verdict::Pass, Verdict::Pass) => disk_finding.cite(live_finding.evidence),
        (Verdict::Pass, _) => Decision {
            sentence: format!(
                "{}, although configz shows {}",
                disk_finding.sentence, live.value
            ),
            ..disk_finding.cite(live_finding.evidence)
        },
        (_, Verdict::Pass) => Decision {
            sentence: format!(
                "{}, although what is written down gives {}",
                live_finding.sentence, in_force.winner.value
            ),
            ..live_finding.cite(disk_finding.evidence)
        },
        _ => disk_finding.cite(live_finding.evidence),
    };
    if live.value != in_force.winner.value {
        decision.note(if apart_in_time(subject, instance) {
            Code::CapturesDisagreeInTime
        } else {
            Code::Drift
        });
    }
    // A doubt that configz settles is still something to know.
    if let Some(doubt) = doubt {
        decision = decision.cite(doubt.citations.clone());
        decision.note(doubt.code);
    }
    decision
}

/// configz older than the process, or more than a day from the node's own capture.
fn apart_in_time(subject: &Subject<'_>, instance: &dyn Instance) -> bool {
    let Some(live) = subject.live.as_ref().and_then(|live| live.taken_at) else {
        return false;
    };
    let before_start = instance
        .process()
        .started_at
        .is_some_and(|start| live < start);
    let far = subject
        .collected_at
        .is_some_and(|at| live.abs_diff(at) > DAY.unsigned_abs());
    before_start || far
}
