//! A rule about one setting of a component: the value in force, or what somebody set.

use serde::Deserialize;
use toml::Table;

use super::comparison::Comparison;
use crate::settings::component::Component;
use crate::settings::kubelet::{Form, Setting};
use crate::settings::value::SettingValue;

/// A setting rule, as a catalog file writes it, beside its setting and its comparison.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    expect: Expect,
}

/// The two kinds of expectation (DESIGN §6).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// The value in force, defaults included.
    InForce,
    /// Only a value that somebody set counts.
    NotSet,
}

/// A setting rule.
#[derive(Clone, Debug)]
pub struct SettingRule {
    /// Whose setting it is.
    pub component: Component,
    /// The setting.
    pub setting: &'static Setting,
    /// What the expectation is about.
    pub expect: Expect,
    comparison: Comparison,
}

impl SettingRule {
    /// Finds the setting and reads the wanted value as its kind.
    ///
    /// # Errors
    /// A component or setting that is not known, or a value of another kind.
    pub fn settle(mut table: Table, component: &str) -> Result<Self, String> {
        let path = take(&mut table, "setting")?.ok_or("a setting rule needs `setting`")?;
        let default = take(&mut table, "default")?;
        let component = Component::named(component)
            .ok_or_else(|| format!("there are no settings of component `{component}`"))?;
        let setting = component.setting(&path, default.as_deref())?;
        let comparison = Comparison::take(&mut table, setting.kind)?;
        let Written { expect } = super::read(table)?;
        Ok(Self {
            component,
            setting,
            expect,
            comparison,
        })
    }

    /// Whether a value is as the rule wants it.
    #[must_use]
    pub fn holds(&self, value: &SettingValue) -> bool {
        self.comparison.holds(value)
    }

    /// Whether a wanted value in configz proves that somebody set it: a kubelet writes the paths of
    /// the certificate it signed itself there too.
    #[must_use]
    pub fn configz_proves(&self) -> bool {
        self.comparison != Comparison::IsSet
            || !matches!(
                self.setting.path.as_str(),
                "tlsCertFile" | "tlsPrivateKeyFile"
            )
    }

    /// What the rule wants, for people.
    #[must_use]
    pub fn expected(&self) -> String {
        let wanted = self.comparison.expected(self.setting.shown());
        match self.expect {
            Expect::InForce => wanted,
            Expect::NotSet => format!("{wanted}, or nobody sets it"),
        }
    }

    /// The kinds of evidence it can be decided from.
    #[must_use]
    pub fn evidence(&self) -> &'static [&'static str] {
        match (self.component, self.setting) {
            (_, setting) if setting.form == Form::FlagOnly => &["argument"],
            (Component::KubeProxy, _) => &["argument", "config-file"],
            (_, setting) if setting.flag.is_empty() => &["config-file", "configz"],
            _ => &["argument", "config-file", "configz"],
        }
    }
}

fn take(table: &mut Table, key: &str) -> Result<Option<String>, String> {
    match table.remove(key) {
        None => Ok(None),
        Some(toml::Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(format!("`{key}` is a {}, not a text", other.type_str())),
    }
}
