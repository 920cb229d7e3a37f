//! A rule about rights × a cluster: every binding, the role it names, and the subjects it binds.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::super::Decision;
use super::super::subject::Subject;
use super::{ObjectTally, called, list_of, nothing};
use crate::evidence::Evidence;
use crate::evidence::masks::unmasked;
use crate::evidence::objects::{Objects, name};
use crate::rules::objects::defaults::{Maker, maker_of_subject};
use crate::rules::objects::rights::RightsRule;
use crate::rules::objects::shared::Shared;

/// Lists of bindings, each with the list of roles that belongs to it alone.
const BINDINGS: [&str; 2] = [CLUSTER_BINDINGS, "rolebindings"];
const CLUSTER_BINDINGS: &str = "clusterrolebindings";
const CLUSTER_ROLES: &str = "clusterroles";
const ROLES: &str = "roles";

/// Judges who may do something.
#[must_use]
pub fn judge(rule: &RightsRule, of: &Subject<'_>) -> Decision {
    match of.evidence {
        Some(evidence) => of_evidence(rule, evidence, of.shared),
        None => nothing(&rule.expected),
    }
}

pub(super) fn of_evidence(rule: &RightsRule, evidence: &Evidence<'_>, shared: &Shared) -> Decision {
    let mut tally = ObjectTally::new(shared);
    let is_masked = |text: &str| unmasked(text).is_none();
    let mut roles: HashMap<String, (Objects<'_>, usize)> = HashMap::new();
    let mut given: HashMap<(String, bool), Vec<usize>> = HashMap::new();
    for list in [CLUSTER_ROLES, ROLES] {
        let Some(objects) = list_of(evidence, list, &mut tally) else {
            continue;
        };
        for (at, item) in objects.iter() {
            let Some(name) = name(&item) else { continue };
            if has_mask(&item) || !is_whole(&item, "rules") {
                let place = objects.citation.pointer(&["items", &at.to_string()]);
                tally.decides_nothing(&item, place);
            }
            for in_namespace in [false, true] {
                given.insert(
                    (name.clone(), in_namespace),
                    rule.given_by(&item, in_namespace),
                );
            }
            roles.insert(name, (objects.clone(), at));
        }
    }
    for list in BINDINGS {
        let Some(objects) = list_of(evidence, list, &mut tally) else {
            continue;
        };
        for (at, binding) in objects.iter() {
            let binding = &binding;
            let place = |n: usize| {
                let (at, n) = (at.to_string(), n.to_string());
                objects.citation.pointer(&["items", &at, "subjects", &n])
            };
            let Some(role) = role_of(binding) else {
                tally.decides_nothing(binding, place(0));
                continue;
            };
            // With all roles there, it names one that is not; else that list is missing already.
            let bound = (role, list != CLUSTER_BINDINGS);
            let Some(rules) = given.get(&bound).filter(|rules| !rules.is_empty()) else {
                continue;
            };
            let Some(role) = roles.get(&bound.0).and_then(|(list, at)| list.get(*at)) else {
                continue;
            };
            let role = &role;
            if !is_whole(binding, "subjects") {
                tally.decides_nothing(binding, place(0));
                continue;
            }
            let subjects = binding.get("subjects").and_then(Json::as_array);
            for (n, subject) in subjects.into_iter().flatten().enumerate() {
                match rule.asks(subject, &is_masked) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => {
                        tally.decides_nothing(binding, place(n));
                        continue;
                    }
                }
                tally.asked += 1;
                let all = role.get("rules").and_then(Json::as_array);
                let mut rules = rules.iter().filter_map(|rule| all?.get(*rule));
                match maker_of_subject(binding, subject, shared) {
                    Some(Maker::Kubernetes) if rules.all(|r| rule.is_default(role, r)) => {}
                    Some(Maker::Distribution(whose)) => {
                        tally.ships(format!("{} of {whose}", called(binding)));
                    }
                    _ => {
                        let text = |key| subject.get(key).and_then(Json::as_str);
                        let home = text("namespace").map(|home| format!("{home}/"));
                        let what = format!(
                            "{} {}{} (by {} to {})",
                            text("kind").unwrap_or_default(),
                            home.unwrap_or_default(),
                            text("name").unwrap_or_default(),
                            called(binding),
                            name(role).unwrap_or_default(),
                        );
                        tally.offends(what, place(n));
                    }
                }
            }
        }
    }
    match tally.settle(&rule.expected, &rule.offender) {
        Some(decision) => decision,
        None => {
            let who = match rule.asks_all() {
                true => "nobody but what Kubernetes itself binds",
                false => "none of the subjects that are asked about",
            };
            let sentence = format!("{who} is {}", rule.offender);
            tally.pass(&rule.expected, &sentence)
        }
    }
}

/// The name of the role that a binding names, with its namespace where it has one.
fn role_of(binding: &Json) -> Option<String> {
    let text = |pointer| binding.pointer(pointer).and_then(Json::as_str);
    let role = unmasked(text("/roleRef/name")?)?;
    match text("/roleRef/kind")? {
        "ClusterRole" => Some(role.to_owned()),
        _ => Some(format!("{}/{role}", text("/metadata/namespace")?)),
    }
}

/// Whether what an object has under a key is a list of objects, as the API writes it: of rules each
/// value a list of words, of subjects a text; or nothing at all.
fn is_whole(object: &Json, key: &str) -> bool {
    let words = |value: &Json| match value {
        Json::Array(all) => all.iter().all(Json::is_string),
        Json::String(_) => key == "subjects",
        Json::Null => true,
        _ => false,
    };
    match object.get(key) {
        None | Some(Json::Null) => true,
        Some(Json::Array(all)) => all
            .iter()
            .all(|one| one.as_object().is_some_and(|one| one.values().all(words))),
        Some(_) => false,
    }
}

/// Whether a word of a role's rules is masked, so that nobody knows what it gives.
fn has_mask(role: &Json) -> bool {
    let rules = role.get("rules").and_then(Json::as_array);
    let lists = rules.into_iter().flatten().filter_map(Json::as_object);
    let mut words = lists
        .flat_map(|rule| rule.values())
        .filter_map(Json::as_array)
        .flatten()
        .filter_map(Json::as_str);
    words.any(|word| word != "*" && word.len() > 2 && unmasked(word).is_none())
}
