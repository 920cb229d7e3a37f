//! The Kubernetes distribution a node belongs to, by the suffix of its version and by names that
//! only one vendor gives.

use std::collections::BTreeSet;

use super::version::Version;
use crate::evidence::process::{Process, Program};

/// A distribution with benchmarks of its own, or any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// No vendor's sign: kubeadm, kOps, kind and their kin.
    Generic,
    /// Amazon EKS
    Eks,
    /// Google GKE
    Gke,
    /// Azure AKS
    Aks,
    /// Red Hat OpenShift
    OpenShift,
    /// k3s
    K3s,
    /// RKE2
    Rke2,
    /// Alibaba Cloud ACK
    Aliyun,
    /// VMware TKGI
    Vmware,
    /// Canonical MicroK8s
    MicroK8s,
}

impl Platform {
    /// The word of the version table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generic => "cis",
            Self::Eks => "eks",
            Self::Gke => "gke",
            Self::Aks => "aks",
            Self::OpenShift => "openshift",
            Self::K3s => "k3s",
            Self::Rke2 => "rke2",
            Self::Aliyun => "aliyun",
            Self::Vmware => "vmware",
            Self::MicroK8s => "microk8s",
        }
    }

    /// Who runs the control plane of every cluster of this distribution; `None` where that is
    /// whoever runs the nodes, or may be.
    #[must_use]
    pub fn provider(self) -> Option<&'static str> {
        match self {
            Self::Eks => Some("Amazon EKS"),
            Self::Gke => Some("Google GKE"),
            Self::Aks => Some("Azure AKS"),
            _ => None,
        }
    }

    /// Who runs it where no node of a cluster of this distribution does.
    #[must_use]
    pub fn provider_without_nodes(self) -> Option<&'static str> {
        match self {
            Self::Aliyun => Some("Alibaba Cloud ACK"),
            _ => self.provider(),
        }
    }

    /// By the word of the version table.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let all = [
            Self::Generic,
            Self::Eks,
            Self::Gke,
            Self::Aks,
            Self::OpenShift,
            Self::K3s,
            Self::Rke2,
            Self::Aliyun,
            Self::Vmware,
            Self::MicroK8s,
        ];
        all.into_iter().find(|platform| platform.as_str() == word)
    }

    /// By the version's suffix (kube-bench's pattern: `-` or `+`, then a vendor's word).
    #[must_use]
    pub fn of_version(version: &Version) -> Option<Self> {
        let at = version.rest.find(['-', '+'])?;
        let word = version.rest.get(at + 1..)?;
        let signs = [
            ("eks", Self::Eks),
            ("gke", Self::Gke),
            ("aliyun", Self::Aliyun),
            ("vmware", Self::Vmware),
            ("k3s", Self::K3s),
            ("rke2", Self::Rke2),
        ];
        signs
            .into_iter()
            .find(|(sign, _)| word.starts_with(sign))
            .map(|(_, platform)| platform)
    }

    /// By the kubelets that run on the host itself, `mains` being what systemd runs. Where there are
    /// several, those of systemd speak, and they must agree: the others may be anybody's.
    #[must_use]
    pub fn of_processes(processes: &[Process], mains: &BTreeSet<u32>) -> Option<Self> {
        let is_own = |p: &&Process| p.program().is_some() && p.elsewhere.is_none();
        let own = || processes.iter().filter(is_own);
        let is_main = |p: &Process| p.pid.is_some_and(|pid| mains.contains(&pid));
        let several = own().count() > 1 && own().any(is_main);
        let mut speak = own()
            .filter(|p| !several || is_main(p))
            .map(Self::of_process);
        let first = speak.next()??;
        speak.all(|other| other == Some(first)).then_some(first)
    }

    fn of_process(process: &Process) -> Option<Self> {
        Self::of_words(process.words.iter().map(String::as_str)).or_else(|| {
            let program = process.words.first().map_or("", String::as_str);
            let program = program.split(' ').next().unwrap_or(program);
            let program = program.rsplit('/').next().unwrap_or(program);
            match process.program() {
                Some(Program::Embeds) if program.starts_with("k3s") => Some(Self::K3s),
                Some(Program::Embeds) if program == "kubelite" => Some(Self::MicroK8s),
                _ => None,
            }
        })
    }

    /// By a label or an argument that only this vendor's nodes have.
    #[must_use]
    pub fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let signs = [
            ("kubernetes.azure.com/", Self::Aks),
            ("eks.amazonaws.com/", Self::Eks),
            ("cloud.google.com/gke-", Self::Gke),
            ("node.openshift.io/", Self::OpenShift),
        ];
        words.into_iter().find_map(|word| {
            signs
                .into_iter()
                .find(|(sign, _)| word.contains(sign))
                .map(|(_, platform)| platform)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_are_known_by_suffix_or_label() {
        for (version, platform) in [
            ("v1.29.3-eks-ae9a62a", Some(Platform::Eks)),
            ("v1.30.1-gke.1000", Some(Platform::Gke)),
            ("v1.30.1+k3s1", Some(Platform::K3s)),
            ("v1.30.1+rke2r1", Some(Platform::Rke2)),
            ("v1.31.2", None),
            ("v1.31.2-rc.1", None),
        ] {
            assert_eq!(
                Platform::of_version(&Version::parse(version).unwrap()),
                platform,
                "{version}"
            );
        }
        let words = ["--node-labels=agentpool=a,kubernetes.azure.com/cluster=x"];
        assert_eq!(Platform::of_words(words), Some(Platform::Aks));
    }
}
