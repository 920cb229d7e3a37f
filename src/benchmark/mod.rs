//! Benchmarks as data: what was published, with which number, pointing at which rule.

pub mod audited;
pub mod built_in;
pub mod catalog;
mod checks;
pub mod close;
mod control;
pub mod covered;
pub mod described;
mod extend;
pub mod files;
pub mod folder;
pub mod kube_bench;
pub mod order;
pub mod place;
pub mod published;
pub mod references;
mod resolved;
pub mod select;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Table;

use crate::node::duty::Duty;
use crate::node::system::System;
use crate::rules::Check;
use crate::rules::written::Wrong;

pub use control::{Control, Entry};
pub use published::{Join, StatText, Test, Text};
use references::ReferenceDefaults;
pub use references::References;

/// One published version of one guide.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    /// kube-bench's directory name.
    pub id: String,
    /// Other names it goes by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// `cis`, `eks`, …
    pub family: String,
    /// Place in the catalog's order; those without stand behind all that have one.
    pub order: Option<u32>,
    /// Who publishes it.
    pub publisher: String,
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: Option<String>,
    /// Where a person gets it.
    pub address: Option<String>,
    /// Where our numbers come from.
    pub numbers_from: String,
    /// The Kubernetes versions it is meant for.
    pub kubernetes: Option<String>,
    /// The benchmark whose controls it has too, but for those that it removes or has itself.
    pub extends: Option<String>,
    /// The numbers of that benchmark's controls that it does not have.
    #[serde(default)]
    pub remove: Vec<String>,
    /// How checklists name it, where it is a STIG whose rules' ids are known.
    pub stig: Option<Stig>,
    /// How its controls come to their references, where they do not say it themselves.
    pub references: Option<ReferenceDefaults>,
    /// Its controls, in the order of their numbers. Until the catalog is loaded, those of its own file alone.
    #[serde(rename = "control", default)]
    pub controls: Vec<Control>,
    /// The digest of the user's catalog it is from; `None`: it is built in.
    #[serde(skip)]
    pub catalog: Option<String>,
}

impl Benchmark {
    /// Puts its controls in the order of their numbers.
    fn sort(&mut self) {
        self.controls.sort_by(|a, b| a.order.cmp(&b.order));
    }
}

/// How checklists of DISA name a STIG.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stig {
    /// `Kubernetes_STIG`
    pub id: String,
    /// `2`
    pub version: String,
    /// `Release: 4 Benchmark Date: 02 Jul 2025`
    pub release: String,
    /// The name of its published file.
    pub file: String,
    /// DISA's number of what it is about.
    pub target_key: String,
}

/// How a benchmark labels a control.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Assessment {
    /// A machine can check it.
    Automated,
    /// A person checks it.
    Manual,
    /// It counts for the score (older guides).
    Scored,
    /// It does not count for the score (older guides).
    NotScored,
}

impl Assessment {
    /// The word of the `assessment` column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Automated => "automated",
            Self::Manual => "manual",
            Self::Scored => "scored",
            Self::NotScored => "not-scored",
        }
    }
}

/// How bad a failing control is, as the publisher says it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// CAT I of a STIG.
    High,
    /// CAT II.
    Medium,
    /// CAT III.
    Low,
}

impl Severity {
    /// The word of the catalog.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    /// The category of a STIG: I, II or III.
    #[must_use]
    pub fn category(self) -> &'static str {
        match self {
            Self::High => "I",
            Self::Medium => "II",
            Self::Low => "III",
        }
    }
}

/// A technical expectation, with everything a person reads about it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleData {
    /// Stable key.
    pub key: String,
    /// The component it is about.
    pub component: String,
    /// Of which nodes it is asked, where that is not those that run its component.
    pub role: Option<Duty>,
    /// What is to be true.
    pub title: String,
    /// Why.
    pub rationale: String,
    /// What it costs.
    pub impact: String,
    /// What applies where nothing is set.
    pub default: String,
    /// The preferred way to put it right.
    pub remediation: String,
    /// On a node where an argument decides.
    pub remediation_argument: Option<String>,
    /// On a node where a drop-in decides.
    pub remediation_drop_in: Option<String>,
    /// On a node that has no configuration file.
    pub remediation_default: Option<String>,
    /// How to see that it is right.
    pub verify: String,
    /// Addresses.
    #[serde(default)]
    pub see_also: Vec<String>,
    /// Operating systems whose nodes have nothing that it is about.
    #[serde(default)]
    pub not_on: Vec<NotOn>,
    check: Table,
    #[serde(default)]
    beside: Vec<BesideData>,
    /// References of controls that point at it, in benchmarks that it names.
    #[serde(default)]
    pub references: Vec<Arc<References>>,
}

/// What a reader must know where something beside the rule's own check holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BesideData {
    when: Table,
    reason: String,
    remediation: String,
}

/// The same, with its check ready to be applied.
#[derive(Clone, Debug)]
pub struct Beside {
    /// What holds.
    pub when: Check,
    /// What that means for the finding, as the end of a sentence.
    pub reason: String,
    /// What puts it right then, in place of the rule's own.
    pub remediation: String,
}

/// Operating systems whose nodes a rule is not about.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotOn {
    /// The systems.
    pub systems: Vec<System>,
    /// Why, as the end of a sentence.
    pub why: String,
    /// Where this comes from.
    pub source: String,
}

/// A rule, ready to be applied.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What the catalog says.
    pub data: RuleData,
    /// Its check.
    pub check: Check,
    /// What else may hold that a reader must know; the first that does counts.
    pub beside: Vec<Beside>,
}

impl Rule {
    /// The check with some of its keys as a control wants them.
    fn adapted(&self, own: &Table) -> Result<Check, Wrong> {
        let table = Check::adapted(self.data.check.clone(), own);
        Check::settle(table, &self.data.component)
    }
}

impl RuleData {
    fn settle(self) -> Result<Rule, Wrong> {
        let check = Check::settle(self.check.clone(), &self.component)
            .map_err(|wrong| wrong.below(["check".into()]))?;
        let beside = self.beside.iter().enumerate().map(|(at, data)| {
            let here = |wrong: Wrong| wrong.below(["beside".into(), at.into()]);
            for (key, text) in [("reason", &data.reason), ("remediation", &data.remediation)] {
                checks::filled(key, text).map_err(here)?;
            }
            let when = Check::settle(data.when.clone(), &self.component)
                .map_err(|wrong| here(wrong.below(["when".into()])))?;
            Ok(Beside {
                when,
                reason: data.reason.clone(),
                remediation: data.remediation.clone(),
            })
        });
        let beside = beside.collect::<Result<_, Wrong>>()?;
        Ok(Rule {
            data: self,
            check,
            beside,
        })
    }
}
