//! What a component is known by beside its name: arguments and paths that hardly anything else has.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::component::Component;
use super::components::{self, last_part};

/// Arguments that hardly any program but a kubelet has.
const KUBELET_SIGNS: [&str; 36] = [
    "authentication-token-webhook",
    "bootstrap-kubeconfig",
    "cgroup-driver",
    "cluster-dns",
    "cni-bin-dir",
    "config-dir",
    "container-runtime",
    "container-runtime-endpoint",
    "event-burst",
    "event-qps",
    "eviction-hard",
    "eviction-soft",
    "fail-swap-on",
    "hairpin-mode",
    "image-credential-provider-config",
    "kube-reserved",
    "kubelet-cgroups",
    "make-iptables-util-chains",
    "max-pods",
    "network-plugin",
    "node-labels",
    "node-status-update-frequency",
    "pod-cidr",
    "pod-infra-container-image",
    "pod-manifest-path",
    "pod-max-pids",
    "protect-kernel-defaults",
    "provider-id",
    "read-only-port",
    "register-node",
    "register-with-taints",
    "rotate-certificates",
    "rotate-server-certificates",
    "seccomp-default",
    "streaming-connection-idle-timeout",
    "system-reserved",
];

/// Arguments that API servers have too.
const SHARED: [&str; 4] = [
    "anonymous-auth",
    "authorization-mode",
    "client-ca-file",
    "tls-cipher-suites",
];

/// Programs with arguments and paths that are like those of a component of a node.
const OTHERS: [&str; 10] = [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kube-rbac-proxy",
    "etcd",
    "kubectl",
    "kubeadm",
    "crictl",
    "grep",
];

/// Part of the name of every component, and of what has one inside.
static NAMES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("(?-u)kube|etcd|k3s|rke2").ok());

/// Whether a command line or path has a component's name in it. Most have none.
fn has_name(text: &str) -> bool {
    NAMES.as_ref().is_none_or(|names| names.is_match(text))
}

/// The arguments that a component is known by.
static SIGNS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let described = components::ALL.iter().flat_map(|one| one.signs());
    let own = KUBELET_SIGNS.iter().chain(&SHARED).copied();
    own.chain(described.map(String::as_str)).collect()
});

/// Whether a command line has an argument that a component is known by.
fn has_sign(command: &str) -> bool {
    let arguments = || {
        let words = command.split_whitespace();
        words.filter_map(|word| word.strip_prefix("--"))
    };
    command.contains("--") && arguments().any(|argument| SIGNS.contains(&*flag_of(argument)))
}

/// The flag of an argument, as it is documented: flags with `_` are read as with `-`.
fn flag_of(argument: &str) -> Cow<'_, str> {
    let flag = argument.split('=').next().unwrap_or(argument);
    match flag.contains('_') {
        true => Cow::Owned(flag.replace('_', "-")),
        false => Cow::Borrowed(flag),
    }
}

impl Component {
    /// Whether a process with this command line may be a component at all: what [`Self::may_run_as`]
    /// refuses of every component, for the most part, told fast.
    #[must_use]
    pub fn may_run_with(command: &str) -> bool {
        has_name(command) || has_sign(command)
    }

    /// Whether a process with this command line may be one under another name, by the name of its
    /// program, by a path or by an argument.
    #[must_use]
    pub fn may_run_as(self, command: &str) -> bool {
        let mut words = command.split_whitespace();
        let program = words.next().unwrap_or_default();
        let program = program.rsplit(['/', '\\']).next().unwrap_or(program);
        let is_named = |text: &str| match self {
            Self::Kubelet => text.contains("kubelet"),
            Self::Described(described) => described.is_named(text),
        };
        if is_named(program) {
            return true;
        }
        // Some arguments and paths other components have too, and what reads of the kubelet.
        let is_other = OTHERS.contains(&program) && program != self.as_str();
        let is_sign = |word: &str| match word.strip_prefix("--") {
            None => !is_other && word.starts_with('/') && is_named(word),
            Some(argument) => {
                let argument = match argument.contains('_') {
                    true => Cow::Owned(argument.replace('_', "-")),
                    false => Cow::Borrowed(argument),
                };
                let (flag, value) = argument.split_once('=').unwrap_or((&argument, ""));
                let is_shared = self == Self::Kubelet && SHARED.contains(&flag);
                let may_be_other = is_shared || value.starts_with('/') && is_named(value);
                self.is_sign(flag) || may_be_other && !is_other
            }
        };
        let has = |name: &str| {
            let mut words = command
                .split_whitespace()
                .filter_map(|w| w.strip_prefix("--"));
            words.any(|word| word.split('=').next() == Some(name))
        };
        // What every kubelet of a cluster has, and hardly anything else both of.
        let has_both = || self == Self::Kubelet && has("config") && has("kubeconfig");
        words.any(is_sign) || !is_other && has_both()
    }

    /// Whether an argument is one that hardly anything else has.
    fn is_sign(self, flag: &str) -> bool {
        match self {
            Self::Kubelet => KUBELET_SIGNS.contains(&flag),
            Self::Described(described) => described.signs().iter().any(|sign| sign == flag),
        }
    }

    /// Whether a path is a binary, unit or configuration of it, or a program that may run it.
    #[must_use]
    pub fn is_path(self, path: &str) -> bool {
        if !has_name(path) {
            return false;
        }
        let own = match self {
            Self::Kubelet => path.contains("kubelet"),
            Self::Described(described) => described.is_path(path),
        };
        own || matches!(last_part(path), "hyperkube" | "kubelite" | "k3s" | "rke2")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_oneof, proptest};
    use proptest::strategy::Strategy as _;

    use super::*;

    fn kube_proxy() -> Component {
        Component::named("kube-proxy").unwrap()
    }

    #[test]
    fn a_path_belongs_to_a_component_or_to_what_may_run_it() {
        for (path, kubelet, proxy) in [
            ("/usr/bin/kubelet", true, false),
            ("/etc/systemd/system/kube-proxy.service", false, true),
            (
                "/var/lib/rancher/k3s/agent/kubeproxy.kubeconfig",
                false,
                true,
            ),
            ("/usr/local/bin/k3s", true, true),
            ("/etc/os-release", false, false),
        ] {
            assert_eq!(Component::Kubelet.is_path(path), kubelet, "{path}");
            assert_eq!(kube_proxy().is_path(path), proxy, "{path}");
        }
    }

    #[test]
    fn a_process_may_be_a_component_under_another_name() {
        for (command, kubelet, proxy) in [
            ("/opt/kubelet-exporter", true, false),
            ("kubelet.sh --v=2", true, false),
            ("agent --anonymous-auth=true", true, false),
            ("agent --anonymous_auth true", true, false),
            ("agent --config=/var/lib/kubelet/config.yaml", true, false),
            ("agent --config /var/lib/kubelet/config.yaml", true, false),
            ("agent --config=/c --kubeconfig /k", true, false),
            ("kube-scheduler --config=/c --kubeconfig=/k", false, false),
            ("agent --proxy-mode=ipvs", false, true),
            (
                "agent --config=/var/lib/kube-proxy/config.conf",
                false,
                true,
            ),
            (
                "kube-apiserver --anonymous-auth=true --kubelet-client-key=/kubelet",
                false,
                false,
            ),
            (
                "kube-scheduler --make-iptables-util-chains=false",
                true,
                false,
            ),
            ("kube-node --anonymous-auth=true", true, false),
            ("grep /var/lib/kubelet", false, false),
            ("/usr/sbin/sshd -D", false, false),
            (
                "/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock",
                false,
                false,
            ),
            ("", false, false),
        ] {
            assert_eq!(Component::Kubelet.may_run_as(command), kubelet, "{command}");
            assert_eq!(kube_proxy().may_run_as(command), proxy, "{command}");
        }
    }

    #[test]
    fn each_component_is_known_by_a_mark_of_its_name() {
        assert!(NAMES.is_some());
        for component in Component::all() {
            assert!(has_name(component.as_str()), "{component:?}");
        }
        for command in ["/usr/sbin/sshd -D", "/usr/bin/dockerd --containerd=/run/x"] {
            assert!(!Component::may_run_with(command), "{command}");
        }
    }

    proptest! {
        #[test]
        fn what_is_passed_over_is_no_component(
            words in proptest::collection::vec(
                prop_oneof![
                    proptest::sample::select(Vec::from(KUBELET_SIGNS)).prop_map(|flag| format!("--{flag}")),
                    proptest::sample::select(Vec::from(OTHERS)).prop_map(str::to_owned),
                    "--?(config|kubeconfig|anonymous_auth|proxy-mode|data_dir)(=[/a-z_-]{0,6}(kubelet|etcd|kube-proxy)?)?",
                    "/[a-z/]{0,8}(k3s|kubelet|sshd|rke2)?",
                    "[ -~]{0,8}",
                ],
                0..5,
            ),
        ) {
            let command = words.join(" ");
            let may_run = Component::all().any(|component| component.may_run_as(&command));
            prop_assert!(!may_run || Component::may_run_with(&command), "{}", command);
        }
    }
}
