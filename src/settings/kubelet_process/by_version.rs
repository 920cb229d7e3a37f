//! What a kubelet of unknown version makes of a setting: the value of each version it may have.

use super::process::KubeletProcess;
use crate::node::version::Minor;
use crate::settings::InForce;
use crate::settings::drop_in::default;
use crate::settings::kubelet::{Setting, SettingForm, VERSIONS};
use crate::settings::merged::Engine;
use crate::settings::named::Config;

/// No older kubelet reads a KubeletConfiguration that `--config` names.
const FIRST_OF_CONFIG: u16 = 10;

/// No older kubelet has `--config-dir`.
const FIRST_OF_DROP_INS: u16 = 28;

impl KubeletProcess {
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
                SettingForm::FlagOnly => default(setting, self.base().0.mode(), Some(version))
                    .map_err(|none| self.doubt(setting, none)),
                _ => self.merged_by(*engine, setting, Some(version)),
            };
            let in_force = below.and_then(|merged| self.over(setting, Ok(merged)));
            let Ok(in_force) = in_force else {
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
