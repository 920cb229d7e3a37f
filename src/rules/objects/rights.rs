//! A rule about rights: nobody but Kubernetes itself may do something, through any role.

use serde_json::Value as Json;
use toml::Value;

use super::defaults::{default_rules, is_labelled, words};
use super::pattern::{Around, ObjectPattern};
use super::texts;
use crate::rules::written::{CheckTable, Wrong, described};

/// Who may not do what.
#[derive(Clone, Debug)]
pub struct RightsRule {
    /// What is to be true, for people.
    pub expected: String,
    /// What an offender is called, for people.
    pub offender: String,
    rights: Vec<Right>,
    subjects: Vec<ObjectPattern>,
    except: Vec<ObjectPattern>,
}

/// Verbs on resources of a group.
#[derive(Clone, Debug)]
struct Right {
    verbs: Vec<String>,
    resources: Vec<String>,
    group: String,
    /// The resources are of no namespace: what binds in one does not give them.
    is_cluster_scoped: bool,
}

/// Verbs that a name cannot narrow: the request has none.
const UNNAMED: [&str; 2] = ["create", "deletecollection"];

impl RightsRule {
    /// Reads the check of a catalog file.
    ///
    /// # Errors
    /// A key it must not have, or one that is missing.
    pub fn settle(table: &mut CheckTable) -> Result<Self, Wrong> {
        let rights = match table.take("rights") {
            Some(Value::Array(items)) if !items.is_empty() => items,
            _ => return Err(Wrong::at("rights", "`rights` is a list of tables")),
        };
        let one = |(at, item): (usize, Value)| {
            let right = match item {
                Value::Table(table) => Right::settle(CheckTable::new(table)),
                other => Err(Wrong::here(format!(
                    "a right is a table, not {}",
                    described(&other)
                ))),
            };
            right.map_err(|wrong| wrong.below(["rights".into(), at.into()]))
        };
        Ok(Self {
            expected: table.needed("expected")?,
            offender: table.needed("offender")?,
            rights: rights
                .into_iter()
                .enumerate()
                .map(one)
                .collect::<Result<_, _>>()?,
            subjects: ObjectPattern::list(table, "subjects")?,
            except: ObjectPattern::list(table, "except")?,
        })
    }

    /// Whether it asks about everybody.
    #[must_use]
    pub fn asks_all(&self) -> bool {
        self.subjects.is_empty()
    }

    /// Whether it asks about a subject; `None` where that is masked.
    #[must_use]
    pub fn asks(&self, subject: &Json, is_masked: &dyn Fn(&str) -> bool) -> Option<bool> {
        let around = Around {
            object: subject,
            joined: None,
            is_masked,
        };
        let asked = match self.subjects.is_empty() {
            true => Some(true),
            false => ObjectPattern::any(&self.subjects, subject, &around),
        };
        match (asked, ObjectPattern::any(&self.except, subject, &around)) {
            (Some(false), _) | (_, Some(true)) => Some(false),
            (Some(true), Some(false)) => Some(true),
            _ => None,
        }
    }

    /// The rules of a role that give such a right where it is bound: in a namespace alone (a
    /// RoleBinding), or in the whole cluster. The API server asks RoleBindings only about requests
    /// that have a namespace (Kubernetes, "Using RBAC Authorization").
    #[must_use]
    pub fn given_by(&self, role: &Json, in_namespace: bool) -> Vec<usize> {
        let rules = role.get("rules").and_then(Json::as_array);
        let rules = rules.map(Vec::as_slice).unwrap_or_default();
        let gives = |(at, rule): (usize, &Json)| {
            let rights = self.rights.iter();
            rights
                .filter(|right| !(in_namespace && right.is_cluster_scoped))
                .any(|right| right.given_by(rule).next().is_some())
                .then_some(at)
        };
        rules.iter().enumerate().filter_map(gives).collect()
    }

    /// Whether the role of that name gives all of it by default.
    #[must_use]
    pub fn is_default(&self, role: &Json, rule: &Json) -> bool {
        let Some(own) = default_rules(role).filter(|_| is_labelled(role)) else {
            return false;
        };
        let names = words(rule, "resourceNames");
        self.rights.iter().all(|right| {
            right.given_by(rule).all(|given| {
                own.iter().any(|default| {
                    let only = words(default, "resourceNames");
                    let is_named = only.is_empty()
                        || (!names.is_empty() && names.iter().all(|name| only.contains(name)));
                    is_named && right.given_by(default).any(|own| own == given)
                })
            })
        })
    }
}

impl Right {
    fn settle(mut table: CheckTable) -> Result<Self, Wrong> {
        let right = Self {
            verbs: texts(&mut table, "verbs")?,
            resources: texts(&mut table, "resources")?,
            group: table.text("group")?.unwrap_or_default(),
            is_cluster_scoped: table.flag("cluster_scoped")?,
        };
        table.finish("rights")?;
        match right.verbs.is_empty() || right.resources.is_empty() {
            true => Err(Wrong::here("a right has `verbs` and `resources`")),
            false => Ok(right),
        }
    }

    /// The verbs and resources of it that a rule of a role gives.
    fn given_by<'r>(&'r self, rule: &'r Json) -> impl Iterator<Item = (&'r str, &'r str)> {
        let has = |words: &[&str], word: &str| words.contains(&"*") || words.contains(&word);
        let (verbs, resources) = (words(rule, "verbs"), words(rule, "resources"));
        let in_group = has(&words(rule, "apiGroups"), &self.group);
        let is_named = !words(rule, "resourceNames").is_empty();
        let verbs: Vec<&str> = (self.verbs.iter().map(String::as_str))
            .filter(|verb| has(&verbs, verb) && !(is_named && UNNAMED.contains(verb)))
            .collect();
        let resources = self
            .resources
            .iter()
            .map(String::as_str)
            .filter(move |wanted| {
                let part = wanted.split_once('/').map(|(_, part)| format!("*/{part}"));
                in_group
                    && (has(&resources, wanted)
                        || part.is_some_and(|part| resources.contains(&part.as_str())))
            });
        resources
            .flat_map(move |resource| verbs.clone().into_iter().map(move |verb| (verb, resource)))
    }
}
