//! At which level the audit policy records the requests of an ordinary user: the first rule that
//! matches decides, and what none matches is not recorded.

use super::super::derived::Derived;
use super::super::document::{items, text, texts};
use super::super::layer::{Layer, Stated};
use super::ComponentProcess;
use crate::evidence::document::Node;
use crate::node::version::Minor;
use crate::settings::SettingSource;
use crate::settings::kubelet::Setting;
use crate::settings::value::{SettingValue, ValueKind};

/// What a setting's name begins with; the request follows.
const PREFIX: &str = "auditLevel.";

const POLICY: &str = "audit-policy-file";

/// A request, by the names that rules have for it.
struct Request {
    name: &'static str,
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    sub: &'static str,
}

const fn request(
    name: &'static str,
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    sub: &'static str,
) -> Request {
    Request {
        name,
        verb,
        group,
        resource,
        sub,
    }
}

const REQUESTS: [Request; 10] = [
    request("get secrets", "get", "", "secrets", ""),
    request("list configmaps", "list", "", "configmaps", ""),
    request(
        "create tokenreviews",
        "create",
        "authentication.k8s.io",
        "tokenreviews",
        "",
    ),
    request("update pods", "update", "", "pods", ""),
    request("create deployments", "create", "apps", "deployments", ""),
    request("create pods/exec", "create", "", "pods", "exec"),
    request(
        "create pods/portforward",
        "create",
        "",
        "pods",
        "portforward",
    ),
    request("create pods/proxy", "create", "", "pods", "proxy"),
    request("create services/proxy", "create", "", "services", "proxy"),
    request("get events", "get", "", "events", ""),
];

/// Who asks, and where: nobody that a policy makes an exception for.
const USER: &str = "alice";
const GROUPS: [&str; 1] = ["system:authenticated"];
const NAMESPACE: &str = "default";
const NAME: &str = "x";

/// Stages of a request of which one at least must be recorded.
const STAGES: [&str; 2] = ["RequestReceived", "ResponseComplete"];

/// A setting of each request: the level.
pub(super) fn derived() -> impl Iterator<Item = Derived> {
    REQUESTS.iter().map(|request| Derived {
        path: format!("{PREFIX}{}", request.name).leak(),
        kind: ValueKind::Text,
        layers,
    })
}

fn layers(process: &ComponentProcess, setting: &Setting, _: Option<Minor>) -> Vec<Layer> {
    let name = setting.path.strip_prefix(PREFIX).unwrap_or_default();
    let mut all = Vec::new();
    if let Some(request) = REQUESTS.iter().find(|request| request.name == name) {
        all.extend(process.by_file(POLICY, |file| {
            let level = level(&file.document.root, request);
            Stated::Value(SettingValue::Text(level.to_owned()))
        }));
    }
    let value = Stated::Value(SettingValue::Text("None".to_owned()));
    let place = format!("no --{POLICY}");
    all.push(Layer::new(SettingSource::Default, &place, None, value));
    all
}

fn level<'n>(policy: &'n Node, request: &Request) -> &'n str {
    let rule = items(policy, "rules")
        .iter()
        .find(|rule| matches(rule, request));
    let Some(rule) = rule else {
        return "None";
    };
    let omits = |stage: &&str| {
        let mut omitted = texts(rule, "omitStages").chain(texts(policy, "omitStages"));
        omitted.any(|one| one == *stage)
    };
    match STAGES.iter().all(omits) {
        true => "None",
        false => text(rule, "level").unwrap_or("None"),
    }
}

fn matches(rule: &Node, request: &Request) -> bool {
    let is_any = |key: &str, own: &[&str]| {
        items(rule, key).is_empty() || texts(rule, key).any(|one| own.contains(&one))
    };
    let is_asked = is_any("users", &[USER])
        && is_any("userGroups", &GROUPS)
        && is_any("verbs", &[request.verb])
        && is_any("namespaces", &[NAMESPACE]);
    let resources = items(rule, "resources");
    let is_of_others = !items(rule, "nonResourceURLs").is_empty()
        && resources.is_empty()
        && items(rule, "namespaces").is_empty();
    is_asked
        && !is_of_others
        && (resources.is_empty() || resources.iter().any(|one| names(one, request)))
}

/// Whether an entry of a rule's resources names what is asked for.
fn names(entry: &Node, request: &Request) -> bool {
    if text(entry, "group").unwrap_or_default() != request.group {
        return false;
    }
    let own = match request.sub {
        "" => request.resource.to_owned(),
        sub => format!("{}/{sub}", request.resource),
    };
    let is_named = |name: &str| {
        name == own
            || name == "*"
            || (!request.sub.is_empty() && name.strip_prefix("*/") == Some(request.sub))
            || name.strip_suffix("/*") == Some(request.resource)
    };
    let is_object = items(entry, "resourceNames").is_empty()
        || texts(entry, "resourceNames").any(|name| name == NAME);
    items(entry, "resources").is_empty() || is_object && texts(entry, "resources").any(is_named)
}
