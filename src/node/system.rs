//! The operating system a node runs: by what the API says, else by the name of its kubelet.

use serde::Deserialize;

use crate::evidence::process::Process;

/// An operating system that kubelets run on.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// Linux
    Linux,
    /// Windows
    Windows,
}

impl System {
    /// The system of this name, as status.nodeInfo.operatingSystem has it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "linux" => Some(Self::Linux),
            "windows" => Some(Self::Windows),
            _ => None,
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linux => "Linux",
            Self::Windows => "Windows",
        }
    }

    /// By a program that only one system runs.
    #[must_use]
    pub fn of_process(process: &Process) -> Option<Self> {
        let program = process.words.first()?.rsplit(['/', '\\']).next()?;
        matches!(program, "kubelet.exe" | "kube-proxy.exe").then_some(Self::Windows)
    }
}
