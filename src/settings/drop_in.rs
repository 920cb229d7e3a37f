//! Base configuration + drop-ins → the merged value, by the engine of the kubelet's version.
//!
//! Source: facts on `--config-dir` (KEP-3983), run against the real code: 1.28 merges defaulted
//! structures with mergo, 1.29 to 1.31 unmarshal JSON over Go's fields, 1.32 and later apply an
//! RFC 7386 patch and set defaults again.

use std::collections::BTreeMap;

use super::config_file::{ConfigFile, LENIENT, Said, Strictness};
use super::kubelet::{Default, Mode, Setting};
use super::patch::{Patch, Patched};
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
                any_kind: true,
                duplicates: true,
                any_case: true,
            },
            Self::Patch => Strictness {
                any_kind: false,
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

/// Where a file says something.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Which file.
    pub origin: Origin,
    /// The line or key.
    pub citation: Citation,
}

impl Place {
    /// The path of the drop-in.
    pub(super) fn path(&self, drop_ins: &[ConfigFile]) -> String {
        let file = match self.origin {
            Origin::DropIn(index) => drop_ins.get(index),
            Origin::ConfigFile | Origin::Default => None,
        };
        file.map(|file| file.path.clone()).unwrap_or_default()
    }
}

/// A value after merging, before arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The value.
    pub value: SettingValue,
    /// What set it.
    pub origin: Origin,
    /// Where it stands.
    pub citation: Option<Citation>,
    /// The gate that sets many at once and set this one.
    pub group: Option<&'static str>,
    /// Of a map, where each key stands that a file gives.
    pub places: BTreeMap<String, Place>,
    /// Of a map, why the keys of the file below are not known.
    pub hole: Option<Box<NoValue>>,
}

impl Merged {
    pub(super) fn new(value: SettingValue, origin: Origin, citation: Option<Citation>) -> Self {
        Self {
            value,
            origin,
            citation,
            group: None,
            places: BTreeMap::new(),
            hole: None,
        }
    }

    pub(super) fn at(value: SettingValue, place: Place) -> Self {
        Self::new(value, place.origin, Some(place.citation))
    }

    /// Over what is below it: maps are merged by key, everything else is replaced.
    pub(super) fn over(mut self, below: Option<Step>) -> Self {
        let SettingValue::Map(map) = &mut self.value else {
            return self;
        };
        match below {
            Some(Ok(below)) => {
                if let SettingValue::Map(under) = below.value {
                    for (key, value) in under {
                        map.entry(key).or_insert(value);
                    }
                }
                for (key, place) in below.places {
                    self.places.entry(key).or_insert(place);
                }
                self.hole = self.hole.or(below.hole);
            }
            Some(Err(unknown)) => self.hole = Some(Box::new(unknown)),
            None => {}
        }
        self
    }
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
    /// The decoder refuses a value: why, and where it stands in a drop-in.
    Refused(String, Option<Place>),
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
                    default(setting, Mode::WithConfig, version)
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
            let mut unset = default(setting, Mode::WithConfig, version)?;
            // What the base set is taken back: nobody sets it.
            unset.citation = place.map(|place| place.citation);
            Ok(unset)
        }
    }
}

pub(super) fn default(setting: &Setting, mode: Mode, version: Option<Minor>) -> Step {
    match setting.default(mode, version) {
        Default::Value(value) => Ok(Merged::new(value, Origin::Default, None)),
        Default::VersionUnknown => Err(NoValue::VersionUnknown),
        Default::Unknown => Err(NoValue::DefaultUnknown),
    }
}

/// The last entry a file has for a setting, which is the one that counts.
fn last(file: &ConfigFile, setting: &Setting, any_case: bool) -> Result<Option<Said>, NoValue> {
    Ok(file
        .said(setting, any_case)
        .map_err(|why| NoValue::Refused(why, None))?
        .pop())
}

fn set(file: &ConfigFile, said: &Said, value: SettingValue, origin: Origin) -> Merged {
    let mut places = BTreeMap::new();
    if let SettingValue::Map(map) = &value {
        for key in map.keys() {
            let origin = origin.clone();
            let citation = file.cite_key(said, key);
            places.insert(key.clone(), Place { origin, citation });
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
                Ok(set(file, &said, value, Origin::ConfigFile))
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
            Some(said) => set(file, &said, value, Origin::DropIn(index)).over(Some(current)),
            // The default that every drop-in brings along.
            None => match current {
                Ok(merged) if merged.value == value => merged,
                _ => Merged::new(value, Origin::DropIn(index), Some(file.citation.clone())),
            },
        });
    }
    current
}
