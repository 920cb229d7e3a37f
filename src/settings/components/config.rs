//! The configuration file of a component → why the component refuses it, and what it says.

use super::super::config_file::ConfigFile;
use super::super::kubelet::{Setting, SettingForm};
use super::super::value::SettingValue;
use super::Described;
use super::about::ConfigData;
use super::layer::Stated;
use crate::evidence::document::{Node, Value};
use crate::node::version::Minor;
use crate::problem::Code;
use crate::settings::Doubt;

/// Why a component of this version does not start with a file.
pub(super) fn refused(
    described: &Described,
    config: &ConfigData,
    file: &ConfigFile,
    version: Option<Minor>,
) -> Option<String> {
    let root = &file.document.root;
    match (&root.value, &config.kind) {
        (Value::Map(_), _) | (Value::Null, None) => {}
        (Value::Null, Some(_)) => return Some("it is empty".to_owned()),
        _ => return Some(format!("it is a {}, not a map", root.kind())),
    }
    if let Some(kind) = &config.kind {
        let text = |key: &str| match root.get(key).map(|entry| &entry.node.value) {
            Some(Value::String(text)) => text.as_str(),
            _ => "missing",
        };
        if text("kind") != kind {
            return Some(format!("its kind is {}, not {kind}", text("kind")));
        }
        let own = text("apiVersion");
        let mut forms = config.api_version.iter().filter(|f| f.is_of(version));
        if !forms.any(|form| form.name == own) {
            return Some(format!("its apiVersion is {own}, which it does not read"));
        }
    }
    if config.strict
        && let Some(twice) = file.document.duplicates.first()
    {
        return Some(format!("key {} stands twice", twice.path));
    }
    if config.strict
        && let Some(why) = unknown_key(described, root, "")
    {
        return Some(why);
    }
    let keyed = described.settings.values();
    let mut keyed = keyed.filter(|setting| setting.form == SettingForm::Key);
    keyed.find_map(|setting| file.said(setting, config.any_case).err())
}

/// A key that the component does not know, or what a known one must not hold.
fn unknown_key(described: &Described, node: &Node, above: &str) -> Option<String> {
    let Value::Map(entries) = &node.value else {
        return (!above.is_empty() && node.value != Value::Null)
            .then(|| format!("{above} is a {}, not a map", node.kind()));
    };
    entries.iter().find_map(|entry| {
        let path = match above {
            "" => entry.key.clone(),
            above => format!("{above}.{}", entry.key),
        };
        match described.keys.get(&path) {
            Some(_) if entry.node.mask().is_some() => None,
            Some(None) => None,
            Some(Some(kind)) => {
                let why = SettingValue::from_node(*kind, &entry.node).err()?;
                Some(format!("{path} {why}"))
            }
            None => {
                let below = format!("{path}.");
                match described.keys.keys().any(|key| key.starts_with(&below)) {
                    true => unknown_key(described, &entry.node, &path),
                    false => Some(format!("it has no key {path}")),
                }
            }
        }
    })
}

/// What a file says of a setting, and where.
pub(super) fn stated(
    config: &ConfigData,
    file: &ConfigFile,
    setting: &Setting,
) -> (Stated, crate::evidence::citation::Citation) {
    let whole = file.citation.clone();
    let said = match file.said(setting, config.any_case) {
        Ok(mut all) => all.pop(),
        Err(why) => {
            let why = format!("{} is refused: {why}", file.path);
            let doubt = Doubt::new(Code::WouldNotStart, why, vec![whole.clone()]);
            return (Stated::Unknown(doubt), whole);
        }
    };
    let Some(said) = said else {
        return (Stated::Nothing(format!("no {}", setting.path)), whole);
    };
    let citation = file.cite(&said);
    if said.redacted {
        let mask = file.mask(&said).unwrap_or_default();
        let why = format!(
            "{} is masked as {mask} in {}",
            setting.path,
            citation.spoken()
        );
        let doubt = Doubt::new(Code::ValueRedacted, why, vec![citation.clone()]);
        return (Stated::Unknown(doubt), citation);
    }
    match said.value {
        Some(value) if setting.zero_is_default && value.is_zero() => {
            (Stated::Unset(value.shown()), citation)
        }
        Some(value) => (Stated::Value(value), citation),
        None => (Stated::Unset("null".to_owned()), citation),
    }
}
