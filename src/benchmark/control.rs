//! A control: a numbered item of a benchmark.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use toml::Table;

use super::audited::Audited;
use super::references::ReferenceDefaults;
use super::{Assessment, References, Rule, Severity, Text, order};
use crate::node::duty::Duty;
use crate::rules::Check;

/// A numbered item of a benchmark. Benchmarks that extend one another share its entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Entry")]
pub struct Control {
    pub(super) entry: Arc<Entry>,
    /// `None`, as what is resolved, until the catalog is loaded.
    pub(super) mapping: Option<Arc<Mapping>>,
    pub(super) resolved: Resolved,
}

/// A control's rule, and which other controls ask the same.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// The rule it points at.
    pub rule: Option<Arc<Rule>>,
    /// Of which nodes it is asked.
    pub duty: Duty,
    /// It is asked of a cluster, not of a node.
    pub is_of_cluster: bool,
    /// The number that controls share whose check gives the same answer on every node.
    pub question: usize,
    /// The number that controls share whose published check gives the same; `None`: it stands in
    /// the control itself.
    pub published_question: Option<usize>,
}

/// What a file says of a control.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
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
    /// Of which nodes it is asked, where that is not what its rule says.
    pub role: Option<Duty>,
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
    /// How bad it is where it fails, where the publisher says it.
    pub severity: Option<Severity>,
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
    /// The name of its published check, or
    pub published_check: Option<String>,
    /// the published check itself.
    pub text: Option<Text>,
    /// What it maps to, as far as the file says it.
    pub references: Option<References>,
    /// Its place among numbers, as [`super::order::key`] has it.
    #[serde(skip)]
    pub(super) order: Vec<u8>,
    /// What to do, where no rule says it.
    #[serde(skip)]
    pub remediation: Option<String>,
    /// The check of a kube-bench folder that it is.
    #[serde(skip)]
    pub audited: Option<Arc<Audited>>,
    /// The rule's check as this control wants it, where that differs.
    #[serde(skip)]
    pub(super) check: Option<Check>,
}

/// Where the references of a control are from; they are worked out when first asked for, since a run writes few
/// of a catalog's controls. Controls that have them from their base share its mapping.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) entry: Arc<Entry>,
    /// The entry stands in a benchmark that its own one extends.
    pub(super) is_inherited: bool,
    /// What its rule says of this benchmark.
    pub(super) of_rule: Option<Arc<References>>,
    /// What its benchmark says on references, where it says something.
    pub(super) defaults: Option<Arc<ReferenceDefaults>>,
    /// The id of the benchmark that 800-53 controls are carried from, and the mapping of the control there.
    pub(super) carried: Option<(Arc<str>, Arc<Mapping>)>,
    pub(super) references: OnceLock<Option<Arc<References>>>,
}

impl Mapping {
    /// `None` where nothing is mapped to.
    pub(super) fn references(&self) -> Option<&Arc<References>> {
        self.references.get_or_init(|| self.resolve()).as_ref()
    }

    fn resolve(&self) -> Option<Arc<References>> {
        let (written, of_rule) = (self.entry.references.as_ref(), self.of_rule.as_deref());
        let Some(defaults) = self.defaults.as_deref() else {
            let own = written.or(of_rule)?;
            let completed = own.clone().completed(&ReferenceDefaults::default());
            return completed.map(Arc::new);
        };
        let own = match self.is_inherited {
            false => written.or(of_rule).cloned(),
            true if of_rule.is_some() => of_rule.cloned(),
            true if defaults.carry.is_some() => None,
            true => written.map(References::safeguards),
        };
        let mut own = own.unwrap_or_default();
        if own.nist_800_53.is_empty()
            && own.derived().is_none()
            && let Some((id, carried)) = &self.carried
            && let Some(carried) = carried.references()
            && !carried.nist_800_53.is_empty()
        {
            own.nist_800_53.clone_from(&carried.nist_800_53);
            own.nist_basis
                .get_or_insert_with(|| format!("carried:{id}"));
        }
        own.completed(defaults).map(Arc::new)
    }
}

impl Deref for Control {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

impl From<Entry> for Control {
    fn from(mut entry: Entry) -> Self {
        entry.order = order::key(&entry.number);
        Self {
            entry: Arc::new(entry),
            mapping: None,
            resolved: Resolved::default(),
        }
    }
}

impl Entry {
    /// One that a person decides, and that says no more.
    pub(super) fn of_person(assessment: Assessment) -> Self {
        Self {
            number: String::new(),
            rule: None,
            expect: None,
            title: None,
            look_at: None,
            role: None,
            skipped: false,
            of_cluster: false,
            level: None,
            assessment,
            severity: None,
            other_names: Vec::new(),
            published_id: None,
            see_also: Vec::new(),
            audit_methods: Vec::new(),
            published_check: None,
            text: None,
            references: None,
            order: Vec::new(),
            remediation: None,
            audited: None,
            check: None,
        }
    }
}

impl Control {
    /// Its check, where it wants it otherwise than its rule.
    #[must_use]
    pub fn own_check(&self) -> Option<&Check> {
        self.check.as_ref()
    }

    /// What it maps to in its benchmark; `None` where no source maps it.
    #[must_use]
    pub fn references(&self) -> Option<&Arc<References>> {
        self.mapping.as_ref()?.references()
    }

    /// The rule it points at.
    #[must_use]
    pub fn judging_rule(&self) -> Option<&Rule> {
        self.resolved.rule.as_deref()
    }

    /// The rule it is judged by, and its check as this control wants it; `None` where a person
    /// decides.
    #[must_use]
    pub fn judging_check(&self) -> Option<(&Rule, &Check)> {
        let rule = self.judging_rule()?;
        Some((rule, self.check.as_ref().unwrap_or(&rule.check)))
    }

    /// Of which nodes it is asked.
    #[must_use]
    pub fn duty(&self) -> Duty {
        self.resolved.duty
    }

    /// Whether it is asked of a cluster, not of a node.
    #[must_use]
    pub fn is_of_cluster(&self) -> bool {
        self.resolved.is_of_cluster
    }

    /// The number that it shares with controls whose check gives the same answer on every node:
    /// below [`super::catalog::Catalog::questions`].
    #[must_use]
    pub fn question(&self) -> usize {
        self.resolved.question
    }

    /// The number that it shares with controls whose published check gives the same on every node,
    /// below [`super::catalog::Catalog::published_questions`]; `None`: it may share with none.
    #[must_use]
    pub fn published_question(&self) -> Option<usize> {
        self.resolved.published_question
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
