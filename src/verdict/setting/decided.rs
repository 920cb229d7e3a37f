//! What one source gives a setting → the decision on it.

use super::check::SettingCheck;
use crate::problem::Code;
use crate::settings::{Doubt, InForce, SettingSource, Statement};
use crate::verdict::{Decider, Decision, Verdict};

pub(super) fn by_disk(check: &SettingCheck<'_>, on_disk: Result<InForce, Doubt>) -> Decision {
    match on_disk {
        Err(doubt) => undecided(check, doubt),
        Ok(in_force) => {
            let decision = decided(check, &in_force);
            match in_force.doubt {
                Some(doubt) if decision.verdict == Verdict::Pass => {
                    let actual = decision.actual.clone();
                    let notes = decision.notes.clone();
                    Decision {
                        actual,
                        notes,
                        ..undecided(check, doubt).cite(decision.evidence)
                    }
                }
                Some(doubt) => {
                    let mut decision = decision.cite(doubt.citations);
                    decision.note(doubt.code);
                    decision
                }
                None => decision,
            }
        }
    }
}

pub(super) fn by_live(check: &SettingCheck<'_>, statement: &Statement) -> Decision {
    let mut decision = Decision::new(
        if check.holds(statement) {
            Verdict::Pass
        } else {
            Verdict::Fail
        },
        Code::ConfigzSetsIt,
        sentence(check, statement),
        check.expected(),
    )
    .cite(statement.citation.clone());
    decision.actual = Some(statement.value.to_string());
    decision.source = Some(Decider::Setting(SettingSource::Configz));
    decision
}

pub(super) fn decided(check: &SettingCheck<'_>, in_force: &InForce) -> Decision {
    let winner = &in_force.winner;
    let code = match winner.source {
        SettingSource::Configz => Code::ConfigzSetsIt,
        SettingSource::Argument
        | SettingSource::Journal
        | SettingSource::ArgsFile
        | SettingSource::Manifest => Code::ArgumentSetsIt,
        SettingSource::Environment => Code::EnvironmentSetsIt,
        SettingSource::DropIn => Code::DropInSetsIt,
        SettingSource::ConfigFile => Code::ConfigFileSetsIt,
        SettingSource::Default => Code::DefaultApplies,
    };
    let verdict = if check.holds(winner) {
        Verdict::Pass
    } else {
        Verdict::Fail
    };
    let losers = in_force.losers.iter().filter_map(|s| s.citation.clone());
    let mut decision = Decision::new(verdict, code, sentence(check, winner), check.expected())
        .cite(winner.citation.clone())
        .cite(losers)
        .cite(in_force.witnesses.clone());
    decision.notes.clone_from(&in_force.notes);
    if decision.verdict == Verdict::Pass && !check.rule.holds(&winner.value) {
        decision.note(Code::DefaultUnwanted);
    }
    decision.actual = Some(winner.value.to_string());
    decision.source = Some(Decider::Setting(winner.source));
    decision
}

fn sentence(check: &SettingCheck<'_>, statement: &Statement) -> String {
    let path = check.setting.shown();
    let place = &statement.place;
    let value = match statement.value.to_string() {
        text if text.is_empty() => "empty".to_owned(),
        text => text,
    };
    match statement.source {
        SettingSource::Default => format!("{path} is {value} by default: {place}"),
        // What of the arguments decides, where it is not the setting's own.
        SettingSource::Argument => {
            let flag = &check.setting.flag;
            match place.strip_prefix("the arguments") {
                Some(how) if !flag.is_empty() => {
                    format!("{path} is {value} by argument --{flag}{how}")
                }
                _ => format!("{path} is {value} by {place}"),
            }
        }
        SettingSource::Journal | SettingSource::ArgsFile | SettingSource::Manifest => {
            match &check.setting.flag {
                flag if flag.is_empty() => format!("{path} is {value} by {place}"),
                flag => format!("{path} is {value} by --{flag} in {place}"),
            }
        }
        SettingSource::Environment => format!("{path} is {value} by the variable {place}"),
        _ => format!("{path} is {value} in {place}"),
    }
}

pub(super) fn undecided(check: &SettingCheck<'_>, doubt: Doubt) -> Decision {
    let verdict = if doubt.unreadable {
        Verdict::Error
    } else {
        Verdict::Unknown
    };
    Decision::new(verdict, doubt.code, doubt.why, check.expected()).cite(doubt.citations)
}
