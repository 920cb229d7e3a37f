//! Whether requests are recorded: a log and a policy, and a policy that the server takes.

use super::super::derived::Derived;
use super::super::document::{items, other_kind};
use super::super::layer::{Layer, Stated};
use super::{ComponentProcess, StartRefusal, text};
use crate::node::version::Minor;
use crate::settings::SettingSource;
use crate::settings::kubelet::Setting;
use crate::settings::value::{SettingValue, ValueKind};

/// Whether there is a policy that the server takes, and whether a log is written: that takes both.
pub(super) const DERIVED: [Derived; 2] = [
    Derived {
        path: "auditPolicyLoaded",
        kind: ValueKind::Bool,
        layers: loaded,
    },
    Derived {
        path: "auditLogWritten",
        kind: ValueKind::Bool,
        layers,
    },
];

const POLICY: &str = "audit-policy-file";
const LOG: &str = "audit-log-path";

/// The last version that reads `v1beta1` of a policy.
const LAST_BETA: Minor = Minor(1, 23);

const LEVELS: [&str; 4] = ["None", "Metadata", "Request", "RequestResponse"];

const SIZES: [&str; 3] = [
    "audit-log-maxage",
    "audit-log-maxbackup",
    "audit-log-maxsize",
];

fn loaded(process: &ComponentProcess, _: &Setting, _: Option<Minor>) -> Vec<Layer> {
    let mut all = Vec::new();
    all.extend(process.by_file(POLICY, |_| Stated::Value(SettingValue::Bool(true))));
    let value = Stated::Value(SettingValue::Bool(false));
    let place = format!("no --{POLICY}");
    all.push(Layer::new(SettingSource::Default, &place, None, value));
    all
}

fn layers(process: &ComponentProcess, _: &Setting, version: Option<Minor>) -> Vec<Layer> {
    for flag in [LOG, POLICY] {
        let mut layer = process.by_flag(flag);
        match &layer.stated {
            Stated::Value(value) if !value.is_zero() => {}
            Stated::Unknown(_) => return vec![layer],
            _ => {
                let mut all = vec![process.flag_default(flag, version)];
                layer.stated = Stated::Nothing(format!("no --{flag}"));
                for default in &mut all {
                    default.stated = Stated::Value(SettingValue::Bool(false));
                }
                all.insert(0, layer);
                return all;
            }
        }
    }
    let mut layer = process.by_flag(LOG);
    layer.place = format!("--{LOG} and --{POLICY} in {}", process.origin(LOG).1);
    layer.stated = Stated::Value(SettingValue::Bool(true));
    vec![layer]
}

pub(super) fn refused(process: &ComponentProcess) -> Option<StartRefusal> {
    if process.line.text(LOG).is_some() {
        let negative = SIZES.into_iter().find(|flag| {
            let value = process.line.last(flag).map(|argument| &argument.value);
            matches!(value, Some(SettingValue::Int(..0)))
        });
        if let Some(flag) = negative {
            return Some(StartRefusal::by_line(format!("--{flag} is below zero")));
        }
    }
    let file = process.files.get(POLICY)?.as_ref().ok()?;
    let root = &file.document.root;
    let forms = ["audit.k8s.io/v1", "audit.k8s.io/v1beta1"];
    let is_late = process.version.is_some_and(|version| version > LAST_BETA);
    let forms = if is_late { &forms[..1] } else { &forms[..] };
    let why = other_kind(root, "Policy", forms).or_else(|| {
        let rules = items(root, "rules");
        if rules.is_empty() {
            return Some("it has no rule".to_owned());
        }
        rules.iter().find_map(|rule| {
            let level = text(rule, "level").unwrap_or_default();
            (!LEVELS.contains(&level)).then(|| format!("`{level}` is no level"))
        })
    })?;
    Some(StartRefusal::by_file(
        format!("of {}: {why}", file.path),
        &file.citation,
    ))
}
