//! Whether callers without credentials are let in: the flag, the block of the file for
//! authentication, and the reset under AlwaysAllow.

use super::super::derived::Derived;
use super::super::document::{items, other_kind};
use super::super::layer::{Layer, Stated};
use super::{ComponentProcess, StartRefusal, authorizers};
use crate::evidence::document::Value;
use crate::node::version::Minor;
use crate::settings::SettingSource;
use crate::settings::config_file::ConfigFile;
use crate::settings::kubelet::Setting;
use crate::settings::value::{SettingValue, ValueKind};

/// What is configured, and what that comes to where AlwaysAllow is among the modes.
pub(super) const DERIVED: [Derived; 2] = [
    Derived {
        path: "anonymousRequests",
        kind: ValueKind::Bool,
        layers: configured,
    },
    Derived {
        path: "anonymousRequestsInForce",
        kind: ValueKind::Bool,
        layers: in_force,
    },
];

const FLAG: &str = "anonymous-auth";
const CONFIG: &str = "authentication-config";

/// The last version that reads the file only behind its gate, and the gate.
const GATED: (Minor, &str) = (Minor(1, 29), "StructuredAuthenticationConfiguration");

/// The first version that reads `v1` of the file.
const STABLE: Minor = Minor(1, 34);

fn configured(process: &ComponentProcess, _: &Setting, version: Option<Minor>) -> Vec<Layer> {
    all(process, version, None)
}

/// A server that allows everything takes no anonymous callers by its flag; a file that lets them in
/// is not touched.
fn in_force(process: &ComponentProcess, _: &Setting, version: Option<Minor>) -> Vec<Layer> {
    let modes = authorizers::by_arguments(process);
    let allows = modes.is_some_and(|modes| modes.iter().any(|mode| mode == "AlwaysAllow"));
    let reset = allows.then(|| {
        let place = "the authorization mode AlwaysAllow, which switches them off";
        let value = Stated::Value(SettingValue::Bool(false));
        Layer::new(SettingSource::Default, place, None, value)
    });
    all(process, version, reset)
}

fn all(process: &ComponentProcess, version: Option<Minor>, reset: Option<Layer>) -> Vec<Layer> {
    let mut all = Vec::new();
    let block = |file: &ConfigFile| match block(file) {
        Some((on, _)) => Stated::Value(SettingValue::Bool(on)),
        None => Stated::Nothing("no anonymous block".to_owned()),
    };
    all.extend(process.by_file(CONFIG, block));
    all.extend(reset);
    all.push(process.by_flag(FLAG));
    all.push(process.flag_default(FLAG, version));
    all
}

/// The anonymous block: whether it lets them in, and on how many paths alone.
fn block(file: &ConfigFile) -> Option<(bool, usize)> {
    let block = &file.document.root.get("anonymous")?.node;
    if block.value == Value::Null {
        return None;
    }
    let enabled = block.get("enabled").map(|entry| &entry.node.value);
    let on = matches!(enabled, Some(Value::Bool(true)));
    Some((on, items(block, "conditions").len()))
}

pub(super) fn refused(process: &ComponentProcess) -> Option<StartRefusal> {
    let line = |why: String| Some(StartRefusal::by_line(why));
    let file = process.files.get(CONFIG)?;
    if process.version == Some(GATED.0) && process.gate(GATED.1) != Some(true) {
        return line(format!("--{CONFIG} needs the feature gate {}", GATED.1));
    }
    let mut arguments = process.line.arguments.iter();
    if let Some(oidc) = arguments.find(|argument| argument.name.starts_with("oidc-")) {
        return line(format!("--{} stands beside --{CONFIG}", oidc.name));
    }
    let file = file.as_ref().ok()?;
    let root = &file.document.root;
    let is_early = process.version.is_some_and(|version| version < STABLE);
    let forms = [
        "apiserver.config.k8s.io/v1alpha1",
        "apiserver.config.k8s.io/v1beta1",
        "apiserver.config.k8s.io/v1",
    ];
    let forms = if is_early { &forms[..2] } else { &forms[..] };
    let why = other_kind(root, "AuthenticationConfiguration", forms);
    let why = why.or_else(|| match block(file) {
        Some(_) if process.line.last(FLAG).is_some() => Some(format!(
            "it has an anonymous block, and --{FLAG} is given too"
        )),
        Some((false, 1..)) => {
            Some("it has conditions for anonymous requests that are off".to_owned())
        }
        _ => None,
    })?;
    Some(StartRefusal::by_file(
        format!("of {}: {why}", file.path),
        &file.citation,
    ))
}
