//! A setting rule × a node: what is live against what is written down (DESIGN §6).

use super::subject::{Presence, Subject};
use super::{Decider, Finding, Verdict};
use crate::evidence::citation::Citation;
use crate::evidence::process::Process;
use crate::problem::Code;
use crate::rules::setting::{Expect, SettingRule};
use crate::settings::config_file::{ConfigFile, LENIENT};
use crate::settings::disk::Disk;
use crate::settings::kubelet::Setting;
use crate::settings::value::SettingValue;
use crate::settings::{Doubt, InForce, Source, Statement};
use crate::verdict::not_set;

/// A day, in seconds: captures further apart may show two states of one node.
const DAY: i64 = 86_400;

/// A rule and the setting it asks about.
#[derive(Clone, Copy)]
pub(super) struct Asked<'r> {
    pub(super) rule: &'r SettingRule,
    pub(super) setting: &'static Setting,
}

impl Asked<'_> {
    /// Whether what a source says is as wanted. Of a value that nobody must set, a default is none.
    pub(super) fn holds(&self, statement: &Statement) -> bool {
        let unset = self.rule.expect == Expect::NotSet && statement.source == Source::Default;
        unset || self.rule.holds(&statement.value)
    }

    pub(super) fn expected(&self) -> String {
        self.rule.expected()
    }
}

/// Judges the setting on every kubelet process of the node.
#[must_use]
pub fn judge(rule: &SettingRule, subject: &Subject<'_>) -> Finding {
    let Some(setting) = rule.setting else {
        return Finding::new(
            Verdict::Unknown,
            Code::ComponentNotSeen,
            format!("{} is not read from any evidence", rule.path),
            rule.expected(),
        );
    };
    let rule = &Asked { rule, setting };
    let live = subject.live.as_ref();
    let live = live.and_then(|live| match subject.disks.as_slice() {
        [disk] => live.of_process(setting, disk),
        _ => live.setting(setting, None),
    });
    match (subject.disks.as_slice(), &subject.embedding) {
        ([], _) => without_process(rule, subject, live),
        ([disk], None) => one_process(rule, subject, disk, live),
        _ => several(rule, subject, live),
    }
}

pub(super) type Live = Option<Result<Statement, Doubt>>;

fn one_process(rule: &Asked<'_>, subject: &Subject<'_>, disk: &Disk, live: Live) -> Finding {
    let on_disk = written(rule, subject, disk);
    let live = match not_set::beside_disk(rule, &on_disk, live) {
        Ok(live) => live,
        Err(finding) => return *finding,
    };
    match live {
        None => by_disk(rule, on_disk),
        Some(Ok(statement)) => by_both(rule, subject, disk, on_disk, statement),
        Some(Err(doubt)) => match on_disk {
            Ok(in_force) if !rule.holds(&in_force.winner) => {
                let mut finding = decided(rule, &in_force).cite(doubt.citations);
                finding.note(doubt.code);
                finding
            }
            Ok(in_force) => undecided(rule, doubt).cite(in_force.witnesses),
            Err(disk_doubt) => undecided(rule, doubt).cite(disk_doubt.citations),
        },
    }
}

/// What is written down; the version is evidence where it decides.
fn written(rule: &Asked<'_>, subject: &Subject<'_>, disk: &Disk) -> Result<InForce, Doubt> {
    let version = disk
        .rests_on_version(rule.setting)
        .then(|| subject.version.clone())
        .flatten();
    match disk.setting(rule.setting) {
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

/// Several kubelets: configz speaks of one of them, and nothing says of which.
fn several(rule: &Asked<'_>, subject: &Subject<'_>, live: Live) -> Finding {
    let on_disk = |disk: &Disk| by_disk(rule, written(rule, subject, disk));
    let inside = subject.embedding.iter().map(|by| embedded(rule, by));
    let mut findings: Vec<Finding> = subject.disks.iter().map(on_disk).chain(inside).collect();
    let count = findings.len();
    match live {
        Some(Ok(statement))
            if !rule.holds(&statement) && !not_set::may_be_default(rule, &statement) =>
        {
            findings.insert(0, by_live(rule, &statement));
        }
        Some(Err(doubt)) => findings.insert(0, undecided(rule, doubt)),
        _ => {}
    }
    let worst = [Verdict::Fail, Verdict::Error, Verdict::Unknown]
        .into_iter()
        .find_map(|verdict| findings.iter().position(|f| f.verdict == verdict))
        .unwrap_or(0);
    let mut finding = findings.swap_remove(worst);
    finding.sentence = format!("of {count} kubelet processes: {}", finding.sentence);
    finding.note(Code::SeveralProcesses);
    let others: Vec<Citation> = findings.into_iter().flat_map(|f| f.evidence).collect();
    finding.cite(others)
}

pub(super) fn by_disk(rule: &Asked<'_>, on_disk: Result<InForce, Doubt>) -> Finding {
    match on_disk {
        Err(doubt) => undecided(rule, doubt),
        Ok(in_force) => {
            let finding = decided(rule, &in_force);
            match in_force.doubt {
                Some(doubt) if finding.verdict == Verdict::Pass => {
                    let actual = finding.actual.clone();
                    let notes = finding.notes.clone();
                    Finding {
                        actual,
                        notes,
                        ..undecided(rule, doubt).cite(finding.evidence)
                    }
                }
                Some(doubt) => {
                    let mut finding = finding.cite(doubt.citations);
                    finding.note(doubt.code);
                    finding
                }
                None => finding,
            }
        }
    }
}

fn by_live(rule: &Asked<'_>, statement: &Statement) -> Finding {
    let mut finding = Finding::new(
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
    finding.actual = Some(statement.value.to_string());
    finding.source = Some(Decider::Setting(Source::Configz));
    finding
}

fn by_both(
    rule: &Asked<'_>,
    subject: &Subject<'_>,
    disk: &Disk,
    on_disk: Result<InForce, Doubt>,
    live: Statement,
) -> Finding {
    let live_finding = by_live(rule, &live);
    let in_force = match on_disk {
        Ok(in_force) => in_force,
        // What is written down cannot be told; what is live can.
        Err(doubt) => {
            let mut finding = live_finding.cite(doubt.citations);
            finding.note(doubt.code);
            if matches!(
                doubt.code,
                Code::WouldNotStart | Code::ConfigFileMissing | Code::ConfigFileUnparseable
            ) {
                finding.note(Code::NextStartFails);
            }
            return finding;
        }
    };
    let disk_finding = decided(rule, &in_force);
    let doubt = in_force.doubt.as_ref();
    let mut finding = match (live_finding.verdict, disk_finding.verdict) {
        // A default is not written down anywhere: configz is the stronger witness.
        (Verdict::Pass, Verdict::Pass) if in_force.winner.source == Source::Default => {
            let mut finding = live_finding.cite(disk_finding.evidence);
            finding.notes = disk_finding.notes;
            finding
        }
        (Verdict::Pass, Verdict::Pass) => disk_finding.cite(live_finding.evidence),
        (Verdict::Pass, _) => Finding {
            sentence: format!(
                "{}, although configz shows {}",
                disk_finding.sentence, live.value
            ),
            ..disk_finding.cite(live_finding.evidence)
        },
        (_, Verdict::Pass) => Finding {
            sentence: format!(
                "{}, although what is written down gives {}",
                live_finding.sentence, in_force.winner.value
            ),
            ..live_finding.cite(disk_finding.evidence)
        },
        _ => disk_finding.cite(live_finding.evidence),
    };
    if live.value != in_force.winner.value {
        finding.note(if apart_in_time(subject, disk) {
            Code::CapturesDisagreeInTime
        } else {
            Code::Drift
        });
    }
    // A doubt that configz settles is still something to know.
    if let Some(doubt) = doubt {
        finding = finding.cite(doubt.citations.clone());
        finding.note(doubt.code);
    }
    finding
}

/// configz older than the process, or more than a day from the node's own capture.
fn apart_in_time(subject: &Subject<'_>, disk: &Disk) -> bool {
    let Some(live) = subject.live.as_ref().and_then(|live| live.taken_at) else {
        return false;
    };
    let before_start = disk.process().started_at.is_some_and(|start| live < start);
    let far = subject
        .collected_at
        .is_some_and(|at| live.abs_diff(at) > DAY.unsigned_abs());
    before_start || far
}

fn decided(rule: &Asked<'_>, in_force: &InForce) -> Finding {
    let winner = &in_force.winner;
    let code = match winner.source {
        Source::Configz => Code::ConfigzSetsIt,
        Source::Argument | Source::Journal | Source::ArgsFile => Code::ArgumentSetsIt,
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
    let mut finding = Finding::new(verdict, code, sentence(rule, winner), rule.expected())
        .cite(winner.citation.clone())
        .cite(losers)
        .cite(in_force.witnesses.clone());
    finding.notes.clone_from(&in_force.notes);
    if finding.verdict == Verdict::Pass && !rule.rule.holds(&winner.value) {
        finding.note(Code::DefaultUnwanted);
    }
    finding.actual = Some(winner.value.to_string());
    finding.source = Some(Decider::Setting(winner.source));
    finding
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
        Source::Argument => format!("{path} is {value} by argument --{}", rule.setting.flag),
        Source::Journal | Source::ArgsFile => {
            format!("{path} is {value} by --{} in {place}", rule.setting.flag)
        }
        _ => format!("{path} is {value} in {place}"),
    }
}

pub(super) fn undecided(rule: &Asked<'_>, doubt: Doubt) -> Finding {
    let verdict = if doubt.unreadable {
        Verdict::Error
    } else {
        Verdict::Unknown
    };
    Finding::new(verdict, doubt.code, doubt.why, rule.expected()).cite(doubt.citations)
}

fn without_process(rule: &Asked<'_>, subject: &Subject<'_>, live: Live) -> Finding {
    match live {
        Some(Ok(statement)) => {
            if let Some(finding) = not_set::by_configz_alone(rule, &statement) {
                return finding;
            }
            let mut finding = by_live(rule, &statement);
            finding.note(Code::NoProcessEvidence);
            return finding;
        }
        Some(Err(doubt)) => return undecided(rule, doubt),
        None => {}
    }
    if let Some(process) = &subject.embedding {
        return embedded(rule, process);
    }
    if let Some(finding) = untied(rule, subject) {
        return finding;
    }
    match subject.presence() {
        Presence::ProvenAbsent(list) => Finding::new(
            Verdict::NotApplicable,
            Code::ComponentNotOnNode,
            "a whole process list taken as root has no kubelet, and stat.tsv shows no file of one"
                .to_owned(),
            rule.expected(),
        )
        .cite([list]),
        Presence::NotProven(why) => {
            let code = Code::ComponentNotSeen;
            let mut finding = Finding::new(Verdict::Unknown, code, why, rule.expected());
            if subject.evidence.is_some_and(|e| e.is_empty()) {
                finding.note(Code::NothingRecognised);
            }
            finding
        }
    }
}

fn embedded(rule: &Asked<'_>, by: &Process) -> Finding {
    let program = by.words.first().map_or("", String::as_str);
    Finding::new(
        Verdict::Unknown,
        Code::EmbeddedComponent,
        format!("{program} runs the kubelet inside itself, so its arguments are not the kubelet's; collect configz"),
        rule.expected(),
    )
    .cite([by.citation.clone()])
}

/// Configuration files that no process ties to the kubelet: their values are shown, not judged.
fn untied(rule: &Asked<'_>, subject: &Subject<'_>) -> Option<Finding> {
    let evidence = subject.evidence?;
    let mut names = Vec::new();
    let mut values = Vec::new();
    let mut places = Vec::new();
    for (member, citation) in evidence.kubelet_configs() {
        names.push(citation.member.clone());
        let mut place = citation.clone();
        if let Ok(document) = evidence.document(member) {
            let file = ConfigFile {
                path: citation.member.clone(),
                citation,
                document,
            };
            let said = file.said(rule.setting, LENIENT.any_case).ok();
            if let Some(said) = said.and_then(|mut all| all.pop()) {
                place = file.cite(&said);
                values.extend(said.value.as_ref().map(SettingValue::to_string));
            }
        }
        places.push(place);
    }
    if names.is_empty() {
        return None;
    }
    let mut finding = Finding::new(
        Verdict::Unknown,
        Code::FileNotTiedToProcess,
        format!(
            "no kubelet process was seen that reads {}, which looks like its configuration",
            names.join(" or ")
        ),
        rule.expected(),
    );
    values.dedup();
    finding.actual = Some(values.join(", ")).filter(|text| !text.is_empty());
    Some(finding.cite(places))
}
