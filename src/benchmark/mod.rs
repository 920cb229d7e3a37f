//! Benchmarks as data: what was published, with which number, pointing at which rule.

pub mod built_in;
pub mod catalog;
mod checks;
pub mod close;
pub mod described;
pub mod files;
pub mod folder;
mod place;
pub mod references;
pub mod select;

use serde::Deserialize;
use toml::Table;

use crate::node::system::System;
use crate::rules::Check;
use crate::rules::written::Wrong;

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
    /// Its controls, in their order.
    #[serde(rename = "control", default)]
    pub controls: Vec<Control>,
    /// The digest of the user's catalog it is from; `None`: it is built in.
    #[serde(skip)]
    pub catalog: Option<String>,
}

/// A numbered item of a benchmark.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// As numbered: `4.2.6`.
    pub number: String,
    /// The rule's key; none: a person decides.
    pub rule: Option<String>,
    /// Keys of the rule's check that this control wants otherwise.
    pub expect: Option<Table>,
    /// What is to be true, where the rule's own title does not say it.
    pub title: Option<String>,
    /// What a person looks at, where no rule decides.
    pub look_at: Option<String>,
    /// The publisher's own profile does not judge it.
    #[serde(default)]
    pub skipped: bool,
    /// A person looks at the cluster for it, not at a node.
    #[serde(default)]
    pub of_cluster: bool,
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
    /// What it maps to, where its rule does not say it.
    pub references: Option<References>,
    /// The rule's check as this control wants it, where that differs.
    #[serde(skip)]
    check: Option<Check>,
}

impl Control {
    /// What it maps to: its own references, else those its rule has for it.
    #[must_use]
    pub fn references<'r>(
        &'r self,
        benchmark: &Benchmark,
        rule: Option<&'r Rule>,
    ) -> Option<&'r References> {
        let of_rule = || rule?.references(&benchmark.id, &self.number);
        self.references.as_ref().or_else(of_rule)
    }

    /// What it wants otherwise than its rule, as a text that tells controls apart.
    #[must_use]
    pub fn own_terms(&self) -> String {
        let terms = self.expect.iter().flatten();
        terms
            .map(|(key, value)| format!("{key}={value:?};"))
            .collect()
    }
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

/// One test of a published check: where it looks, and what it compares.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Test {
    /// The argument looked for first; a text anywhere in the line where it has no dashes. With
    /// `stat`, a text looked for in what is printed.
    pub flag: Option<String>,
    /// The key of the file looked for second.
    pub path: Option<String>,
    /// What of the file's metadata is printed.
    pub stat: Option<StatText>,
    /// The role of the file, where it is not the rule's.
    pub file: Option<String>,
    /// The path of the file, where the check names one.
    pub at: Option<String>,
    /// The text it must have.
    pub equals: Option<String>,
    /// The text it must not have.
    pub not_equals: Option<String>,
    /// A part it must have.
    pub has: Option<String>,
    /// A part it must not have.
    pub not_has: Option<String>,
    /// The number it must reach.
    pub gte: Option<String>,
    /// The octal mode whose bits are all it may have.
    pub bitmask: Option<String>,
    /// The items a list may have.
    pub valid_elements: Option<Vec<String>>,
    /// It must be found.
    pub present: bool,
    /// It must not be found.
    pub absent: bool,
}

/// What `stat` prints for a published check.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum StatText {
    /// `%a`
    Mode,
    /// `%U:%G`
    Owner,
}

impl Test {
    /// How many comparisons it has; a test has one.
    fn comparisons(&self) -> usize {
        [
            self.equals.is_some(),
            self.not_equals.is_some(),
            self.has.is_some(),
            self.not_has.is_some(),
            self.gte.is_some(),
            self.bitmask.is_some(),
            self.valid_elements.is_some(),
            self.present,
            self.absent,
        ]
        .into_iter()
        .filter(|there| *there)
        .count()
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
    /// References per benchmark.
    #[serde(default)]
    pub references: Vec<References>,
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

/// What a control maps to, in some benchmarks.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct References {
    /// The benchmarks these hold for.
    #[serde(default)]
    pub benchmarks: Vec<String>,
    /// The controls these hold for; empty: every one that no other entry names.
    #[serde(default)]
    pub controls: Vec<String>,
    /// STIG identifiers.
    #[serde(default)]
    pub stig: Vec<String>,
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
    /// What else may hold that a reader must know; the first that does counts.
    pub beside: Vec<Beside>,
}

impl Rule {
    /// The references of a control of a benchmark that points at this rule.
    fn references(&self, benchmark: &str, control: &str) -> Option<&References> {
        let here = |r: &&References| r.benchmarks.iter().any(|id| id == benchmark);
        let mut all = self.data.references.iter().filter(here);
        let own = all
            .clone()
            .find(|r| r.controls.iter().any(|c| c == control));
        own.or_else(|| all.find(|r| r.controls.is_empty()))
    }

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
