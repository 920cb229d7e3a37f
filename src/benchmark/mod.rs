//! Benchmarks as data: what was published, with which number, pointing at which rule.

pub mod catalog;
pub mod references;
pub mod select;

use serde::Deserialize;

use crate::rules::{Check, CheckData};

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
    /// Place in the catalog's order.
    pub order: u32,
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
    /// Its controls, in their order.
    #[serde(rename = "control", default)]
    pub controls: Vec<Control>,
}

/// A numbered item of a benchmark.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// As numbered: `4.2.6`.
    pub number: String,
    /// The rule's key; none: a person decides.
    pub rule: Option<String>,
    /// "1" or "2", where a source says it.
    pub level: Option<String>,
    /// Who is meant to check it.
    pub assessment: Assessment,
    /// Other names of this control.
    #[serde(default)]
    pub other_names: Vec<String>,
    /// The publisher's own identifier.
    pub published_id: Option<String>,
    /// Addresses about this control.
    #[serde(default)]
    pub see_also: Vec<String>,
    /// The ways of checking that the source names.
    #[serde(default)]
    pub audit_methods: Vec<String>,
    /// The published check, item by item.
    pub text: Option<Text>,
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

/// The published check to the letter.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Whether one test or all must hold.
    pub join: Join,
    /// The tests.
    pub tests: Vec<Test>,
}

/// How tests are joined.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Join {
    /// One is enough.
    Or,
    /// All must hold.
    And,
}

/// One test of a published check.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// The argument looked for first.
    pub flag: Option<String>,
    /// The key of the file looked for second.
    pub path: Option<String>,
    /// The text it must have.
    pub equals: Option<String>,
    /// It must not be found.
    #[serde(default)]
    pub absent: bool,
}

/// A technical expectation, with everything a person reads about it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleData {
    /// Stable key.
    pub key: String,
    /// The component it is about.
    pub component: String,
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
    check: CheckData,
    /// References per benchmark.
    #[serde(default)]
    pub references: Vec<References>,
}

/// What a control maps to, in some benchmarks.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct References {
    /// The benchmarks these hold for.
    pub benchmarks: Vec<String>,
    /// `v8:12.3`, `v7:11.1`
    #[serde(default)]
    pub cis_controls: Vec<String>,
    /// `CM-6`
    #[serde(default)]
    pub nist_800_53: Vec<String>,
    /// How the 800-53 controls were found.
    pub nist_basis: Option<String>,
    /// Where this comes from.
    pub source: Option<String>,
}

/// A rule, ready to be applied.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What the catalog says.
    pub data: RuleData,
    /// Its check.
    pub check: Check,
}

impl Rule {
    /// The references of this rule in a benchmark.
    #[must_use]
    pub fn references(&self, benchmark: &str) -> Option<&References> {
        self.data
            .references
            .iter()
            .find(|r| r.benchmarks.iter().any(|id| id == benchmark))
    }
}

impl RuleData {
    fn settle(self) -> Result<Rule, String> {
        let check = self.check.clone().settle(&self.component)?;
        Ok(Rule { data: self, check })
    }
}
