//! One kubelet process → its settings as written down: last argument > drop-ins > `--config`
//! file > default of the version and start-up mode.

use super::config_file::{ConfigFile, REDACTED};
use super::drop_in::{Base, Engine, Merged, NoValue, Origin, merge};
use super::kubelet::{Default, Mode, SETTINGS, Setting};
use super::named::{Config, ConfigText, DropIns, Named};
use super::pflag::{self, Argument, CommandLine, Words};
use super::value::SettingValue;
use super::{Doubt, InForce, Source, Statement};
use crate::evidence::Evidence;
use crate::evidence::process::Process;
use crate::node::version::Minor;
use crate::problem::Code;

/// What is written down for one kubelet process.
pub struct Disk {
    /// Its arguments.
    pub line: CommandLine,
    process: Process,
    version: Option<Minor>,
    named: Named,
}

impl Disk {
    /// Reads a process and what it names. `first` is the index of its first argument.
    #[must_use]
    pub fn of(
        process: &Process,
        first: usize,
        evidence: &Evidence<'_>,
        version: Option<Minor>,
    ) -> Self {
        let words = process.words.get(first..).unwrap_or_default();
        // The last word of a line that was cut may itself be a part.
        let words = match (process.cut, words.split_last()) {
            (true, Some((_, whole))) => whole,
            _ => words,
        };
        let kind = if process.exact {
            Words::Exact
        } else {
            Words::Split
        };
        let mut line = pflag::parse(words, kind, process.cut, &pflag::KUBELET_FLAGS, version);
        let out_of_range = |setting: &Setting| {
            let argument = line.last(&setting.flag)?;
            let masked = argument.text.contains(REDACTED);
            setting.refuses(&argument.value).filter(|_| !masked)
        };
        let refused: Vec<String> = SETTINGS.iter().filter_map(out_of_range).collect();
        line.malformed.extend(refused);
        Self {
            named: Named::of(&line, process, evidence, version),
            line,
            process: process.clone(),
            version,
        }
    }

    /// The configuration file as a published check reads it.
    #[must_use]
    pub fn config_text(&self) -> ConfigText<'_> {
        self.named.config.text()
    }

    /// The value a setting has as written down.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub fn setting(&self, setting: &Setting) -> Result<InForce, Doubt> {
        let line = &self.process.citation;
        let doubt = |code, why: String| Doubt::new(code, why, vec![line.clone()]);
        if let Some(why) = self.line.malformed.first() {
            return Err(doubt(
                Code::WouldNotStart,
                format!("with this argument line a kubelet does not start: {why}"),
            ));
        }
        let below = self.merged(setting);
        if let Some(argument) = self.line.last(&setting.flag)
            && !setting.flag.is_empty()
        {
            return self.decided_by_argument(setting, argument, below);
        }
        if self.process.cut {
            return Err(doubt(
                Code::ArgumentsCutOff,
                format!(
                    "the argument line is cut off, so --{} may stand in the part that is missing",
                    setting.flag
                ),
            ));
        }
        if let Some(flag) = self.line.other_version.first() {
            return Err(doubt(
                Code::WouldNotStart,
                format!(
                    "--{flag} does not exist in Kubernetes {}, so that version does not start with this line",
                    self.version.map_or_else(String::new, |v| v.to_string())
                ),
            ));
        }
        let merged = below?;
        let mut in_force = self.in_force(setting, merged, Vec::new());
        in_force.doubt.clone_from(&self.named.changed);
        if let Some(why) = self.refused_value() {
            return Err(doubt(
                Code::WouldNotStart,
                format!("a kubelet refuses this: {why}"),
            ));
        }
        Ok(in_force)
    }

    /// Whether what is written down means different things to different versions.
    #[must_use]
    pub fn rests_on_version(&self, setting: &Setting) -> bool {
        let default = |mode| setting.default(mode, None);
        !self.named.drop_ins.files().is_empty()
            || !self.line.other_version.is_empty()
            || default(Mode::WithConfig) == Default::VersionUnknown
            || default(Mode::FlagsOnly) == Default::VersionUnknown
    }

    fn decided_by_argument(
        &self,
        setting: &Setting,
        argument: &Argument,
        below: Result<Merged, Doubt>,
    ) -> Result<InForce, Doubt> {
        let line = &self.process.citation;
        if argument.text.contains(REDACTED) {
            return Err(Doubt::new(
                Code::ValueRedacted,
                format!("the value of --{} is masked", setting.flag),
                vec![line.clone()],
            ));
        }
        let mut notes = self.line_notes();
        if setting.flag_deprecated() {
            notes.push(Code::FlagDeprecated);
        }
        let fails = |doubt: &Doubt| {
            doubt.code != Code::FileNotCollected
                && doubt.code != Code::VersionUnknown
                && doubt.code != Code::ValueRedacted
                && doubt.code != Code::DefaultUnknown
        };
        if below.as_ref().is_err_and(fails) || !self.line.other_version.is_empty() {
            notes.push(Code::NextStartFails);
        }
        let losers = match &below {
            Ok(merged) if merged.origin != Origin::Default => vec![self.statement(setting, merged)],
            _ => Vec::new(),
        };
        let witnesses = match below {
            Err(doubt) => doubt.citations,
            Ok(_) => Vec::new(),
        };
        let doubt = self.process.cut.then(|| {
            Doubt::new(
                Code::ArgumentsCutOff,
                format!("the argument line is cut off, so a later --{} may stand in the part that is missing", setting.flag),
                vec![line.clone()],
            )
        });
        let value = self.accumulated(setting, argument);
        Ok(InForce {
            winner: Statement {
                source: Source::Argument,
                value,
                place: "the arguments".to_owned(),
                citation: Some(line.clone()),
            },
            losers,
            witnesses,
            notes,
            doubt,
        })
    }

    /// Scalars: the last counts. Lists and maps: every occurrence adds.
    fn accumulated(&self, setting: &Setting, last: &Argument) -> SettingValue {
        let mut value = SettingValue::zero(setting.kind);
        for argument in self.line.all(&setting.flag) {
            match (&mut value, &argument.value) {
                (SettingValue::List(all), SettingValue::List(more)) => {
                    all.extend(more.iter().cloned());
                }
                (SettingValue::Map(all), SettingValue::Map(more)) => {
                    all.extend(more.iter().map(|(k, v)| (k.clone(), v.clone())));
                }
                _ => return last.value.clone(),
            }
        }
        value
    }

    /// The value below the arguments. With an unknown version every merge engine must agree.
    fn merged(&self, setting: &Setting) -> Result<Merged, Doubt> {
        if let DropIns::Unusable(doubt) = &self.named.drop_ins {
            return Err(doubt.clone());
        }
        let drop_ins = self.named.drop_ins.files();
        let engines = if drop_ins.is_empty() {
            &[Engine::Patch][..]
        } else {
            Engine::of(self.version)
        };
        let mut agreed: Option<Result<Merged, Doubt>> = None;
        for engine in engines {
            let result = self.merged_by(*engine, drop_ins, setting);
            match &agreed {
                None => agreed = Some(result),
                Some(first) => {
                    let same = match (first, &result) {
                        (Ok(a), Ok(b)) => a.value == b.value,
                        (Err(a), Err(b)) => a.code == b.code,
                        _ => false,
                    };
                    if !same {
                        return Err(Doubt::new(
                            Code::VersionUnknown,
                            format!(
                                "drop-ins are merged differently by Kubernetes 1.28, 1.29 and 1.32, which gives {} different values, and the version is not known",
                                setting.path
                            ),
                            drop_ins.iter().map(|f| f.citation.clone()).collect(),
                        ));
                    }
                    // Of engines that agree, the newest explains best.
                    agreed = Some(result);
                }
            }
        }
        agreed.unwrap_or_else(|| {
            Err(Doubt::new(
                Code::VersionUnknown,
                "no merge engine is known".to_owned(),
                Vec::new(),
            ))
        })
    }

    fn merged_by(
        &self,
        engine: Engine,
        drop_ins: &[ConfigFile],
        setting: &Setting,
    ) -> Result<Merged, Doubt> {
        if let DropIns::Listed { refused, .. } = &self.named.drop_ins
            && let Some((_, doubt)) = refused.iter().find(|(by, _)| *by == engine)
        {
            return Err(doubt.clone());
        }
        let (base, base_doubt) = match &self.named.config {
            Config::None => (Base::None, None),
            Config::Decoded(file) => (Base::File(file), None),
            // A refused base stops the kubelet whatever drop-ins say; one nobody saw may be fine.
            Config::Unusable(doubt) if doubt.code == Code::FileNotCollected => {
                (Base::Unknown, Some(doubt))
            }
            Config::Refused(_, doubt) | Config::Unusable(doubt) => return Err(doubt.clone()),
        };
        let line = self.process.citation.clone();
        merge(engine, base, drop_ins, setting, self.version).map_err(|none| match none {
            NoValue::Redacted(citation) => Doubt::new(
                Code::ValueRedacted,
                format!("{} is masked in {}", setting.path, citation.spoken()),
                vec![citation],
            ),
            NoValue::VersionUnknown => Doubt::new(
                Code::VersionUnknown,
                format!(
                    "nothing sets {}, and its default depends on the version, which is not known",
                    setting.path
                ),
                vec![line],
            ),
            NoValue::DefaultUnknown => Doubt::new(
                Code::DefaultUnknown,
                format!(
                    "nothing sets {}, and no source says what its default is",
                    setting.path
                ),
                vec![line],
            ),
            NoValue::BaseUnknown => base_doubt.cloned().unwrap_or_else(|| {
                Doubt::new(
                    Code::FileNotCollected,
                    "the configuration file is not known".to_owned(),
                    vec![line],
                )
            }),
            NoValue::Refused(why) => Doubt::new(
                Code::WouldNotStart,
                format!("a kubelet refuses its configuration: {why}"),
                vec![line],
            ),
        })
    }

    /// A value in a file out of the range a kubelet takes, of any setting.
    fn refused_value(&self) -> Option<String> {
        let ranged = SETTINGS.iter().filter(|setting| setting.has_range());
        ranged.into_iter().find_map(|setting| {
            if self.line.last(&setting.flag).is_some() {
                return None;
            }
            setting.refuses(&self.merged(setting).ok()?.value)
        })
    }

    fn line_notes(&self) -> Vec<Code> {
        if self.line.unknown.is_empty() {
            Vec::new()
        } else {
            vec![Code::UnknownFlag]
        }
    }

    fn in_force(&self, setting: &Setting, merged: Merged, losers: Vec<Statement>) -> InForce {
        let mut witnesses = vec![self.process.citation.clone()];
        if let Config::Decoded(file) = &self.named.config {
            witnesses.push(file.citation.clone());
        }
        let drop_ins = self.named.drop_ins.files();
        witnesses.extend(drop_ins.iter().map(|file| file.citation.clone()));
        witnesses.extend(self.named.folder.clone());
        InForce {
            winner: self.statement(setting, &merged),
            losers,
            witnesses,
            notes: self.line_notes(),
            doubt: None,
        }
    }

    fn statement(&self, setting: &Setting, merged: &Merged) -> Statement {
        let (source, file) = match &merged.origin {
            Origin::ConfigFile => (
                Source::ConfigFile,
                match &self.named.config {
                    Config::Decoded(file) => Some(file),
                    _ => None,
                },
            ),
            Origin::DropIn(index) => (Source::DropIn, self.named.drop_ins.files().get(*index)),
            Origin::Default => (Source::Default, None),
        };
        let place = match source {
            Source::Default => self.default_place(setting),
            _ => file.map(|file| file.path.clone()).unwrap_or_default(),
        };
        Statement {
            source,
            value: merged.value.clone(),
            place,
            citation: merged.citation.clone(),
        }
    }

    /// What was silent, for the sentence that names a default.
    fn default_place(&self, setting: &Setting) -> String {
        let mut silent = Vec::new();
        if !setting.flag.is_empty() {
            silent.push(format!("no --{} among the arguments", setting.flag));
        }
        match &self.named.config {
            Config::None => silent.push("no --config file".to_owned()),
            Config::Decoded(file) => silent.push(format!("no value in {}", file.path)),
            Config::Refused(..) | Config::Unusable(_) => {}
        }
        match self.named.drop_ins.files() {
            [] => {}
            files => silent.push(format!("none in {} drop-ins", files.len())),
        }
        silent.join(", ")
    }

    /// The process.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }
}
