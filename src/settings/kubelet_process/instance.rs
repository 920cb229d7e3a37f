//! One kubelet process, as what judges the process of any component asks it.

use super::process::{KubeletProcess, NextStart};
use crate::evidence::citation::Citation;
use crate::evidence::process::Process;
use crate::node::version::Minor;
use crate::problem::Code;
use crate::settings::argument::ArgumentValue;
use crate::settings::component::Instance;
use crate::settings::kubelet::{DefaultValue, Setting, StartMode};
use crate::settings::merged::Engine;
use crate::settings::named::ConfigText;
use crate::settings::trail::Considered;
use crate::settings::{Doubt, InForce, SettingSource, Statement};

impl Instance for KubeletProcess {
    fn process(&self) -> &Process {
        &self.process
    }

    fn config_text(&self) -> ConfigText<'_> {
        self.named.config.text()
    }

    fn rests_on_version(&self, setting: &Setting) -> bool {
        let default = |mode| setting.default(mode, None);
        !self.named.drop_ins.files().is_empty()
            || !self.line.other_version.is_empty()
            || self.refusal().is_some()
            || !self.has_key(setting)
            || default(StartMode::WithConfig) == DefaultValue::VersionUnknown
            || default(StartMode::FlagsOnly) == DefaultValue::VersionUnknown
    }

    /// The main file's are below its own folder, and so were those of drop-ins up to 1.28.
    fn folder_of<'s>(&self, value: &'s Statement) -> Result<Option<&'s str>, Doubt> {
        let own = || value.place.rsplit_once('/').map(|(folder, _)| folder);
        let engines = Engine::of(self.version);
        match value.source {
            SettingSource::ConfigFile => Ok(own()),
            SettingSource::DropIn if engines == [Engine::Mergo] => Ok(own()),
            SettingSource::DropIn if engines.contains(&Engine::Mergo) => Err(Doubt::new(
                Code::VersionUnknown,
                format!(
                    "what the relative path {} in {} is below depends on the version, which is not known",
                    value.value, value.place
                ),
                value.citation.iter().cloned().collect(),
            )),
            _ => Ok(None),
        }
    }

    fn planned_otherwise(&self, setting: &Setting) -> Option<Vec<Citation>> {
        self.next.as_ref()?.gives_another(self, setting)
    }

    fn trail(&self, setting: &Setting) -> Vec<Considered> {
        self.sources(setting)
    }

    fn merging(&self) -> Option<&'static str> {
        self.merge_engine()
    }

    fn setting(&self, setting: &Setting) -> Result<InForce, Doubt> {
        let line = &self.process.citation;
        let doubt = |code, why: String| Doubt::new(code, why, vec![line.clone()]);
        if let Some(why) = self.not_this_line() {
            return Err(doubt(Code::WouldNotStart, why));
        }
        self.over(setting, self.merged(setting))
    }

    fn by_version(&self, setting: &Setting) -> Vec<(Minor, InForce)> {
        self.by_each_version(setting)
    }
}

impl NextStart {
    /// Where it gives a setting another value than what is written down for the process that
    /// runs; `None` where it does not, or one of the two is not known.
    fn gives_another(&self, running: &KubeletProcess, setting: &Setting) -> Option<Vec<Citation>> {
        let now = running.setting(setting).ok()?;
        let next = self.process.setting(setting).ok()?;
        let known = !running.process().cut && next.doubt.is_none();
        if !known || now.winner.value == next.winner.value {
            return None;
        }
        let argument = self.process.line.last(&setting.flag);
        let argument = argument.filter(|_| next.winner.source.is_argument());
        Some(match argument.and_then(|a| self.origins.get(a.word)) {
            Some(origin) => vec![origin.clone()],
            None => [self.line.clone()]
                .into_iter()
                .chain(next.winner.citation)
                .collect(),
        })
    }
}

impl KubeletProcess {
    /// The argument that turns on a setting whose flag configz never shows.
    ///
    /// # Errors
    /// Why the arguments do not tell.
    pub fn turned_on(&self, setting: &Setting) -> Result<Option<Statement>, Doubt> {
        match self.line.value_of(setting) {
            ArgumentValue::Nothing if self.process.cut => Err(Doubt::new(
                Code::ArgumentsCutOff,
                self.may_follow("", setting),
                vec![self.process.citation.clone()],
            )),
            ArgumentValue::Nothing if self.not_this_line().is_none() => Ok(None),
            _ => self.setting(setting).map(|in_force| Some(in_force.winner)),
        }
    }
}
