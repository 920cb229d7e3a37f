//! The components whose settings are read: what belongs to each, and one process of one with what
//! is written down for it.

use super::components::{self, Described};
use super::kubelet::Setting;
use super::named::ConfigText;
use super::trail::Considered;
use super::{Doubt, InForce, Statement};
use crate::evidence::citation::Citation;
use crate::evidence::process::Process;
use crate::node::duty::Duty;
use crate::node::version::Minor;

/// A component of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// kubelet
    Kubelet,
    /// One that is described by data.
    Described(&'static Described),
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
    fn trail(&self, setting: &Setting) -> Vec<Considered>;

    /// How drop-ins are merged, where there are any.
    fn merging(&self) -> Option<&'static str>;
}

impl Component {
    /// What a node does in its cluster that runs it.
    #[must_use]
    pub fn role(self) -> Duty {
        match self {
            Self::Kubelet => Duty::Worker,
            Self::Described(described) => described.role(),
        }
    }

    /// The component of a name as rules write it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|component| component.as_str() == name)
    }

    /// Every component whose settings are read.
    pub fn all() -> impl Iterator<Item = Self> {
        let described = components::ALL.iter().map(Self::Described);
        std::iter::once(Self::Kubelet).chain(described)
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Described(described) => described.name(),
            Self::Kubelet => "kubelet",
        }
    }

    /// Its name in the middle of a sentence: `the kubelet`, and `kube-proxy`.
    #[must_use]
    pub fn spoken(self) -> &'static str {
        match self {
            Self::Kubelet => "the kubelet",
            Self::Described(described) => described.name(),
        }
    }

    /// The `kind` of its configuration file.
    #[must_use]
    pub fn config_kind(self) -> &'static str {
        match self {
            Self::Kubelet => "KubeletConfiguration",
            Self::Described(described) => described.config_kind(),
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
            (Self::Described(_), default) if path.starts_with("featureGates.") => {
                Setting::resolve(path, default)
            }
            (Self::Described(described), None) => described
                .setting(path)
                .ok_or_else(|| format!("{} has no setting `{path}`", described.name())),
            (Self::Described(_), Some(_)) => Err(format!(
                "`{path}` has its defaults in the table of settings"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kube_proxy() -> Component {
        Component::named("kube-proxy").unwrap()
    }

    #[test]
    fn a_setting_is_one_of_its_component() {
        assert!(Component::named("etcdctl").is_none());
        assert!(kube_proxy().setting("metricsBindAddress", None).is_ok());
        for (component, path, default) in [
            (Component::Kubelet, "metricsBindAddress", None),
            (kube_proxy(), "readOnlyPort", None),
            (kube_proxy(), "metricsBindAddress", Some("x")),
        ] {
            assert!(component.setting(path, default).is_err(), "{path}");
        }
    }
}
