//! Base configuration + drop-ins → the merged value, by the engine of the kubelet's version.
//!
//! Source: facts on `--config-dir` (KEP-3983), run against the real code: 1.28 merges defaulted
//! structures with mergo, 1.29 to 1.31 unmarshal JSON over Go's fields, 1.32 and later apply an
//! RFC 7386 patch and set defaults again.

use std::collections::BTreeMap;

use super::config_file::{ConfigFile, Said};
use super::kubelet::{DefaultValue, Setting, StartMode};
use super::merged::{Engine, Merged, NoValue, Step, ValueOrigin, ValuePlace};
use super::patch::{Patch, Patched};
use super::value::SettingValue;
use crate::node::version::Minor;

/// The base a merge starts from.
#[derive(Clone, Copy, Debug)]
pub enum Base<'a> {
    /// No `--config`: the defaults of a kubelet with flags only.
    None,
    /// The file named by `--config`.
    File(&'a ConfigFile),
    /// There is one, and its content is not known.
    Unknown,
}

impl Base<'_> {
    pub(super) fn mode(self) -> StartMode {
        match self {
            Self::None => StartMode::FlagsOnly,
            Self::File(_) | Self::Unknown => StartMode::WithConfig,
        }
    }
}

/// Merges one setting.
///
/// # Errors
/// Why no value can be told.
pub fn merge(
    engine: Engine,
    base: Base<'_>,
    (drop_ins, patch): (&[ConfigFile], &Patch),
    setting: &Setting,
    version: Option<Minor>,
) -> Step {
    // A kubelet reads over a key that its version does not have.
    if version.is_some() && !setting.is_key_of(version) {
        return default(setting, base.mode(), version);
    }
    let start = base_value(base, setting, version);
    if drop_ins.is_empty() {
        return start;
    }
    match engine {
        Engine::Mergo => mergo(start, drop_ins, setting, version),
        Engine::Unmarshal => {
            let start = start.map(Some);
            patched(
                patch.over(engine, start, setting, drop_ins)?,
                setting,
                version,
            )
        }
        Engine::Patch => {
            // omitempty: a zero of the base is not in the JSON that is patched.
            let is_omitted = |merged: &Merged| setting.is_omitted() && merged.value.is_zero();
            let start = start.map(|merged| (!is_omitted(&merged)).then_some(merged));
            let patched_value = patch.over(engine, start, setting, drop_ins)?;
            match patched(patched_value, setting, version) {
                Ok(merged) if is_default(setting, &merged.value) => {
                    default(setting, StartMode::WithConfig, version)
                }
                winner => winner,
            }
        }
    }
}

/// What nobody sets has its default.
fn patched(patched: Patched, setting: &Setting, version: Option<Minor>) -> Step {
    match patched {
        Patched::Value(merged) => Ok(merged),
        Patched::Unset(place) => {
            let mut unset = default(setting, StartMode::WithConfig, version)?;
            // What the base set is taken back: nobody sets it.
            unset.citation = place.map(|place| place.citation);
            Ok(unset)
        }
    }
}

pub(super) fn default(setting: &Setting, mode: StartMode, version: Option<Minor>) -> Step {
    match setting.default(mode, version) {
        DefaultValue::Value(value) => Ok(Merged::new(value, ValueOrigin::Default, None)),
        DefaultValue::VersionUnknown => Err(NoValue::VersionUnknown),
        DefaultValue::Unknown => Err(NoValue::DefaultUnknown),
    }
}

/// The last entry a file has for a setting, which is the one that counts.
fn last(file: &ConfigFile, setting: &Setting, any_case: bool) -> Result<Option<Said>, NoValue> {
    Ok(file
        .said(setting, any_case)
        .map_err(|why| NoValue::Refused(why, None))?
        .pop())
}

fn set(file: &ConfigFile, said: &Said, value: SettingValue, origin: ValueOrigin) -> Merged {
    let mut places = BTreeMap::new();
    if let SettingValue::Map(map) = &value {
        for key in map.keys() {
            let origin = origin.clone();
            let citation = file.cite_key(said, key);
            places.insert(key.clone(), ValuePlace { origin, citation });
        }
    }
    Merged {
        places,
        ..Merged::new(value, origin, Some(file.cite(said)))
    }
}

fn is_default(setting: &Setting, value: &SettingValue) -> bool {
    setting.zero_is_default && value.is_zero()
}

fn base_value(base: Base<'_>, setting: &Setting, version: Option<Minor>) -> Step {
    let unset = || default(setting, base.mode(), version);
    let file = match base {
        Base::None => return unset(),
        Base::Unknown => return Err(NoValue::BaseUnknown),
        Base::File(file) => file,
    };
    match last(file, setting, false)? {
        Some(said) if said.redacted => Err(NoValue::Redacted(file.cite(&said))),
        Some(said) => match said.value.clone() {
            Some(value) if !is_default(setting, &value) => {
                Ok(set(file, &said, value, ValueOrigin::ConfigFile))
            }
            _ => unset(),
        },
        None => unset(),
    }
}

/// Each drop-in is defaulted first, and whatever is then not zero overrides.
fn mergo(start: Step, drop_ins: &[ConfigFile], setting: &Setting, version: Option<Minor>) -> Step {
    let mut current = start;
    for (index, file) in drop_ins.iter().enumerate() {
        let said = last(file, setting, false)?;
        let (value, said) = match said {
            Some(said) if said.redacted => {
                current = Err(NoValue::Redacted(file.cite(&said)));
                continue;
            }
            Some(said) => match said.value.clone() {
                Some(value) if !is_default(setting, &value) => (value, Some(said)),
                _ => (
                    default(setting, StartMode::WithConfig, version)?.value,
                    Some(said),
                ),
            },
            None => (
                default(setting, StartMode::WithConfig, version)?.value,
                None,
            ),
        };
        if value.is_zero() {
            continue;
        }
        current = Ok(match said {
            Some(said) => set(file, &said, value, ValueOrigin::DropIn(index)).over(Some(current)),
            // The default that every drop-in brings along.
            None => match current {
                Ok(merged) if merged.value == value => merged,
                _ => Merged::new(
                    value,
                    ValueOrigin::DropIn(index),
                    Some(file.citation.clone()),
                ),
            },
        });
    }
    current
}
