//! What every source says of a setting, whether it decides or not. What decides is a process's
//! `setting` to say; this is what was considered on the way.

use super::SettingSource;
use crate::evidence::citation::Citation;

/// One source, and what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Considered {
    /// Which source.
    pub source: SettingSource,
    /// What was looked at, for people: the arguments, a path, a version's default.
    pub place: String,
    /// Where that stands in the bundle.
    pub citation: Option<Citation>,
    /// What it says.
    pub contribution: Contribution,
}

/// What a source says of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contribution {
    /// This value, as it was written.
    Value(String),
    /// Something that the kubelet takes for nothing: null, or a zero that stands for the default.
    Unset(String),
    /// Nothing.
    Nothing(String),
    /// It cannot be told: why.
    Unknown(String),
    /// It was not asked: why.
    NotAsked(String),
    /// This, as it was written, which does not count: why.
    Ignored(String, String),
}
