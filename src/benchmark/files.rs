//! `catalog/files.toml`: which file a rule means by its role, by platform. Its header says how a
//! role is resolved.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::catalog::read;
use super::folder::File;
use super::place::message;
use crate::node::system::System;
use crate::rules::written::Wrong;
use crate::settings::components;
use crate::settings::flag_table::KUBELET_FLAGS;
use crate::settings::kubelet::Setting;
use crate::settings::value::ValueKind;

/// Benchmarks and lists of paths are of one of these; another name would find no file.
const FAMILIES: [&str; 12] = [
    "cis",
    "eks",
    "eks-stig",
    "gke",
    "aks",
    "ack",
    "openshift",
    "k3s",
    "rke",
    "rke2",
    "microk8s",
    "tkgi",
];

/// Every role.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    #[serde(default)]
    role: Vec<Role>,
    #[serde(default)]
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
    /// The component whose file it is, where no component names it.
    pub component: Option<String>,
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
    /// where that is not given, its argument for a folder of such files, or
    pub folder: Option<String>,
    /// its setting.
    pub setting: Option<String>,
    /// Names of the file in the folder that is named, in order; empty where the file itself is.
    #[serde(default)]
    pub names: Vec<String>,
}

impl Roles {
    /// The roles of every `files.toml`.
    ///
    /// # Errors
    /// What is wrong, in which file and line.
    pub fn load<'f>(files: impl Iterator<Item = &'f File>) -> Result<Self, String> {
        let mut all = Self::default();
        for file in files {
            let more: Self = read(file)?;
            for (at, role) in more.role.into_iter().enumerate() {
                let twice = all.role(&role.name).is_some();
                let wrong = match twice {
                    true => Err(Wrong::at(
                        "name",
                        format!("role `{}` stands twice", role.name),
                    )),
                    false => role.check(),
                };
                wrong.map_err(|wrong| message(file, &wrong.below(["role".into(), at.into()])))?;
                all.role.push(role);
            }
            all.collect.extend(more.collect);
        }
        Ok(all)
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
}

impl Role {
    /// Where the file is can be told from it.
    fn check(&self) -> Result<(), Wrong> {
        for (at, by) in self.named_by.iter().enumerate() {
            by.check()
                .map_err(|wrong| wrong.below(["named_by".into(), at.into()]))?;
        }
        absolute(&self.paths).map_err(|wrong| wrong.below(["paths".into()]))?;
        for (family, paths) in &self.families {
            let below = || ["families".into(), family.as_str().into()];
            if let Some(what) = no_family(family) {
                return Err(Wrong::here(what).below(below()));
            }
            absolute(paths).map_err(|wrong| wrong.below(below()))?;
        }
        Ok(())
    }
}

impl NamedBy {
    /// A running component of ours can name the file so.
    fn check(&self) -> Result<(), Wrong> {
        let wrong = |key, what: String| Err(Wrong::at(key, what));
        if let Some(folder) = &self.folder {
            let is_flag = |name: &str| KUBELET_FLAGS.kind(name).is_some();
            let known = folder.strip_prefix("--").is_some_and(is_flag);
            if !known || self.component != "kubelet" || self.flag.is_none() {
                return wrong(
                    "folder",
                    format!("`{folder}` is no flag of the kubelet beside a `flag`"),
                );
            }
        }
        match (self.component.as_str(), &self.flag, &self.setting) {
            ("kubelet", None, None) | (_, Some(_), Some(_)) => {
                Err(Wrong::here("a file is named by a `flag` or by a `setting`"))
            }
            ("kubelet", Some(flag), None) => {
                match flag
                    .strip_prefix("--")
                    .and_then(|name| KUBELET_FLAGS.kind(name))
                {
                    Some(_) => Ok(()),
                    None => wrong("flag", format!("the kubelet has no flag `{flag}`")),
                }
            }
            ("kubelet", None, Some(setting)) => match Setting::named(setting) {
                Some(found) if found.kind == ValueKind::Text => Ok(()),
                Some(_) => wrong("setting", format!("`{setting}` holds no text")),
                None => wrong("setting", format!("the kubelet has no setting `{setting}`")),
            },
            (other, flag, setting) => match components::named(other) {
                None => wrong("component", format!("`{other}` names no files")),
                Some(described) => match (flag, setting) {
                    (Some(flag), None)
                        if flag
                            .strip_prefix("--")
                            .is_some_and(|f| described.has_flag(f)) =>
                    {
                        Ok(())
                    }
                    (None, Some(name))
                        if described
                            .setting(name)
                            .is_some_and(|s| s.kind == ValueKind::Text) =>
                    {
                        Ok(())
                    }
                    _ => Err(Wrong::here(format!(
                        "{other} names a file by one of its flags, or by a setting that holds a text"
                    ))),
                },
            },
        }
    }
}

/// Why a name is no family.
#[must_use]
pub fn no_family(name: &str) -> Option<String> {
    let known = FAMILIES.contains(&name);
    (!known).then(|| format!("`{name}` is no family; there are {}", FAMILIES.join(", ")))
}

fn absolute(paths: &[String]) -> Result<(), Wrong> {
    let relative = paths
        .iter()
        .enumerate()
        .find(|(_, path)| !path.starts_with('/'));
    relative.map_or(Ok(()), |(at, path)| {
        let what = format!("`{path}` is no absolute path");
        Err(Wrong::here(what).below([at.into()]))
    })
}
