//! Keys of a KubeletConfiguration that no control asks about: type, range, and the version they
//! came with. A value of theirs that is none keeps the kubelet from starting.
//!
//! Source: `kubelet-keys.csv`, from types.go of 1.12 to 1.36 and the validation of 1.24 to 1.36.

use std::sync::LazyLock;

use super::kubelet::{Setting, SettingForm};
use super::value::ValueKind;
use crate::node::version::Minor;

/// One key.
pub(super) struct ConfigKey {
    pub setting: Setting,
    /// Null is no value of it.
    pub pointer: bool,
    /// The first version that has it; `None`: as far back as known.
    first: Option<Minor>,
    /// The first version that holds it to its range; `None`: all.
    range_first: Option<Minor>,
}

impl ConfigKey {
    /// Whether a version has it.
    pub(super) fn is_of(&self, version: Option<Minor>) -> bool {
        (self.first).is_none_or(|first| version.is_some_and(|version| version >= first))
    }

    /// Whether a version holds it to its range.
    pub(super) fn has_range(&self, version: Option<Minor>) -> bool {
        (self.range_first).is_none_or(|first| version.is_some_and(|version| version >= first))
    }
}

pub(super) static KEYS: LazyLock<Vec<ConfigKey>> = LazyLock::new(|| {
    let lines = include_str!("kubelet-keys.csv").lines().skip(1);
    lines.filter_map(read).collect()
});

/// A `*` before the type: the key is a pointer, so that zero is a value and null is none.
fn read(line: &str) -> Option<ConfigKey> {
    let cells: Vec<&str> = line.split(',').collect();
    let [path, flag, kind, default, range, first, range_first] = cells.as_slice() else {
        return None;
    };
    Some(ConfigKey {
        setting: Setting {
            path: (*path).to_owned(),
            flag: (*flag).to_owned(),
            kind: ValueKind::named(kind.trim_start_matches('*'))?,
            form: SettingForm::Key,
            zero_is_default: !kind.starts_with('*'),
            omitted_when_zero: false,
            always_in_configz: false,
            with_config: (*default).to_owned(),
            flags_only: (*default).to_owned(),
            range: (*range).to_owned(),
            versions: String::new(),
        },
        pointer: kind.starts_with('*'),
        first: Minor::parse(first),
        range_first: Minor::parse(range_first),
    })
}

#[cfg(test)]
mod tests {
    use super::super::kubelet::{DefaultValue, StartMode};
    use super::*;

    #[test]
    fn every_row_of_the_table_can_be_read_and_is_no_setting() {
        let rows = include_str!("kubelet-keys.csv").lines().count() - 1;
        assert_eq!(KEYS.len(), rows);
        for key in KEYS.iter() {
            let setting = &key.setting;
            assert!(Setting::named(&setting.path).is_none(), "{}", setting.path);
            let known = setting.default(StartMode::WithConfig, None) != DefaultValue::Unknown;
            assert_eq!(known, setting.with_config != "unknown", "{}", setting.path);
        }
    }
}
