//! The operating system of a node: by what the API says, else by the name of its kubelet.

use serde::Deserialize;

use crate::evidence::Evidence;
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

    /// By the programs that run, and the process that shows it. A name alone proves little, for
    /// anybody can give it: every kubelet and kube-proxy must have it, and none a path of Unix.
    #[must_use]
    pub fn of_processes(processes: &[Process]) -> Option<(Self, &Process)> {
        let mut ours = ours(processes).peekable();
        let first = *ours.peek()?;
        ours.all(is_of_windows).then_some((Self::Windows, first))
    }

    /// Whether a node's own evidence may be of this system. What somebody else says of the node
    /// takes nothing from what the node itself shows.
    #[must_use]
    pub fn fits(self, evidence: &Evidence<'_>, processes: &[Process]) -> bool {
        let host = evidence.manifest.as_ref().map(|m| &m.host);
        let own = host.and_then(|host| host.os.as_deref());
        let is_called = |name: &str| {
            own.is_none_or(|own| {
                own.to_ascii_lowercase()
                    .contains(&name.to_ascii_lowercase())
            })
        };
        match self {
            Self::Linux => true,
            // Windows has no process 1, no numbers of users, and no kubelet without `.exe`.
            Self::Windows => {
                is_called(self.as_str())
                    && evidence.whole_process_list().is_none()
                    && !evidence.shows_unix_owners()
                    && ours(processes).all(is_of_windows)
            }
            Self::Talos | Self::Bottlerocket => is_called(self.as_str()),
        }
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

/// The processes of a node that its kubelet or kube-proxy runs in.
fn ours(processes: &[Process]) -> impl Iterator<Item = &Process> {
    processes.iter().filter(|process| process.is_of_node())
}

fn is_of_windows(process: &Process) -> bool {
    let path = process.words.first().map_or("", String::as_str);
    let program = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let is_unix = path.starts_with(['/', '.', '~']);
    !is_unix && matches!(program, "kubelet.exe" | "kube-proxy.exe")
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
