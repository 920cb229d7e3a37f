//! Sections of such a file that become several flags.
//!
//! Sources: openshift/library-go and openshift/kubernetes, `AuditFlags`; openshift/origin,
//! openshiftkubeapiserver/flags.go, `admissionFlags`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Flags, cite, scalar};
use crate::evidence::document::{Document, Value};
use crate::settings::config_file::ConfigFile;

const POLICY: &str = "audit-policy-file";

/// Flags of the section about auditing, by key.
const AUDIT: [(&str, &str); 5] = [
    ("auditFilePath", "audit-log-path"),
    ("maximumFileRetentionDays", "audit-log-maxage"),
    ("maximumRetainedFiles", "audit-log-maxbackup"),
    ("maximumFileSizeMegabytes", "audit-log-maxsize"),
    ("policyFile", POLICY),
];

/// Why a section tells nothing.
pub(super) enum Untold {
    /// What stands under this key is masked.
    Masked(String),
    /// What stands under this key is of another type.
    Odd(String),
}

/// The key at which a way through a document ends at a mask.
fn masked(file: &ConfigFile, path: &str) -> Result<(), Untold> {
    match file.document.root.toward(path) {
        Some((_, node)) if node.mask_of_whole().is_some() || node.mask().is_some() => {
            Err(Untold::Masked(path.to_owned()))
        }
        _ => Ok(()),
    }
}

/// Reads the section about auditing; a policy that stands in it takes the place of its file.
pub(super) fn audit(
    section: &str,
    file: &ConfigFile,
    flags: &mut Flags,
) -> Result<BTreeMap<&'static str, ConfigFile>, Untold> {
    masked(file, &format!("{section}.enabled"))?;
    let root = &file.document.root;
    let whole = &file.citation;
    let at = |key: &str| root.at(&format!("{section}.{key}"));
    let is_on = at("enabled").map(|entry| &entry.node.value) == Some(&Value::Bool(true));
    let mut inline = BTreeMap::new();
    if !is_on {
        return Ok(inline);
    }
    for (key, flag) in AUDIT {
        let Some(entry) = at(key).filter(|entry| entry.node.value != Value::Null) else {
            continue;
        };
        let odd = || Untold::Odd(format!("{section}.{key}"));
        let text = scalar(&entry.node).ok_or_else(odd)?;
        let place = cite(whole, entry, &[section, key]);
        let is_beside = flag == POLICY && !text.starts_with('/') && entry.node.mask().is_none();
        let text = match file.path.rsplit_once('/') {
            Some((folder, _)) if is_beside && !text.is_empty() => format!("{folder}/{text}"),
            _ => text,
        };
        if !text.is_empty() {
            flags
                .entry(flag.to_owned())
                .or_insert((vec![text], Some(place)));
        }
    }
    // It writes to its own log where no file is named.
    if let Some(entry) = at("enabled") {
        let place = cite(whole, entry, &[section, "enabled"]);
        let own_log = (vec!["-".to_owned()], Some(place));
        flags.entry("audit-log-path".to_owned()).or_insert(own_log);
    }
    let policy = at("policyConfiguration").filter(|entry| entry.node.value != Value::Null);
    if let Some(entry) = policy {
        let place = cite(whole, entry, &[section, "policyConfiguration"]);
        let named = (vec![file.path.clone()], Some(place.clone()));
        flags.entry(POLICY.to_owned()).or_insert(named);
        let own = ConfigFile {
            path: file.path.clone(),
            citation: place,
            document: Arc::new(Document {
                root: entry.node.clone(),
                repeated: None,
                ..(*file.document).clone()
            }),
        };
        inline.insert(POLICY, own);
    }
    Ok(inline)
}

/// Reads the map of admission plug-ins: one that is in it is on, unless it says that it is not.
pub(super) fn plugins(
    section: &str,
    file: &ConfigFile,
    more: &[String],
    flags: &mut Flags,
) -> Result<(), Untold> {
    masked(file, section)?;
    let (mut on, mut off) = (Vec::new(), Vec::new());
    let entry = file.document.root.at(section);
    if let Some(Value::Map(plugins)) = entry.map(|entry| &entry.node.value) {
        for plugin in plugins {
            let way = plugin.node.toward("configuration.disable");
            let end = way.map(|(_, node)| node).unwrap_or(&plugin.node);
            if end.mask().is_some() || end.mask_of_whole().is_some() {
                return Err(Untold::Masked(format!("{section}.{}", plugin.key)));
            }
            let disable = plugin.node.at("configuration.disable");
            match disable.map(|entry| &entry.node.value) {
                Some(Value::Bool(true)) => off.push(plugin.key.clone()),
                _ => on.push(plugin.key.clone()),
            }
        }
    }
    let missing = more
        .iter()
        .filter(|name| !on.contains(name) && !off.contains(name));
    let missing: Vec<String> = missing.cloned().collect();
    on.extend(missing);
    let place = entry.map(|entry| {
        let keys: Vec<&str> = section.split('.').collect();
        cite(&file.citation, entry, &keys)
    });
    for (flag, names) in [
        ("enable-admission-plugins", on),
        ("disable-admission-plugins", off),
    ] {
        if !names.is_empty() {
            flags
                .entry(flag.to_owned())
                .or_insert((names, place.clone()));
        }
    }
    Ok(())
}
