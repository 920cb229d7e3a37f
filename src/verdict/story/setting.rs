//! The steps to a setting's verdict: per process every source on disk, then what is live.

use super::{Outcome, Step, Teller};
use crate::evidence::citation::Citation;
use crate::problem::Code;
use crate::rules::setting::SettingRule;
use crate::settings::config_file::LENIENT;
use crate::settings::disk::Disk;
use crate::settings::heard::{Heard, Says};
use crate::settings::kubelet::{Form, Setting};
use crate::settings::{Doubt, InForce, Source, Statement};
use crate::verdict::subject::Presence;
use crate::verdict::{Decider, Finding};

impl Teller<'_> {
    pub(super) fn setting(&self, rule: &SettingRule, finding: &Finding) -> Vec<Step> {
        let Some(setting) = rule.setting else {
            let mut step = self.step("none", &rule.path, &[], Outcome::NotLookedAt);
            step.because = Some("no evidence is read for this setting".to_owned());
            return vec![step];
        };
        let disks = &self.subject.disks;
        let mut steps = Vec::new();
        for disk in disks {
            let mut told = self.disk(setting, disk);
            if disks.len() > 1 {
                let pid = disk.process().pid.map(|pid| format!("process {pid}"));
                let of = pid.unwrap_or_else(|| disk.process().citation.spoken());
                told.iter_mut().for_each(|step| step.of = Some(of.clone()));
            }
            steps.extend(told);
        }
        if disks.is_empty() {
            steps.extend(self.no_process(setting));
        }
        if finding.source == Some(Decider::Setting(Source::Configz)) {
            let won = steps.iter_mut().filter(|step| step.outcome == Outcome::Won);
            for step in won {
                step.outcome = Outcome::Lost;
                step.because = Some("on disk it decides, and configz the verdict".to_owned());
            }
        }
        steps.push(self.live(setting, finding));
        steps
    }

    fn disk(&self, setting: &Setting, disk: &Disk) -> Vec<Step> {
        let decided = disk.setting(setting);
        let mut steps: Vec<Step> = (disk.heard(setting).into_iter())
            .map(|heard| self.heard(heard, disk, &decided))
            .collect();
        let doubt = match &decided {
            Ok(in_force) => in_force.doubt.as_ref(),
            Err(doubt) => Some(doubt),
        };
        steps.extend(doubt.map(|doubt| self.doubt(doubt)));
        steps
    }

    fn heard(&self, heard: Heard, disk: &Disk, decided: &Result<InForce, Doubt>) -> Step {
        let mut at: Vec<Citation> = heard.citation.iter().cloned().collect();
        if heard.source == Source::Default {
            at.extend(self.subject.version.clone());
        }
        let (outcome, said, because) = match (decided, &heard.says) {
            (Ok(in_force), says) if is(&in_force.winner, &heard) => {
                let said = match says {
                    Says::Value(text) => text.clone(),
                    // A drop-in of 1.28 brings the defaults along.
                    _ => format!(
                        "{}, as it brings the defaults along",
                        in_force.winner.value.shown()
                    ),
                };
                (Outcome::Won, Some(said), None)
            }
            (_, Says::NotAsked(why)) => (Outcome::NotLookedAt, None, Some(why.clone())),
            (_, Says::Nothing(what)) => (Outcome::Silent, Some(what.clone()), None),
            (_, Says::Unknown(why)) => (Outcome::CannotTell, None, Some(why.clone())),
            (_, Says::Unset(text)) => (
                Outcome::SetAside,
                Some(text.clone()),
                Some("the kubelet takes that for not set".to_owned()),
            ),
            (Ok(in_force), Says::Value(text)) => (
                Outcome::Lost,
                Some(text.clone()),
                Some(format!("{} decides", named(&in_force.winner))),
            ),
            (Err(_), Says::Value(text)) => (Outcome::Undecided, Some(text.clone()), None),
        };
        let because = match (heard.source, outcome) {
            (Source::DropIn, Outcome::Won) => disk.merging().map(str::to_owned),
            _ => because,
        };
        let mut step = self.step(heard.source.as_str(), &heard.place, &at, outcome);
        if matches!(outcome, Outcome::Silent | Outcome::NotLookedAt) && !heard.source.is_argument()
        {
            step.words = None;
        }
        step.said = said;
        step.because = because;
        step
    }

    fn doubt(&self, doubt: &Doubt) -> Step {
        let outcome = match doubt.unreadable {
            true => Outcome::CannotTell,
            false => Outcome::CastsDoubt,
        };
        let mut step = self.step(doubt.code.as_str(), "", &doubt.citations, outcome);
        step.because = Some(doubt.why.clone());
        step
    }

    /// Why nothing on disk was asked, and the files that no process ties to the kubelet.
    fn no_process(&self, setting: &Setting) -> Vec<Step> {
        let subject = self.subject;
        if let Some(process) = &subject.embedding {
            let at = [process.citation.clone()];
            let mut step = self.step("argument", "the process", &at, Outcome::CannotTell);
            let program = process.words.first().map_or("", String::as_str);
            step.because = Some(format!(
                "{program} runs the kubelet inside itself, so its arguments are not the kubelet's"
            ));
            return vec![step];
        }
        let (at, outcome, why) = match subject.presence() {
            Presence::ProvenAbsent(list) => (
                vec![list],
                Outcome::Won,
                "a whole process list taken as root has no kubelet, and stat.tsv shows no file of one".to_owned(),
            ),
            Presence::NotProven(why) => (Vec::new(), Outcome::CannotTell, why),
        };
        let mut list = self.step("process-list", "the processes of the node", &at, outcome);
        list.because = Some(why);
        list.words = None;
        let mut steps = vec![list];
        let files = subject.evidence.map(|evidence| evidence.kubelet_configs());
        for (member, citation) in files.unwrap_or_default() {
            let document = subject.evidence.and_then(|e| e.document(member).ok());
            let file = document.map(|document| crate::settings::config_file::ConfigFile {
                path: citation.member.clone(),
                citation: citation.clone(),
                document,
            });
            let said = file.as_ref().and_then(|file| {
                let said = file.said(setting, LENIENT.any_case).ok()?.pop()?;
                Some((file.cite(&said), said.value))
            });
            let (at, value) = said.unwrap_or((citation.clone(), None));
            let place = citation.member.clone();
            let mut step = self.step("config-file", &place, &[at], Outcome::SetAside);
            step.said = value.map(|value| value.shown());
            step.because = Some("no process was seen that reads it".to_owned());
            steps.push(step);
        }
        steps
    }

    fn live(&self, setting: &Setting, finding: &Finding) -> Step {
        let disks = &self.subject.disks;
        let shown = self
            .subject
            .live
            .as_ref()
            .and_then(|live| match disks.as_slice() {
                [disk] => live.of_process(setting, disk),
                _ => live.setting(setting, None),
            });
        let statement = match shown {
            None => {
                let mut step = self.step("configz", "configz", &[], Outcome::NotLookedAt);
                let none = self.subject.live.is_none();
                step.because = Some(match setting.form {
                    _ if none => "no reply for this node was collected or lent".to_owned(),
                    Form::FlagOnly => "it never shows what is an argument alone".to_owned(),
                    _ => "it does not show what an argument turns on".to_owned(),
                });
                return step;
            }
            Some(Err(doubt)) => {
                let mut step =
                    self.step("configz", "configz", &doubt.citations, Outcome::CannotTell);
                step.because = Some(doubt.why);
                return step;
            }
            Some(Ok(statement)) => statement,
        };
        let at: Vec<Citation> = statement.citation.iter().cloned().collect();
        let on_disk = |disk: &Disk| disk.setting(setting).ok().map(|i| i.winner.value);
        let by_configz = finding.source == Some(Decider::Setting(Source::Configz));
        let outcome = match disks.as_slice() {
            _ if by_configz => Outcome::Won,
            [disk] => match on_disk(disk) {
                Some(value) if value == statement.value => Outcome::Agrees,
                Some(_) => Outcome::Differs,
                None => Outcome::SetAside,
            },
            _ => Outcome::SetAside,
        };
        let mut step = self.step("configz", &statement.place, &at, outcome);
        step.said = Some(statement.value.shown());
        step.because = match outcome {
            Outcome::SetAside if disks.len() > 1 => {
                Some("it is of one of the processes, and nothing says of which".to_owned())
            }
            Outcome::SetAside if finding.code == Code::DefaultUnwanted => {
                Some("it may be a default that nobody set".to_owned())
            }
            Outcome::SetAside => Some("it does not prove that somebody set it".to_owned()),
            _ => None,
        };
        step
    }
}

/// Whether a source is the one that won.
fn is(winner: &Statement, heard: &Heard) -> bool {
    let member = |citation: &Option<Citation>| citation.as_ref().map(|c| c.member.clone());
    let same_file = member(&winner.citation) == member(&heard.citation);
    match winner.source {
        Source::DropIn => heard.source == Source::DropIn && same_file,
        source => source == heard.source,
    }
}

fn named(winner: &Statement) -> String {
    match winner.source {
        source if source.is_argument() => "an argument".to_owned(),
        Source::Default => "the default".to_owned(),
        _ => winner.place.clone(),
    }
}
