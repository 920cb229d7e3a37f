//! One kubelet process → what every source says of a setting, strongest first.

use super::process::KubeletProcess;
use crate::evidence::citation::Citation;
use crate::settings::argument::ArgumentValue;
use crate::settings::config_file::{ConfigFile, Said};
use crate::settings::gates::{self, GATES};
use crate::settings::kubelet::{DefaultValue, Setting, SettingForm, StartMode};
use crate::settings::merged::Engine;
use crate::settings::named::{Config, DropIns};
use crate::settings::trail::{Considered, Contribution};
use crate::settings::value::SettingValue;
use crate::settings::{Doubt, SettingSource};

impl KubeletProcess {
    /// Every source of a setting, strongest first: arguments, drop-ins from the last to the first,
    /// the configuration file, the default.
    pub(super) fn sources(&self, setting: &Setting) -> Vec<Considered> {
        let mut all = vec![self.arguments(setting)];
        if setting.form != SettingForm::FlagOnly {
            all.extend(self.drop_ins(setting));
            all.push(self.config(setting));
        }
        all.push(self.default_of(setting));
        all
    }

    /// Whose merge of drop-ins it is, where there are any.
    pub(super) fn merge_engine(&self) -> Option<&'static str> {
        if self.named.drop_ins.files().is_empty() {
            return None;
        }
        Some(match Engine::of(self.version) {
            [Engine::Mergo] => "drop-ins are merged as Kubernetes 1.28 does",
            [Engine::Unmarshal] => "drop-ins are merged as Kubernetes 1.29 to 1.31 do",
            [Engine::Patch] => "drop-ins are merged as Kubernetes 1.32 and later do",
            _ => "every version that merges drop-ins gives this, and which it is is not known",
        })
    }

    fn arguments(&self, setting: &Setting) -> Considered {
        let flag = &setting.flag;
        let given = self.line.written(flag);
        let none = format!("no --{flag}");
        let contribution = if flag.is_empty() {
            Contribution::NotAsked("the setting has no argument".to_owned())
        } else if let Some(why) = self.not_this_line() {
            Contribution::Unknown(why)
        } else {
            match self.line.value_of(setting) {
                ArgumentValue::Value(_) => Contribution::Value(given),
                ArgumentValue::Masked => {
                    Contribution::Unknown(format!("the value of --{flag} is hidden"))
                }
                ArgumentValue::Covered(group, on) => {
                    Contribution::Value(format!("{on}, as {group} sets it"))
                }
                ArgumentValue::Group(gate) => {
                    Contribution::Unknown(format!("{gate} is set, and may cover it"))
                }
                ArgumentValue::Nothing if self.process.cut => Contribution::Unknown(format!(
                    "{none}, but the end of the line is missing and may have it"
                )),
                ArgumentValue::Nothing if given.is_empty() || setting.form == SettingForm::Gate => {
                    Contribution::Nothing(none)
                }
                ArgumentValue::Nothing => Contribution::Unset(given),
            }
        };
        Considered {
            source: self.seen.source,
            place: self.seen.place.clone(),
            citation: Some(self.process.citation.clone()),
            contribution,
        }
    }

    fn drop_ins(&self, setting: &Setting) -> Vec<Considered> {
        let one = |place: String, citation: Option<Citation>, contribution| {
            vec![Considered {
                source: SettingSource::DropIn,
                place,
                citation,
                contribution,
            }]
        };
        let folder = self.line.text("config-dir");
        let (files, refused) = match &self.named.drop_ins {
            DropIns::Unusable(doubt) => {
                let place = folder.unwrap_or("the drop-in folder").to_owned();
                let at = doubt.citations.first().cloned();
                return one(place, at, Contribution::Unknown(doubt.why.clone()));
            }
            DropIns::Listed { files, refused, .. } => (files, refused),
        };
        if files.is_empty() {
            return match folder {
                None => {
                    let why = "no --config-dir names a folder of them".to_owned();
                    one("drop-ins".to_owned(), None, Contribution::NotAsked(why))
                }
                Some(folder) => {
                    let nothing = Contribution::Nothing("no file of it is read".to_owned());
                    one(folder.to_owned(), self.named.folder.clone(), nothing)
                }
            };
        }
        let engine = Engine::of(self.version).last();
        let any_case = engine.is_some_and(|engine| engine.strictness().any_case);
        let of_file = |file: &ConfigFile| {
            let cites = |doubt: &&Doubt| (doubt.citations.iter()).any(|c| same(c, &file.citation));
            let refusal = refused.iter().map(|(_, doubt)| doubt).find(cites);
            self.file(SettingSource::DropIn, file, refusal, any_case, setting)
        };
        files.iter().rev().map(of_file).collect()
    }

    fn config(&self, setting: &Setting) -> Considered {
        match &self.named.config {
            Config::Decoded(file) => {
                self.file(SettingSource::ConfigFile, file, None, false, setting)
            }
            Config::Refused(file, doubt) => {
                self.file(SettingSource::ConfigFile, file, Some(doubt), false, setting)
            }
            Config::None => Considered {
                source: SettingSource::ConfigFile,
                place: "a configuration file".to_owned(),
                citation: None,
                contribution: Contribution::NotAsked("no --config names one".to_owned()),
            },
            Config::Unusable(doubt) => Considered {
                source: SettingSource::ConfigFile,
                place: (self.line.text("config"))
                    .unwrap_or("a configuration file")
                    .to_owned(),
                citation: doubt.citations.first().cloned(),
                contribution: Contribution::Unknown(doubt.why.clone()),
            },
        }
    }

    fn file(
        &self,
        source: SettingSource,
        file: &ConfigFile,
        refusal: Option<&Doubt>,
        any_case: bool,
        setting: &Setting,
    ) -> Considered {
        let gate = (setting.form == SettingForm::Gate).then(|| gates::name(setting));
        let asked = match gate {
            Some(_) => Setting::named(GATES).unwrap_or(setting),
            None => setting,
        };
        let last = file.said(asked, any_case).map(|mut all| all.pop());
        let citation = match (&last, gate) {
            (Ok(Some(said)), Some(gate)) if in_map(said, gate).is_some() => {
                file.cite_key(said, gate)
            }
            (Ok(Some(said)), None) => file.cite(said),
            _ => file.citation.clone(),
        };
        let contribution = match (refusal, last) {
            (Some(doubt), _) => Contribution::Unknown(doubt.why.clone()),
            (None, _) if !self.has_key(setting) => Contribution::Nothing(format!(
                "{} is no key of that version, so it is read over",
                setting.path
            )),
            (None, Err(why)) => Contribution::Unknown(why),
            (None, Ok(None)) => Contribution::Nothing(format!("no {}", setting.path)),
            (None, Ok(Some(said))) if said.redacted => {
                Contribution::Unknown("it is masked".to_owned())
            }
            (None, Ok(Some(said))) => match (gate, &said.value) {
                (Some(gate), _) => match in_map(&said, gate) {
                    Some(on) => Contribution::Value(on.to_owned()),
                    None => Contribution::Nothing(format!("no {}", setting.path)),
                },
                (None, None) => Contribution::Unset("null".to_owned()),
                (None, Some(value)) if setting.zero_is_default && value.is_zero() => {
                    Contribution::Unset(value.shown())
                }
                (None, Some(value)) => Contribution::Value(value.shown()),
            },
        };
        Considered {
            source,
            place: file.path.clone(),
            citation: Some(citation),
            contribution,
        }
    }

    fn default_of(&self, setting: &Setting) -> Considered {
        let mode = self.base().0.mode();
        let version = match self.version {
            Some(version) => format!("Kubernetes {version}"),
            None => "an unknown version".to_owned(),
        };
        let started = match mode {
            StartMode::WithConfig => "started with --config",
            StartMode::FlagsOnly => "started without --config",
        };
        Considered {
            source: SettingSource::Default,
            place: format!("the default of {version} {started}"),
            citation: None,
            contribution: match setting.default(mode, self.version) {
                DefaultValue::Value(value) => Contribution::Value(value.shown()),
                DefaultValue::VersionUnknown => {
                    Contribution::Unknown("it differs between versions".to_owned())
                }
                DefaultValue::Unknown => {
                    Contribution::Unknown("no source says what it is".to_owned())
                }
            },
        }
    }
}

/// One key of what a file says of a map.
fn in_map<'s>(said: &'s Said, key: &str) -> Option<&'s str> {
    match &said.value {
        Some(SettingValue::Map(map)) => map.get(key).map(String::as_str),
        _ => None,
    }
}

/// Whether two citations are of one member.
fn same(a: &Citation, b: &Citation) -> bool {
    a.bundle == b.bundle && a.member == b.member
}
