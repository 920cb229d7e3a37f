//! What the kubelet's version means for its arguments and files, known or not.

use super::InForce;
use super::disk::Disk;
use super::drop_in::{Engine, default};
use super::kubelet::{Form, Setting, VERSIONS};
use super::named::Config;
use crate::node::version::Minor;

/// No older kubelet reads a KubeletConfiguration that `--config` names.
const FIRST_OF_CONFIG: u16 = 10;

/// No older kubelet has `--config-dir`.
const FIRST_OF_DROP_INS: u16 = 28;

impl Disk {
    /// Why no kubelet of this version runs with this line.
    pub(super) fn not_this_line(&self) -> Option<String> {
        if let Some(why) = self.line.malformed.first() {
            return Some(format!(
                "with this argument line a kubelet does not start: {why}"
            ));
        }
        let flag = self.line.other_version.first()?;
        Some(format!(
            "--{flag} does not exist in Kubernetes {}, so that version does not start with this line",
            self.version.map_or_else(String::new, |v| v.to_string())
        ))
    }

    /// Whether files can set it, as far as the version tells.
    pub(super) fn has_key(&self, setting: &Setting) -> bool {
        self.version.is_none() || setting.is_key_of(self.version)
    }

    /// What a setting has in each version that may run this, where that is not known: each value
    /// once, with the first version that gives it. Empty where one gives none.
    pub(super) fn by_each_version(&self, setting: &Setting) -> Vec<(Minor, InForce)> {
        let dynamic = self.line.text("dynamic-config-dir").is_some();
        if self.version.is_some() || dynamic || self.not_this_line().is_some() {
            return Vec::new();
        }
        let oldest = match (&self.named.config, self.line.text("config-dir")) {
            (_, Some(_)) => FIRST_OF_DROP_INS,
            (Config::Decoded(_), None) => FIRST_OF_CONFIG,
            _ => *VERSIONS.start(),
        };
        let mut all: Vec<(Minor, InForce)> = Vec::new();
        for minor in oldest..=*VERSIONS.end() {
            let version = Minor(1, minor);
            let [engine] = Engine::of(Some(version)) else {
                return Vec::new();
            };
            let below = match setting.form {
                Form::FlagOnly => default(setting, self.base().0.mode(), Some(version))
                    .map_err(|none| self.doubt(setting, none)),
                _ => self.merged_by(*engine, setting, Some(version)),
            };
            let told = below.and_then(|merged| self.over(setting, Ok(merged)));
            let Ok(in_force) = told else {
                return Vec::new();
            };
            let same = |(_, last): &(Minor, InForce)| last.winner.value == in_force.winner.value;
            match all.last_mut().filter(|last| same(last)) {
                // Of versions that agree, the newest explains best.
                Some((_, last)) => *last = in_force,
                None => all.push((version, in_force)),
            }
        }
        all
    }
}
