//! Whose processes may be components of a node: root's, and of a control plane those of the users
//! that packages and images make for it.

use super::{Process, blanks, control_plane};
use crate::evidence::ps::PsProcess;

/// Users that components of a control plane run as, beside root.
const OF_COMPONENTS: [&str; 13] = [
    "etcd",
    "kube",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubeadm-etcd",
    "kubeadm-kas",
    "kubeadm-kcm",
    "kubeadm-ks",
    "kubernetes",
    "nfsnobody",
    "nobody",
    "nonroot",
];

/// Numbers below this one are of users that the system has for its services.
const FIRST_ORDINARY: u32 = 1000;

/// Names have this length or less before `ps` shortens them, and ends them in `+`.
const SHORTENED: usize = 7;

/// Whether a user of this name or number is there for services, as far as either shows it: images
/// run as `nobody` or as one of the numbers beside it.
fn is_of_services(user: &str) -> bool {
    if let Ok(number) = user.parse::<u32>() {
        return number < FIRST_ORDINARY || (65_532..=65_535).contains(&number);
    }
    match user.strip_suffix('+') {
        Some(start) if start.len() == SHORTENED => {
            OF_COMPONENTS.iter().any(|name| name.starts_with(start))
        }
        _ => OF_COMPONENTS.contains(&user),
    }
}

/// The user of a line, where it is another one than root.
pub(super) fn other_than_root(row: &PsProcess) -> Option<&str> {
    let user = row.user.as_deref();
    user.filter(|user| !matches!(*user, "root" | "0"))
}

/// Whether the list gives a process to a user whose processes are no components of a node.
pub(super) fn is_stranger(row: &PsProcess) -> bool {
    let is_component = || control_plane(blanks(&row.command)).is_some();
    other_than_root(row).is_some_and(|user| !is_component() || !is_of_services(user))
}

impl Process {
    /// Whether it may be what it says it is, as a process of this user, who is not root.
    pub(super) fn may_be_of(&self, user: &str) -> bool {
        !self.is_of_node() && (!self.is_of_control_plane() || is_of_services(user))
    }

    /// The user who runs it: root, where no list shows another.
    #[must_use]
    pub fn owner(&self) -> &str {
        self.user.as_deref().unwrap_or("root")
    }
}

#[cfg(test)]
mod tests {
    use super::is_of_services;

    #[test]
    fn users_of_services_are_told_by_name_and_by_number() {
        for user in [
            "etcd", "nobody", "65535", "65532", "997", "kube-ap+", "kubeadm+",
        ] {
            assert!(is_of_services(user), "{user}");
        }
        for user in [
            "alice", "1000", "1001", "100000", "kube-ad+", "kube+", "+", "etcd+", "",
        ] {
            assert!(!is_of_services(user), "{user}");
        }
    }
}
