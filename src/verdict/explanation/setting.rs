//! The steps to a setting's verdict: per process every source on disk, then what is live.

use super::{Explainer, StepOutcome, TrailStep};
use crate::evidence::citation::Citation;
use crate::problem::Code;
use crate::rules::setting::SettingRule;
use crate::settings::component::{Component, Instance};
use crate::settings::config_file::LENIENT;
use crate::settings::kubelet::SettingForm;
use crate::settings::trail::{Considered, Contribution};
use crate::settings::{Doubt, InForce, SettingSource, Statement};
use crate::verdict::subject::Presence;
use crate::verdict::{Decider, Decision};

impl Explainer<'_> {
    pub(super) fn setting(&self, rule: &SettingRule, decision: &Decision) -> Vec<TrailStep> {
        let instances = self.subject.instances(rule.component);
        let mut steps = Vec::new();
        for instance in &instances {
            let mut own = self.instance(rule, *instance);
            if instances.len() > 1 {
                let process = instance.process();
                let pid = process.pid.map(|pid| format!("process {pid}"));
                let of = pid.unwrap_or_else(|| process.citation.spoken());
                own.iter_mut().for_each(|step| step.of = Some(of.clone()));
            }
            steps.extend(own);
        }
        if instances.is_empty() {
            steps.extend(self.no_process(rule));
        }
        if decision.source == Some(Decider::Setting(SettingSource::Configz)) {
            let won = steps
                .iter_mut()
                .filter(|step| step.outcome == StepOutcome::Won);
            for step in won {
                step.outcome = StepOutcome::Lost;
                step.because = Some("on disk it decides, and configz the verdict".to_owned());
            }
        }
        if rule.component == Component::Kubelet {
            steps.push(self.live(rule, &instances, decision));
        }
        steps
    }

    fn instance(&self, rule: &SettingRule, instance: &dyn Instance) -> Vec<TrailStep> {
        let setting = rule.setting;
        let decided = instance.setting(setting);
        let mut steps: Vec<TrailStep> = (instance.trail(setting).into_iter())
            .map(|considered| self.considered(considered, rule.component, instance, &decided))
            .collect();
        let doubt = match &decided {
            Ok(in_force) => in_force.doubt.as_ref(),
            Err(doubt) => Some(doubt),
        };
        steps.extend(doubt.map(|doubt| self.doubt(doubt)));
        if let Some(places) = instance.planned_otherwise(setting) {
            let place = "what the unit plans for the next start";
            steps.push(self.step("unit", place, &places, StepOutcome::Differs));
        }
        steps
    }

    fn considered(
        &self,
        considered: Considered,
        component: Component,
        instance: &dyn Instance,
        decided: &Result<InForce, Doubt>,
    ) -> TrailStep {
        let mut at: Vec<Citation> = considered.citation.iter().cloned().collect();
        // The version in evidence is the kubelet's.
        if considered.source == SettingSource::Default && component == Component::Kubelet {
            let version = self.subject.version.as_ref();
            at.extend(version.map(|(_, citation)| citation.clone()));
        }
        let (outcome, said, because) = match (decided, &considered.contribution) {
            // Two arguments of one line have one citation: what is silent does not win.
            (Ok(in_force), contribution)
                if is(&in_force.winner, &considered)
                    && (considered.source == SettingSource::DropIn
                        || matches!(contribution, Contribution::Value(_))) =>
            {
                let said = match contribution {
                    Contribution::Value(text) => text.clone(),
                    // A drop-in of 1.28 brings the defaults along.
                    _ => format!(
                        "{}, as it brings the defaults along",
                        in_force.winner.value.shown()
                    ),
                };
                (StepOutcome::Won, Some(said), None)
            }
            (_, Contribution::Ignored(text, why)) => {
                (StepOutcome::Lost, Some(text.clone()), Some(why.clone()))
            }
            (_, Contribution::NotAsked(why)) => (StepOutcome::NotLookedAt, None, Some(why.clone())),
            (_, Contribution::Nothing(what)) => (StepOutcome::Silent, Some(what.clone()), None),
            (_, Contribution::Unknown(why)) => (StepOutcome::CannotTell, None, Some(why.clone())),
            (_, Contribution::Unset(text)) => (
                StepOutcome::SetAside,
                Some(text.clone()),
                Some("that is taken for not set".to_owned()),
            ),
            (Ok(in_force), Contribution::Value(text)) => (
                StepOutcome::Lost,
                Some(text.clone()),
                Some(format!("{} decides", named(&in_force.winner))),
            ),
            (Err(_), Contribution::Value(text)) => {
                (StepOutcome::Undecided, Some(text.clone()), None)
            }
        };
        let because = match (considered.source, outcome) {
            (SettingSource::DropIn, StepOutcome::Won) => instance.merging().map(str::to_owned),
            _ => because,
        };
        let mut step = self.step(considered.source.as_str(), &considered.place, &at, outcome);
        if matches!(outcome, StepOutcome::Silent | StepOutcome::NotLookedAt)
            && !considered.source.is_argument()
        {
            step.words = None;
        }
        step.said = said;
        step.because = because;
        step
    }

    fn doubt(&self, doubt: &Doubt) -> TrailStep {
        let outcome = match doubt.unreadable {
            true => StepOutcome::CannotTell,
            false => StepOutcome::CastsDoubt,
        };
        let mut step = self.step(doubt.code.as_str(), "", &doubt.citations, outcome);
        step.because = Some(doubt.why.clone());
        step
    }

    /// Why nothing on disk was asked, and the files that no process ties to the component.
    fn no_process(&self, rule: &SettingRule) -> Vec<TrailStep> {
        let (component, setting) = (rule.component, rule.setting);
        let name = component.spoken();
        let subject = self.subject;
        if let Some(process) = subject.embedding(component) {
            let at = [process.citation.clone()];
            let mut step = self.step("argument", "the process", &at, StepOutcome::CannotTell);
            let program = process.words.first().map_or("", String::as_str);
            step.because = Some(format!(
                "{program} runs {name} inside itself, so its arguments are not those of {name}"
            ));
            return vec![step];
        }
        let (at, outcome, why) = match subject.presence(component) {
            Presence::ProvenAbsent(list) => (
                vec![list],
                StepOutcome::Won,
                format!(
                    "a whole process list taken as root has no {}, and {} shows no file of one",
                    component.as_str(),
                    subject.metadata_source()
                ),
            ),
            Presence::NotProven(why) => (Vec::new(), StepOutcome::CannotTell, why),
        };
        let mut list = self.step("process-list", "the processes of the node", &at, outcome);
        list.because = Some(why);
        list.words = None;
        let mut steps = vec![list];
        let files = subject
            .evidence
            .map(|evidence| evidence.configs(component.config_kind()));
        for (member, citation) in files.unwrap_or_default() {
            let document = subject.evidence.and_then(|e| e.document(member).ok());
            let file = document.map(|document| crate::settings::config_file::ConfigFile {
                path: citation.member.to_string(),
                citation: citation.clone(),
                document,
            });
            let said = file.as_ref().and_then(|file| {
                let said = file.said(setting, LENIENT.any_case).ok()?.pop()?;
                Some((file.cite(&said), said.value))
            });
            let (at, value) = said.unwrap_or((citation.clone(), None));
            let place = citation.member.to_string();
            let mut step = self.step("config-file", &place, &[at], StepOutcome::SetAside);
            step.said = value.map(|value| value.shown());
            step.because = Some("no process was seen that reads it".to_owned());
            steps.push(step);
        }
        steps
    }

    fn live(
        &self,
        rule: &SettingRule,
        instances: &[&dyn Instance],
        decision: &Decision,
    ) -> TrailStep {
        let setting = rule.setting;
        let shown = self.subject.live_value(rule.component, setting);
        let statement = match shown {
            None => {
                let refused = self.subject.refused.as_ref();
                let at = refused.map(|live| live.citation.clone());
                let at: Vec<Citation> = at.into_iter().collect();
                let mut step = self.step("configz", "configz", &at, StepOutcome::NotLookedAt);
                let none = self.subject.live.is_none();
                let refusal = refused.and_then(|live| live.refusal());
                step.because = Some(match (setting.form, refusal) {
                    (SettingForm::FlagOnly, _) if !none => {
                        "it never shows what is an argument alone".to_owned()
                    }
                    (_, Some(refusal)) => format!("it was refused ({})", refusal.what),
                    _ if none => "no reply for this node was collected or lent".to_owned(),
                    _ => "it does not show what an argument turns on".to_owned(),
                });
                return step;
            }
            Some(Err(doubt)) => {
                let mut step = self.step(
                    "configz",
                    "configz",
                    &doubt.citations,
                    StepOutcome::CannotTell,
                );
                step.because = Some(doubt.why);
                return step;
            }
            Some(Ok(statement)) => statement,
        };
        let at: Vec<Citation> = statement.citation.iter().cloned().collect();
        let on_disk = |instance: &dyn Instance| {
            let in_force = instance.setting(setting).ok()?;
            Some(in_force.winner.value)
        };
        let by_configz = decision.source == Some(Decider::Setting(SettingSource::Configz));
        let outcome = match instances {
            _ if by_configz => StepOutcome::Won,
            [instance] => match on_disk(*instance) {
                Some(value) if value == statement.value => StepOutcome::Agrees,
                Some(_) => StepOutcome::Differs,
                None => StepOutcome::SetAside,
            },
            _ => StepOutcome::SetAside,
        };
        let mut step = self.step("configz", &statement.place, &at, outcome);
        step.said = Some(statement.value.shown());
        step.because = match outcome {
            StepOutcome::SetAside if instances.len() > 1 => {
                Some("it is of one of the processes, and nothing says of which".to_owned())
            }
            StepOutcome::SetAside if decision.code == Code::DefaultUnwanted => {
                Some("it may be a default that nobody set".to_owned())
            }
            StepOutcome::SetAside => Some("it does not prove that somebody set it".to_owned()),
            _ => None,
        };
        step
    }
}

/// Whether a source is the one that won.
fn is(winner: &Statement, considered: &Considered) -> bool {
    let member = |citation: &Option<Citation>| citation.as_ref().map(|c| c.member.clone());
    let same_file = member(&winner.citation) == member(&considered.citation);
    match winner.source {
        SettingSource::DropIn => considered.source == SettingSource::DropIn && same_file,
        source => source == considered.source,
    }
}

fn named(winner: &Statement) -> String {
    match winner.source {
        source if source.is_argument() => "an argument".to_owned(),
        SettingSource::Default => "the default".to_owned(),
        _ => winner.place.clone(),
    }
}
