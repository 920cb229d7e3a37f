//! A rule about one setting of a component: the value in force, or what somebody set.

use serde::Deserialize;
use toml::Table;

use super::comparison::Comparison;
use crate::settings::kubelet::Setting;
use crate::settings::value::{Kind, SettingValue};

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
    /// The setting's name.
    pub path: String,
    /// The setting; `None` where no reader of ours reads it.
    pub setting: Option<&'static Setting>,
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
        let setting = resolve(component, &path, default.as_deref())?;
        let guess = match KEYS_OF_NUMBERS.iter().any(|key| table.contains_key(*key)) {
            true => Kind::Int(64),
            false => Kind::Text,
        };
        let kind = setting.map_or(guess, |setting| setting.kind);
        let comparison = Comparison::take(&mut table, kind)?;
        let Written { expect } = super::read(table)?;
        Ok(Self {
            path,
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

    /// The one value that is wanted, where there is one.
    #[must_use]
    pub fn wanted(&self) -> Option<&SettingValue> {
        match &self.comparison {
            Comparison::Equals(value) => Some(value),
            _ => None,
        }
    }

    /// Whether a wanted value in configz proves that somebody set it: a kubelet writes the paths of
    /// the certificate it signed itself there too.
    #[must_use]
    pub fn configz_proves(&self) -> bool {
        self.comparison != Comparison::IsSet
            || !matches!(self.path.as_str(), "tlsCertFile" | "tlsPrivateKeyFile")
    }

    /// What the rule wants, for people.
    #[must_use]
    pub fn expected(&self) -> String {
        let shown = self.path.strip_prefix("flag:").unwrap_or(&self.path);
        let wanted = self.comparison.expected(shown);
        match self.expect {
            Expect::InForce => wanted,
            Expect::NotSet => format!("{wanted}, or nobody sets it"),
        }
    }

    /// The kinds of evidence it can be decided from.
    #[must_use]
    pub fn evidence(&self) -> &'static [&'static str] {
        match self.setting {
            _ if self.path.starts_with("flag:") => &["argument"],
            Some(setting) if setting.flag.is_empty() => &["config-file", "configz"],
            None if !self.path.starts_with("featureGates.") => &["argument", "config-file"],
            _ => &["argument", "config-file", "configz"],
        }
    }
}

const KEYS_OF_NUMBERS: [&str; 2] = ["at_least", "more_than"];

fn take(table: &mut Table, key: &str) -> Result<Option<String>, String> {
    match table.remove(key) {
        None => Ok(None),
        Some(toml::Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(format!("`{key}` is a {}, not a text", other.type_str())),
    }
}

/// The setting of a name; `None` for kube-proxy's, whose evidence no verdict reads.
fn resolve(
    component: &str,
    path: &str,
    default: Option<&str>,
) -> Result<Option<&'static Setting>, String> {
    match component {
        // An argument without a key that nobody gives is Go's zero value, unless a rule says more.
        "kubelet" if path.starts_with("flag:--") => {
            Setting::resolve(path, default.or(Some(""))).map(Some)
        }
        "kubelet" => Setting::resolve(path, default).map(Some),
        "kube-proxy" => Ok(None),
        other => Err(format!("there are no settings of component `{other}`")),
    }
}
