//! One feature gate of the maps that hold them.
//!
//! Source: facts on `--feature-gates`: merged key by key, and AllAlpha and AllBeta set what nobody
//! names.

use std::collections::BTreeMap;

use super::config_file::ConfigFile;
use super::drop_in::{Base, default, merge};
use super::gate_table::{GateState, KUBELET_GATES, Stage};
use super::kubelet::Setting;
use super::merged::{Engine, Merged, NoValue};
use super::patch::Patch;
use super::value::SettingValue;
use crate::node::version::Minor;

/// The key of all gates in a file.
pub const GATES: &str = "featureGates";

/// Gates that set all gates of their stage.
const GROUPS: [(&str, Stage); 2] = [("AllAlpha", Stage::Alpha), ("AllBeta", Stage::Beta)];

/// The first version in which a gate may be named with the component it is of.
pub(super) const PREFIXED_GATES: Minor = Minor(1, 31);

/// Gates as a setting's value holds them.
pub type Gates = BTreeMap<String, String>;

/// What gates that set others do to one that nobody names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covered {
    /// Nothing.
    No,
    /// This one sets it.
    By(&'static str, bool),
    /// This one is set, and no source says whether it sets the gate too.
    Unsure(&'static str),
}

/// The gate's own name.
#[must_use]
pub fn name(setting: &Setting) -> &str {
    setting.segments().nth(1).unwrap_or_default()
}

/// Why a gate that nobody names has no default to go by.
pub(super) fn group_unknown(setting: &Setting, gate: &str) -> String {
    format!(
        "{gate} is set, nothing sets {}, and no source says whether the one covers the other",
        setting.path
    )
}

/// What groups of gates among these do to a gate that is not among them.
#[must_use]
pub fn covered(name: &str, gates: &Gates, version: Option<Minor>) -> Covered {
    let Some((first, _)) = GROUPS.iter().find(|(group, _)| gates.contains_key(*group)) else {
        return Covered::No;
    };
    match KUBELET_GATES.at(name, version) {
        GateState::Unsure => Covered::Unsure(first),
        GateState::Absent => Covered::No,
        GateState::Is(spec) => {
            let mut own = GROUPS.iter().filter(|(_, stage)| *stage == spec.stage);
            own.find_map(|(group, _)| Some(Covered::By(group, gates.get(*group)? == "true")))
                .unwrap_or(Covered::No)
        }
    }
}

/// Whether a gate is on with these set; `None` where no source says.
#[must_use]
pub fn is_on(name: &str, gates: &Gates, version: Option<Minor>) -> Option<bool> {
    if let Some(on) = gates.get(name) {
        return Some(on == "true");
    }
    match (
        covered(name, gates, version),
        KUBELET_GATES.at(name, version),
    ) {
        (Covered::By(_, on), _) => Some(on),
        (Covered::No, GateState::Is(spec)) => Some(spec.on),
        _ => None,
    }
}

/// The gate among these that keeps a kubelet from starting, and why. A `fork` has gates of its own.
#[must_use]
pub fn refused(gates: &Gates, version: Option<Minor>, fork: bool) -> Option<(String, String)> {
    let of_version = version.map_or_else(String::new, |v| format!(" {v}"));
    let one = |(name, on): (&String, &String)| match KUBELET_GATES.at(name, version) {
        GateState::Is(spec) if spec.locked && (on == "true") != spec.on => Some(format!(
            "feature gate {name} is locked to {} in Kubernetes{of_version}, and it is set to {on}",
            spec.on
        )),
        GateState::Is(_) => None,
        _ if name.is_empty() => Some("a feature gate has no name".to_owned()),
        _ if let Some(meant) = KUBELET_GATES.meant(name)
            && !KUBELET_GATES.is_named(name) =>
        {
            Some(format!("there is no feature gate {name}; {meant} is one"))
        }
        GateState::Absent if !fork || KUBELET_GATES.is_named(name) => {
            Some(format!("Kubernetes{of_version} has no feature gate {name}"))
        }
        GateState::Absent | GateState::Unsure => None,
    };
    let found = gates
        .iter()
        .find_map(|entry| Some((entry.0.clone(), one(entry)?)));
    found.or_else(|| {
        KUBELET_GATES.needs(version).find_map(|(gate, needs)| {
            let lacks = is_on(gate, gates, version)? && !is_on(needs, gates, version)?;
            let blame = [needs, gate, "AllBeta", "AllAlpha"];
            let key = blame.into_iter().find(|key| gates.contains_key(*key))?;
            lacks.then(|| {
                let why = format!("feature gate {gate} is on and needs {needs}, which is off");
                (key.to_owned(), why)
            })
        })
    })
}

/// Merges all gates and picks one.
///
/// # Errors
/// Why no value can be told.
pub fn merge_one(
    engine: Engine,
    base: Base<'_>,
    drop_ins: (&[ConfigFile], &Patch),
    setting: &Setting,
    version: Option<Minor>,
) -> Result<Merged, NoValue> {
    let all = Setting::named(GATES).ok_or(NoValue::DefaultUnknown)?;
    let merged = merge(engine, base, drop_ins, all, version)?;
    let SettingValue::Map(gates) = &merged.value else {
        return Err(NoValue::DefaultUnknown);
    };
    let covered = covered(name(setting), gates, version);
    let key = match covered {
        Covered::By(group, _) if !gates.contains_key(name(setting)) => group,
        _ => name(setting),
    };
    if let (Some(on), Some(place)) = (gates.get(key), merged.places.get(key)) {
        let mut one = Merged::at(SettingValue::Bool(on == "true"), place.clone());
        one.group = match covered {
            Covered::By(group, _) if group == key => Some(group),
            _ => None,
        };
        if one.group.is_none() || merged.hole.is_none() {
            return Ok(one);
        }
    }
    if let Some(unknown) = &merged.hole {
        return Err((**unknown).clone());
    }
    match covered {
        Covered::Unsure(group) => Err(NoValue::GroupUnknown(group)),
        _ => default(setting, base.mode(), version),
    }
}
