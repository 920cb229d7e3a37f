//! What merging gives a setting before arguments, and the engines that merge.

use std::collections::BTreeMap;

use super::config_file::{ConfigFile, LENIENT, Strictness};
use super::value::SettingValue;
use crate::evidence::citation::Citation;
use crate::node::version::Minor;

/// A merged value, or why there is none.
pub(super) type Step = Result<Merged, NoValue>;

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
pub enum ValueOrigin {
    /// The file named by `--config`.
    ConfigFile,
    /// A drop-in, by index.
    DropIn(usize),
    /// Nothing sets it.
    Default,
}

/// Where a file says something.
#[derive(Clone, Debug, PartialEq)]
pub struct ValuePlace {
    /// Which file.
    pub origin: ValueOrigin,
    /// The line or key.
    pub citation: Citation,
}

impl ValuePlace {
    /// The path of the drop-in.
    pub(super) fn path(&self, drop_ins: &[ConfigFile]) -> String {
        let file = match self.origin {
            ValueOrigin::DropIn(index) => drop_ins.get(index),
            ValueOrigin::ConfigFile | ValueOrigin::Default => None,
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
    pub origin: ValueOrigin,
    /// Where it stands.
    pub citation: Option<Citation>,
    /// The gate that sets many at once and set this one.
    pub group: Option<&'static str>,
    /// Of a map, where each key stands that a file gives.
    pub places: BTreeMap<String, ValuePlace>,
    /// Of a map, why the keys of the file below are not known.
    pub hole: Option<Box<NoValue>>,
}

impl Merged {
    pub(super) fn new(
        value: SettingValue,
        origin: ValueOrigin,
        citation: Option<Citation>,
    ) -> Self {
        Self {
            value,
            origin,
            citation,
            group: None,
            places: BTreeMap::new(),
            hole: None,
        }
    }

    pub(super) fn at(value: SettingValue, place: ValuePlace) -> Self {
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
    Refused(String, Option<ValuePlace>),
}
