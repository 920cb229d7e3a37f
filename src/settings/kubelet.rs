//! The kubelet's settings as data: flag, configuration path, kind, defaults by version and
//! start-up mode, how configz shows them. Source of every cell: `kubelet-settings.csv`, taken from
//! the Kubernetes sources of 1.2 to 1.36.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use super::literal::parse_duration;
use super::value::{SettingValue, ValueKind};
use crate::node::version::Minor;

/// Where a setting can be set, and what shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingForm {
    /// A key of the file, perhaps with a flag that wins over it.
    Key,
    /// A key of the file and a flag that can only turn it on: in force is either. configz shows
    /// the key alone.
    KeyOrFlag,
    /// One feature gate: a key of `featureGates` or of a `--feature-gates`.
    Gate,
    /// A flag without a key: in no file, and never in configz.
    FlagOnly,
}

/// The minor versions of Kubernetes 1 that the table tells apart.
pub const VERSIONS: RangeInclusive<u16> = 2..=36;

/// One setting of the kubelet.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its path in a KubeletConfiguration, dotted: also its name.
    pub path: String,
    /// Its flag; empty where there is none.
    pub flag: String,
    /// What it holds.
    pub kind: ValueKind,
    /// Where it can be set.
    pub form: SettingForm,
    /// A zero in a file is replaced by the default.
    pub zero_is_default: bool,
    /// A key missing in configz is Go's zero value.
    pub omitted_when_zero: bool,
    /// configz shows it always: a reply without it is no whole reply.
    pub always_in_configz: bool,
    pub(super) with_config: String,
    pub(super) flags_only: String,
    pub(super) range: String,
    /// The versions whose configuration has the key, as `1.22` or `<1.10; 1.23`; empty for all.
    pub(super) versions: String,
}

/// How the kubelet was started: the two ways have other defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartMode {
    /// With `--config FILE`.
    WithConfig,
    /// Without it (`--config=` is without).
    FlagsOnly,
}

/// What applies where nothing is set.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultValue {
    /// This value.
    Value(SettingValue),
    /// It differs between versions, and the version is not known.
    VersionUnknown,
    /// No source of ours says.
    Unknown,
}

/// Every setting we know.
pub static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(include_str!("kubelet-settings.csv").as_bytes());
    reader
        .records()
        .filter_map(Result::ok)
        .filter_map(|row| {
            let cell = |index: usize| row.get(index).unwrap_or_default().to_owned();
            Some(Setting {
                path: cell(0),
                flag: cell(1),
                kind: ValueKind::named(&cell(2))?,
                form: match row.get(5) {
                    Some("always-but-flag") => SettingForm::KeyOrFlag,
                    _ => SettingForm::Key,
                },
                with_config: cell(3),
                flags_only: cell(4),
                omitted_when_zero: cell(5) == "omitted-when-zero",
                always_in_configz: cell(5).starts_with("always"),
                range: cell(6),
                zero_is_default: cell(7) == "default",
                versions: cell(8),
            })
        })
        .collect()
});

impl Setting {
    /// One with this default in every version and mode, and nothing special about it.
    pub(super) fn new(
        path: &str,
        flag: &str,
        kind: ValueKind,
        form: SettingForm,
        default: &str,
    ) -> Self {
        Self {
            path: path.to_owned(),
            flag: flag.to_owned(),
            kind,
            form,
            zero_is_default: false,
            omitted_when_zero: false,
            always_in_configz: false,
            with_config: default.to_owned(),
            flags_only: default.to_owned(),
            range: String::new(),
            versions: String::new(),
        }
    }

    /// The setting with this path.
    #[must_use]
    pub fn named(path: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.path == path)
    }

    /// Its name for people: the argument itself where there is no key.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.path.strip_prefix("flag:").unwrap_or(&self.path)
    }

    /// The path's segments.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.path.split('.')
    }

    /// The default of a version and start-up mode.
    #[must_use]
    pub fn default(&self, mode: StartMode, version: Option<Minor>) -> DefaultValue {
        let cell = match mode {
            StartMode::WithConfig => &self.with_config,
            StartMode::FlagsOnly => &self.flags_only,
        };
        if matches!(cell.as_str(), "unknown" | "system") {
            return DefaultValue::Unknown;
        }
        // `5 <1.27; 50`: 5 before 1.27, 50 from then on.
        let mut chosen = cell.as_str();
        for part in cell.split("; ") {
            match (part.split_once(" <"), version) {
                (Some(_), None) => return DefaultValue::VersionUnknown,
                (Some((value, bound)), Some(version)) => {
                    if Minor::parse(bound).is_some_and(|bound| version < bound) {
                        chosen = value;
                        break;
                    }
                }
                (None, _) => chosen = part,
            }
        }
        if chosen.is_empty() {
            return DefaultValue::Value(SettingValue::zero(self.kind));
        }
        SettingValue::from_argument(self.kind, chosen)
            .map_or(DefaultValue::Unknown, DefaultValue::Value)
    }

    /// Whether a version's configuration has the key; of an unknown version, whether every one's has.
    #[must_use]
    pub fn is_key_of(&self, version: Option<Minor>) -> bool {
        let Some(version) = version else {
            return self.versions.is_empty();
        };
        let has = |part: &str| match part.strip_prefix('<') {
            Some(bound) => Minor::parse(bound).is_some_and(|bound| version < bound),
            None => Minor::parse(part).is_none_or(|first| version >= first),
        };
        self.versions.split("; ").any(has)
    }

    /// Whether a zero of it is left out of a marshalled configuration. Of a text that configz may
    /// show filled in, it is too.
    #[must_use]
    pub(super) fn is_omitted(&self) -> bool {
        self.omitted_when_zero || (self.kind == ValueKind::Text && !self.always_in_configz)
    }

    /// Whether Go has a pointer for it, which null makes nothing of.
    #[must_use]
    pub(super) fn is_pointer(&self) -> bool {
        (self.always_in_configz || self.form == SettingForm::KeyOrFlag) && !self.zero_is_default
    }

    /// The first version whose configuration has the key, where no earlier one had it.
    #[must_use]
    pub fn first_version(&self) -> Option<Minor> {
        Minor::parse(&self.versions)
    }

    /// Whether the default is this value; of an unknown version, whether it may be.
    #[must_use]
    pub fn may_default_to(
        &self,
        mode: StartMode,
        version: Option<Minor>,
        value: &SettingValue,
    ) -> bool {
        match self.default(mode, version) {
            DefaultValue::Value(default) => default == *value,
            DefaultValue::VersionUnknown => VERSIONS
                .map(|minor| Some(Minor(1, minor)))
                .any(|version| self.may_default_to(mode, version, value)),
            DefaultValue::Unknown => true,
        }
    }

    /// Whether the kubelet calls the flag deprecated: every flag that wins over a key in the file
    /// is, but these two.
    #[must_use]
    pub fn flag_deprecated(&self) -> bool {
        let wins_over_a_key = matches!(self.form, SettingForm::Key | SettingForm::Gate);
        let kept = matches!(self.flag.as_str(), "provider-id" | "fail-cgroupv1");
        wins_over_a_key && !self.flag.is_empty() && !kept
    }

    /// Whether our facts list what values a kubelet takes.
    #[must_use]
    pub fn has_range(&self) -> bool {
        !self.range.is_empty()
    }

    /// Why a kubelet refuses to start with this value, where our facts say so.
    #[must_use]
    pub fn refuses(&self, value: &SettingValue) -> Option<String> {
        if self.range.is_empty() {
            return None;
        }
        let is_word = |text: &str| self.range.split('|').any(|word| word == text);
        let allowed = match (self.range.split_once(".."), value) {
            (Some((low, high)), SettingValue::Int(number)) => {
                low.parse().map_or(true, |low: i64| *number >= low)
                    && high.parse().map_or(true, |high: i64| *number <= high)
            }
            (Some((low, high)), SettingValue::Duration(nanos)) => {
                parse_duration(low).is_none_or(|low| *nanos >= low)
                    && parse_duration(high).is_none_or(|high| *nanos <= high)
            }
            (None, SettingValue::Text(text)) => is_word(text),
            (None, SettingValue::List(items)) => {
                let stranger = items.iter().find(|item| !is_word(item))?;
                return Some(format!(
                    "{} holds `{stranger}`, and the kubelet takes no such name",
                    self.path
                ));
            }
            _ => true,
        };
        (!allowed).then(|| {
            format!(
                "{} is {value}, and the kubelet takes {}",
                self.path, self.range
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_can_be_read() {
        let rows = include_str!("kubelet-settings.csv").lines().count() - 1;
        assert_eq!(SETTINGS.len(), rows);
        for setting in SETTINGS.iter() {
            for mode in [StartMode::WithConfig, StartMode::FlagsOnly] {
                let cell = match mode {
                    StartMode::WithConfig => &setting.with_config,
                    StartMode::FlagsOnly => &setting.flags_only,
                };
                let known = setting.default(mode, Some(Minor(1, 36))) != DefaultValue::Unknown;
                assert_eq!(
                    known,
                    !matches!(cell.as_str(), "unknown" | "system"),
                    "{}: {cell}",
                    setting.path
                );
            }
        }
    }

    #[test]
    fn defaults_depend_on_mode_and_version() {
        let of = |path: &str, mode, version| Setting::named(path).unwrap().default(mode, version);
        let int = |n| DefaultValue::Value(SettingValue::Int(n));
        for (path, mode, version, expected) in [
            ("readOnlyPort", StartMode::FlagsOnly, None, int(10255)),
            ("readOnlyPort", StartMode::WithConfig, None, int(0)),
            (
                "eventRecordQPS",
                StartMode::WithConfig,
                Some(Minor(1, 26)),
                int(5),
            ),
            (
                "eventRecordQPS",
                StartMode::WithConfig,
                Some(Minor(1, 27)),
                int(50),
            ),
            (
                "eventRecordQPS",
                StartMode::WithConfig,
                None,
                DefaultValue::VersionUnknown,
            ),
        ] {
            assert_eq!(
                of(path, mode, version),
                expected,
                "{path} {mode:?} {version:?}"
            );
        }
    }

    #[test]
    fn two_flags_beside_a_key_are_not_deprecated() {
        for (path, deprecated) in [
            ("failCgroupV1", false),
            ("providerID", false),
            ("readOnlyPort", true),
        ] {
            let setting = Setting::named(path).unwrap();
            assert!(!setting.flag.is_empty(), "{path}");
            assert_eq!(setting.flag_deprecated(), deprecated, "{path}");
        }
    }

    #[test]
    fn values_out_of_range_are_refused() {
        let refuses = |path: &str, value: SettingValue| {
            Setting::named(path).unwrap().refuses(&value).is_some()
        };
        assert!(refuses("readOnlyPort", SettingValue::Int(70_000)));
        assert!(!refuses("readOnlyPort", SettingValue::Int(0)));
        assert!(refuses(
            "authorization.mode",
            SettingValue::Text("webhook".into())
        ));
        assert!(!refuses("tlsMinVersion", SettingValue::Text(String::new())));
        let suites = |names: &[&str]| {
            SettingValue::List(names.iter().map(|name| (*name).to_owned()).collect())
        };
        for (names, refused) in [
            (vec![], false),
            (vec!["TLS_AES_128_GCM_SHA256"], false),
            (vec!["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305"], false),
            (vec!["TLS_RSA_WITH_RC4_128_SHA", "TLS_NOPE"], true),
            (vec![""], true),
            (vec!["tls_rsa_with_rc4_128_sha"], true),
        ] {
            assert_eq!(
                refuses("tlsCipherSuites", suites(&names)),
                refused,
                "{names:?}"
            );
        }
    }
}
