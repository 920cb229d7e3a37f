//! One kubelet process → its settings as written down: last argument > drop-ins > `--config`
//! file > default of the version and start-up mode.

use super::config_file::{ConfigFile, LENIENT, REDACTED};
use super::drop_in::{Base, Engine, Merged, NoValue, Origin, merge};
use super::kubelet::{SETTINGS, Setting};
use super::pflag::{self, Argument, CommandLine, Words};
use super::value::SettingValue;
use super::{Doubt, InForce, Source, Statement};
use crate::evidence::citation::Citation;
use crate::evidence::process::Process;
use crate::evidence::{Evidence, File, Folder};
use crate::node::version::Minor;
use crate::problem::Code;

/// What is written down for one kubelet process.
pub struct Disk {
    /// Its arguments.
    pub line: CommandLine,
    process: Process,
    version: Option<Minor>,
    config: Config,
    drop_ins: DropIns,
    /// A consulted file that changed after the process started.
    changed: Option<Doubt>,
}

/// The file named by `--config`.
enum Config {
    /// There is no `--config`.
    None,
    Decoded(ConfigFile),
    Unusable(Doubt),
}

/// The folder named by `--config-dir`.
enum DropIns {
    /// In the order the kubelet reads them.
    Listed(Vec<ConfigFile>),
    Unusable(Doubt),
}

impl Disk {
    /// Reads what a process names. `first` is the index of its first argument.
    #[must_use]
    pub fn of(process: &Process, first: usize, evidence: &Evidence<'_>, version: Option<Minor>) -> Self {
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
        let line = pflag::parse(words, kind, process.cut, &pflag::KUBELET_FLAGS, version);
        let mut disk = Self {
            line,
            process: process.clone(),
            version,
            config: Config::None,
            drop_ins: DropIns::Listed(Vec::new()),
            changed: None,
        };
        if let Some(path) = disk.line.text("config").map(str::to_owned) {
            disk.config = match disk.config_file(&path, evidence) {
                Ok(file) => Config::Decoded(file),
                Err(doubt) => Config::Unusable(doubt),
            };
        }
        if let Some(path) = disk.line.text("config-dir").map(str::to_owned) {
            disk.drop_ins = match disk.read_drop_ins(&path, evidence) {
                Ok(files) => DropIns::Listed(files),
                Err(doubt) => DropIns::Unusable(doubt),
            };
        }
        disk.changed = disk.changed_after_start(evidence);
        disk
    }

    fn absolute(&self, path: &str) -> Result<String, Doubt> {
        if path.starts_with('/') {
            return Ok(tidy(path));
        }
        match &self.process.cwd {
            Some(cwd) => Ok(tidy(&format!("{cwd}/{path}"))),
            None => Err(Doubt::new(
                Code::FileNotCollected,
                format!("{path} is relative, and the working directory of the process is not in the bundle"),
                vec![self.process.citation.clone()],
            )),
        }
    }

    fn config_file(&self, path: &str, evidence: &Evidence<'_>) -> Result<ConfigFile, Doubt> {
        let file = self.decode(&self.absolute(path)?, evidence)?;
        match file.refused(LENIENT) {
            Some(why) => Err(Doubt::new(
                Code::WouldNotStart,
                format!("a kubelet refuses {}: {why}", file.path),
                vec![file.citation],
            )),
            None => Ok(file),
        }
    }

    /// A file's document; nothing is judged of it yet.
    fn decode(&self, path: &str, evidence: &Evidence<'_>) -> Result<ConfigFile, Doubt> {
        let unreadable = |why: String, citation: Citation| Doubt {
            unreadable: true,
            ..Doubt::new(
                Code::ConfigFileUnparseable,
                format!("{path} {why}"),
                vec![citation],
            )
        };
        let line = self.process.citation.clone();
        match evidence.file(path) {
            File::Here(member, citation) => match evidence.document(member) {
                Ok(document) => Ok(ConfigFile {
                    path: path.to_owned(),
                    citation,
                    document,
                }),
                Err(e) => Err(unreadable(
                    format!("is neither YAML nor JSON: {}", e.what),
                    citation.line(e.line),
                )),
            },
            File::Unusable(why, citation) => Err(unreadable(why, citation)),
            File::Absent(citation) => Err(Doubt::new(
                Code::ConfigFileMissing,
                format!("the process names {path}, which is not on the node"),
                citation.into_iter().chain([line]).collect(),
            )),
            File::NotCollected(why) => Err(Doubt::new(
                Code::FileNotCollected,
                format!("the process names {path}: {why}"),
                vec![line],
            )),
        }
    }

    fn read_drop_ins(&self, path: &str, evidence: &Evidence<'_>) -> Result<Vec<ConfigFile>, Doubt> {
        let folder = self.absolute(path)?;
        let doubt = |code, why| Doubt::new(code, why, vec![self.process.citation.clone()]);
        // A link as the folder itself loads nothing, silently, unless a slash follows.
        let is_link = evidence
            .metadata(&folder)
            .is_some_and(|(row, _)| row.kind == crate::evidence::stat::PathKind::Symlink);
        if is_link && !path.ends_with('/') {
            return Ok(Vec::new());
        }
        let mut paths = match evidence.folder(&folder) {
            Folder::Listed(paths) => paths,
            Folder::Absent => {
                return Err(doubt(
                    Code::ConfigFileMissing,
                    format!("the process names the folder {folder}, which is not on the node"),
                ));
            }
            Folder::NotCollected => {
                return Err(doubt(
                    Code::FileNotCollected,
                    format!("the process names the folder {folder}, which is not in the bundle"),
                ));
            }
        };
        paths.retain(|path| path.ends_with(".conf"));
        // Go's WalkDir: names in each folder in byte order.
        paths.sort_by(|a, b| a.split('/').cmp(b.split('/')));
        paths.iter().map(|path| self.decode(path, evidence)).collect()
    }

    fn changed_after_start(&self, evidence: &Evidence<'_>) -> Option<Doubt> {
        let started = self.process.started_at?;
        let mut paths: Vec<String> = Vec::new();
        if let Config::Decoded(file) = &self.config {
            paths.push(file.path.clone());
        }
        if let DropIns::Listed(files) = &self.drop_ins {
            paths.extend(files.iter().map(|file| file.path.clone()));
        }
        if let Some(Ok(folder)) = self.line.text("config-dir").map(|path| self.absolute(path)) {
            paths.push(folder);
        }
        paths.iter().find_map(|path| {
            let (row, citation) = evidence.metadata(path)?;
            (row.ctime? > started).then(|| {
                Doubt::new(
                    Code::RestartPending,
                    format!("{path} changed after the process started, and a kubelet reads it only when it starts"),
                    vec![citation],
                )
            })
        })
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
        in_force.doubt.clone_from(&self.changed);
        if let Some(why) = self.refused_value() {
            return Err(doubt(Code::WouldNotStart, format!("a kubelet refuses this: {why}")));
        }
        Ok(in_force)
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
        let fails = |doubt: &Doubt| doubt.code != Code::FileNotCollected
            && doubt.code != Code::VersionUnknown
            && doubt.code != Code::ValueRedacted
            && doubt.code != Code::DefaultUnknown;
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
                (SettingValue::List(all), SettingValue::List(more)) => all.extend(more.iter().cloned()),
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
        let drop_ins = match &self.drop_ins {
            DropIns::Listed(files) => files.as_slice(),
            DropIns::Unusable(doubt) => return Err(doubt.clone()),
        };
        let (base, base_doubt) = match &self.config {
            Config::None => (Base::None, None),
            Config::Decoded(file) => (Base::File(file), None),
            Config::Unusable(doubt) => (Base::Unknown, Some(doubt)),
        };
        let engines = if drop_ins.is_empty() {
            &[Engine::Patch][..]
        } else {
            Engine::of(self.version)
        };
        let mut agreed: Option<Result<Merged, Doubt>> = None;
        for engine in engines {
            let result = self.merged_by(*engine, base, base_doubt, drop_ins, setting);
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
            Err(Doubt::new(Code::VersionUnknown, "no merge engine is known".to_owned(), Vec::new()))
        })
    }

    fn merged_by(
        &self,
        engine: Engine,
        base: Base<'_>,
        base_doubt: Option<&Doubt>,
        drop_ins: &[ConfigFile],
        setting: &Setting,
    ) -> Result<Merged, Doubt> {
        for file in drop_ins {
            if let Some(why) = file.refused(engine.strictness()) {
                return Err(Doubt::new(
                    Code::WouldNotStart,
                    format!("a kubelet refuses {}: {why}", file.path),
                    vec![file.citation.clone()],
                ));
            }
        }
        // A refused base stops the kubelet whatever drop-ins say; one nobody saw may be fine.
        if let Some(doubt) = base_doubt.filter(|d| d.code != Code::FileNotCollected) {
            return Err(doubt.clone());
        }
        let line = self.process.citation.clone();
        merge(engine, base, drop_ins, setting, self.version).map_err(|none| match none {
            NoValue::Redacted(citation) => Doubt::new(
                Code::ValueRedacted,
                format!("{} is masked in {}", setting.path, citation.spoken()),
                vec![citation],
            ),
            NoValue::VersionUnknown => Doubt::new(
                Code::VersionUnknown,
                format!("nothing sets {}, and its default depends on the version, which is not known", setting.path),
                vec![line],
            ),
            NoValue::DefaultUnknown => Doubt::new(
                Code::DefaultUnknown,
                format!("nothing sets {}, and no source says what its default is", setting.path),
                vec![line],
            ),
            NoValue::BaseUnknown => base_doubt.cloned().unwrap_or_else(|| {
                Doubt::new(Code::FileNotCollected, "the configuration file is not known".to_owned(), vec![line])
            }),
            NoValue::Refused(why) => Doubt::new(
                Code::WouldNotStart,
                format!("a kubelet refuses its configuration: {why}"),
                vec![line],
            ),
        })
    }

    /// A value out of the range a kubelet takes, of any setting.
    fn refused_value(&self) -> Option<String> {
        SETTINGS.iter().find_map(|setting| {
            let value = match self.line.last(&setting.flag) {
                Some(argument) if !setting.flag.is_empty() => argument.value.clone(),
                _ => self.merged(setting).ok()?.value,
            };
            setting.refuses(&value)
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
        if let Config::Decoded(file) = &self.config {
            witnesses.push(file.citation.clone());
        }
        if let DropIns::Listed(files) = &self.drop_ins {
            witnesses.extend(files.iter().map(|file| file.citation.clone()));
        }
        InForce {
            winner: self.statement(setting, &merged),
            losers,
            witnesses,
            notes: self.line_notes(),
            doubt: None,
        }
    }

    fn statement(&self, setting: &Setting, merged: &Merged) -> Statement {
        let path_of_config = match &self.config {
            Config::Decoded(file) => file.path.as_str(),
            _ => "",
        };
        let (source, place) = match &merged.origin {
            Origin::ConfigFile => (Source::ConfigFile, path_of_config.to_owned()),
            Origin::DropIn(index) => {
                let path = match &self.drop_ins {
                    DropIns::Listed(files) => files.get(*index).map(|file| file.path.clone()),
                    DropIns::Unusable(_) => None,
                };
                (Source::DropIn, path.unwrap_or_default())
            }
            Origin::Default => (Source::Default, self.default_place(setting)),
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
        match &self.config {
            Config::None => silent.push("no --config file".to_owned()),
            Config::Decoded(file) => silent.push(format!("no value in {}", file.path)),
            Config::Unusable(_) => {}
        }
        if let DropIns::Listed(files) = &self.drop_ins
            && !files.is_empty()
        {
            silent.push(format!("none in {} drop-ins", files.len()));
        }
        silent.join(", ")
    }

    /// The process.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The document named by `--config`, where it decodes.
    #[must_use]
    pub fn config(&self) -> Option<&ConfigFile> {
        match &self.config {
            Config::Decoded(file) => Some(file),
            _ => None,
        }
    }
}

/// `/a//b/./c` → `/a/b/c`; `..` is left to the kernel's view of the path.
fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
