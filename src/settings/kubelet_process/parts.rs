//! The value of a setting where only that counts, as checks of several values together ask for it.

use super::process::KubeletProcess;
use crate::evidence::citation::Citation;
use crate::settings::argument::ArgumentValue;
use crate::settings::gates::{self, GATES, Gates};
use crate::settings::keys::KEYS;
use crate::settings::kubelet::Setting;
use crate::settings::merged::{Merged, ValueOrigin};
use crate::settings::named::{Config, DropIns};
use crate::settings::value::SettingValue;

/// A value in force, below its own notes and doubts.
pub(super) struct PlainValue {
    pub(super) value: SettingValue,
    /// Where it stands; `None` for a default.
    pub(super) citation: Option<Citation>,
    pub(super) is_argument: bool,
}

impl PlainValue {
    pub(super) fn is_set(&self) -> bool {
        self.is_argument || self.citation.is_some()
    }
}

impl KubeletProcess {
    /// All gates that somebody sets; `None` where nobody knows.
    pub(super) fn gates(&self) -> Option<Gates> {
        match self.part(Setting::named(GATES)?)?.value {
            SettingValue::Map(gates) => Some(gates),
            _ => None,
        }
    }

    /// Whether a gate is on; `None` where nobody knows.
    pub(super) fn gate_is_on(&self, name: &str) -> Option<bool> {
        gates::is_on(name, &self.gates()?, self.version)
    }

    /// The value of a setting; `None` where it cannot be told.
    fn part(&self, setting: &Setting) -> Option<PlainValue> {
        let below = self.local(setting);
        let mut value = match self.line.value_of(setting) {
            ArgumentValue::Value(value) => value,
            ArgumentValue::Nothing => {
                let merged = below.ok().filter(|merged| merged.hole.is_none())?;
                let is_default = merged.origin == ValueOrigin::Default;
                return Some(PlainValue {
                    value: merged.value,
                    citation: merged.citation.filter(|_| !is_default),
                    is_argument: false,
                });
            }
            _ => return None,
        };
        // Gates are merged with those of files.
        if setting.path == GATES
            && let SettingValue::Map(gates) = &mut value
            && let Merged {
                value: SettingValue::Map(below),
                hole: None,
                ..
            } = below.ok()?
        {
            for (gate, on) in below {
                gates.entry(gate).or_insert(on);
            }
        }
        Some(PlainValue {
            value,
            citation: None,
            is_argument: true,
        })
    }

    /// The value of the setting or other key of this path.
    pub(super) fn part_named(&self, path: &str) -> Option<PlainValue> {
        let key = || KEYS.iter().find(|key| key.setting.path == path);
        match Setting::named(path) {
            Some(setting) => self.part(setting),
            None => self.part(&key().filter(|key| key.is_of(self.version))?.setting),
        }
    }

    /// Whether no file has a part in what is in force.
    pub(super) fn names_no_file(&self) -> bool {
        let DropIns::Listed { files, .. } = &self.named.drop_ins else {
            return false;
        };
        matches!(self.named.config, Config::None) && files.is_empty()
    }
}
