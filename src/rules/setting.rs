//! A rule about one setting of a component: the value in force, or what somebody set.

use super::comparison::Comparison;
use super::written::{Written, Wrong};
use crate::settings::kube_proxy;
use crate::settings::kubelet::Setting;
use crate::settings::value::{Kind, SettingValue};

/// The two kinds of expectation (DESIGN §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub fn settle(table: &mut Written, component: &str) -> Result<Self, Wrong> {
        let path = table.needed("setting")?;
        let default = table.text("default")?;
        let (setting, kind) = resolve(component, &path, default.as_deref())?;
        let expect = match table.needed("expect")?.as_str() {
            "in-force" => Expect::InForce,
            "not-set" => Expect::NotSet,
            other => {
                let what = format!("`expect` is in-force or not-set, not `{other}`");
                return Err(Wrong::at("expect", what));
            }
        };
        Ok(Self {
            path,
            setting,
            expect,
            comparison: Comparison::take(table, kind)?,
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

/// The setting of a name and its kind; no setting for kube-proxy's, whose evidence no verdict
/// reads.
fn resolve(
    component: &str,
    path: &str,
    default: Option<&str>,
) -> Result<(Option<&'static Setting>, Kind), Wrong> {
    match component {
        "kubelet" => {
            // An argument without a key that nobody gives is Go's zero value, unless a rule says
            // more.
            let zero = path.starts_with("flag:--").then_some("");
            Setting::resolve(path, None).map_err(|why| Wrong::at("setting", why))?;
            let setting = Setting::resolve(path, default.or(zero))
                .map_err(|why| Wrong::at("default", why))?;
            Ok((Some(setting), setting.kind))
        }
        "kube-proxy" => {
            let why = || Wrong::at("setting", format!("kube-proxy has no setting `{path}`"));
            let setting = kube_proxy::named(path).ok_or_else(why)?;
            match default {
                None => Ok((None, setting.kind)),
                Some(_) => Err(Wrong::at("default", "kube-proxy's defaults are known")),
            }
        }
        other => Err(Wrong::at(
            "setting",
            format!("component `{other}` has no settings; kubelet and kube-proxy have"),
        )),
    }
}
