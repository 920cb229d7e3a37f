//! Arguments and files that decode → why a component refuses them all the same.

use super::super::SettingSource;
use super::super::gates::PREFIXED_GATES;
use super::super::refusal::StartRefusal;
use super::super::value::SettingValue;
use super::environment::variable;
use super::instance::ComponentProcess;
use crate::node::version::Minor;

impl ComponentProcess {
    /// Why it would not start.
    pub(super) fn find_refusal(&self) -> Option<StartRefusal> {
        self.lacks()
            .or_else(|| self.shadowed())
            .or_else(|| self.refused_variable())
            .or_else(|| self.refused_gate())
            .or_else(|| self.out_of_range())
            .or_else(|| {
                self.described
                    .refusals
                    .iter()
                    .find_map(|refuses| refuses(self))
            })
            .or_else(|| self.refused_config())
            .or_else(|| self.gone.clone())
    }

    /// A flag without which it does not start.
    fn lacks(&self) -> Option<StartRefusal> {
        let about = &self.described.about;
        // What has it inside may give it more than is seen.
        let is_read = !matches!(self.flag_file, Some(Err(_)));
        let is_own = self.seen.source == SettingSource::Argument && !self.process.cut && is_read;
        let mut needs = about.needs.iter().filter(|_| is_own);
        let flag = needs.find(|flag| self.line.text(flag).is_none())?;
        Some(StartRefusal::by_line(format!("it has no --{flag}")))
    }

    /// A setting in both the arguments and the environment.
    fn shadowed(&self) -> Option<StartRefusal> {
        let prefix = self.described.about.environment.as_ref()?;
        let variables = self.variables.as_ref()?;
        if self.config.is_some() {
            return None;
        }
        let citation = variables.citation()?;
        let mut arguments = self.line.arguments.iter();
        arguments.find_map(|argument| {
            let name = variable(prefix, &argument.name);
            variables.get(&name)?;
            let why = format!("{name} stands beside --{}", argument.name);
            Some(StartRefusal {
                citations: vec![citation.clone()],
                ..StartRefusal::by_line(why)
            })
        })
    }

    /// A variable whose text is no value of its flag.
    fn refused_variable(&self) -> Option<StartRefusal> {
        let prefix = self.described.about.environment.as_ref()?;
        let variables = self.variables.as_ref().filter(|_| self.config.is_none())?;
        let citation = variables.citation()?;
        let mut flags: Vec<&&str> = self.described.flags.flags.keys().collect();
        flags.sort_unstable();
        flags.into_iter().find_map(|flag| {
            let name = variable(prefix, flag);
            let text = variables.text(&name)?;
            if crate::evidence::masks::mask_in(text).is_some() {
                return None;
            }
            let kind = self.described.flags.kind(flag)?;
            let why = SettingValue::from_argument(kind, text).err()?;
            Some(StartRefusal {
                citations: vec![citation.clone()],
                ..StartRefusal::by_line(format!("{name}: {why}"))
            })
        })
    }

    /// A value that its flag does not take.
    fn out_of_range(&self) -> Option<StartRefusal> {
        self.described.about.range.iter().find_map(|range| {
            let bound = |text: &Option<String>| text.as_deref().and_then(Minor::parse);
            let since = |first| self.version.is_some_and(|version| version >= first);
            let until = |last| self.version.is_some_and(|version| version <= last);
            let holds =
                bound(&range.first).is_none_or(since) && bound(&range.last).is_none_or(until);
            let argument = self.line.last(&range.flag).filter(|_| holds)?;
            if self.line.hides(&argument.text) {
                return None;
            }
            let why = range.refuses(&argument.value)?;
            Some(StartRefusal::by_line(format!(
                "--{} is {}, {why}",
                range.flag, argument.text
            )))
        })
    }

    fn refused_gate(&self) -> Option<StartRefusal> {
        // A build that reads flags from a file only warns of gates that it does not know.
        let is_read = self.flag_file.is_none() && !self.ignores_flags();
        let gates = self.gates().filter(|_| is_read)?;
        // No gate has a `:` in its own name.
        let too_early = |version| version < PREFIXED_GATES;
        let prefixed = gates.keys().find(|gate| gate.contains(':'));
        if let (Some(gate), true) = (prefixed, self.version.is_some_and(too_early)) {
            let why = format!("the version knows no component before a gate, as in {gate}");
            return Some(StartRefusal::by_line(why));
        }
        let (_, why) = super::super::gates::refused(&gates, self.version, false)?;
        Some(StartRefusal::by_line(why))
    }

    fn refused_config(&self) -> Option<StartRefusal> {
        let data = self.described.about.config.as_ref()?;
        let file = self.config.as_ref()?.as_ref().ok()?;
        let why = super::config::refused(self.described, data, file, self.version)?;
        let why = format!("of {}: {why}", file.path);
        Some(StartRefusal::by_file(why, &file.citation))
    }
}
