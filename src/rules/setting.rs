//! A rule about one setting of a component: the value in force, or what somebody set.

use super::comparison::Comparison;
use super::written::{CheckTable, Wrong};
use crate::settings::component::Component;
use crate::settings::kubelet::{Setting, SettingForm};
use crate::settings::value::SettingValue;

/// The two kinds of expectation (DESIGN §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The value in force, defaults included.
    InForce,
    /// Only a value that somebody set counts.
    NotSet,
    /// Somebody must have set it: a default does not do.
    Set,
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
    pub fn settle(table: &mut CheckTable, component: &str) -> Result<Self, Wrong> {
        let path = table.needed("setting")?;
        let default = table.text("default")?;
        let names: Vec<&str> = Component::all().map(Component::as_str).collect();
        let component = Component::named(component).ok_or_else(|| {
            let what = format!(
                "component `{component}` has no settings; {} have",
                names.join(", ")
            );
            Wrong::at("setting", what)
        })?;
        let setting = component
            .setting(&path, default.as_deref())
            .map_err(|why| {
                // Without its default the name may be right.
                let is_named = default.is_some() && component.setting(&path, None).is_ok();
                Wrong::at(if is_named { "default" } else { "setting" }, why)
            })?;
        let expect = match table.needed("expect")?.as_str() {
            "in-force" => Expect::InForce,
            "not-set" => Expect::NotSet,
            "set" if matches!(component, Component::Described(_)) => Expect::Set,
            "set" => {
                let what = "`expect` is set for components that no configz speaks of";
                return Err(Wrong::at("expect", what));
            }
            other => {
                let what = format!("`expect` is in-force, not-set or set, not `{other}`");
                return Err(Wrong::at("expect", what));
            }
        };
        Ok(Self {
            component,
            setting,
            expect,
            comparison: Comparison::take(table, setting.kind)?,
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
            Expect::NotSet => format!("{wanted}, or not set"),
            Expect::Set => format!("{wanted}, and set"),
        }
    }

    /// The kinds of evidence it can be decided from.
    #[must_use]
    pub fn evidence(&self) -> &'static [&'static str] {
        match (self.component, self.setting) {
            (_, setting) if setting.form == SettingForm::FlagOnly => &["argument"],
            (Component::Described(_), _) => &["argument", "config-file"],
            (_, setting) if setting.flag.is_empty() => &["config-file", "configz"],
            _ => &["argument", "config-file", "configz"],
        }
    }
}
