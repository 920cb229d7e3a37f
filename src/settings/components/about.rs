//! What a component is: its `component.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::flag_file::FlagFileData;
use super::range::Range;
use super::unsettled::Unsettled;
use super::within::Within;
use crate::node::duty::Duty;
use crate::node::version::Minor;

/// How a component reads its argument line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Parser {
    /// As spf13/pflag does.
    #[default]
    Pflag,
    /// As Go's own package `flag` does.
    GoFlag,
}

/// What of the argument line keeps its say beside a configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Beside {
    /// Flags that no key of the file stands for.
    FlagsWithoutKey,
    /// No flag and no variable.
    Nothing,
}

/// `component.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    pub name: String,
    /// What a node does in its cluster that runs it.
    pub role: Duty,
    #[serde(default)]
    pub parser: Parser,
    /// What its programs and files have anywhere in their paths; where there is none, its name is
    /// theirs up to their ending.
    #[serde(default)]
    pub parts: Vec<String>,
    /// Arguments that hardly any other program has.
    #[serde(default)]
    pub signs: Vec<String>,
    /// Flags that name a file whose content is read at the start.
    #[serde(default)]
    pub files: Vec<String>,
    /// Files that one of these names in turn.
    #[serde(default)]
    pub within: Vec<Within>,
    /// Flags without which it does not start.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Flags that name a file without which it does not start.
    #[serde(default)]
    pub must_exist: Vec<String>,
    /// Files that are read again when they change; with the flag that asks for it, where one does.
    #[serde(default)]
    pub reloads: BTreeMap<String, String>,
    /// Its configuration file below the data directory of a k3s that has it inside.
    pub embedded_config: Option<String>,
    /// Older names of flags, and the flags they stand for.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    /// What flags take beyond their kind.
    #[serde(default)]
    pub range: Vec<Range>,
    /// What its environment variables begin with, where it reads any.
    pub environment: Option<String>,
    pub config: Option<ConfigData>,
    /// What leaves settings open.
    #[serde(default)]
    pub unsettled: Vec<Unsettled>,
    /// Files that become flags.
    #[serde(default)]
    pub flag_file: Vec<FlagFileData>,
}

/// What a component's configuration file is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfigData {
    /// The flag that names it.
    pub flag: String,
    /// Its `kind`; a file of a component without one has none.
    pub kind: Option<String>,
    pub beside: Beside,
    /// Flags that keep their say all the same.
    #[serde(default)]
    pub keeps: Vec<String>,
    /// Keys that are not known and keys that stand twice are refused.
    #[serde(default)]
    pub strict: bool,
    /// Keys match in any case.
    #[serde(default)]
    pub any_case: bool,
    #[serde(default)]
    pub api_version: Vec<ApiVersion>,
}

/// A form of the file, and the versions that read it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiVersion {
    pub name: String,
    first: Option<String>,
    last: Option<String>,
}

impl ApiVersion {
    /// Whether this version reads it; of an unknown version, whether any does.
    pub fn is_of(&self, version: Option<Minor>) -> bool {
        let bound = |text: &Option<String>| text.as_deref().and_then(Minor::parse);
        version.is_none_or(|version| {
            bound(&self.first).is_none_or(|first| version >= first)
                && bound(&self.last).is_none_or(|last| version <= last)
        })
    }
}
