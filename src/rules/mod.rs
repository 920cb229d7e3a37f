//! The kinds of rule: parameters and check, pure. One file per kind, listed here.

pub mod comparison;
pub mod file;
pub mod setting;
pub mod systemd;

use comparison::Comparison;
use file::{FileMode, FileOwner};
use serde::de::DeserializeOwned;
use setting::SettingRule;
use systemd::UnitProperty;
use toml::{Table, Value};

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
    pub fn settle(mut table: Table, component: &str) -> Result<Self, String> {
        let Some(Value::String(kind)) = table.remove("kind") else {
            return Err("a check has a `kind`".to_owned());
        };
        match kind.as_str() {
            "setting" => SettingRule::settle(table, component).map(Self::Setting),
            "file-mode" => FileMode::settle(table).map(Self::FileMode),
            "file-owner" => FileOwner::settle(table).map(Self::FileOwner),
            "systemd" => UnitProperty::settle(table).map(Self::Unit),
            "all-of" => several(table, component).map(Self::AllOf),
            "any-of" => several(table, component).map(Self::AnyOf),
            other => Err(format!("there is no kind of check `{other}`")),
        }
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

    /// The kinds of evidence it can be decided from, each once.
    #[must_use]
    pub fn evidence(&self) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        for part in self.parts() {
            let more = match part {
                Self::Setting(rule) => rule.evidence(),
                Self::FileMode(_) | Self::FileOwner(_) => &["stat.tsv"],
                Self::Unit(_) => &["systemctl-show"],
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

fn several(mut table: Table, component: &str) -> Result<Vec<Check>, String> {
    let Some(Value::Array(items)) = table.remove("checks") else {
        return Err("`checks` is a list of checks".to_owned());
    };
    if let Some((key, _)) = table.iter().next() {
        return Err(format!("unknown key `{key}` beside `checks`"));
    }
    if items.is_empty() {
        return Err("`checks` is empty".to_owned());
    }
    items
        .into_iter()
        .map(|item| match item {
            Value::Table(table) => Check::settle(table, component),
            other => Err(format!("a check is a table, not a {}", other.type_str())),
        })
        .collect()
}

/// A table as the data of a kind; what is wrong as one line.
fn read<T: DeserializeOwned>(table: Table) -> Result<T, String> {
    T::deserialize(table).map_err(|e| e.to_string().trim_end().to_owned())
}
