//! Base configuration + drop-ins → the merged value, by the engine of the kubelet's version.
//!
//! Source: facts on `--config-dir` (KEP-3983), run against the real code: 1.28 merges defaulted
//! structures with mergo, 1.29 to 1.31 unmarshal JSON over Go's fields, 1.32 and later apply an
//! RFC 7386 patch and set defaults again.

use std::collections::BTreeMap;

use super::config_file::{ConfigFile, LENIENT, Said, Strictness};
use super::kubelet::{Default, Mode, Setting};
use super::value::SettingValue;
use crate::evidence::citation::Citation;
use crate::node::version::Minor;

/// How a kubelet merges drop-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// 1.28
    Mergo,
    /// 1.29 to 1.31
    Unmarshal,
    /// 1.32 and later
    Patch,
}

impl Engine {
    /// The engines that a version (or an unknown one) may have.
    #[must_use]
    pub fn of(version: Option<Minor>) -> &'static [Self] {
        match version {
            Some(v) if v <= Minor(1, 28) => &[Self::Mergo],
            Some(v) if v <= Minor(1, 31) => &[Self::Unmarshal],
            Some(_) => &[Self::Patch],
            None => &[Self::Mergo, Self::Unmarshal, Self::Patch],
        }
    }

    /// How strictly drop-ins are read.
    #[must_use]
    pub fn strictness(self) -> Strictness {
        match self {
            Self::Mergo => LENIENT,
            Self::Unmarshal => Strictness {
                api_version: false,
                duplicates: true,
                any_case: true,
            },
            Self::Patch => Strictness {
                api_version: true,
                duplicates: true,
                any_case: true,
            },
        }
    }
}

/// Where a merged value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// The file named by `--config`.
    ConfigFile,
    /// A drop-in, by index.
    DropIn(usize),
    /// Nothing sets it.
    Default,
}

/// A value after merging, before arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The value.
    pub value: SettingValue,
    /// What set it.
    pub origin: Origin,
    /// The file's words for it, where a file decided.
    pub said: Option<Said>,
    /// Where it stands.
    pub citation: Option<Citation>,
}

/// Why there is no merged value.
#[derive(Clone, Debug, PartialEq)]
pub enum NoValue {
    /// The deciding value is masked.
    Redacted(Citation),
    /// The default depends on a version that is not known.
    VersionUnknown,
    /// No source of ours says what the default is.
    DefaultUnknown,
    /// This setting of many at once is on, and no source of ours says whether it covers this one.
    GroupUnknown(&'static str),
    /// The base file is not known and no drop-in decides.
    BaseUnknown,
    /// The decoder refuses a value: why.
    Refused(String),
}

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
    pub(super) fn mode(self) -> Mode {
        match self {
            Self::None => Mode::FlagsOnly,
            Self::File(_) | Self::Unknown => Mode::WithConfig,
        }
    }
}

type Step = Result<Merged, NoValue>;

/// Merges one setting.
///
/// # Errors
/// Why no value can be told.
pub fn merge(
    engine: Engine,
    base: Base<'_>,
    drop_ins: &[ConfigFile],
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
        Engine::Unmarshal => unmarshal(start, drop_ins, setting),
        Engine::Patch => patch(start, drop_ins, setting, version),
    }
}

pub(super) fn default(setting: &Setting, mode: Mode, version: Option<Minor>) -> Step {
    match setting.default(mode, version) {
        Default::Value(value) => Ok(Merged {
            value,
            origin: Origin::Default,
            said: None,
            citation: None,
        }),
        Default::VersionUnknown => Err(NoValue::VersionUnknown),
        Default::Unknown => Err(NoValue::DefaultUnknown),
    }
}

/// The last entry a file has for a setting, which is the one that counts.
fn last(file: &ConfigFile, setting: &Setting, any_case: bool) -> Result<Option<Said>, NoValue> {
    Ok(file
        .said(setting, any_case)
        .map_err(NoValue::Refused)?
        .pop())
}

fn set(file: &ConfigFile, said: Said, value: SettingValue, origin: Origin) -> Merged {
    Merged {
        value,
        origin,
        citation: Some(file.cite(&said)),
        said: Some(said),
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
                Ok(set(file, said, value, Origin::ConfigFile))
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
                    default(setting, Mode::WithConfig, version)?.value,
                    Some(said),
                ),
            },
            None => (default(setting, Mode::WithConfig, version)?.value, None),
        };
        if value.is_zero() {
            continue;
        }
        current = Ok(match said {
            Some(said) => combine(current, set(file, said, value, Origin::DropIn(index))),
            // The default that every drop-in brings along.
            None => match current {
                Ok(merged) if merged.value == value => merged,
                _ => Merged {
                    value,
                    origin: Origin::DropIn(index),
                    said: None,
                    citation: Some(file.citation.clone()),
                },
            },
        });
    }
    current
}

/// Maps are merged by key, everything else is replaced.
fn combine(current: Step, mut over: Merged) -> Merged {
    if let (
        Ok(Merged {
            value: SettingValue::Map(below),
            ..
        }),
        SettingValue::Map(above),
    ) = (current, &mut over.value)
    {
        for (key, value) in below {
            above.entry(key).or_insert(value);
        }
    }
    over
}

fn unmarshal(start: Step, drop_ins: &[ConfigFile], setting: &Setting) -> Step {
    let mut current = start;
    for (index, file) in drop_ins.iter().enumerate() {
        for said in file.said(setting, true).map_err(NoValue::Refused)? {
            current = match said.value.clone() {
                _ if said.redacted => Err(NoValue::Redacted(file.cite(&said))),
                // null changes nothing.
                None => current,
                Some(mut value) => {
                    drop_nulls(file, &said, &mut value);
                    let over = set(file, said, value, Origin::DropIn(index));
                    Ok(combine(current, over))
                }
            };
        }
    }
    current
}

/// A null inside a map leaves the key below as it is.
fn drop_nulls(file: &ConfigFile, said: &Said, value: &mut SettingValue) {
    for key in null_keys(file, said) {
        if let SettingValue::Map(map) = value {
            map.remove(&key);
        }
    }
}

fn null_keys(file: &ConfigFile, said: &Said) -> Vec<String> {
    use crate::evidence::document::Value;
    let mut node = &file.document.root;
    for key in &said.keys {
        let Some(entry) = node.get(key) else {
            return Vec::new();
        };
        node = &entry.node;
    }
    match &node.value {
        Value::Map(entries) => entries
            .iter()
            .filter(|entry| matches!(entry.node.value, Value::Null))
            .map(|entry| entry.key.clone())
            .collect(),
        _ => Vec::new(),
    }
}

/// Keys of another case stand beside the right one in the merged JSON; Go then applies them in
/// sorted order, so the last in byte order wins.
fn patch(start: Step, drop_ins: &[ConfigFile], setting: &Setting, version: Option<Minor>) -> Step {
    let canonical: Vec<String> = setting.segments().map(str::to_owned).collect();
    let mut keys: BTreeMap<Vec<String>, Step> = BTreeMap::new();
    // omitempty: a zero of the base is not in the JSON that is patched.
    let omitted = setting.omitted_when_zero && matches!(&start, Ok(m) if m.value.is_zero());
    if !omitted {
        keys.insert(canonical.clone(), start.clone());
    }
    for (index, file) in drop_ins.iter().enumerate() {
        for said in file.said(setting, true).map_err(NoValue::Refused)? {
            let spelling = said.keys.clone();
            match said.value.clone() {
                _ if said.redacted => {
                    keys.insert(spelling, Err(NoValue::Redacted(file.cite(&said))));
                }
                None if spelling == canonical => {
                    let mut unset = default(setting, Mode::WithConfig, version);
                    // What the base set is taken back: nobody sets it.
                    if let Ok(merged) = &mut unset {
                        merged.citation = Some(file.cite(&said));
                    }
                    keys.insert(spelling, unset);
                }
                None => {
                    keys.remove(&spelling);
                }
                Some(mut value) => {
                    let nulls = null_keys(file, &said);
                    drop_nulls(file, &said, &mut value);
                    let mut below = keys.remove(&spelling).unwrap_or(Err(NoValue::BaseUnknown));
                    if let Ok(Merged {
                        value: SettingValue::Map(map),
                        ..
                    }) = &mut below
                    {
                        for key in nulls {
                            map.remove(&key);
                        }
                    }
                    let over = set(file, said, value, Origin::DropIn(index));
                    keys.insert(spelling, Ok(combine(below, over)));
                }
            }
        }
    }
    let merged = keys.into_values().reduce(|below, over| match over {
        Ok(over) => Ok(combine(below, over)),
        refused => refused,
    });
    match merged.unwrap_or(start) {
        Ok(merged) if is_default(setting, &merged.value) => {
            default(setting, Mode::WithConfig, version)
        }
        winner => winner,
    }
}
