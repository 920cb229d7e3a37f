//! What would change a verdict: from what decided it, and from the code where nothing did.

use super::Explainer;
use super::file::Decided;
use crate::problem::Code;
use crate::rules::Check;
use crate::rules::setting::SettingRule;
use crate::settings::SettingSource;
use crate::settings::component::Component;
use crate::settings::kubelet::{Setting, SettingForm};
use crate::settings::value::SettingValue;
use crate::verdict::{Decider, Decision, Verdict, judge_check};

/// What evidence would decide where a code says that none did.
const DECIDES: [(Code, &str); 26] = [
    (
        Code::ComponentNotSeen,
        "a whole process list (`ps -efww`) and the metadata of files, both taken as root: collect again as root",
    ),
    (
        Code::EmbeddedComponent,
        "the log line with the kubelet's own arguments, or a configz reply of this node",
    ),
    (
        Code::FileNotTiedToProcess,
        "the kubelet's process with its arguments: collect /proc or `ps -efww` while it runs",
    ),
    (
        Code::AmbiguousNode,
        "the same evidence in a folder of its node's own, beside that node's process list",
    ),
    (
        Code::FileNotCollected,
        "the file, folder or row that the reason names, collected as root",
    ),
    (
        Code::ConfigFileMissing,
        "the file that the process names, on the node, and the kubelet restarted with it",
    ),
    (
        Code::ConfigFileUnparseable,
        "that file as the kubelet read it, whole and unchanged: collect again",
    ),
    (
        Code::ArgumentsCutOff,
        "the whole argument line: collect /proc/PID/cmdline, or `ps -efww` rather than `ps -ef`",
    ),
    (
        Code::ContradictoryEvidence,
        "captures of one moment: collect again, `ps` and /proc together",
    ),
    (
        Code::SeveralProcesses,
        "the node's own process of the component alone: end the others, and collect again",
    ),
    (
        Code::ValueRedacted,
        "the value itself, which was masked: collect again without masking it, or look it up on the node",
    ),
    (
        Code::WouldNotStart,
        "evidence that fits together: collect again, with arguments and files of the same moment",
    ),
    (
        Code::VersionUnknown,
        "the kubelet's version: collect `kubelet --version`, or the API's list of nodes",
    ),
    (
        Code::DefaultUnknown,
        "the value written down, by an argument or in a file",
    ),
    (
        Code::DynamicConfig,
        "the kubelet's configz, which shows what the API assigned, or an argument that sets the value",
    ),
    (
        Code::RestartPending,
        "the kubelet restarted, and the evidence collected again",
    ),
    (
        Code::ConfigzUnreadable,
        "a configz reply that can be read: collect it again",
    ),
    (
        Code::ConfigzIncomplete,
        "a whole configz reply: collect it again",
    ),
    (
        Code::ConfigzAmbiguous,
        "one configz reply of this node in the place of several",
    ),
    (
        Code::ChecksumMismatch,
        "the bundle as the collector made it: copy it again, or collect again",
    ),
    (
        Code::DuplicateMember,
        "a bundle that has each member once: collect again",
    ),
    (
        Code::FileNotOnNode,
        "the file on the node, or the running process naming where it is",
    ),
    (
        Code::NoProcessEvidence,
        "the node's own bundle, with its processes and files",
    ),
    (
        Code::DefaultUnwanted,
        "the node's own bundle, with its processes and files, which shows who set the value",
    ),
    (Code::ComponentNotOnNode, "the component on the node"),
    (
        Code::NotOnThisSystem,
        "another operating system on the node",
    ),
];

impl Explainer<'_> {
    pub(super) fn would_change(&self, check: Option<&Check>, decision: &Decision) -> Vec<String> {
        let Some(check) = check else {
            if self.audited().is_some() {
                return Self::would_change_audit(decision);
            }
            return vec!["Nothing in a bundle: a person decides this control.".to_owned()];
        };
        let untrusted = [Code::ChecksumMismatch, Code::DuplicateMember].contains(&decision.code);
        let mut all = match check {
            _ if untrusted => Vec::new(),
            Check::Setting(rule) => self.of_setting(rule, decision),
            Check::FileMode(rule) => {
                let decided = self.decided_file(&rule.file, decision);
                let found = decided.map(|Decided { path, mode }| match decision.verdict {
                    Verdict::Fail => {
                        let mode = mode.unwrap_or_default() & rule.at_most;
                        format!("`chmod {mode:o} {path}` on the node, and a new collection.")
                    }
                    _ => format!("Any bit beyond {:o} in the mode of {path}.", rule.at_most),
                });
                found.into_iter().collect()
            }
            Check::FileOwner(rule) => {
                let decided = self.decided_file(&rule.file, decision);
                let owner = format!("{}:{}", rule.owner, rule.group);
                let found = decided.map(|Decided { path, .. }| match decision.verdict {
                    Verdict::Fail => {
                        format!("`chown {owner} {path}` on the node, and a new collection.")
                    }
                    _ => format!("Another owner or group than {owner} of {path}."),
                });
                found.into_iter().collect()
            }
            Check::Unit(rule) => match (decision.source, decision.verdict) {
                (None, _) => vec![format!(
                    "What `systemctl show -p LoadState,{} {}` prints, in the bundle.",
                    rule.property, rule.unit
                )],
                (_, Verdict::Fail) => vec![format!("The unit such that {}.", decision.expected)],
                _ => vec![format!("Another {} of {}.", rule.property, rule.unit)],
            },
            Check::Objects(_) | Check::Rights(_) | Check::Namespaces(_) => vec![format!(
                "Objects of the API such that {}, and a new collection of the cluster.",
                decision.expected
            )],
            Check::OtherFile(_) if decision.source.is_none() => Vec::new(),
            Check::OtherFile(rule) => vec![match decision.verdict {
                Verdict::Fail => format!("The components such that {}.", rule.expected()),
                _ => "One file, or one content, for both.".to_owned(),
            }],
            Check::AllOf(checks) | Check::AnyOf(checks) => {
                let mut parts = Vec::new();
                for check in checks {
                    let part = judge_check(check, self.roles, self.subject, self.family);
                    if part.verdict == decision.verdict {
                        parts.extend(self.would_change(Some(check), &part));
                    }
                }
                parts.sort();
                parts.dedup();
                if !parts.is_empty() {
                    return parts;
                }
                parts
            }
        };
        if decision.source.is_none() {
            let missing = DECIDES.iter().find(|(code, _)| *code == decision.code);
            all.extend(missing.map(|(_, what)| capital(what)));
        }
        all
    }

    fn of_setting(&self, rule: &SettingRule, decision: &Decision) -> Vec<String> {
        let setting = rule.setting;
        let speaks = rule.component == Component::Kubelet && setting.form != SettingForm::FlagOnly;
        let configz = speaks && self.subject.live.is_none();
        let Some(Decider::Setting(source)) = decision.source else {
            let is_open = matches!(decision.verdict, Verdict::Unknown | Verdict::Error);
            let asks = configz && is_open && rule.configz_proves();
            let reply = "A configz reply of this node, from a cluster bundle or its own.";
            return asks.then(|| reply.to_owned()).into_iter().collect();
        };
        let mut all = match decision.verdict {
            Verdict::Fail => to_pass(rule, setting, source, decision),
            _ => to_fail(rule, setting, source, decision),
        };
        if all.is_empty() {
            all.push(among_arguments(rule, setting, decision));
        }
        if configz && decision.verdict == Verdict::Pass {
            all.push("A configz reply that shows another value: it is what runs.".to_owned());
        }
        all
    }
}

/// What an argument of the component would change, where nothing sets the value.
fn among_arguments(rule: &SettingRule, setting: &Setting, decision: &Decision) -> String {
    let whose = rule.component.spoken();
    match (setting.flag.as_ref(), decision.verdict) {
        ("", Verdict::Fail) => format!(
            "What {whose} is started with, such that {}.",
            decision.expected
        ),
        ("", _) => format!("Another value in what {whose} is started with."),
        (flag, Verdict::Fail) => format!(
            "`--{flag}` among the arguments of {whose}, such that {}, and a restart.",
            decision.expected
        ),
        (flag, _) => format!("`--{flag}` with an unwanted value among the arguments of {whose}."),
    }
}

fn to_pass(
    rule: &SettingRule,
    setting: &Setting,
    source: SettingSource,
    decision: &Decision,
) -> Vec<String> {
    let key = match rule.wanted() {
        Some(value) => format!("`{}: {}`", setting.path, value.shown()),
        None => format!("a value such that {}", rule.expected()),
    };
    let argument = match rule.wanted() {
        Some(value) => format!("`--{}={value}`", setting.flag),
        None => format!(
            "`--{}` with a value such that {}",
            setting.flag,
            rule.expected()
        ),
    };
    let place = decision.evidence.first().map(|at| at.spoken());
    let place = place.unwrap_or_default();
    let drifted = decision.notes.contains(&Code::Drift);
    let whose = rule.component.spoken();
    // kube-proxy ignores its flags beside a file.
    let flag = !setting.flag.is_empty() && rule.component == Component::Kubelet;
    let mut all = Vec::new();
    match source {
        SettingSource::Configz if drifted => {
            all.push("A restart of the kubelet: what is written down is as wanted already.".to_owned());
        }
        SettingSource::Configz => all.push(format!(
            "{} in the kubelet's configuration, the kubelet restarted, and configz collected again.",
            capital_word(&key)
        )),
        SettingSource::Environment => {
            all.push(format!("Another value of the variable there, and {whose} restarted."));
        }
        SettingSource::Argument | SettingSource::Journal | SettingSource::ArgsFile | SettingSource::Manifest => {
            all.push(format!(
                "{argument} in the place of what the arguments say now, and {whose} restarted."
            ));
            if flag && setting.form != SettingForm::FlagOnly {
                all.push(format!(
                    "No --{} at all, so that the files decide, and {key} in them.",
                    setting.flag
                ));
            }
        }
        SettingSource::DropIn | SettingSource::ConfigFile => {
            all.push(format!("{} in {place}, and {whose} restarted.", capital_word(&key)));
            if flag {
                all.push(format!(
                    "{argument} among the kubelet's arguments: an argument wins over every file."
                ));
            }
        }
        SettingSource::Default => {
            if setting.form != SettingForm::FlagOnly {
                all.push(format!(
                    "{} in the file that --config names, and {whose} restarted.",
                    capital_word(&key)
                ));
            }
            if flag {
                all.push(format!("{argument} among the kubelet's arguments."));
            }
        }
    }
    all
}

fn to_fail(
    rule: &SettingRule,
    setting: &Setting,
    source: SettingSource,
    decision: &Decision,
) -> Vec<String> {
    let other = match rule.wanted() {
        Some(SettingValue::Bool(on)) => format!("`--{}={}`", setting.flag, !on),
        _ => format!("`--{}` with an unwanted value", setting.flag),
    };
    let place = decision.evidence.first().map(|at| at.spoken());
    let mut all = Vec::new();
    let flag = !setting.flag.is_empty() && rule.component == Component::Kubelet;
    if flag && !source.is_argument() {
        all.push(match source {
            SettingSource::Default => format!("{other} among the kubelet's arguments."),
            _ => format!("{other} among the kubelet's arguments would win over the files."),
        });
    }
    match (source, place) {
        (SettingSource::Default, _) if setting.form != SettingForm::FlagOnly => {
            all.push("A configuration file or drop-in that sets another value.".to_owned());
        }
        (SettingSource::Default, _) => {}
        (source, _) if source.is_argument() => {
            all.push(format!("Another value of --{} there.", setting.flag));
        }
        (_, Some(place)) => all.push(format!("Another value in {place}.")),
        (_, None) => {}
    }
    all
}

/// What is missing, as a sentence.
fn capital(what: &str) -> String {
    format!("{}.", capital_word(what))
}

fn capital_word(what: &str) -> String {
    let mut letters = what.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
