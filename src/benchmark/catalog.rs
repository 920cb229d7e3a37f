//! The catalog files → rules and benchmarks, checked whole. A message names the file, and the
//! line where there is one.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::files::Roles;
use super::{Benchmark, Control, Rule, RuleData, references};
use crate::rules::Check;

/// Everything that is built in.
pub struct Catalog {
    /// In catalog order.
    pub benchmarks: Vec<Benchmark>,
    /// By key.
    pub rules: BTreeMap<String, Rule>,
    /// Which file a rule means by its role.
    pub files: Roles,
}

/// A catalog file: its name and its text.
pub type File<'a> = (&'a str, &'a str);

macro_rules! files {
    ($folder:literal: $($name:literal)*) => {
        &[$((
            concat!($folder, "/", $name, ".toml"),
            include_str!(concat!("catalog/", $folder, "/", $name, ".toml")),
        )),*]
    };
}

const RULES: &[File<'_>] = files!["rules":
    "file-owner-azure-json"
    "file-owner-client-ca-file"
    "file-owner-kubelet-config"
    "file-owner-kubelet-kubeconfig"
    "file-owner-kubelet-service"
    "file-owner-proxy-kubeconfig"
    "file-perm-azure-json"
    "file-perm-client-ca-file"
    "file-perm-kubelet-config"
    "file-perm-kubelet-kubeconfig"
    "file-perm-kubelet-service"
    "file-perm-proxy-kubeconfig"
    "kube-proxy-metrics-bind-address"
    "kubelet-anonymous-auth"
    "kubelet-authorization-mode"
    "kubelet-cadvisor-port"
    "kubelet-cert-dir"
    "kubelet-client-ca-file"
    "kubelet-event-record-qps"
    "kubelet-feature-dynamic-auditing-off"
    "kubelet-feature-dynamic-kubelet-config-off"
    "kubelet-hostname-override"
    "kubelet-keep-terminated-pod-volumes"
    "kubelet-kube-api-qps"
    "kubelet-make-iptables-util-chains"
    "kubelet-pod-pids-limit"
    "kubelet-protect-kernel-defaults"
    "kubelet-protect-kernel-defaults-not-set"
    "kubelet-read-only-port"
    "kubelet-rotate-certificates"
    "kubelet-rotate-client-certificate"
    "kubelet-rotate-server-certificate"
    "kubelet-seccomp-default"
    "kubelet-static-pod-path"
    "kubelet-streaming-connection-idle-timeout"
    "kubelet-systemd-ip-address-deny"
    "kubelet-tls-cert-key"
    "kubelet-tls-cipher-suites"
    "node-sshd-not-enabled"
    "node-sshd-not-running"
];

const BENCHMARKS: &[File<'_>] = files!["benchmarks":
    "cis-1.5"
    "cis-1.6"
    "cis-1.20"
    "cis-1.23"
    "cis-1.24"
    "cis-1.7"
    "cis-1.8"
    "cis-1.9"
    "cis-1.10"
    "cis-1.11"
    "cis-1.12"
    "eks-1.0.1"
    "eks-1.1.0"
    "eks-1.2.0"
    "eks-1.5.0"
    "eks-1.7.0"
    "eks-1.8.0"
    "gke-1.0"
    "gke-1.2.0"
    "gke-1.6.0"
    "gke-1.8.0"
    "gke-1.9.0"
    "aks-1.0"
    "aks-1.7"
    "aks-1.8"
    "ack-1.0"
    "rh-0.7"
    "rh-1.0"
    "rh-1.4"
    "rh-1.8"
    "cis-1.6-k3s"
    "k3s-cis-1.23"
    "k3s-cis-1.24"
    "k3s-cis-1.7"
    "k3s-cis-1.8"
    "k3s-cis-1.9"
    "rke-cis-1.23"
    "rke-cis-1.24"
    "rke-cis-1.7"
    "rke2-cis-1.23"
    "rke2-cis-1.24"
    "rke2-cis-1.7"
    "rke2-cis-1.8"
    "cis-1.24-microk8s"
    "tkgi-1.2.53"
    "eks-stig-kubernetes-v1r6"
    "k3s-cis-1.23-hardened"
    "k3s-cis-1.23-permissive"
    "k3s-cis-1.24-hardened"
    "k3s-cis-1.24-permissive"
    "k3s-cis-1.7-hardened"
    "k3s-cis-1.7-permissive"
    "k3s-cis-1.8-hardened"
    "k3s-cis-1.8-permissive"
    "k3s-cis-1.9@rancher"
    "k3s-cis-1.10"
    "k3s-cis-1.11"
    "k3s-cis-1.12"
    "rke-cis-1.23-hardened"
    "rke-cis-1.23-permissive"
    "rke-cis-1.24-hardened"
    "rke-cis-1.24-permissive"
    "rke-cis-1.7-hardened"
    "rke-cis-1.7-permissive"
    "rke-cis-1.8-hardened"
    "rke-cis-1.8-permissive"
    "rke2-cis-1.23-hardened"
    "rke2-cis-1.23-permissive"
    "rke2-cis-1.24-hardened"
    "rke2-cis-1.24-permissive"
    "rke2-cis-1.7-hardened"
    "rke2-cis-1.7-permissive"
    "rke2-cis-1.8-hardened"
    "rke2-cis-1.8-permissive"
    "rke2-cis-1.9"
    "rke2-cis-1.10"
    "rke2-cis-1.11"
    "rke2-cis-1.12"
];

impl Catalog {
    /// The built-in catalog.
    ///
    /// # Errors
    /// What is wrong in which file.
    pub fn built_in() -> Result<Self, String> {
        Self::load(RULES, BENCHMARKS)
    }

    /// Reads and checks catalog files.
    ///
    /// # Errors
    /// What is wrong in which file.
    pub fn load(rules: &[File<'_>], benchmarks: &[File<'_>]) -> Result<Self, String> {
        let files = Roles::built_in()?;
        let read = |(file, text): &File<'_>| {
            let data: RuleData = toml::from_str(text).map_err(|e| format!("{file}: {e}"))?;
            data.settle().map_err(|why| format!("{file}: {why}"))
        };
        let settled: Vec<Result<Rule, String>> = rules.par_iter().map(read).collect();
        let mut by_key = BTreeMap::new();
        for (rule, (file, _)) in settled.into_iter().zip(rules) {
            let rule = rule?;
            let why = files.lacks(&rule.check);
            if let Some(why) = why {
                return Err(format!("{file}: {why}"));
            }
            if let Some(twice) = by_key.insert(rule.data.key.clone(), rule) {
                return Err(format!("{file}: rule `{}` stands twice", twice.data.key));
            }
        }
        let read = |(file, text): &File<'_>| {
            let mut benchmark: Benchmark =
                toml::from_str(text).map_err(|e| format!("{file}: {e}"))?;
            settle_benchmark(&mut benchmark, &by_key, &files)
                .map_err(|why| format!("{file}: {why}"))?;
            Ok(benchmark)
        };
        let list: Vec<Result<Benchmark, String>> = benchmarks.par_iter().map(read).collect();
        let mut list: Vec<Benchmark> = list.into_iter().collect::<Result<_, _>>()?;
        list.sort_by_key(|benchmark| benchmark.order);
        let catalog = Self {
            benchmarks: list,
            rules: by_key,
            files,
        };
        catalog.check_names()?;
        catalog.check_references()?;
        Ok(catalog)
    }

    /// The benchmark of an id or alias.
    #[must_use]
    pub fn benchmark(&self, id: &str) -> Option<&Benchmark> {
        self.benchmarks
            .iter()
            .find(|b| b.id == id || b.aliases.iter().any(|alias| alias == id))
    }

    /// The rule a control points at.
    #[must_use]
    pub fn rule(&self, control: &Control) -> Option<&Rule> {
        control.rule.as_ref().and_then(|key| self.rules.get(key))
    }

    /// The rule a control is judged by, and its check as this control wants it; `None` where a
    /// person decides.
    #[must_use]
    pub fn check<'c>(&'c self, control: &'c Control) -> Option<(&'c Rule, &'c Check)> {
        let rule = self.rule(control)?;
        Some((rule, control.check.as_ref().unwrap_or(&rule.check)))
    }

    fn check_names(&self) -> Result<(), String> {
        let mut names = BTreeSet::new();
        let mut orders = BTreeSet::new();
        for benchmark in &self.benchmarks {
            if !orders.insert(benchmark.order) {
                return Err(format!(
                    "{}: order {} stands twice",
                    benchmark.id, benchmark.order
                ));
            }
            for name in benchmark.aliases.iter().chain([&benchmark.id]) {
                if !names.insert(name) {
                    return Err(format!("benchmark `{name}` stands twice"));
                }
            }
        }
        Ok(())
    }

    fn check_references(&self) -> Result<(), String> {
        for (key, rule) in &self.rules {
            let mut seen = BTreeSet::new();
            for entry in &rule.data.references {
                let wrong =
                    references::wrong_basis(entry.nist_basis.as_deref(), &entry.nist_800_53);
                if let Some(why) = wrong {
                    return Err(format!("rule {key}: {:?}: {why}", entry.benchmarks));
                }
                for id in &entry.benchmarks {
                    if !self.benchmarks.iter().any(|b| b.id == *id) {
                        return Err(format!("rule {key}: references name no benchmark `{id}`"));
                    }
                    let general = String::new();
                    let controls = match entry.controls.as_slice() {
                        [] => std::slice::from_ref(&general),
                        named => named,
                    };
                    for control in controls {
                        if !seen.insert((id.clone(), control.clone())) {
                            return Err(format!(
                                "rule {key}: references of `{id}` {control} stand twice"
                            ));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// Checks a benchmark, and settles what its controls want otherwise than their rules.
fn settle_benchmark(
    benchmark: &mut Benchmark,
    rules: &BTreeMap<String, Rule>,
    files: &Roles,
) -> Result<(), String> {
    let mut numbers = BTreeSet::new();
    for control in &mut benchmark.controls {
        let number = control.number.clone();
        let wrong = |why: String| Err(format!("control {number}: {why}"));
        if !numbers.insert(number.clone()) {
            return wrong("stands twice".to_owned());
        }
        match (&control.rule, &control.expect) {
            (Some(key), own) => {
                let Some(rule) = rules.get(key) else {
                    return wrong(format!("points at rule `{key}`, which does not exist"));
                };
                if control.look_at.is_some() {
                    return wrong("has a rule, so nobody needs `look_at`".to_owned());
                }
                if let Some(own) = own {
                    let check = rule
                        .adapted(own)
                        .map_err(|why| format!("control {number}: expect: {why}"))?;
                    if let Some(why) = files.lacks(&check) {
                        return wrong(why);
                    }
                    control.check = Some(check);
                }
            }
            (None, Some(_)) => return wrong("has `expect` and no rule".to_owned()),
            (None, None) if control.title.is_none() || control.look_at.is_none() => {
                return wrong("has no rule, so it needs `title` and `look_at`".to_owned());
            }
            (None, None) => {}
        }
        if !matches!(control.level.as_deref(), None | Some("1" | "2")) {
            return wrong("level is \"1\" or \"2\"".to_owned());
        }
        for test in control.text.iter().flat_map(|text| &text.tests) {
            if test.comparisons() != 1 {
                return wrong("a test has one comparison".to_owned());
            }
            if let Some(role) = test.file.as_ref().filter(|role| files.role(role).is_none()) {
                return wrong(format!("there is no file `{role}`"));
            }
        }
    }
    Ok(())
}
