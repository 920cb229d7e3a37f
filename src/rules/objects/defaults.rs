//! What Kubernetes and its distributions make themselves, recognised by content: an edited default
//! is none.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

use super::shared::{Bound, Shared};

/// Who made something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// Kubernetes.
    Kubernetes,
    /// The distribution that this names.
    Distribution(String),
}

#[derive(Deserialize)]
struct Rbac {
    clusterroles: BTreeMap<String, Vec<Json>>,
    roles: BTreeMap<String, Vec<Json>>,
    clusterrolebindings: BTreeMap<String, Binding>,
    rolebindings: BTreeMap<String, Binding>,
}

#[derive(Deserialize)]
struct Binding {
    role: String,
    subjects: Vec<Json>,
}

static RBAC: LazyLock<Option<Rbac>> = LazyLock::new(|| {
    serde_json::from_str(include_str!(
        "../../benchmark/catalog/cluster/rbac-defaults.json"
    ))
    .ok()
});

/// Who made a subject of a binding, or a rule of a role.
#[must_use]
pub fn maker_of(object: &Json, element: &Json, shared: &Shared) -> Option<Maker> {
    match object.get("roleRef") {
        Some(_) => maker_of_subject(object, element, shared),
        None => is_rule_of_default(object, element).then_some(Maker::Kubernetes),
    }
}

/// Who bound a subject.
#[must_use]
pub fn maker_of_subject(binding: &Json, subject: &Json, shared: &Shared) -> Option<Maker> {
    let text = |value: &Json, pointer: &str| {
        let text = value.pointer(pointer).and_then(Json::as_str);
        text.unwrap_or_default().to_owned()
    };
    let role = text(binding, "/roleRef/name");
    let whole_role = format!("{}/{role}", text(binding, "/roleRef/kind"));
    let key = key(binding);
    let (kind, name) = (text(subject, "/kind"), text(subject, "/name"));
    let namespace = text(subject, "/namespace");
    let rbac = RBAC.as_ref()?;
    let default = match key.contains('/') {
        true => rbac.rolebindings.get(&key),
        false => rbac.clusterrolebindings.get(&key),
    };
    let same = |own: &Json| {
        text(own, "/kind") == kind
            && text(own, "/name") == name
            && text(own, "/namespace") == namespace
    };
    let is_default = |own: &Binding| own.role == whole_role && own.subjects.iter().any(same);
    if is_labelled(binding) && default.is_some_and(is_default) {
        return Some(Maker::Kubernetes);
    }
    let bound = Bound {
        binding: &key,
        role: &role,
        kind: &kind,
        namespace: &namespace,
        subject: &name,
    };
    shared.shipper(&bound).map(Maker::Distribution)
}

/// Whether a rule of a role gives no more than the role of that name does by default.
#[must_use]
pub fn is_rule_of_default(role: &Json, rule: &Json) -> bool {
    is_labelled(role) && default_rules(role).is_some_and(|own| covers(own, rule))
}

/// The rules that a role of this name has by default.
#[must_use]
pub fn default_rules(role: &Json) -> Option<&'static [Json]> {
    let key = key(role);
    let rbac = RBAC.as_ref()?;
    let rules = match key.contains('/') {
        true => rbac.roles.get(&key),
        false => rbac.clusterroles.get(&key),
    };
    rules.map(Vec::as_slice)
}

/// Whether Kubernetes keeps an object as it made it.
#[must_use]
pub fn is_labelled(object: &Json) -> bool {
    let labels = object.pointer("/metadata/labels");
    let label = labels.and_then(|labels| labels.get("kubernetes.io/bootstrapping"));
    label.and_then(Json::as_str) == Some("rbac-defaults")
}

fn key(object: &Json) -> String {
    let text = |pointer| object.pointer(pointer).and_then(Json::as_str);
    let name = text("/metadata/name").unwrap_or_default();
    match text("/metadata/namespace").unwrap_or_default() {
        "" => name.to_owned(),
        namespace => format!("{namespace}/{name}"),
    }
}

/// The texts of a list.
pub(super) fn words<'v>(rule: &'v Json, key: &str) -> Vec<&'v str> {
    let items = rule.get(key).and_then(Json::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect()
}

/// Whether everything that a rule gives is given by some of these.
fn covers(own: &[Json], rule: &Json) -> bool {
    let has = |words: &[&str], word: &str| words.contains(&"*") || words.contains(&word);
    let names = words(rule, "resourceNames");
    let urls = words(rule, "nonResourceURLs");
    words(rule, "verbs").iter().all(|verb| {
        let of_verb = || own.iter().filter(|d| has(&words(d, "verbs"), verb));
        let urls_given = urls
            .iter()
            .all(|url| of_verb().any(|d| has(&words(d, "nonResourceURLs"), url)));
        urls_given
            && words(rule, "apiGroups").iter().all(|group| {
                words(rule, "resources").iter().all(|resource| {
                    of_verb().any(|d| {
                        let only = words(d, "resourceNames");
                        let is_named = only.is_empty()
                            || (!names.is_empty() && names.iter().all(|n| only.contains(n)));
                        has(&words(d, "apiGroups"), group)
                            && has(&words(d, "resources"), resource)
                            && is_named
                    })
                })
            })
    })
}
