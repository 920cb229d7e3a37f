//! A rule about one setting of a component: the value in force, or what somebody set.

use serde::Deserialize;

use crate::settings::kubelet::Setting;
use crate::settings::value::SettingValue;

/// A setting rule, as a catalog file writes it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SettingRuleData {
    /// The setting's path.
    setting: String,
    /// What the expectation is about.
    expect: Expect,
    /// The value it must have.
    equals: toml::Value,
}

/// The two kinds of expectation (DESIGN §6).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// The value in force, defaults included.
    InForce,
}

/// A setting rule.
#[derive(Clone, Debug)]
pub struct SettingRule {
    /// The setting.
    pub setting: &'static Setting,
    wanted: SettingValue,
}

impl SettingRuleData {
    /// Finds the setting and reads the wanted value as its kind.
    ///
    /// # Errors
    /// A component or setting that is not known, or a value of another kind.
    pub fn settle(self, component: &str) -> Result<SettingRule, String> {
        if component != "kubelet" {
            return Err(format!("there are no settings of component `{component}`"));
        }
        let Expect::InForce = self.expect;
        let setting = Setting::named(&self.setting)
            .ok_or_else(|| format!("the kubelet has no setting `{}`", self.setting))?;
        let text = match self.equals {
            toml::Value::String(text) => text,
            toml::Value::Boolean(value) => value.to_string(),
            toml::Value::Integer(value) => value.to_string(),
            other => return Err(format!("`equals` cannot be a {}", other.type_str())),
        };
        let wanted = SettingValue::from_argument(setting.kind, &text)
            .map_err(|why| format!("`equals` of {}: {why}", self.setting))?;
        Ok(SettingRule { setting, wanted })
    }
}

impl SettingRule {
    /// Whether a value is as the rule wants it.
    #[must_use]
    pub fn holds(&self, value: &SettingValue) -> bool {
        *value == self.wanted
    }

    /// What the rule wants, for people.
    #[must_use]
    pub fn expected(&self) -> String {
        format!("{} is {}", self.setting.path, self.wanted)
    }
}
