//! One kubelet process and all that is written down for it.

use std::cell::OnceCell;

use crate::evidence::citation::Citation;
use crate::evidence::process::Process;
use crate::node::version::Minor;
use crate::settings::config_file::ConfigFile;
use crate::settings::kubelet::Setting;
use crate::settings::named::{Config, NamedFiles};
use crate::settings::pflag::CommandLine;
use crate::settings::refusal::StartRefusal;
use crate::settings::seen::ArgumentLine;

/// What is written down for one kubelet process.
pub struct KubeletProcess {
    /// Its arguments.
    pub line: CommandLine,
    pub(in crate::settings) process: Process,
    pub(in crate::settings) version: Option<Minor>,
    pub(super) named: NamedFiles,
    pub(in crate::settings) seen: ArgumentLine,
    pub(super) next: Option<Box<NextStart>>,
    /// Why a kubelet would refuse what is written down: the same for every setting.
    pub(super) refusal: OnceCell<Option<StartRefusal>>,
}

/// What is to start next in place of a process.
pub struct NextStart {
    /// The kubelet as it is planned.
    pub(super) process: KubeletProcess,
    /// Where each argument comes from.
    pub(super) origins: Vec<Citation>,
    /// The line that starts it.
    pub(super) line: Citation,
}

impl KubeletProcess {
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

    pub(super) fn base_file(&self) -> Option<&ConfigFile> {
        match &self.named.config {
            Config::Decoded(file) => Some(file),
            _ => None,
        }
    }
}
