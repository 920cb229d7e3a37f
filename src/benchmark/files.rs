//! `catalog/files.toml`: which file a rule means by its role, by platform. Its header says how a
//! role is resolved.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::node::system::System;
use crate::rules::Check;

/// Every role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    role: Vec<Role>,
    collect: Vec<Collect>,
}

/// How evidence is had from nodes of an operating system where nobody runs scripts by hand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collect {
    /// The system.
    pub on: System,
    /// How, as the end of a sentence.
    pub how: String,
    /// Where this comes from.
    pub source: String,
}

/// One role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// What it is, for people.
    pub what: String,
    /// What of a running component names it.
    #[serde(default)]
    pub named_by: Vec<NamedBy>,
    /// Where it is on most nodes, in order.
    pub paths: Vec<String>,
    /// Where it is on nodes of a platform; an empty list: there is none, by design.
    #[serde(default)]
    pub families: BTreeMap<String, Vec<String>>,
}

/// What of a running component names a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedBy {
    /// The component.
    pub component: String,
    /// Its argument, or
    pub flag: Option<String>,
    /// its setting.
    pub setting: Option<String>,
}

impl Roles {
    /// The built-in roles.
    ///
    /// # Errors
    /// What is wrong, in which line.
    pub fn built_in() -> Result<Self, String> {
        toml::from_str(include_str!("catalog/files.toml")).map_err(|e| format!("files.toml: {e}"))
    }

    /// The role of a name.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.role.iter().find(|role| role.name == name)
    }

    /// How to collect on a system, where it is not the usual way.
    #[must_use]
    pub fn how_to_collect(&self, system: System) -> Option<&str> {
        let how = self.collect.iter().find(|collect| collect.on == system)?;
        Some(how.how.as_str())
    }

    /// What a check names that is no role.
    #[must_use]
    pub fn lacks(&self, check: &Check) -> Option<String> {
        check.parts().into_iter().find_map(|part| {
            let file = match part {
                Check::FileMode(rule) => &rule.file,
                Check::FileOwner(rule) => &rule.file,
                _ => return None,
            };
            let unknown = self.role(&file.name).is_none();
            unknown.then(|| format!("there is no file `{}`", file.name))
        })
    }
}
