//! A setting's name as a rule writes it → the setting: those of the table, `featureGates.X` and
//! `flag:--x`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::flag_table::KUBELET_FLAGS;
use super::gates::GATES;
use super::kubelet::{Setting, SettingForm};
use super::value::{SettingValue, ValueKind};
use crate::node::version::Minor;

/// What was resolved, by name and default: rules name the same few again and again, and a setting
/// lives as long as the program.
static RESOLVED: Mutex<BTreeMap<(String, String), &'static Setting>> = Mutex::new(BTreeMap::new());

impl Setting {
    /// The setting with this name. `featureGates.X` and `flag:--x` are in no table: their default
    /// is given in the table's format (`false <1.12; true`), and not known without.
    ///
    /// # Errors
    /// A name that is none, a default that cannot be read, or one for a setting that has its own.
    pub fn resolve(path: &str, default: Option<&str>) -> Result<&'static Self, String> {
        if let Some(setting) = Self::named(path) {
            return match default {
                None => Ok(setting),
                Some(_) => Err(format!(
                    "`{path}` has its defaults in the table of settings"
                )),
            };
        }
        let (flag, kind, form) = if let Some(gate) = path.strip_prefix("featureGates.") {
            if gate.is_empty() || !gate.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(format!("`{gate}` is no name of a feature gate"));
            }
            ("feature-gates", ValueKind::Bool, SettingForm::Gate)
        } else if let Some(flag) = path.strip_prefix("flag:--") {
            let kind = KUBELET_FLAGS
                .kind(flag)
                .ok_or_else(|| format!("the kubelet has no flag `--{flag}`"))?;
            (flag, kind, SettingForm::FlagOnly)
        } else {
            return Err(format!(
                "the kubelet has no setting `{path}`; others are written {GATES}.NAME or flag:--NAME"
            ));
        };
        let default = default.unwrap_or("unknown");
        check_default(kind, default)?;
        let mut resolved = RESOLVED.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (path.to_owned(), default.to_owned());
        Ok(resolved
            .entry(key)
            .or_insert_with(|| Box::leak(Box::new(Self::new(path, flag, kind, form, default)))))
    }
}

fn check_default(kind: ValueKind, cell: &str) -> Result<(), String> {
    if matches!(cell, "unknown" | "") {
        return Ok(());
    }
    for part in cell.split("; ") {
        let value = match part.split_once(" <") {
            Some((value, bound)) => {
                Minor::parse(bound).ok_or_else(|| format!("`{bound}` is no version"))?;
                value
            }
            None => part,
        };
        SettingValue::from_argument(kind, value).map_err(|why| format!("default {why}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::kubelet::{DefaultValue, StartMode};
    use super::*;

    #[test]
    fn a_name_gives_one_setting_for_ever() {
        let gate = || Setting::resolve("featureGates.A", Some("false <1.12; true")).unwrap();
        assert!(std::ptr::eq(gate(), gate()));
        assert_eq!(gate().kind, ValueKind::Bool);
        let table = Setting::resolve("readOnlyPort", None).unwrap();
        assert!(std::ptr::eq(table, Setting::named("readOnlyPort").unwrap()));
        let flag = Setting::resolve("flag:--node-ip", Some("")).unwrap();
        assert_eq!(
            (flag.kind, flag.flag.as_str()),
            (ValueKind::Text, "node-ip")
        );
        assert!(!flag.flag_deprecated() && gate().flag_deprecated());
    }

    #[test]
    fn what_cannot_be_resolved_says_why() {
        for (path, default, part) in [
            ("featureGates.", None, "no name"),
            ("featureGates.A.B", None, "no name"),
            ("featureGates.A", Some("yes"), "not a boolean"),
            ("featureGates.A", Some("false <x; true"), "no version"),
            ("flag:--no-such-flag", None, "no flag"),
            ("noSuchSetting", None, "no setting"),
            ("readOnlyPort", Some("1"), "in the table"),
        ] {
            let why = Setting::resolve(path, default).unwrap_err();
            assert!(why.contains(part), "{path}: {why}");
        }
    }

    #[test]
    fn a_default_depends_on_the_version_where_it_says_so() {
        for (default, version, expected) in [
            (Some("false <1.12; true"), Some(Minor(1, 11)), Some(false)),
            (Some("false <1.12; true"), Some(Minor(1, 12)), Some(true)),
            (Some("true"), None, Some(true)),
            (Some("false <1.12; true"), None, None),
            (None, Some(Minor(1, 30)), None),
        ] {
            let setting = Setting::resolve("featureGates.B", default).unwrap();
            let got = match setting.default(StartMode::WithConfig, version) {
                DefaultValue::Value(SettingValue::Bool(on)) => Some(on),
                _ => None,
            };
            assert_eq!(got, expected, "{default:?} {version:?}");
        }
    }
}
