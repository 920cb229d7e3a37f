//! Node + evidence → the value in force of a setting: what decided it and what lost.
//!
//! Two states per process: on disk ([`kubelet_process`] and [`components`]: arguments, files,
//! defaults) and live ([`live`]: configz).

pub mod argument;
pub mod component;
pub mod components;
pub mod config_file;
pub mod drop_in;
mod embedded;
mod flag_list;
mod flag_shape;
pub mod flag_table;
pub mod gate_table;
pub mod gates;
mod keys;
pub mod kubelet;
pub mod kubelet_process;
pub mod literal;
pub mod live;
pub mod merged;
pub mod named;
pub mod patch;
pub mod pflag;
pub mod pod_security;
mod refusal;
mod repeated;
mod resolve;
mod seen;
mod signs;
pub mod trail;
pub mod value;

use crate::evidence::citation::Citation;
use crate::problem::Code;
use value::SettingValue;

/// What decided a value: the words of the `source` column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingSource {
    /// The API's configz.
    Configz,
    /// An argument of the process.
    Argument,
    /// An argument as a program logged it that has the component inside.
    Journal,
    /// An argument in the file that such a program reads them from.
    ArgsFile,
    /// A drop-in of the configuration folder.
    DropIn,
    /// The configuration file.
    ConfigFile,
    /// A variable of the process's environment.
    Environment,
    /// An argument in the manifest of a static pod that is not seen to run.
    Manifest,
    /// The default of the version and start-up mode.
    Default,
}

impl SettingSource {
    /// Whether it is an argument, wherever it was seen.
    #[must_use]
    pub fn is_argument(self) -> bool {
        matches!(
            self,
            Self::Argument | Self::Journal | Self::ArgsFile | Self::Manifest
        )
    }

    /// The word of the `source` column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Configz => "configz",
            Self::Argument => "argument",
            Self::Journal => "journal",
            Self::ArgsFile => "args-file",
            Self::DropIn => "drop-in",
            Self::ConfigFile => "config-file",
            Self::Environment => "environ",
            Self::Manifest => "manifest",
            Self::Default => "default",
        }
    }
}

/// What one source says of a setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Which source.
    pub source: SettingSource,
    /// The value.
    pub value: SettingValue,
    /// Where it is said, for a sentence: `/var/lib/kubelet/config.yaml`.
    pub place: String,
    /// Where it stands in the bundle; the process's line for a default.
    pub citation: Option<Citation>,
}

/// A value with the source that decided it and the sources that lost.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce {
    /// What decided.
    pub winner: Statement,
    /// What was said beside it, strongest first.
    pub losers: Vec<Statement>,
    /// Further evidence the value rests on: the process's line, the files that were silent.
    pub witnesses: Vec<Citation>,
    /// What a reader should know.
    pub notes: Vec<Code>,
    /// Why a compliant value is not certain.
    pub doubt: Option<Doubt>,
}

/// Why something is not decided, or is not certain.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// The stable code.
    pub code: Code,
    /// A sentence.
    pub why: String,
    /// The evidence that shows it.
    pub citations: Vec<Citation>,
    /// Bytes are there that cannot be read, rather than missing.
    pub unreadable: bool,
}

impl Doubt {
    /// A doubt about what can be read.
    #[must_use]
    pub fn new(code: Code, why: String, citations: Vec<Citation>) -> Self {
        Self {
            code,
            why,
            citations,
            unreadable: false,
        }
    }
}
