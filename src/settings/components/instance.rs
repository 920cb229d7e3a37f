//! One process of a component that is described by data → its settings as written down.

use std::collections::BTreeMap;

use super::super::argument::ArgumentValue;
use super::super::config_file::ConfigFile;
use super::super::gates::{Gates, is_on};
use super::super::kubelet::{DefaultValue, Setting, SettingForm, StartMode};
use super::super::pflag::CommandLine;
use super::super::seen::ArgumentLine;
use super::super::value::SettingValue;
use super::super::{Doubt, SettingSource};
use super::about::{Beside, ConfigData};
use super::environment::{Variables, variable};
use super::flag_file::FlagFile;
use super::layer::{Layer, Stated};
use super::unsettled::Unsettled;
use super::{Described, config};
use crate::evidence::citation::Citation;
use crate::evidence::process::Process;
use crate::node::version::Minor;
use crate::problem::Code;
use crate::settings::refusal::StartRefusal;

/// What is written down for one process of a component.
pub struct ComponentProcess {
    pub(super) described: &'static Described,
    /// Its arguments.
    pub line: CommandLine,
    pub(super) process: Process,
    pub(super) version: Option<Minor>,
    /// Its environment, where it reads settings from there.
    pub(super) variables: Option<Variables>,
    /// Its configuration file, where it has one.
    pub(super) config: Option<Result<ConfigFile, Doubt>>,
    /// How many of the arguments are its own; those behind them are of a file of flags.
    pub(super) own: usize,
    /// The file that becomes flags, where it has one.
    pub(super) flag_file: Option<Result<FlagFile, Doubt>>,
    /// Files that it reads at the start, by the flag that names them.
    pub(super) files: BTreeMap<&'static str, Result<ConfigFile, Doubt>>,
    /// A file of these that changed after the start, by the flag that names it.
    pub(super) changed: BTreeMap<&'static str, Doubt>,
    pub(super) seen: ArgumentLine,
    /// A file it does not start without that is not on the node.
    pub(super) gone: Option<StartRefusal>,
    /// Why it would not start with this.
    pub(super) refusal: Option<StartRefusal>,
    /// The same as it is planned for the next start.
    pub(super) plan: Option<Box<ComponentProcess>>,
}

impl ComponentProcess {
    /// Which component it is.
    #[must_use]
    pub fn described(&self) -> &'static Described {
        self.described
    }

    /// Why it would not start with what is written down, also for flags that no version has.
    #[must_use]
    pub fn refused(&self) -> Option<String> {
        let unknown = || Some(format!("it has no flag --{}", self.line.unknown.first()?));
        let refusal = || Some(self.refusal.as_ref()?.why.clone());
        let unread = || {
            let mut files = self.config.iter().chain(self.files.values());
            files.find_map(|file| Some(file.as_ref().err()?.why.clone()))
        };
        self.not_this_line()
            .or_else(unknown)
            .or_else(refusal)
            .or_else(unread)
    }

    pub(super) fn config_data(&self) -> Option<&'static ConfigData> {
        self.described.about.config.as_ref()
    }

    /// Why the arguments do not count for a setting.
    fn ignored(&self, setting: &Setting) -> Option<String> {
        let data = self.config_data().filter(|_| self.config.is_some())?;
        let wins = self
            .described
            .flag_wins
            .get(&setting.path)
            .is_some_and(|first| self.version.is_none_or(|version| version >= *first));
        let keeps = data.beside == Beside::FlagsWithoutKey && setting.form != SettingForm::Key;
        let keeps = keeps || data.keeps.contains(&setting.flag);
        (!wins && !keeps).then(|| format!("beside --{} it is ignored", data.flag))
    }

    /// The layers of a setting in a version, strongest first.
    pub(super) fn layers(&self, setting: &Setting, version: Option<Minor>) -> Vec<Layer> {
        if let Some(Err(doubt)) = &self.flag_file {
            let place = "the file that becomes flags";
            let stated = Stated::Unknown(doubt.clone());
            return vec![Layer::new(SettingSource::ConfigFile, place, None, stated)];
        }
        if let Some(layers) = self.described.derived.get(&setting.path) {
            return layers(self, setting, version);
        }
        let mut all = Vec::new();
        all.extend(self.config_may_follow(setting));
        let ignored = self.ignored(setting);
        let mut given = vec![match &ignored {
            Some(why) => self.ignored_argument(setting, why),
            None => self.settled_argument(setting),
        }];
        if let (Some(variables), Some(prefix)) =
            (&self.variables, &self.described.about.environment)
        {
            let name = variable(prefix, &setting.flag);
            let stated = match &ignored {
                Some(why) => Stated::NotAsked(why.clone()),
                None => variables.stated(&name, setting),
            };
            let citation = variables.citation().cloned();
            given.push(Layer::new(
                SettingSource::Environment,
                &name,
                citation,
                stated,
            ));
        }
        let file = self.by_config(setting);
        match ignored {
            Some(_) => all.extend(file.into_iter().chain(given)),
            None => all.extend(given.into_iter().chain(file)),
        }
        all.push(self.default_of(setting, version, ignored.is_some()));
        all
    }

    /// What the configuration file says.
    fn by_config(&self, setting: &Setting) -> Option<Layer> {
        let data = self
            .config_data()
            .filter(|_| setting.form == SettingForm::Key)?;
        Some(match self.config.as_ref()? {
            Ok(file) => {
                let (stated, citation) = config::stated(data, file, setting);
                Layer::new(
                    SettingSource::ConfigFile,
                    &file.path,
                    Some(citation),
                    stated,
                )
            }
            Err(doubt) => {
                let stated = Stated::Unknown(doubt.clone());
                Layer::new(
                    SettingSource::ConfigFile,
                    "the configuration file",
                    None,
                    stated,
                )
            }
        })
    }

    /// A line that is cut may go on with the file that wins over what is seen of it.
    fn config_may_follow(&self, setting: &Setting) -> Option<Layer> {
        let data = self.config_data()?;
        let counts = data.beside == Beside::Nothing || setting.form == SettingForm::Key;
        // Of several the last counts, so one that is seen settles nothing.
        let doubt = || self.cut_before(&format!("--{}, which wins over flags,", data.flag));
        (self.process.cut && counts).then(|| self.argument(Stated::Unknown(doubt())))
    }

    /// Whether no flag counts, because of the configuration file.
    pub(super) fn ignores_flags(&self) -> bool {
        let data = self.config_data().filter(|_| self.config.is_some());
        data.is_some_and(|data| data.beside == Beside::Nothing)
    }

    /// What the arguments say of a flag.
    pub(super) fn by_flag(&self, flag: &str) -> Layer {
        match self.flag(flag) {
            Some(setting) => {
                let mut layer = self.by_argument(setting);
                layer.place = format!("--{flag} in {}", self.origin(flag).1);
                layer
            }
            None => self.argument(Stated::Nothing(format!("no --{flag}"))),
        }
    }

    /// What applies without a flag.
    pub(super) fn flag_default(&self, flag: &str, version: Option<Minor>) -> Layer {
        match self.flag(flag) {
            Some(setting) => self.default_of(setting, version, false),
            None => self.argument(Stated::Nothing(format!("no --{flag}"))),
        }
    }

    fn flag(&self, name: &str) -> Option<&'static Setting> {
        self.described.setting(&format!("flag:--{name}"))
    }

    /// The items of a list among the arguments; `None` where some are masked.
    pub(super) fn list(&self, flag: &str) -> Option<Vec<String>> {
        match self.line.value_of(self.flag(flag)?) {
            ArgumentValue::Value(SettingValue::List(items)) => Some(items),
            ArgumentValue::Masked => None,
            _ => Some(Vec::new()),
        }
    }

    /// Whether a feature gate is on; `None` where that is not known.
    pub(super) fn gate(&self, name: &str) -> Option<bool> {
        is_on(name, &self.gates()?, self.version)
    }

    /// All gates that the arguments set; `None` where some are masked.
    pub(super) fn gates(&self) -> Option<Gates> {
        let mut all = Gates::new();
        for argument in self.line.all("feature-gates") {
            let SettingValue::Map(more) = &argument.value else {
                return None;
            };
            all.extend(more.iter().map(|(gate, on)| (gate.clone(), on.clone())));
        }
        Some(all)
    }

    /// What a file says that a flag names; `None` where no argument names one.
    pub(super) fn by_file(
        &self,
        flag: &str,
        read: impl Fn(&ConfigFile) -> Stated,
    ) -> Option<Layer> {
        match self.files.get(flag) {
            Some(Ok(file)) => {
                let citation = Some(file.citation.clone());
                let place = &file.path;
                Some(Layer::new(
                    SettingSource::ConfigFile,
                    place,
                    citation,
                    read(file),
                ))
            }
            Some(Err(doubt)) => {
                let place = format!("the file of --{flag}");
                let stated = Stated::Unknown(doubt.clone());
                Some(Layer::new(SettingSource::ConfigFile, &place, None, stated))
            }
            None if self.process.cut => Some(self.argument(Stated::Unknown(self.may_follow(flag)))),
            None => None,
        }
    }

    /// A sentence that the tables of the kubelet word, of this component.
    pub(super) fn named(&self, why: &str) -> String {
        why.replace(
            "the kubelet takes",
            &format!("{} takes", self.described.name()),
        )
    }

    /// Where the occurrence of a flag stands that counts: the source, a word for it, and the place.
    pub(super) fn origin(&self, flag: &str) -> (SettingSource, &str, Citation) {
        let mut of_file = self.line.arguments.iter().skip(self.own);
        let is_of_file = of_file.any(|argument| argument.name == flag);
        match &self.flag_file {
            Some(Ok(file)) if is_of_file => match file.places.get(flag) {
                Some(at) => (SettingSource::ConfigFile, &file.path, at.clone()),
                None => {
                    let place = "what its program gives where the file does not";
                    (SettingSource::Default, place, file.whole.clone())
                }
            },
            _ => {
                let line = self.process.citation.clone();
                (self.seen.source, &self.seen.place, line)
            }
        }
    }

    fn argument(&self, stated: Stated) -> Layer {
        let line = self.process.citation.clone();
        Layer::new(self.seen.source, &self.seen.place, Some(line), stated)
    }

    /// That a flag may stand where the line is cut.
    pub(super) fn may_follow(&self, flag: &str) -> Doubt {
        self.cut_before(&format!("--{flag}"))
    }

    fn cut_before(&self, what: &str) -> Doubt {
        let why = format!(
            "{}, so {what} may stand in the part that is missing",
            self.process.cut_off()
        );
        let line = self.process.citation.clone();
        Doubt::new(Code::ArgumentsCutOff, why, vec![line])
    }

    /// An argument that does not count, for this reason.
    fn ignored_argument(&self, setting: &Setting, why: &str) -> Layer {
        let written = self.line.written(&setting.flag);
        self.argument(match written.is_empty() {
            true => Stated::NotAsked(why.to_owned()),
            false => Stated::Ignored(written, why.to_owned()),
        })
    }

    /// What the arguments say, unless another one of them leaves that open.
    fn settled_argument(&self, setting: &Setting) -> Layer {
        let mut layer = self.by_argument(setting);
        let doubt = |open: &Unsettled| open.by_flag(&self.line, &self.process.citation);
        if !matches!(layer.stated, Stated::Unknown(_))
            && let Some(doubt) = self.unsettled(setting).find_map(doubt)
        {
            layer.stated = Stated::Unknown(doubt);
        }
        layer
    }

    fn unsettled(&self, setting: &Setting) -> impl Iterator<Item = &'static Unsettled> {
        let all = self.described.about.unsettled.iter();
        all.filter(|open| open.setting == setting.path)
    }

    fn by_argument(&self, setting: &Setting) -> Layer {
        let line = &self.process.citation;
        match self.line.value_of(setting) {
            ArgumentValue::Value(value) => {
                let (source, place, citation) = self.origin(&setting.flag);
                Layer::new(source, place, Some(citation), Stated::Value(value))
            }
            ArgumentValue::Masked => {
                self.argument(Stated::Unknown(self.line.masked(setting, line)))
            }
            ArgumentValue::Covered(group, on) => {
                let mut layer = self.argument(Stated::Value(SettingValue::Bool(on)));
                layer.place = format!("{}, where {group} sets it", self.seen.place);
                layer
            }
            ArgumentValue::Group(group) => {
                let why = super::super::gates::group_unknown(setting, group);
                let doubt = Doubt::new(Code::DefaultUnknown, why, vec![line.clone()]);
                self.argument(Stated::Unknown(doubt))
            }
            ArgumentValue::Nothing if self.process.cut => {
                self.argument(Stated::Unknown(self.may_follow(&setting.flag)))
            }
            ArgumentValue::Nothing => {
                self.argument(Stated::Nothing(format!("no --{}", setting.flag)))
            }
        }
    }

    fn default_of(&self, setting: &Setting, version: Option<Minor>, beside_file: bool) -> Layer {
        let file = self.config.as_ref().and_then(|file| file.as_ref().ok());
        let alone = self.config_data().filter(|d| d.beside == Beside::Nothing);
        let place = match (file, alone) {
            (Some(file), alone) if beside_file || alone.is_some() => {
                format!("no value in {}, beside which flags are ignored", file.path)
            }
            _ if self.variables.is_some() => format!(
                "no --{} among the arguments and no variable for it",
                setting.flag
            ),
            (_, Some(data)) => format!(
                "no --{} and no --{} among the arguments",
                data.flag, setting.flag
            ),
            _ => format!("no --{} among the arguments", setting.flag),
        };
        let by_key = |open: &Unsettled| open.by_key(file?);
        if let Some(doubt) = self.unsettled(setting).find_map(by_key) {
            return Layer::new(SettingSource::Default, &place, None, Stated::Unknown(doubt));
        }
        let doubt = |code, why: String| {
            Stated::Unknown(Doubt::new(code, why, vec![self.process.citation.clone()]))
        };
        let name = self.described.name();
        let stated = match setting.default(StartMode::WithConfig, version) {
            DefaultValue::Value(value) => Stated::Value(value),
            DefaultValue::VersionUnknown => doubt(
                Code::VersionUnknown,
                format!(
                    "nothing sets {}, and its default depends on the version of {name}, which is not known",
                    setting.shown()
                ),
            ),
            DefaultValue::Unknown => doubt(
                Code::DefaultUnknown,
                format!(
                    "nothing sets {}, and no source says what its default is",
                    setting.shown()
                ),
            ),
        };
        Layer::new(SettingSource::Default, &place, None, stated)
    }
}
