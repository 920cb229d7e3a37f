//! What configz proves of who set a value: nothing by itself. A rule that asks whether somebody set
//! a value, and one whose value a kubelet fills in on its own, need what is written down.

use super::Decision;
use super::setting::{Asked, Live, by_disk, undecided};
use crate::problem::Code;
use crate::rules::setting::Expect;
use crate::settings::kubelet::Mode;
use crate::settings::{Doubt, InForce, Source, Statement};

/// Whether an unwanted live value may be a default that nobody set.
pub fn may_be_default(rule: &Asked<'_>, live: &Statement) -> bool {
    rule.rule.expect == Expect::NotSet
        && [Mode::WithConfig, Mode::FlagsOnly]
            .into_iter()
            .any(|mode| rule.setting.may_default_to(mode, rule.version, &live.value))
}

/// The live value as far as it counts beside what is written down.
///
/// # Errors
/// The finding, where the two already decide it.
pub fn beside_disk(
    rule: &Asked<'_>,
    on_disk: &Result<InForce, Doubt>,
    live: Live,
) -> Result<Live, Box<Decision>> {
    let Some(Ok(statement)) = live else {
        return Ok(live);
    };
    if !rule.rule.configz_proves() && rule.holds(&statement) {
        return Ok(None);
    }
    if rule.holds(&statement) {
        return Ok(Some(Ok(statement)));
    }
    let excused = match on_disk {
        Ok(disk) => {
            rule.rule.expect == Expect::NotSet
                && disk.winner.source == Source::Default
                && disk.winner.value == statement.value
        }
        Err(_) => may_be_default(rule, &statement),
    };
    if !excused {
        return Ok(Some(Ok(statement)));
    }
    let mut decision = by_disk(rule, on_disk.clone()).cite(statement.citation);
    decision.note(Code::DefaultUnwanted);
    Err(Box::new(decision))
}

/// The finding where configz alone speaks, and does not show what the rule asks.
pub fn by_configz_alone(rule: &Asked<'_>, live: &Statement) -> Option<Decision> {
    let (code, why) = if !rule.rule.configz_proves() && rule.holds(live) {
        (
            Code::NoProcessEvidence,
            format!(
                "configz shows {} for a certificate the kubelet signed itself too, and nothing on disk was collected",
                rule.setting.path
            ),
        )
    } else if !rule.holds(live) && may_be_default(rule, live) {
        (
            Code::DefaultUnwanted,
            format!(
                "configz shows {} as {}, which may be a default that nobody set, and nothing on disk was collected",
                rule.setting.path, live.value
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
    let mut decision = undecided(rule, doubt);
    decision.actual = Some(live.value.to_string());
    Some(decision)
}
