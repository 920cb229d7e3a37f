//! The environment of a process, for components that read settings from it.

use std::collections::BTreeMap;

use super::super::Doubt;
use super::super::kubelet::Setting;
use super::super::value::SettingValue;
use super::layer::Stated;
use crate::evidence::citation::Citation;
use crate::evidence::masks::mask_in;
use crate::problem::Code;

/// The variables of a process.
#[derive(Clone, Debug)]
pub(in crate::settings) enum Variables {
    /// All of them, by name, and where they stand.
    Shown(BTreeMap<String, String>, Citation),
    /// They are not in the bundle.
    NotCollected(Citation),
}

impl Variables {
    /// The text of a variable that is not empty: an empty one counts as not set.
    pub fn text(&self, name: &str) -> Option<&str> {
        let text = self.get(name)?;
        (!text.is_empty()).then_some(text)
    }

    /// A variable, empty or not.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self {
            Self::Shown(all, _) => all.get(name).map(String::as_str),
            Self::NotCollected(_) => None,
        }
    }

    pub fn citation(&self) -> Option<&Citation> {
        match self {
            Self::Shown(_, citation) => Some(citation),
            Self::NotCollected(_) => None,
        }
    }

    /// What the variable of a setting says.
    pub(super) fn stated(&self, name: &str, setting: &Setting) -> Stated {
        let citation = match self {
            Self::Shown(_, citation) => citation,
            Self::NotCollected(line) => {
                let why = format!(
                    "the environment of the process is not in the bundle, and {name} may set it"
                );
                let code = Code::EnvironmentNotCollected;
                return Stated::Unknown(Doubt::new(code, why, vec![line.clone()]));
            }
        };
        let Some(text) = self.text(name) else {
            return match self.get(name) {
                Some(_) => Stated::Unset(format!("{name} is empty")),
                None => Stated::Nothing(format!("no {name}")),
            };
        };
        if let Some(mask) = mask_in(text) {
            let why = format!("the value of {name} is masked as {mask}");
            return Stated::Unknown(Doubt::new(Code::ValueRedacted, why, vec![citation.clone()]));
        }
        match SettingValue::from_argument(setting.kind, text) {
            Ok(value) => Stated::Value(value),
            Err(why) => {
                let why = format!("{name}: {why}");
                Stated::Unknown(Doubt::new(Code::WouldNotStart, why, vec![citation.clone()]))
            }
        }
    }
}

/// The variable of a flag: `ETCD_CERT_FILE` of `--cert-file`.
pub(super) fn variable(prefix: &str, flag: &str) -> String {
    format!("{prefix}{}", flag.to_ascii_uppercase().replace('-', "_"))
}
