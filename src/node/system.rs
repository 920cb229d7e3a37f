//! The operating system of a node: by what the API says, else by the name of its kubelet.

use serde::Deserialize;

use crate::evidence::process::Process;

/// An operating system that kubelets run on, as far as it makes a difference to a rule.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// Any Linux but those below.
    Linux,
    /// Bottlerocket
    Bottlerocket,
    /// Talos Linux
    Talos,
    /// Windows
    Windows,
}

impl System {
    /// By status.nodeInfo: `operatingSystem`, and the `osImage` that begins with the name of
    /// `/etc/os-release`.
    #[must_use]
    pub fn of_node_info(operating_system: &str, image: Option<&str>) -> Option<Self> {
        let image = image.and_then(|image| image.split(' ').next());
        match (operating_system, image) {
            ("windows", _) => Some(Self::Windows),
            ("linux", Some("Talos")) => Some(Self::Talos),
            ("linux", Some("Bottlerocket")) => Some(Self::Bottlerocket),
            ("linux", _) => Some(Self::Linux),
            _ => None,
        }
    }

    /// By a program that only one system runs.
    #[must_use]
    pub fn of_process(process: &Process) -> Option<Self> {
        let program = process.words.first()?.rsplit(['/', '\\']).next()?;
        matches!(program, "kubelet.exe" | "kube-proxy.exe").then_some(Self::Windows)
    }

    /// Its name for people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linux => "Linux",
            Self::Bottlerocket => "Bottlerocket",
            Self::Talos => "Talos",
            Self::Windows => "Windows",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_known_by_what_the_node_says_of_itself() {
        for (name, image, expected) in [
            (
                "windows",
                Some("Windows Server 2022 Datacenter"),
                Some(System::Windows),
            ),
            ("linux", Some("Talos (v1.11.2)"), Some(System::Talos)),
            (
                "linux",
                Some("Bottlerocket OS 1.44.0 (aws-k8s-1.33)"),
                Some(System::Bottlerocket),
            ),
            ("linux", Some("Ubuntu 24.04"), Some(System::Linux)),
            ("linux", None, Some(System::Linux)),
            ("plan9", None, None),
        ] {
            assert_eq!(
                System::of_node_info(name, image),
                expected,
                "{name} {image:?}"
            );
        }
    }
}
