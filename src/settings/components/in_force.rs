//! What a process of a component comes to: its layers, what it would refuse, and what may have
//! changed since it started.

use super::super::component::Instance;
use super::super::config_file::ConfigFile;
use super::super::kubelet::{Setting, SettingForm, VERSIONS};
use super::super::named::ConfigText;
use super::super::trail::Considered;
use super::super::{Doubt, InForce, SettingSource, Statement};
use super::environment::Variables;
use super::instance::ComponentProcess;
use super::layer::{Layer, decide};
use crate::evidence::citation::Citation;
use crate::evidence::process::Process;
use crate::node::version::Minor;
use crate::problem::Code;

/// The oldest version that the tables of flags know.
const OLDEST: Minor = Minor(1, 20);

impl ComponentProcess {
    /// Why no process of this component runs with this line.
    pub(super) fn not_this_line(&self) -> Option<String> {
        let name = self.described.name();
        if let Some(why) = self.line.malformed.first() {
            return Some(format!(
                "with this argument line {name} does not start: {why}"
            ));
        }
        let flag = self.line.other_version.first()?;
        let version = self.version.map_or_else(String::new, |v| v.to_string());
        Some(format!(
            "--{flag} does not exist in Kubernetes {version}, so that version of {name} does not start with this line"
        ))
    }

    /// The value of a setting in a version.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub(super) fn resolve(
        &self,
        setting: &Setting,
        version: Option<Minor>,
    ) -> Result<InForce, Doubt> {
        let line = &self.process.citation;
        if let Some(doubt) = self.line.masked_flags(line) {
            return Err(doubt);
        }
        if let Some(why) = self.not_this_line() {
            return Err(Doubt::new(Code::WouldNotStart, why, vec![line.clone()]));
        }
        if let Some(refused) = self.refusal.as_ref().filter(|refused| refused.by_line) {
            return Err(refused.doubt(self.described.name(), line));
        }
        let mut in_force = decide(&self.layers(setting, version))?;
        let by_argument = in_force.winner.source.is_argument();
        if let Some(refused) = &self.refusal {
            if !by_argument {
                return Err(refused.doubt(self.described.name(), line));
            }
            in_force.notes.push(Code::NextStartFails);
        }
        let gone = |doubt: &Doubt| {
            matches!(
                doubt.code,
                Code::ConfigFileMissing | Code::ConfigFileUnparseable
            )
        };
        if matches!(&self.config, Some(Err(doubt)) if by_argument && gone(doubt)) {
            in_force.notes.push(Code::NextStartFails);
        }
        if !self.line.unknown.is_empty() {
            in_force.notes.push(Code::UnknownFlag);
        }
        in_force.witnesses.push(line.clone());
        if let Some(Ok(file)) = &self.config {
            in_force.witnesses.push(file.citation.clone());
        }
        if let Some(Ok(file)) = &self.flag_file {
            in_force.witnesses.push(file.whole.clone());
        }
        let variables = self.variables.as_ref().and_then(Variables::citation);
        in_force.witnesses.extend(variables.cloned());
        let cut = self.process.cut && by_argument;
        in_force.doubt = cut
            .then(|| self.may_follow(&setting.flag))
            .or_else(|| self.seen.doubt.clone());
        if !by_argument && in_force.doubt.is_none() {
            in_force.doubt = self.changed(setting, &in_force);
        }
        Ok(in_force)
    }
}

impl ComponentProcess {
    /// That a file which decides changed after the start.
    fn changed(&self, setting: &Setting, in_force: &InForce) -> Option<Doubt> {
        let decides = |file: &Result<ConfigFile, Doubt>| {
            let own = file.as_ref().ok().map(|file| &file.citation.member);
            let winner = in_force.winner.citation.as_ref();
            own.is_some() && winner.map(|citation| &citation.member) == own
        };
        let named = self.files.iter().find(|(_, file)| decides(file));
        if let Some((flag, _)) = named {
            return self.changed.get(flag).cloned();
        }
        if let Some(Ok(file)) = &self.flag_file {
            return self.changed.get(file.flag).cloned();
        }
        let data = self
            .config_data()
            .filter(|_| setting.form == SettingForm::Key)?;
        self.changed.get(data.flag.as_str()).cloned()
    }
}

impl Instance for ComponentProcess {
    fn process(&self) -> &Process {
        &self.process
    }

    fn setting(&self, setting: &Setting) -> Result<InForce, Doubt> {
        self.resolve(setting, self.version)
    }

    fn by_version(&self, setting: &Setting) -> Vec<(Minor, InForce)> {
        if self.version.is_some() {
            return Vec::new();
        }
        let mut all: Vec<(Minor, InForce)> = Vec::new();
        for minor in OLDEST.1..=*VERSIONS.end() {
            let version = Minor(1, minor);
            let Ok(in_force) = self.resolve(setting, Some(version)) else {
                return Vec::new();
            };
            match all.last_mut() {
                // Of versions that agree, the newest explains best.
                Some((_, last)) if last.winner.value == in_force.winner.value => *last = in_force,
                _ => all.push((version, in_force)),
            }
        }
        all
    }

    fn rests_on_version(&self, _: &Setting) -> bool {
        // The version in evidence beside it is the kubelet's.
        false
    }

    fn config_text(&self) -> ConfigText<'_> {
        match &self.config {
            None => ConfigText::None,
            Some(Ok(file)) => ConfigText::Document(&file.document),
            Some(Err(doubt)) => ConfigText::of_doubt(doubt),
        }
    }

    fn folder_of<'s>(&self, _: &'s Statement) -> Result<Option<&'s str>, Doubt> {
        Ok(None)
    }

    fn planned_otherwise(&self, setting: &Setting) -> Option<Vec<Citation>> {
        let plan = self.plan.as_ref()?;
        let planned = plan.setting(setting).ok()?;
        let running = self.setting(setting).ok()?;
        (planned.winner.value != running.winner.value).then(|| vec![plan.process.citation.clone()])
    }

    fn trail(&self, setting: &Setting) -> Vec<Considered> {
        let mut layers = self.layers(setting, self.version);
        // What a default is the default for is told where it decides: below a value it is not so.
        let is_set = layers.iter().any(|layer| layer.sets());
        let defaults = layers
            .iter_mut()
            .filter(|layer| layer.source == SettingSource::Default);
        for layer in defaults.filter(|_| is_set) {
            layer.place = format!("the default of {}", self.described.name());
        }
        layers.into_iter().map(Layer::considered).collect()
    }

    fn merging(&self) -> Option<&'static str> {
        None
    }
}
