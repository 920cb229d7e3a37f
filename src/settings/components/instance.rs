//! One process of a component that is described by data → its settings as written down.

use std::collections::BTreeMap;

use super::super::component::Instance;
use super::super::config_file::ConfigFile;
use super::super::gates::{Gates, is_on};
use super::super::given::Given;
use super::super::heard::Heard;
use super::super::kubelet::{Default, Form, Mode, Setting, VERSIONS};
use super::super::named::ConfigText;
use super::super::pflag::CommandLine;
use super::super::seen::Line;
use super::super::value::SettingValue;
use super::super::{Doubt, InForce, Source, Statement};
use super::environment::{Variables, variable};
use super::layer::{Layer, Stated, decide};
use super::refusal::Refused;
use super::{Beside, ConfigData, Described, config};
use crate::evidence::citation::Citation;
use crate::evidence::process::Process;
use crate::node::version::Minor;
use crate::problem::Code;

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
    /// Files that it reads at the start, by the flag that names them.
    pub(super) files: BTreeMap<&'static str, Result<ConfigFile, Doubt>>,
    /// A file of these that changed after the start, by the flag that names it.
    pub(super) changed: BTreeMap<&'static str, Doubt>,
    pub(super) seen: Line,
    /// A file it does not start without that is not on the node.
    pub(super) gone: Option<Refused>,
    /// Why it would not start with this.
    pub(super) refusal: Option<Refused>,
    /// The same as it is planned for the next start.
    pub(super) plan: Option<Box<ComponentProcess>>,
}

/// The oldest version that the tables of flags know.
const OLDEST: Minor = Minor(1, 20);

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

    fn config_data(&self) -> Option<&'static ConfigData> {
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
        let keeps = data.beside == Beside::FlagsWithoutKey && setting.form != Form::Key;
        (!wins && !keeps).then(|| format!("beside --{} it is ignored", data.flag))
    }

    /// The layers of a setting in a version, strongest first.
    pub(super) fn layers(&self, setting: &Setting, version: Option<Minor>) -> Vec<Layer> {
        if let Some(layers) = self.described.derived.get(&setting.path) {
            return layers(self, setting, version);
        }
        let mut all = Vec::new();
        all.extend(self.config_may_follow(setting));
        let ignored = self.ignored(setting);
        all.push(match &ignored {
            Some(why) => self.argument(Stated::NotAsked(why.clone())),
            None => self.by_argument(setting),
        });
        if let (Some(variables), Some(prefix)) =
            (&self.variables, &self.described.about.environment)
        {
            let name = variable(prefix, &setting.flag);
            let stated = match &ignored {
                Some(why) => Stated::NotAsked(why.clone()),
                None => variables.stated(&name, setting),
            };
            let citation = variables.citation().cloned();
            all.push(Layer::new(Source::Environment, &name, citation, stated));
        }
        if setting.form == Form::Key
            && let (Some(data), Some(file)) = (self.config_data(), &self.config)
        {
            all.push(match file {
                Ok(file) => {
                    let (stated, citation) = config::stated(data, file, setting);
                    Layer::new(Source::ConfigFile, &file.path, Some(citation), stated)
                }
                Err(doubt) => {
                    let stated = Stated::Unknown(doubt.clone());
                    Layer::new(Source::ConfigFile, "the configuration file", None, stated)
                }
            });
        }
        all.push(self.default_of(setting, version, ignored.is_some()));
        all
    }

    /// A line that is cut may go on with the file that wins over what is seen of it.
    fn config_may_follow(&self, setting: &Setting) -> Option<Layer> {
        let data = self.config_data()?;
        let counts = data.beside == Beside::Nothing || setting.form == Form::Key;
        let open = self.process.cut && self.config.is_none() && counts;
        open.then(|| self.argument(Stated::Unknown(self.may_follow(&data.flag))))
    }

    /// What the arguments say of a flag.
    pub(super) fn by_flag(&self, flag: &str) -> Layer {
        match self.flag(flag) {
            Some(setting) => {
                let mut layer = self.by_argument(setting);
                layer.place = format!("--{flag} in {}", self.seen.place);
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
        match self.line.given(self.flag(flag)?) {
            Given::Value(SettingValue::List(items)) => Some(items),
            Given::Masked => None,
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
                Some(Layer::new(Source::ConfigFile, place, citation, read(file)))
            }
            Some(Err(doubt)) => {
                let place = format!("the file of --{flag}");
                let stated = Stated::Unknown(doubt.clone());
                Some(Layer::new(Source::ConfigFile, &place, None, stated))
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

    fn argument(&self, stated: Stated) -> Layer {
        let line = self.process.citation.clone();
        Layer::new(self.seen.source, &self.seen.place, Some(line), stated)
    }

    /// That a flag may stand where the line is cut.
    pub(super) fn may_follow(&self, flag: &str) -> Doubt {
        let why = format!(
            "{}, so --{flag} may stand in the part that is missing",
            self.process.cut_off()
        );
        let line = self.process.citation.clone();
        Doubt::new(Code::ArgumentsCutOff, why, vec![line])
    }

    fn by_argument(&self, setting: &Setting) -> Layer {
        let line = &self.process.citation;
        match self.line.given(setting) {
            Given::Value(value) => self.argument(Stated::Value(value)),
            Given::Masked => self.argument(Stated::Unknown(self.line.masked(setting, line))),
            Given::Covered(group, on) => {
                let mut layer = self.argument(Stated::Value(SettingValue::Bool(on)));
                layer.place = format!("{}, where {group} sets it", self.seen.place);
                layer
            }
            Given::Group(group) => {
                let why = super::super::disk::group_unknown(setting, group);
                let doubt = Doubt::new(Code::DefaultUnknown, why, vec![line.clone()]);
                self.argument(Stated::Unknown(doubt))
            }
            Given::Nothing if self.process.cut => {
                self.argument(Stated::Unknown(self.may_follow(&setting.flag)))
            }
            Given::Nothing => self.argument(Stated::Nothing(format!("no --{}", setting.flag))),
        }
    }

    fn default_of(&self, setting: &Setting, version: Option<Minor>, beside_file: bool) -> Layer {
        let place = match (&self.config, beside_file) {
            (Some(Ok(file)), true) => {
                format!("no value in {}, beside which flags are ignored", file.path)
            }
            _ if self.variables.is_some() => format!(
                "no --{} among the arguments and no variable for it",
                setting.flag
            ),
            _ => format!("no --{} among the arguments", setting.flag),
        };
        let doubt = |code, why: String| {
            Stated::Unknown(Doubt::new(code, why, vec![self.process.citation.clone()]))
        };
        let name = self.described.name();
        let stated = match setting.default(Mode::WithConfig, version) {
            Default::Value(value) => Stated::Value(value),
            Default::VersionUnknown => doubt(
                Code::VersionUnknown,
                format!(
                    "nothing sets {}, and its default depends on the version of {name}, which is not known",
                    setting.shown()
                ),
            ),
            Default::Unknown => doubt(
                Code::DefaultUnknown,
                format!(
                    "nothing sets {}, and no source says what its default is",
                    setting.shown()
                ),
            ),
        };
        Layer::new(Source::Default, &place, None, stated)
    }

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
        if !self.line.unknown.is_empty() {
            in_force.notes.push(Code::UnknownFlag);
        }
        in_force.witnesses.push(line.clone());
        if let Some(Ok(file)) = &self.config {
            in_force.witnesses.push(file.citation.clone());
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
        let data = self.config_data().filter(|_| setting.form == Form::Key)?;
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

    fn heard(&self, setting: &Setting) -> Vec<Heard> {
        let layers = self.layers(setting, self.version);
        layers.into_iter().map(Layer::heard).collect()
    }

    fn merging(&self) -> Option<&'static str> {
        None
    }
}
