//! What the API server writes into etcd: the first provider of the block that covers a resource.

use super::super::derived::Derived;
use super::super::document::{items, text, texts};
use super::super::layer::{Layer, Stated};
use super::{ComponentProcess, StartRefusal};
use crate::evidence::document::{Node, Value};
use crate::node::version::Minor;
use crate::problem::Code;
use crate::settings::config_file::ConfigFile;
use crate::settings::kubelet::Setting;
use crate::settings::value::{SettingValue, ValueKind};
use crate::settings::{Doubt, SettingSource};

const FLAG: &str = "encryption-provider-config";

/// What a setting's name begins with; the resource follows.
const PREFIX: &str = "encryptionProvider.";

pub(super) const DERIVED: [Derived; 2] = [
    Derived {
        path: "encryptionProvider.secrets",
        kind: ValueKind::Text,
        layers,
    },
    Derived {
        path: "encryptionProvider.configmaps",
        kind: ValueKind::Text,
        layers,
    },
];

/// The first version in which `*.*`, `*.` and `*.GROUP` match; earlier ones take and ignore them.
const WILDCARDS: Minor = Minor(1, 27);

/// The first version that refuses resources with capital letters, and kms of the first version.
const STRICTER: Minor = Minor(1, 29);

const PROVIDERS: [&str; 5] = ["aescbc", "aesgcm", "secretbox", "kms", "identity"];

fn layers(process: &ComponentProcess, setting: &Setting, version: Option<Minor>) -> Vec<Layer> {
    let resource = setting.path.strip_prefix(PREFIX).unwrap_or_default();
    let mut all = Vec::new();
    let by_file = process.by_file(FLAG, |file| {
        let of = |wildcards| provider(file, resource, wildcards);
        let (with, without) = (of(true), of(false));
        let found = match version {
            Some(version) if version < WILDCARDS => without,
            Some(_) => with,
            None if with == without => with,
            None => {
                let why = format!(
                    "whether a wildcard in {} covers {resource} depends on the version, which is not known",
                    file.path
                );
                let at = vec![file.citation.clone()];
                return Stated::Unknown(Doubt::new(Code::VersionUnknown, why, at));
            }
        };
        match found {
            Some(name) => Stated::Value(SettingValue::Text(name.to_owned())),
            None => Stated::Nothing(format!("no block covers {resource}")),
        }
    });
    all.extend(by_file);
    let place = match process.files.get(FLAG) {
        Some(Ok(file)) => format!("no block of {} covers {resource}", file.path),
        _ => format!("no --{FLAG}"),
    };
    let value = Stated::Value(SettingValue::Text("identity".to_owned()));
    all.push(Layer::new(SettingSource::Default, &place, None, value));
    all
}

/// The first provider of the first block that covers a resource.
fn provider<'f>(file: &'f ConfigFile, resource: &str, wildcards: bool) -> Option<&'f str> {
    let blocks = items(&file.document.root, "resources").iter();
    let mut blocks = blocks.filter(|block| {
        texts(block, "resources").any(|own| own == resource || wildcards && covers(own, resource))
    });
    let first = items(blocks.next()?, "providers").first()?;
    match &first.value {
        Value::Map(entries) => Some(entries.first()?.key.as_str()),
        _ => None,
    }
}

/// Whether a wildcard covers a resource, written `resource` or `resource.group`.
fn covers(wildcard: &str, resource: &str) -> bool {
    let group = resource.split_once('.').map_or("", |(_, group)| group);
    match wildcard.strip_prefix("*.") {
        Some("*") => true,
        Some(own) => own == group,
        None => false,
    }
}

pub(super) fn refused(process: &ComponentProcess) -> Option<StartRefusal> {
    let file = process.files.get(FLAG)?.as_ref().ok()?;
    let root = &file.document.root;
    let of_form = matches!(
        (text(root, "apiVersion"), text(root, "kind")),
        (
            Some("apiserver.config.k8s.io/v1"),
            Some("EncryptionConfiguration")
        ) | (
            Some("v1"),
            Some("EncryptionConfig" | "EncryptionConfiguration")
        )
    );
    let blocks = items(root, "resources");
    let since = |first: Minor| process.version.is_some_and(|version| version >= first);
    let why = if !of_form {
        Some("it is no EncryptionConfiguration".to_owned())
    } else if blocks.is_empty() {
        Some("it lists no resources".to_owned())
    } else {
        let of_block = |block: &Node| refused_block(block, process, since(STRICTER));
        let masked = || since(WILDCARDS).then(|| masked(blocks)).flatten();
        blocks.iter().find_map(of_block).or_else(masked)
    };
    Some(StartRefusal::by_file(
        format!("of {}: {}", file.path, why?),
        &file.citation,
    ))
}

/// A resource that a wildcard before it covers already.
fn masked(blocks: &[Node]) -> Option<String> {
    let mut before: Vec<&str> = Vec::new();
    for block in blocks {
        for own in texts(block, "resources") {
            let hidden = before.iter().find(|wildcard| {
                let inner = own
                    .strip_prefix("*.")
                    .map_or(own.to_owned(), |group| format!("x.{group}"));
                **wildcard != own && covers(wildcard, &inner)
            });
            if let Some(wildcard) = hidden {
                return Some(format!("{own} stands after {wildcard}, which covers it"));
            }
        }
        before.extend(texts(block, "resources"));
    }
    None
}

fn refused_block(block: &Node, process: &ComponentProcess, stricter: bool) -> Option<String> {
    let mut names = texts(block, "resources").peekable();
    if names.peek().is_none() {
        return Some("a block names no resources".to_owned());
    }
    let capital = |name: &&str| name.chars().any(char::is_uppercase);
    if let Some(name) = names.find(capital).filter(|_| stricter) {
        return Some(format!("resource {name} has capital letters"));
    }
    let providers = items(block, "providers");
    if providers.is_empty() {
        return Some("a block has no providers".to_owned());
    }
    providers.iter().find_map(|provider| {
        let Value::Map(entries) = &provider.value else {
            return Some("a provider is no map".to_owned());
        };
        let [entry] = entries.as_slice() else {
            return Some(format!("one provider is {} at once", entries.len()));
        };
        let name = entry.key.as_str();
        if !PROVIDERS.contains(&name) {
            return Some(format!("there is no provider `{name}`"));
        }
        match name {
            "identity" => None,
            "kms" => refused_kms(&entry.node, process, stricter),
            name => refused_keys(name, &entry.node),
        }
    })
}

fn refused_kms(kms: &Node, process: &ComponentProcess, stricter: bool) -> Option<String> {
    let endpoint = text(kms, "endpoint").unwrap_or_default();
    let is_masked = kms
        .get("endpoint")
        .is_some_and(|entry| entry.node.mask().is_some());
    if !endpoint.starts_with("unix://") && !is_masked {
        return Some("the endpoint of a kms provider is no unix socket".to_owned());
    }
    let is_first = text(kms, "apiVersion").unwrap_or("v1") == "v1";
    let gate = || process.gate("KMSv1") == Some(true);
    (is_first && stricter && !gate())
        .then(|| "kms of the first version needs the gate KMSv1".to_owned())
}

/// Lengths that keys have, in bytes. What they hold is never shown.
fn refused_keys(provider: &str, node: &Node) -> Option<String> {
    let keys = items(node, "keys");
    if keys.is_empty() {
        return Some(format!("{provider} has no keys"));
    }
    let lengths: &[usize] = match provider {
        "secretbox" => &[32],
        _ => &[16, 24, 32],
    };
    keys.iter().find_map(|key| {
        let entry = key.get("secret")?;
        if entry.node.mask().is_some() {
            return None;
        }
        let length = text(key, "secret").and_then(decoded_length);
        match length {
            None => Some(format!("a key of {provider} is not base64")),
            Some(length) if !lengths.contains(&length) => {
                Some(format!("a key of {provider} has {length} bytes"))
            }
            Some(_) => None,
        }
    })
}

/// How many bytes a base64 text stands for.
fn decoded_length(text: &str) -> Option<usize> {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let fits = text.len().is_multiple_of(4) && padding <= 2 && body.bytes().all(is_letter);
    fits.then(|| text.len() / 4 * 3 - padding)
}
