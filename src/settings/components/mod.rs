//! The components of Kubernetes but the kubelet as data: one folder each, with what the component
//! is (`component.toml`), its flags (`flags.csv`), and its settings that are more than one flag
//! (`settings.csv`). A new component is a folder and a line in [`FOLDERS`].

mod about;
mod config;
mod derived;
mod document;
mod environment;
mod flag_file;
mod go_flag;
mod in_force;
mod instance;
mod kube_apiserver;
mod layer;
mod range;
mod read;
mod refusal;
mod tls;
mod unsettled;
mod within;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::flag_table::FlagTable;
use super::kubelet::{Setting, SettingForm};
use super::value::ValueKind;
use crate::evidence::process::{Process, Program};
use crate::node::duty::Duty;
use crate::node::version::Minor;
use crate::settings::refusal::StartRefusal;
use about::{About, Parser};
use derived::{Derived, Layers};
pub use instance::ComponentProcess;

/// One component's data files.
struct DataFiles {
    component: &'static str,
    flags: &'static str,
    settings: &'static str,
    keys: &'static str,
    /// Settings that follow from several flags and files.
    derived: fn() -> Vec<Derived>,
    /// Why it refuses arguments and files that decode.
    refusals: &'static [fn(&ComponentProcess) -> Option<StartRefusal>],
}

const FOLDERS: [DataFiles; 5] = [
    DataFiles {
        component: include_str!("kube-proxy/component.toml"),
        flags: include_str!("kube-proxy/flags.csv"),
        settings: include_str!("kube-proxy/settings.csv"),
        keys: "",
        derived: Vec::new,
        refusals: &[],
    },
    DataFiles {
        component: include_str!("kube-apiserver/component.toml"),
        flags: include_str!("kube-apiserver/flags.csv"),
        settings: "",
        keys: "",
        derived: || {
            let tls = tls::DERIVED.into_iter();
            kube_apiserver::derived().into_iter().chain(tls).collect()
        },
        refusals: kube_apiserver::REFUSALS,
    },
    DataFiles {
        component: include_str!("kube-controller-manager/component.toml"),
        flags: include_str!("kube-controller-manager/flags.csv"),
        settings: "",
        keys: "",
        derived: || tls::DERIVED.to_vec(),
        refusals: &[tls::refused],
    },
    DataFiles {
        component: include_str!("kube-scheduler/component.toml"),
        flags: include_str!("kube-scheduler/flags.csv"),
        settings: include_str!("kube-scheduler/settings.csv"),
        keys: include_str!("kube-scheduler/keys.csv"),
        derived: || tls::DERIVED.to_vec(),
        refusals: &[tls::refused],
    },
    DataFiles {
        component: include_str!("etcd/component.toml"),
        flags: include_str!("etcd/flags.csv"),
        settings: include_str!("etcd/settings.csv"),
        keys: "",
        derived: Vec::new,
        refusals: &[],
    },
];

/// Every component that is described by data.
pub static ALL: LazyLock<Vec<Described>> =
    LazyLock::new(|| FOLDERS.iter().filter_map(Described::read).collect());

/// A component as its data describes it.
pub struct Described {
    about: About,
    flags: FlagTable,
    /// By name.
    settings: BTreeMap<String, Setting>,
    /// Settings that their flag decides also beside a configuration file.
    flag_wins: BTreeMap<String, Minor>,
    /// What several flags and files come to, by name.
    derived: BTreeMap<String, Layers>,
    refusals: &'static [fn(&ComponentProcess) -> Option<StartRefusal>],
    /// The keys of its configuration file and what they hold, where unknown ones are refused.
    keys: BTreeMap<String, Option<ValueKind>>,
}

impl PartialEq for Described {
    fn eq(&self, other: &Self) -> bool {
        self.about.name == other.about.name
    }
}

impl Eq for Described {}

impl std::fmt::Debug for Described {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.about.name)
    }
}

/// The described component with this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Described> {
    ALL.iter().find(|described| described.about.name == name)
}

impl Described {
    /// What a node does in its cluster that runs it.
    #[must_use]
    pub fn role(&self) -> Duty {
        self.about.role
    }

    fn read(files: &DataFiles) -> Option<Self> {
        let about: About = toml::from_str(files.component).ok()?;
        let mut flags = FlagTable::read(files.flags, std::iter::empty());
        for file in &about.flag_file {
            flags.add(file.flag.clone().leak(), ValueKind::Text);
        }
        flags.takes_empty_words = about.parser == Parser::Pflag;
        let mut settings = BTreeMap::new();
        for line in files.flags.lines().skip(1) {
            let cells: Vec<&str> = line.splitn(5, ',').collect();
            let [name, _, _, _, default] = cells.as_slice() else {
                continue;
            };
            let kind = flags.kind(name)?;
            let path = format!("flag:--{name}");
            let canonical = about.aliases.get(*name).map_or(*name, String::as_str);
            let own = Setting::new(&path, canonical, kind, SettingForm::FlagOnly, default);
            settings.insert(path, own);
        }
        let mut flag_wins = BTreeMap::new();
        for line in files.settings.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [path, flag, kind, default, beside, zero] = cells.as_slice() else {
                continue;
            };
            let setting = Setting {
                zero_is_default: *zero == "default",
                ..Setting::new(
                    path,
                    flag,
                    ValueKind::named(kind)?,
                    SettingForm::Key,
                    default,
                )
            };
            if let Some(first) = beside.strip_prefix("flag-wins ") {
                flag_wins.insert((*path).to_owned(), Minor::parse(first)?);
            }
            settings.insert((*path).to_owned(), setting);
        }
        let mut derived = BTreeMap::new();
        for own in (files.derived)() {
            settings.insert(own.path.to_owned(), own.setting());
            derived.insert(own.path.to_owned(), own.layers);
        }
        let keys = files.keys.lines().skip(1).filter_map(|line| {
            let (path, kind) = line.split_once(',')?;
            Some((path.to_owned(), ValueKind::named(kind)))
        });
        Some(Self {
            flags,
            settings,
            flag_wins,
            derived,
            refusals: files.refusals,
            keys: keys.collect(),
            about,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.about.name
    }

    /// Its configuration file below the data directory of a k3s that has it inside, and the flag
    /// that would name it.
    pub(super) fn embedded_config(&self) -> Option<(&str, &str)> {
        let config = self.about.config.as_ref()?;
        Some((self.about.embedded_config.as_deref()?, &config.flag))
    }

    /// Arguments that hardly any other program has.
    pub(super) fn signs(&self) -> &[String] {
        &self.about.signs
    }

    /// The `kind` of its configuration file; empty where there is none.
    pub(super) fn config_kind(&self) -> &str {
        let config = self.about.config.as_ref();
        config.and_then(|c| c.kind.as_deref()).unwrap_or_default()
    }

    /// Whether a path is its binary, unit or manifest.
    pub(super) fn is_path(&self, path: &str) -> bool {
        let is_stem = |base: &str| {
            let rest = base.strip_prefix(self.about.name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match self.about.parts.as_slice() {
            [] => is_stem(last_part(path)),
            parts => parts.iter().any(|part| path.contains(part)),
        }
    }

    /// Whether a text has its name in it.
    pub(super) fn is_named(&self, text: &str) -> bool {
        match self.about.parts.as_slice() {
            [] => text.contains(&self.about.name),
            parts => parts.iter().any(|part| text.contains(part)),
        }
    }

    /// Whether a process that has components inside has this one too.
    #[must_use]
    pub fn may_be_inside(&self, process: &Process) -> bool {
        match self.about.role {
            Duty::Worker => process.program() == Some(Program::Embeds),
            Duty::ControlPlane | Duty::Etcd => process.embeds_control_plane(),
        }
    }

    /// Whether it has this flag.
    #[must_use]
    pub fn has_flag(&self, name: &str) -> bool {
        self.flags.kind(name).is_some()
    }

    /// Its setting with this name: a key of its file, or `flag:--NAME`.
    #[must_use]
    pub fn setting(&self, path: &str) -> Option<&Setting> {
        self.settings.get(path)
    }
}

/// What follows the last `/` of a path.
pub(super) fn last_part(path: &str) -> &str {
    let slash = path.rfind('/');
    slash.and_then(|at| path.get(at + 1..)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::super::component::Component;
    use super::super::kubelet::{DefaultValue, StartMode};
    use super::*;

    #[test]
    fn no_process_that_has_the_name_of_a_component_is_passed_over() {
        for described in &*ALL {
            let name = std::iter::once(&described.about.name);
            for part in name.chain(&described.about.parts) {
                assert!(Component::may_run_with(part), "{part}");
            }
        }
    }

    #[test]
    fn every_row_of_the_tables_can_be_read() {
        assert_eq!(ALL.len(), FOLDERS.len());
        for (described, files) in ALL.iter().zip(&FOLDERS) {
            let rows = |text: &str| text.lines().skip(1).count();
            let name = described.name();
            assert_eq!(
                described.settings.len(),
                rows(files.flags) + rows(files.settings) + described.derived.len(),
                "{name}"
            );
            assert_eq!(described.keys.len(), rows(files.keys), "{name}");
            for setting in described.settings.values() {
                let default = setting.default(StartMode::WithConfig, Some(Minor(1, 36)));
                let is_known = default != DefaultValue::Unknown;
                assert_eq!(
                    is_known,
                    setting.with_config != "unknown",
                    "{}",
                    setting.path
                );
                let is_derived = described.derived.contains_key(&setting.path);
                assert_ne!(
                    described.has_flag(&setting.flag),
                    is_derived,
                    "{}",
                    setting.path
                );
            }
            let about = &described.about;
            let ranges = about.range.iter().map(|range| &range.flag);
            let lists = [&about.files, &about.needs, &about.must_exist];
            let kept = about.config.iter().flat_map(|config| &config.keeps);
            let unsettled = about.unsettled.iter().filter_map(|open| open.flag.as_ref());
            let aliases = about.aliases.iter().flat_map(|(old, new)| [old, new]);
            let flags = lists.into_iter().flatten().chain(ranges).chain(aliases);
            for flag in flags.chain(kept).chain(unsettled) {
                assert!(described.has_flag(flag), "{name} {flag}");
            }
            for open in &about.unsettled {
                assert!(described.setting(&open.setting).is_some(), "{name}");
            }
        }
    }
}
