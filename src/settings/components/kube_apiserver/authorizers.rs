//! Who decides what a caller may do: the modes of the arguments, or the file that lists authorizers.

use super::super::derived::Derived;
use super::super::layer::{Layer, Stated};
use super::{ComponentProcess, StartRefusal, text};
use crate::node::version::Minor;
use crate::settings::SettingSource;
use crate::settings::components::document::{items, other_kind};
use crate::settings::kubelet::Setting;
use crate::settings::value::{SettingValue, ValueKind};

pub(super) const DERIVED: Derived = Derived {
    path: "authorizers",
    kind: ValueKind::List,
    layers,
};

const MODE: &str = "authorization-mode";
const CONFIG: &str = "authorization-config";

/// The names of modes.
const MODES: [&str; 6] = [
    "AlwaysAllow",
    "AlwaysDeny",
    "ABAC",
    "Webhook",
    "RBAC",
    "Node",
];

/// Those that OpenShift's build has beside them.
const VENDORS: [&str; 2] = ["Scope", "SystemMasters"];

/// The first version that fills in AlwaysAllow for an empty list; earlier ones refuse that.
const FILLS_IN: Minor = Minor(1, 29);

/// The last version that reads the file only behind its gate, and the gate.
const GATED: (Minor, &str) = (Minor(1, 29), "StructuredAuthorizationConfiguration");

fn layers(process: &ComponentProcess, _: &Setting, _: Option<Minor>) -> Vec<Layer> {
    let mut by_flag = process.by_flag(MODE);
    if let Stated::Value(value) = &by_flag.stated
        && value.is_zero()
    {
        by_flag.stated = Stated::Unset(format!("--{MODE} is empty"));
    }
    let mut all = vec![by_flag];
    all.extend(process.by_file(CONFIG, |file| {
        let types = items(&file.document.root, "authorizers").iter();
        let types = types
            .filter_map(|item| text(item, "type"))
            .map(str::to_owned);
        Stated::Value(SettingValue::List(types.collect()))
    }));
    let place = format!("no --{MODE} and no --{CONFIG}, so everything is allowed");
    let value = Stated::Value(SettingValue::List(vec!["AlwaysAllow".to_owned()]));
    all.push(Layer::new(SettingSource::Default, &place, None, value));
    all
}

/// The modes by the arguments alone, given or filled in; `None` where they are not known.
pub(super) fn by_arguments(process: &ComponentProcess) -> Option<Vec<String>> {
    match process.list(MODE)? {
        modes if !modes.is_empty() => Some(modes),
        _ if process.files.contains_key(CONFIG) => Some(Vec::new()),
        _ => Some(vec!["AlwaysAllow".to_owned()]),
    }
}

pub(super) fn refused(process: &ComponentProcess) -> Option<StartRefusal> {
    let line = |why: String| Some(StartRefusal::by_line(why));
    let is_given = |flag: &str| process.line.text(flag).is_some();
    let modes = process.list(MODE)?;
    let is_vendors = |mode: &str| process.flag_file.is_some() && VENDORS.contains(&mode);
    let is_known = |mode: &&String| MODES.contains(&mode.as_str()) || is_vendors(mode);
    if let Some(stranger) = modes.iter().find(|mode| !is_known(mode)) {
        return line(format!("`{stranger}` is no mode of authorization"));
    }
    let is_early = process.version.is_some_and(|version| version < FILLS_IN);
    if modes.is_empty() && is_early && process.line.last(MODE).is_some() {
        return line(format!("--{MODE} is empty"));
    }
    for (mode, flag) in [
        ("Webhook", "authorization-webhook-config-file"),
        ("ABAC", "authorization-policy-file"),
    ] {
        if modes.iter().any(|given| given == mode) && !is_given(flag) && !process.process.cut {
            return line(format!("mode {mode} needs --{flag}"));
        }
    }
    if modes
        .iter()
        .enumerate()
        .any(|(at, mode)| modes.iter().take(at).any(|m| m == mode))
    {
        return line(format!("--{MODE} names a mode twice"));
    }
    let file = process.files.get(CONFIG)?;
    if !modes.is_empty() {
        return line(format!("--{CONFIG} stands beside --{MODE}"));
    }
    if process.version == Some(GATED.0) && process.gate(GATED.1) != Some(true) {
        return line(format!("--{CONFIG} needs the feature gate {}", GATED.1));
    }
    let file = file.as_ref().ok()?;
    let root = &file.document.root;
    let forms = [
        "apiserver.config.k8s.io/v1alpha1",
        "apiserver.config.k8s.io/v1beta1",
        "apiserver.config.k8s.io/v1",
    ];
    let why = other_kind(root, "AuthorizationConfiguration", &forms).or_else(|| {
        let types: Vec<&str> = items(root, "authorizers")
            .iter()
            .map(|item| text(item, "type").unwrap_or_default())
            .collect();
        if types.is_empty() {
            return Some("it lists no authorizers".to_owned());
        }
        types.iter().enumerate().find_map(|(at, own)| {
            let known = MODES.contains(own);
            let twice = *own != "Webhook" && types.iter().take(at).any(|other| other == own);
            (!known || twice).then(|| format!("authorizer `{own}` is not known, or stands twice"))
        })
    })?;
    Some(StartRefusal::by_file(
        format!("of {}: {why}", file.path),
        &file.citation,
    ))
}
