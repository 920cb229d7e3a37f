//! One feature gate of the maps that hold them.
//!
//! Source: facts on `--feature-gates`: merged key by key, and AllAlpha and AllBeta set what nobody
//! names.

use std::collections::BTreeMap;

use super::config_file::{ConfigFile, Said};
use super::drop_in::{Base, Engine, Merged, NoValue, Origin, default, merge};
use super::kubelet::Setting;
use super::value::SettingValue;
use crate::evidence::citation::Citation;
use crate::node::version::Minor;

/// The key of all gates in a file.
pub const GATES: &str = "featureGates";

/// Gates that set all gates of their stage.
const GROUPS: [&str; 2] = ["AllAlpha", "AllBeta"];

/// The gate's own name.
#[must_use]
pub fn name(setting: &Setting) -> &str {
    setting.segments().nth(1).unwrap_or_default()
}

/// A gate among these that sets others.
#[must_use]
pub fn group_in(gates: &BTreeMap<String, String>) -> Option<&'static str> {
    GROUPS.into_iter().find(|group| gates.contains_key(*group))
}

/// Merges all gates and picks one.
///
/// # Errors
/// Why no value can be told.
pub fn merge_one(
    engine: Engine,
    base: Base<'_>,
    drop_ins: &[ConfigFile],
    setting: &Setting,
    version: Option<Minor>,
) -> Result<Merged, NoValue> {
    let all = Setting::named(GATES).ok_or(NoValue::DefaultUnknown)?;
    let merged = merge(engine, base, drop_ins, all, version)?;
    let SettingValue::Map(gates) = &merged.value else {
        return Err(NoValue::DefaultUnknown);
    };
    let wanted = gates.get(name(setting));
    let origins = (0..drop_ins.len()).map(Origin::DropIn);
    let mut files: Vec<(&ConfigFile, Origin)> = drop_ins.iter().zip(origins).collect();
    if let Base::File(file) = base {
        files.insert(0, (file, Origin::ConfigFile));
    }
    for (file, origin) in files.into_iter().rev() {
        let any_case = engine.strictness().any_case && origin != Origin::ConfigFile;
        for said in file.said(all, any_case).map_err(NoValue::Refused)? {
            if said.redacted {
                return Err(NoValue::Redacted(file.cite(&said)));
            }
            if let (Some(SettingValue::Map(says)), Some(on)) = (&said.value, wanted)
                && says.get(name(setting)) == Some(on)
            {
                return Ok(Merged {
                    value: SettingValue::Bool(on == "true"),
                    citation: Some(cite(file, &said, name(setting))),
                    origin,
                    said: None,
                });
            }
        }
    }
    if matches!(base, Base::Unknown) {
        return Err(NoValue::BaseUnknown);
    }
    match group_in(gates) {
        Some(group) => Err(NoValue::GroupUnknown(group)),
        None => default(setting, base.mode(), version),
    }
}

/// The place of one gate in what a file says of all.
pub(super) fn cite(file: &ConfigFile, said: &Said, gate: &str) -> Citation {
    let key = said.keys.first().map_or(GATES, String::as_str);
    let entry = file.document.root.get(key).and_then(|e| e.node.get(gate));
    match entry.map_or(0, |entry| entry.line) {
        0 => file.citation.pointer(&[key, gate]),
        line => file.citation.line(line),
    }
}
