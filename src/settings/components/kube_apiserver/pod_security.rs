//! What the API server does with pods of namespaces that say nothing of it: the defaults and the
//! exemptions that the file for admission gives the plug-in PodSecurity.

use super::super::derived::Derived;
use super::super::document::{items, other_kind, text};
use super::super::layer::{Layer, Stated, decide};
use super::{ComponentProcess, admission};
use crate::evidence::document::{Node, Value};
use crate::node::version::Minor;
use crate::problem::Code;
use crate::settings::config_file::ConfigFile;
use crate::settings::kubelet::Setting;
use crate::settings::pod_security::{EXEMPT, LEVELS, OFF, PATH, PLUGIN, PRIVILEGED};
use crate::settings::value::{SettingValue, ValueKind};
use crate::settings::{Doubt, SettingSource};

const FILE_FORMS: [&str; 3] = [
    "apiserver.config.k8s.io/v1",
    "apiserver.config.k8s.io/v1alpha1",
    "apiserver.k8s.io/v1alpha1",
];
const FORMS: [&str; 3] = [
    "pod-security.admission.config.k8s.io/v1",
    "pod-security.admission.config.k8s.io/v1beta1",
    "pod-security.admission.config.k8s.io/v1alpha1",
];

/// The name under which the file stands that the file for admission names.
const INNER: &str = "admission-control-config-file of PodSecurity";

pub(super) const DERIVED: Derived = Derived {
    path: PATH,
    kind: ValueKind::List,
    layers,
};

fn layers(process: &ComponentProcess, _: &Setting, version: Option<Minor>) -> Vec<Layer> {
    let mut all = Vec::new();
    let plugin = format!("{}{PLUGIN}", admission::PREFIX);
    let plugin = process.described().setting(&plugin);
    match plugin.map(|plugin| decide(&admission::layers(process, plugin, version))) {
        Some(Ok(on)) if on.winner.value == SettingValue::Bool(false) => {
            let winner = on.winner;
            let off = Stated::Value(SettingValue::List(vec![OFF.to_owned()]));
            let place = format!("{PLUGIN} is not on: {}", winner.place);
            return vec![Layer::new(winner.source, &place, winner.citation, off)];
        }
        Some(Err(doubt)) => {
            let line = process.process.citation.clone();
            let (source, place) = (process.seen.source, &process.seen.place);
            let unknown = Stated::Unknown(doubt);
            return vec![Layer::new(source, place, Some(line), unknown)];
        }
        _ => {}
    }
    match process.files.get(INNER) {
        Some(Ok(file)) => all.push(of_file(file, said(file, &file.document.root))),
        Some(Err(doubt)) => {
            let stated = Stated::Unknown(doubt.clone());
            let place = format!("the file of {PLUGIN}");
            all.push(Layer::new(SettingSource::ConfigFile, &place, None, stated));
        }
        None => all.extend(process.by_file(admission::CONFIG, inline)),
    }
    let nothing = Stated::Value(SettingValue::List(vec![PRIVILEGED.to_owned()]));
    let place = format!("nothing gives {PLUGIN} other defaults");
    all.push(Layer::new(SettingSource::Default, &place, None, nothing));
    all
}

fn of_file(file: &ConfigFile, stated: Stated) -> Layer {
    let citation = Some(file.citation.clone());
    Layer::new(SettingSource::ConfigFile, &file.path, citation, stated)
}

/// What the file for admission itself says.
fn inline(file: &ConfigFile) -> Stated {
    let root = &file.document.root;
    if let Some(why) = other_kind(root, "AdmissionConfiguration", &FILE_FORMS) {
        return refused(file, &why);
    }
    let mut plugins = items(root, "plugins").iter();
    let own = plugins.find(|plugin| text(plugin, "name") == Some(PLUGIN));
    let configuration = own.and_then(|plugin| plugin.get("configuration"));
    match configuration.map(|entry| &entry.node) {
        Some(node) if node.value != Value::Null => said(file, node),
        _ => Stated::Nothing(format!("it says nothing of {PLUGIN}")),
    }
}

fn refused(file: &ConfigFile, why: &str) -> Stated {
    let why = format!("{} is refused: {why}", file.path);
    let at = vec![file.citation.clone()];
    Stated::Unknown(Doubt::new(Code::WouldNotStart, why, at))
}

/// The level where a namespace names none, and who is exempt from every level.
fn said(file: &ConfigFile, node: &Node) -> Stated {
    let masked = |key: &str| {
        let why = format!("{key} of {PLUGIN} is masked in {}", file.path);
        let at = vec![file.citation.clone()];
        Stated::Unknown(Doubt::new(Code::ValueRedacted, why, at))
    };
    if node.mask_of_whole().is_some() {
        return masked("the configuration");
    }
    if let Some(why) = other_kind(node, "PodSecurityConfiguration", &FORMS) {
        return refused(file, &why);
    }
    if let Some(key) = unknown_key(node) {
        return refused(file, &format!("it has a key `{key}` that is not read"));
    }
    let level = node.at("defaults.enforce").map(|entry| &entry.node);
    let level = match level.map(|node| (&node.value, node.mask())) {
        Some((_, Some(_))) => return masked("defaults.enforce"),
        None | Some((Value::Null, _)) => PRIVILEGED,
        Some((Value::String(text), _)) if text.is_empty() => PRIVILEGED,
        Some((Value::String(text), _)) if LEVELS.contains(&text.as_str()) => text,
        Some(_) => return refused(file, "defaults.enforce is no level"),
    };
    let mut list = vec![level.to_owned()];
    for kind in EXEMPT {
        let exempt = node.at(&format!("exemptions.{kind}"));
        match exempt.map(|entry| &entry.node.value) {
            None | Some(Value::Null) => {}
            Some(Value::List(items)) => {
                for item in items {
                    match &item.value {
                        _ if item.mask().is_some() => return masked(kind),
                        Value::String(name) => list.push(format!("{kind}: {name}")),
                        _ => return refused(file, &format!("{kind} has an item that is no text")),
                    }
                }
            }
            Some(_) => return refused(file, &format!("{kind} is no list")),
        }
    }
    Stated::Value(SettingValue::List(list))
}

/// A key that strict decoding refuses.
fn unknown_key(node: &Node) -> Option<String> {
    let stranger = |node: &Node, known: &[&str]| match &node.value {
        Value::Map(entries) => entries
            .iter()
            .map(|entry| &entry.key)
            .find(|key| !known.contains(&key.as_str()))
            .cloned(),
        _ => None,
    };
    let defaults = ["enforce", "audit", "warn"];
    let versions = ["enforce-version", "audit-version", "warn-version"];
    let below = |key: &str, known: &[&str]| stranger(&node.get(key)?.node, known);
    stranger(node, &["apiVersion", "kind", "defaults", "exemptions"])
        .or_else(|| below("defaults", &[defaults, versions].concat()))
        .or_else(|| below("exemptions", &EXEMPT))
}
