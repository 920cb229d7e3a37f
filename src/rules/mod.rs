//! The kinds of rule: parameters and check, pure. One file per kind, listed here.

pub mod setting;

use serde::Deserialize;
use setting::{SettingRule, SettingRuleData};

/// A rule's `[check]` table, as a catalog file writes it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CheckData {
    /// The value of a component's setting.
    Setting(SettingRuleData),
}

/// A check, ready to be applied.
#[derive(Clone, Debug)]
pub enum Check {
    /// The value of a component's setting.
    Setting(SettingRule),
}

impl CheckData {
    /// Resolves what the data names.
    ///
    /// # Errors
    /// What it names that does not exist.
    pub fn settle(self, component: &str) -> Result<Check, String> {
        match self {
            Self::Setting(data) => data.settle(component).map(Check::Setting),
        }
    }
}
