//! The catalog files → rules and benchmarks, checked whole. A message names the file, and the
//! line where there is one.

use std::collections::{BTreeMap, BTreeSet};

use super::{Benchmark, Control, Rule, RuleData, references};

/// Everything that is built in.
pub struct Catalog {
    /// In catalog order.
    pub benchmarks: Vec<Benchmark>,
    /// By key.
    pub rules: BTreeMap<String, Rule>,
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

const RULES: &[File<'_>] = files!["rules": "kubelet-make-iptables-util-chains"];

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
        let mut by_key = BTreeMap::new();
        for (file, text) in rules {
            let data: RuleData = toml::from_str(text).map_err(|e| format!("{file}: {e}"))?;
            let rule = data.settle().map_err(|why| format!("{file}: {why}"))?;
            if let Some(twice) = by_key.insert(rule.data.key.clone(), rule) {
                return Err(format!("{file}: rule `{}` stands twice", twice.data.key));
            }
        }
        let mut list: Vec<Benchmark> = Vec::new();
        for (file, text) in benchmarks {
            let benchmark: Benchmark = toml::from_str(text).map_err(|e| format!("{file}: {e}"))?;
            check_benchmark(&benchmark, &by_key).map_err(|why| format!("{file}: {why}"))?;
            list.push(benchmark);
        }
        list.sort_by_key(|benchmark| benchmark.order);
        let catalog = Self {
            benchmarks: list,
            rules: by_key,
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
                    if !seen.insert(id) {
                        return Err(format!("rule {key}: references of `{id}` stand twice"));
                    }
                }
            }
        }
        Ok(())
    }
}

fn check_benchmark(benchmark: &Benchmark, rules: &BTreeMap<String, Rule>) -> Result<(), String> {
    let mut numbers = BTreeSet::new();
    for control in &benchmark.controls {
        let number = &control.number;
        if !numbers.insert(number) {
            return Err(format!("control {number} stands twice"));
        }
        if let Some(key) = control
            .rule
            .as_ref()
            .filter(|key| !rules.contains_key(*key))
        {
            return Err(format!(
                "control {number} points at rule `{key}`, which does not exist"
            ));
        }
        if !matches!(control.level.as_deref(), None | Some("1" | "2")) {
            return Err(format!("control {number}: level is \"1\" or \"2\""));
        }
        for test in control.text.iter().flat_map(|text| &text.tests) {
            if test.absent == test.equals.is_some() {
                return Err(format!(
                    "control {number}: a test is either `equals` or `absent`"
                ));
            }
        }
    }
    Ok(())
}
