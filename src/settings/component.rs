//! The components whose settings are read: what belongs to each, and one process of one with what
//! is written down for it.

use super::heard::Heard;
use super::kubelet::Setting;
use super::named::ConfigText;
use super::{Doubt, InForce, Statement, kube_proxy};
use crate::evidence::citation::Citation;
use crate::evidence::process::Process;
use crate::node::version::Minor;

/// A component of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// kubelet
    Kubelet,
    /// kube-proxy
    KubeProxy,
}

/// One running process of a component, and what is written down for it.
pub trait Instance {
    /// The process.
    fn process(&self) -> &Process;

    /// The value a setting has as written down.
    ///
    /// # Errors
    /// Why it cannot be told.
    fn setting(&self, setting: &Setting) -> Result<InForce, Doubt>;

    /// What the setting has in each version that may run this, oldest first, where that is not
    /// known: each value with the first version that gives it. Empty where one gives none.
    fn by_version(&self, _: &Setting) -> Vec<(Minor, InForce)> {
        Vec::new()
    }

    /// Whether what is written down means different things to different versions.
    fn rests_on_version(&self, setting: &Setting) -> bool;

    /// The configuration file as a published check reads it.
    fn config_text(&self) -> ConfigText<'_>;

    /// The folder that a relative path in a value is below; `None`: the working directory.
    ///
    /// # Errors
    /// The version that decides is not known.
    fn folder_of<'s>(&self, value: &'s Statement) -> Result<Option<&'s str>, Doubt>;

    /// Where the next start is planned to give the setting another value; `None` where it is not,
    /// or nobody can tell.
    fn planned_otherwise(&self, setting: &Setting) -> Option<Vec<Citation>>;

    /// Every source of a setting and what it says, strongest first.
    fn heard(&self, setting: &Setting) -> Vec<Heard>;

    /// How drop-ins are merged, where there are any.
    fn merging(&self) -> Option<&'static str>;
}

impl Component {
    /// The component of a name as rules write it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Kubelet, Self::KubeProxy]
            .into_iter()
            .find(|component| component.as_str() == name)
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kubelet => "kubelet",
            Self::KubeProxy => "kube-proxy",
        }
    }

    /// Its name in the middle of a sentence: `the kubelet`, and `kube-proxy`.
    #[must_use]
    pub fn spoken(self) -> &'static str {
        match self {
            Self::Kubelet => "the kubelet",
            Self::KubeProxy => "kube-proxy",
        }
    }

    /// The `kind` of its configuration file.
    #[must_use]
    pub fn config_kind(self) -> &'static str {
        match self {
            Self::Kubelet => "KubeletConfiguration",
            Self::KubeProxy => "KubeProxyConfiguration",
        }
    }

    /// Its setting with this name; `default` where the name is in no table.
    ///
    /// # Errors
    /// There is none, or its default is not to be given.
    pub fn setting(self, path: &str, default: Option<&str>) -> Result<&'static Setting, String> {
        match (self, default) {
            // An argument without a key that nobody gives is Go's zero value, unless a rule says more.
            (Self::Kubelet, None) if path.starts_with("flag:--") => {
                Setting::resolve(path, Some(""))
            }
            (Self::Kubelet, default) => Setting::resolve(path, default),
            (Self::KubeProxy, None) => {
                kube_proxy::named(path).ok_or_else(|| format!("kube-proxy has no setting `{path}`"))
            }
            (Self::KubeProxy, Some(_)) => Err(format!(
                "`{path}` has its defaults in the table of settings"
            )),
        }
    }

    /// Whether a path is a binary, unit or configuration of it, or a program that may run it.
    #[must_use]
    pub fn is_path(self, path: &str) -> bool {
        let base = path.rsplit('/').next().unwrap_or(path);
        let own = match self {
            Self::Kubelet => path.contains("kubelet"),
            Self::KubeProxy => path.contains("kube-proxy") || path.contains("kubeproxy"),
        };
        own || matches!(base, "hyperkube" | "kubelite" | "k3s" | "rke2")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(Component::KubeProxy.is_path(path), proxy, "{path}");
        }
    }

    #[test]
    fn a_setting_is_one_of_its_component() {
        assert!(Component::named("etcd").is_none());
        assert!(
            Component::KubeProxy
                .setting("metricsBindAddress", None)
                .is_ok()
        );
        for (component, path, default) in [
            (Component::Kubelet, "metricsBindAddress", None),
            (Component::KubeProxy, "readOnlyPort", None),
            (Component::KubeProxy, "metricsBindAddress", Some("x")),
        ] {
            assert!(component.setting(path, default).is_err(), "{path}");
        }
    }
}
