//! What configz proves of who set a value: nothing by itself. A rule that asks whether somebody set
//! a value, and one whose value a kubelet fills in on its own, need what is written down.

use super::check::{Live, SettingCheck};
use super::decided::{by_disk, undecided};
use crate::problem::Code;
use crate::rules::setting::Expect;
use crate::settings::kubelet::StartMode;
use crate::settings::{Doubt, InForce, SettingSource, Statement};
use crate::verdict::Decision;

/// Whether an unwanted live value may be a default that nobody set.
pub(super) fn may_be_default(check: &SettingCheck<'_>, live: &Statement) -> bool {
    check.rule.expect == Expect::NotSet
        && [StartMode::WithConfig, StartMode::FlagsOnly]
            .into_iter()
            .any(|mode| {
                check
                    .setting
                    .may_default_to(mode, check.version, &live.value)
            })
}

/// The live value as far as it counts beside what is written down.
///
/// # Errors
/// The finding, where the two already decide it.
pub(super) fn beside_disk(
    check: &SettingCheck<'_>,
    on_disk: &Result<InForce, Doubt>,
    live: Live,
) -> Result<Live, Box<Decision>> {
    let Some(Ok(statement)) = live else {
        return Ok(live);
    };
    if !check.rule.configz_proves() && check.holds(&statement) {
        return Ok(None);
    }
    if check.holds(&statement) {
        return Ok(Some(Ok(statement)));
    }
    let excused = match on_disk {
        Ok(disk) => {
            check.rule.expect == Expect::NotSet
                && disk.winner.source == SettingSource::Default
                && disk.winner.value == statement.value
        }
        Err(_) => may_be_default(check, &statement),
    };
    if !excused {
        return Ok(Some(Ok(statement)));
    }
    let mut decision = by_disk(check, on_disk.clone()).cite(statement.citation);
    decision.note(Code::DefaultUnwanted);
    Err(Box::new(decision))
}

/// The finding where configz alone speaks, and does not show what the rule asks.
pub(super) fn by_configz_alone(check: &SettingCheck<'_>, live: &Statement) -> Option<Decision> {
    let (code, why) = if !check.rule.configz_proves() && check.holds(live) {
        (
            Code::NoProcessEvidence,
            format!(
                "configz shows {} for a certificate the kubelet signed itself too, and nothing on disk was collected",
                check.setting.path
            ),
        )
    } else if !check.holds(live) && may_be_default(check, live) {
        (
            Code::DefaultUnwanted,
            format!(
                "configz shows {} as {}, which may be a default that nobody set, and nothing on disk was collected",
                check.setting.path, live.value
            ),
        )
    } else {
        return None;
    };
    let doubt = Doubt {
        code,
        why,
        citations: live.citation.iter().cloned().collect(),
        unreadable: false,
    };
    let mut decision = undecided(check, doubt);
    decision.actual = Some(live.value.to_string());
    Some(decision)
}
