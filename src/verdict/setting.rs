//! A setting rule × a node: what is live against what is written down (DESIGN §6).

mod any_version;
mod captures;
mod several;
mod without;

use super::subject::Subject;
use super::{Decider, Decision, Verdict};
use crate::evidence::citation::Citation;
use crate::node::version::Minor;
use crate::problem::Code;
use crate::rules::setting::{Expect, SettingRule};
use crate::settings::component::{Component, Instance};
use crate::settings::kubelet::{Form, Setting};
use crate::settings::{Doubt, InForce, Source, Statement};
use crate::verdict::not_set;
use captures::agreed;
use several::several;
use without::without_process;

/// A day, in seconds: captures further apart may show two states of one node.
const DAY: i64 = 86_400;

/// A rule and the setting it asks about.
#[derive(Clone, Copy)]
pub(super) struct Asked<'r> {
    pub(super) rule: &'r SettingRule,
    pub(super) setting: &'static Setting,
    /// The kubelet's.
    pub(super) version: Option<Minor>,
}

impl Asked<'_> {
    /// Whether what a source says is as wanted. Of a value that nobody must set, a default is none.
    pub(super) fn holds(&self, statement: &Statement) -> bool {
        let is_default = statement.source == Source::Default;
        match self.rule.expect {
            Expect::NotSet if is_default => true,
            Expect::Set if is_default => false,
            _ => self.rule.holds(&statement.value),
        }
    }

    pub(super) fn expected(&self) -> String {
        self.rule.expected()
    }
}

/// Judges the setting on every process of its component on the node.
#[must_use]
pub fn judge(rule: &SettingRule, subject: &Subject<'_>) -> Decision {
    let rule = &Asked {
        rule,
        setting: rule.setting,
        version: subject.minor(),
    };
    let component = rule.rule.component;
    let live = subject.live_value(component, rule.setting);
    let instances = subject.instances(component);
    let decision = match (instances.as_slice(), subject.embedding(component)) {
        ([], _) => without_process(rule, subject, live),
        ([instance], None) => agreed(rule, subject, *instance, |instance| {
            one_process(rule, subject, instance, live.clone())
        }),
        (instances, embedding) => several(rule, subject, instances, embedding, live),
    };
    beside_refusal(decision, rule, subject)
}

/// The same, with a note where configz could have spoken of the setting and was not handed out.
fn beside_refusal(decision: Decision, rule: &Asked<'_>, subject: &Subject<'_>) -> Decision {
    let speaks = rule.rule.component == Component::Kubelet && rule.setting.form != Form::FlagOnly;
    let refused = subject.refused.as_ref().filter(|_| speaks);
    let Some((refused, refusal)) = refused.and_then(|live| Some((live, live.refusal()?))) else {
        return decision;
    };
    let mut decision = decision.cite([refused.citation.clone()]);
    decision.note(Code::ConfigzRefused);
    decision.sentence = format!(
        "{}; configz was refused ({}): {}",
        decision.sentence, refusal.what, refusal.next
    );
    decision
}

pub(super) type Live = Option<Result<Statement, Doubt>>;

fn one_process(
    rule: &Asked<'_>,
    subject: &Subject<'_>,
    instance: &dyn Instance,
    live: Live,
) -> Decision {
    let on_disk = written(rule, subject, instance);
    let decision = match not_set::beside_disk(rule, &on_disk, live) {
        Err(decision) => *decision,
        Ok(None) => any_version::by_disk(rule, instance, on_disk),
        Ok(Some(Ok(statement))) => by_both(rule, subject, instance, on_disk, statement),
        Ok(Some(Err(doubt))) => match on_disk {
            Ok(in_force) if !rule.holds(&in_force.winner) => {
                let mut decision = decided(rule, &in_force).cite(doubt.citations);
                decision.note(doubt.code);
                decision
            }
            Ok(in_force) => undecided(rule, doubt).cite(in_force.witnesses),
            Err(disk_doubt) => {
                let disk = any_version::by_disk(rule, instance, Err(disk_doubt));
                match disk.verdict {
                    Verdict::Fail => {
                        let mut decision = disk.cite(doubt.citations);
                        decision.note(doubt.code);
                        decision
                    }
                    _ => undecided(rule, doubt).cite(disk.evidence),
                }
            }
        },
    };
    beside_plan(decision, rule, instance)
}

/// The same, with a note where the next start is planned otherwise.
fn beside_plan(decision: Decision, rule: &Asked<'_>, instance: &dyn Instance) -> Decision {
    match instance.planned_otherwise(rule.setting) {
        None => decision,
        Some(places) => {
            let mut decision = decision.cite(places);
            decision.note(Code::PlannedDiffers);
            decision
        }
    }
}

/// What is written down; the version is evidence where it decides.
fn written(
    rule: &Asked<'_>,
    subject: &Subject<'_>,
    instance: &dyn Instance,
) -> Result<InForce, Doubt> {
    let version = subject
        .version
        .as_ref()
        .map(|(_, citation)| citation.clone());
    let version = version.filter(|_| instance.rests_on_version(rule.setting));
    match instance.setting(rule.setting) {
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

/// Where the version stands, if the live value rests on it.
pub(super) fn of_live(rule: &Asked<'_>, subject: &Subject<'_>) -> Option<Citation> {
    let (_, citation) = subject.version.as_ref()?;
    let alone = subject.live.as_ref()?.setting(rule.setting, None);
    let unknown = |told: Result<Statement, Doubt>| {
        told.is_err_and(|doubt| doubt.code == Code::VersionUnknown)
    };
    alone.is_none_or(unknown).then(|| citation.clone())
}

pub(super) fn by_disk(rule: &Asked<'_>, on_disk: Result<InForce, Doubt>) -> Decision {
    match on_disk {
        Err(doubt) => undecided(rule, doubt),
        Ok(in_force) => {
            let decision = decided(rule, &in_force);
            match in_force.doubt {
                Some(doubt) if decision.verdict == Verdict::Pass => {
                    let actual = decision.actual.clone();
                    let notes = decision.notes.clone();
                    Decision {
                        actual,
                        notes,
                        ..undecided(rule, doubt).cite(decision.evidence)
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

pub(super) fn by_live(rule: &Asked<'_>, statement: &Statement) -> Decision {
    let mut decision = Decision::new(
        if rule.holds(statement) {
            Verdict::Pass
        } else {
            Verdict::Fail
        },
        Code::ConfigzSetsIt,
        sentence(rule, statement),
        rule.expected(),
    )
    .cite(statement.citation.clone());
    decision.actual = Some(statement.value.to_string());
    decision.source = Some(Decider::Setting(Source::Configz));
    decision
}

fn by_both(
    rule: &Asked<'_>,
    subject: &Subject<'_>,
    instance: &dyn Instance,
    on_disk: Result<InForce, Doubt>,
    live: Statement,
) -> Decision {
    let live_finding = by_live(rule, &live);
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
    let disk_finding = decided(rule, &in_force);
    let doubt = in_force.doubt.as_ref();
    let mut decision = match (live_finding.verdict, disk_finding.verdict) {
        // A default is not written down anywhere: configz is the stronger witness.
        (Verdict::Pass, Verdict::Pass) if in_force.winner.source == Source::Default => {
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

fn decided(rule: &Asked<'_>, in_force: &InForce) -> Decision {
    let winner = &in_force.winner;
    let code = match winner.source {
        Source::Configz => Code::ConfigzSetsIt,
        Source::Argument | Source::Journal | Source::ArgsFile | Source::Manifest => {
            Code::ArgumentSetsIt
        }
        Source::Environment => Code::EnvironmentSetsIt,
        Source::DropIn => Code::DropInSetsIt,
        Source::ConfigFile => Code::ConfigFileSetsIt,
        Source::Default => Code::DefaultApplies,
    };
    let verdict = if rule.holds(winner) {
        Verdict::Pass
    } else {
        Verdict::Fail
    };
    let losers = in_force.losers.iter().filter_map(|s| s.citation.clone());
    let mut decision = Decision::new(verdict, code, sentence(rule, winner), rule.expected())
        .cite(winner.citation.clone())
        .cite(losers)
        .cite(in_force.witnesses.clone());
    decision.notes.clone_from(&in_force.notes);
    if decision.verdict == Verdict::Pass && !rule.rule.holds(&winner.value) {
        decision.note(Code::DefaultUnwanted);
    }
    decision.actual = Some(winner.value.to_string());
    decision.source = Some(Decider::Setting(winner.source));
    decision
}

fn sentence(rule: &Asked<'_>, statement: &Statement) -> String {
    let path = rule.setting.shown();
    let place = &statement.place;
    let value = match statement.value.to_string() {
        text if text.is_empty() => "empty".to_owned(),
        text => text,
    };
    match statement.source {
        Source::Default => format!("{path} is {value} by default: {place}"),
        // What of the arguments decides, where it is not the setting's own.
        Source::Argument => {
            let flag = &rule.setting.flag;
            match place.strip_prefix("the arguments") {
                Some(how) if !flag.is_empty() => {
                    format!("{path} is {value} by argument --{flag}{how}")
                }
                _ => format!("{path} is {value} by {place}"),
            }
        }
        Source::Journal | Source::ArgsFile | Source::Manifest => match &rule.setting.flag {
            flag if flag.is_empty() => format!("{path} is {value} by {place}"),
            flag => format!("{path} is {value} by --{flag} in {place}"),
        },
        Source::Environment => format!("{path} is {value} by the variable {place}"),
        _ => format!("{path} is {value} in {place}"),
    }
}

pub(super) fn undecided(rule: &Asked<'_>, doubt: Doubt) -> Decision {
    let verdict = if doubt.unreadable {
        Verdict::Error
    } else {
        Verdict::Unknown
    };
    Decision::new(verdict, doubt.code, doubt.why, rule.expected()).cite(doubt.citations)
}
