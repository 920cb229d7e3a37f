//! Arguments and files that decode → why a kubelet refuses them all the same: gates, ranges,
//! values that do not go together.
//!
//! Source: facts on the real code's start steps (validation of flags and configuration, TLS, gates).

use super::arguments::is_fork;
use super::process::KubeletProcess;
use super::together;
use crate::evidence::document::{Entry, Value};
use crate::problem::Code;
use crate::settings::gates::{self, GATES};
use crate::settings::keys::KEYS;
use crate::settings::kubelet::{SETTINGS, Setting};
use crate::settings::merged::Engine;
use crate::settings::pflag::Argument;
use crate::settings::refusal::StartRefusal;
use crate::settings::value::SettingValue;

impl KubeletProcess {
    /// Why a kubelet refuses what is written down, of whatever setting.
    pub(super) fn refusal(&self) -> Option<&StartRefusal> {
        self.refusal.get_or_init(|| self.find_refusal()).as_ref()
    }

    fn find_refusal(&self) -> Option<StartRefusal> {
        // What follows a cut may win over all of it.
        if self.process.cut || self.not_this_line().is_some() || self.refused_files() {
            return None;
        }
        (self.out_of_range())
            .or_else(|| self.refused_gate())
            .or_else(|| together::refused(self))
    }

    /// A value in a file of the wrong type or out of the range a kubelet takes.
    fn out_of_range(&self) -> Option<StartRefusal> {
        let of_version = KEYS.iter().filter(|key| key.is_of(self.version));
        let keys = of_version.map(|key| (&key.setting, key.has_range(self.version), key.pointer));
        let settings = SETTINGS.iter().filter(|setting| setting.has_range());
        let settings = settings.map(|setting| (setting, true, false));
        // A default is in its range: only what some file has can be refused.
        let written = self.written_keys();
        let is_written = |setting: &Setting| {
            let own = setting.segments().next().unwrap_or_default();
            (written.iter()).any(|key| !key.is_ascii() || key.eq_ignore_ascii_case(own))
        };
        (settings.chain(keys))
            .filter(|(setting, ..)| is_written(setting))
            .find_map(|(setting, ranged, pointer)| match self.local(setting) {
                Ok(merged) if ranged && self.line.last(&setting.flag).is_none() => {
                    Some(StartRefusal {
                        why: setting.refuses(&merged.value)?,
                        citations: merged.citation.into_iter().collect(),
                        by_line: false,
                    })
                }
                Err(doubt) if doubt.code == Code::WouldNotStart => self.mistyped(setting, pointer),
                _ => None,
            })
    }

    /// What a decoder refuses of a key; null of a `pointer` it takes.
    fn mistyped(&self, setting: &Setting, pointer: bool) -> Option<StartRefusal> {
        let files = self.named.drop_ins.files();
        let merges = |engine: &Engine| engine.strictness().any_case;
        let alone = match Engine::of(self.version).iter().all(merges) {
            true => {
                let found = self.named.drop_ins.patch()?.mistyped([setting], files);
                if let Some((place, why)) = found {
                    return Some(StartRefusal {
                        why: format!("{why} in {}", place.path(files)),
                        citations: vec![place.citation],
                        by_line: false,
                    });
                }
                &[]
            }
            false => files,
        };
        let files = alone.iter().rev().chain(self.base_file());
        files.into_iter().find_map(|file| {
            let why = file.said(setting, false).err()?;
            let root = &file.document.root;
            let is_null = |entry: &Entry| matches!(entry.node.value, Value::Null);
            if pointer && root.at(&setting.path).is_some_and(is_null) {
                return None;
            }
            Some(StartRefusal {
                why: format!("{why} in {}", file.path),
                citations: vec![file.place_of(setting)],
                by_line: false,
            })
        })
    }

    /// The keys that stand at the top of the file and of drop-ins.
    fn written_keys(&self) -> Vec<&str> {
        let files = self.named.drop_ins.files().iter().chain(self.base_file());
        let entries = files.flat_map(|file| match &file.document.root.value {
            Value::Map(entries) => entries.as_slice(),
            _ => &[],
        });
        entries.map(|entry| entry.key.as_str()).collect()
    }

    fn refused_gate(&self) -> Option<StartRefusal> {
        let gates = self.gates()?;
        let (key, why) = gates::refused(&gates, self.version, is_fork(&self.process))?;
        let named = |argument: &Argument| matches!(&argument.value, SettingValue::Map(gates) if gates.contains_key(&key));
        let by_line = self.line.all("feature-gates").any(named);
        let all = self.local(Setting::named(GATES)?).ok();
        let place = all.and_then(|mut all| all.places.remove(&key));
        let place = place.map(|place| place.citation);
        Some(StartRefusal {
            why,
            citations: place.filter(|_| !by_line).into_iter().collect(),
            by_line,
        })
    }
}
