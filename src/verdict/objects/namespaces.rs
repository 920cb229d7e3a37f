//! A rule about namespaces × a cluster.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::super::Decision;
use super::super::subject::Subject;
use super::{NAMESPACES, ObjectTally, list_of, nothing};
use crate::evidence::Evidence;
use crate::evidence::objects::name;
use crate::rules::objects::namespaces::NamespacesRule;
use crate::rules::objects::shared::Shared;

/// Judges whether each namespace has an object of a list.
#[must_use]
pub fn judge(rule: &NamespacesRule, subject: &Subject<'_>) -> Decision {
    match subject.evidence {
        Some(evidence) => of_evidence(rule, evidence, subject.shared),
        None => nothing(&rule.expected),
    }
}

pub(super) fn of_evidence(
    rule: &NamespacesRule,
    evidence: &Evidence<'_>,
    shared: &Shared,
) -> Decision {
    let mut tally = ObjectTally::new(shared);
    let objects = list_of(evidence, &rule.list, &mut tally);
    // Without all objects nothing shows that a namespace has none.
    let is_whole = tally.missing.is_none();
    let namespaces = list_of(evidence, NAMESPACES, &mut tally);
    let text = |item: &Json, pointer| {
        let text = item.pointer(pointer).and_then(Json::as_str);
        text.map(str::to_owned)
    };
    let objects = objects.iter().flat_map(|objects| objects.iter());
    let homes: HashSet<String> = objects
        .filter_map(|(_, item)| text(&item, "/metadata/namespace"))
        .collect();
    for namespaces in namespaces.iter().filter(|_| is_whole) {
        for (at, item) in namespaces.iter() {
            let name = name(&item).unwrap_or_default();
            tally.asked += 1;
            match homes.contains(&name) {
                true => {}
                false if tally.shared.is_of_system(&name) => tally.offends_in_system(&name),
                false => {
                    let place = namespaces.citation.pointer(&["items", &at.to_string()]);
                    tally.offends(name, place);
                }
            }
        }
    }
    match tally.settle(&rule.expected, &rule.offender) {
        Some(decision) => decision,
        None => {
            let sentence = format!("none of {} namespaces is {}", tally.asked, rule.offender);
            tally.pass(&rule.expected, &sentence)
        }
    }
}
