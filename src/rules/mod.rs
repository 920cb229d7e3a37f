//! The kinds of rule: parameters and check, pure. One file per kind, listed here.

pub mod comparison;
pub mod file;
pub mod objects;
pub mod other_file;
pub mod setting;
pub mod systemd;
pub mod written;

use comparison::Comparison;
use file::{FileMode, FileOwner};
use objects::ObjectsRule;
use objects::namespaces::NamespacesRule;
use objects::rights::RightsRule;
use other_file::OtherFile;
use setting::SettingRule;
use systemd::UnitProperty;
use toml::{Table, Value};
use written::{CheckTable, Wrong, described};

/// A check, ready to be applied.
#[derive(Clone, Debug)]
pub enum Check {
    /// The value of a component's setting.
    Setting(SettingRule),
    /// The permissions of a file.
    FileMode(FileMode),
    /// The owner of a file.
    FileOwner(FileOwner),
    /// A property of a systemd unit.
    Unit(UnitProperty),
    /// The API objects of a cluster.
    Objects(ObjectsRule),
    /// Who may do what in a cluster.
    Rights(RightsRule),
    /// What each namespace of a cluster has.
    Namespaces(NamespacesRule),
    /// Two settings that name different files.
    OtherFile(Box<OtherFile>),
    /// Every one of these.
    AllOf(Vec<Check>),
    /// At least one of these.
    AnyOf(Vec<Check>),
}

impl Check {
    /// Reads a `[check]` table and resolves what it names.
    ///
    /// # Errors
    /// A key it must not have, or what it names that does not exist.
    pub fn settle(table: Table, component: &str) -> Result<Self, Wrong> {
        let mut table = CheckTable::new(table);
        let kind = table.needed("kind")?;
        let check = match kind.as_str() {
            "setting" => SettingRule::settle(&mut table, component).map(Self::Setting),
            "file-mode" => FileMode::settle(&mut table).map(Self::FileMode),
            "file-owner" => FileOwner::settle(&mut table).map(Self::FileOwner),
            "systemd" => UnitProperty::settle(&mut table).map(Self::Unit),
            "objects" => ObjectsRule::settle(&mut table).map(Self::Objects),
            "rights" => RightsRule::settle(&mut table).map(Self::Rights),
            "namespaces" => NamespacesRule::settle(&mut table).map(Self::Namespaces),
            "other-file" => {
                OtherFile::settle(&mut table, component).map(|rule| Self::OtherFile(Box::new(rule)))
            }
            "all-of" => several(&mut table, component).map(Self::AllOf),
            "any-of" => several(&mut table, component).map(Self::AnyOf),
            other => {
                let what = format!("there is no kind of check `{other}`; there are {KINDS}");
                return Err(Wrong::at("kind", what));
            }
        }?;
        table.finish(&kind)?;
        Ok(check)
    }

    /// A `[check]` table with some keys as one control wants them: a comparison replaces the
    /// rule's own.
    #[must_use]
    pub fn adapted(mut table: Table, own: &Table) -> Table {
        if own.keys().any(|key| Comparison::is_key(key)) {
            table.retain(|key, _| !Comparison::is_key(key));
        }
        table.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
        table
    }

    /// The single checks in it.
    #[must_use]
    pub fn parts(&self) -> Vec<&Self> {
        match self {
            Self::AllOf(checks) | Self::AnyOf(checks) => {
                checks.iter().flat_map(Self::parts).collect()
            }
            single => vec![single],
        }
    }

    /// Whether it is about a cluster, not about a node.
    #[must_use]
    pub fn is_of_cluster(&self) -> bool {
        let mut parts = self.parts().into_iter();
        parts.any(|part| {
            matches!(
                part,
                Self::Objects(_) | Self::Rights(_) | Self::Namespaces(_)
            )
        })
    }

    /// The kinds of evidence it can be decided from, each once.
    #[must_use]
    pub fn evidence(&self) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        for part in self.parts() {
            let more = match part {
                Self::Setting(rule) => rule.evidence(),
                Self::FileMode(_) | Self::FileOwner(_) => &["stat.tsv"],
                Self::Unit(_) => &["systemctl-show"],
                Self::Objects(_) | Self::Rights(_) | Self::Namespaces(_) => &["api"],
                Self::OtherFile(rule) => rule.own.evidence(),
                Self::AllOf(_) | Self::AnyOf(_) => &[],
            };
            for kind in more {
                if !kinds.contains(kind) {
                    kinds.push(*kind);
                }
            }
        }
        kinds
    }
}

const KINDS: &str = "setting, file-mode, file-owner, systemd, other-file, objects, rights, namespaces, all-of, any-of";

fn several(table: &mut CheckTable, component: &str) -> Result<Vec<Check>, Wrong> {
    let Some(Value::Array(items)) = table.take("checks") else {
        return Err(Wrong::at("checks", "`checks` is a list of checks"));
    };
    if items.is_empty() {
        return Err(Wrong::at("checks", "`checks` is empty"));
    }
    let settle = |(at, item): (usize, Value)| {
        let check = match item {
            Value::Table(table) => Check::settle(table, component),
            other => Err(Wrong::here(format!(
                "a check is a table, not {}",
                described(&other)
            ))),
        };
        check.map_err(|wrong| wrong.below(["checks".into(), at.into()]))
    };
    items.into_iter().enumerate().map(settle).collect()
}
