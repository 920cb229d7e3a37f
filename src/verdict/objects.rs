//! Rules about API objects × a cluster. What is there may fail; only all that there is may pass.

mod admission;
mod letter;
mod namespaces;
mod rights;
mod tally;

use std::collections::HashMap;

use serde_json::Value as Json;

use super::subject::Subject;
use super::{Decision, Verdict};
use crate::evidence::Evidence;
use crate::evidence::masks::unmasked;
use crate::evidence::objects::{NoObjects, Objects, name};
use crate::problem::Code;
use crate::rules::objects::admission::Admission;
use crate::rules::objects::defaults::{Maker, maker_of};
use crate::rules::objects::pattern::Around;
use crate::rules::objects::shared::Shared;
use crate::rules::objects::{NAMESPACES, ObjectJoin, ObjectsRule};
pub use admission::server_of;
use admission::unguarded;
pub use letter::letter;
pub use namespaces::judge as judge_namespaces;
pub use rights::judge as judge_rights;
use tally::ObjectTally;

/// Judges the objects of lists.
#[must_use]
pub fn judge(rule: &ObjectsRule, subject: &Subject<'_>) -> Decision {
    match subject.evidence {
        Some(evidence) => of_evidence(rule, evidence, subject.shared, subject.admission),
        None => nothing(&rule.expected),
    }
}

fn of_evidence(
    rule: &ObjectsRule,
    evidence: &Evidence<'_>,
    shared: &Shared,
    admission: Option<&Admission>,
) -> Decision {
    let mut tally = ObjectTally::new(shared);
    tally.namespace.clone_from(&rule.namespace);
    let joined = rule.join.as_ref();
    let joined = joined.map(|join| Joined::of(join, evidence, shared));
    let mut clean = None;
    for list in &rule.lists {
        let Some(objects) = list_of(evidence, list, &mut tally) else {
            continue;
        };
        for (at, item) in objects.iter() {
            if look_at(rule, (&objects, at, &item), joined.as_ref(), &mut tally) {
                clean = clean.or(Some(name(&item).unwrap_or_default()));
            }
        }
    }
    if rule.one_is_enough
        && let Some(clean) = clean
    {
        return tally.pass(&rule.expected, &format!("{clean} is as wanted"));
    }
    if rule.one_is_enough
        && let Some(missing) = tally.missing.take()
    {
        let mut only_missing = ObjectTally::new(shared);
        only_missing.lacks(missing);
        let decision = only_missing.settle(&rule.expected, &rule.offender);
        return decision.unwrap_or_else(|| nothing(&rule.expected));
    }
    // A list that is not there may not be needed; one page of more passes nothing.
    let missing = joined.and_then(|joined| joined.missing);
    let is_undecided = tally.is_undecided();
    if let Some(missing) = missing.filter(|m| is_undecided || m.code == Code::ObjectsIncomplete) {
        tally.lacks(missing);
    }
    if let Some(decision) = tally.settle(&rule.expected, &rule.offender) {
        return decision;
    }
    if rule.one_is_enough {
        let why = "there is none at all".to_owned();
        return Decision::new(Verdict::Fail, Code::ObjectsShow, why, rule.expected.clone())
            .cite(tally.members);
    }
    if let Some(least) = rule.admission
        && let Some(decision) = unguarded(rule, least, evidence, admission, &mut tally)
    {
        return decision;
    }
    let sentence = format!("none of {} objects is {}", tally.asked, rule.offender);
    tally.pass(&rule.expected, &sentence)
}

/// Looks at one object; true where it is asked about and certainly has no offender.
fn look_at(
    rule: &ObjectsRule,
    (objects, at, item): (&Objects<'_>, usize, &Json),
    joined: Option<&Joined<'_>>,
    tally: &mut ObjectTally<'_>,
) -> bool {
    let namespace = item.pointer("/metadata/namespace").and_then(Json::as_str);
    let is_namespace = item.get("kind").and_then(Json::as_str) == Some("Namespace")
        || (namespace.is_none() && &*objects.citation.member == "api/namespaces.json");
    let home = match is_namespace {
        true => item.pointer("/metadata/name").and_then(Json::as_str),
        false => namespace,
    };
    let shared = tally.shared;
    let shipped = std::cell::RefCell::new(Vec::new());
    let exempts = |_: &[String], element: &Json| {
        let maker = maker_of(item, element, shared).filter(|_| rule.knows_defaults);
        if let Some(Maker::Distribution(whose)) = &maker {
            shipped
                .borrow_mut()
                .push(format!("{} of {whose}", called(item)));
        }
        maker.is_some()
    };
    let joined = joined.and_then(|joined| joined.of_item(item));
    let around = Around {
        object: item,
        joined: joined.as_ref(),
        is_masked: &|text| unmasked(text).is_none(),
    };
    let found = rule.look_at(&around, &exempts);
    shipped
        .into_inner()
        .into_iter()
        .for_each(|s| tally.ships(s));
    if !found.is_asked {
        return false;
    }
    let at = at.to_string();
    let place = |pointer: &[String]| {
        let mut segments = vec!["items", at.as_str()];
        segments.extend(pointer.iter().map(String::as_str));
        objects.citation.pointer(&segments)
    };
    if let Some(home) = home.filter(|home| rule.leaves_system_out && shared.is_of_system(home)) {
        for _ in &found.offenders {
            tally.offends_in_system(home);
        }
        return false;
    }
    tally.asked += 1;
    if found.is_undecided {
        tally.decides_nothing(item, place(&[]));
    }
    let is_clean = found.offenders.is_empty() && !found.is_undecided;
    for pointer in found.offenders {
        let what = format!("{}{}", called(item), part(item, &pointer));
        tally.offends(what, place(&pointer));
    }
    is_clean
}

/// The objects of a list; what is wrong with it is remembered.
fn list_of<'b>(
    evidence: &Evidence<'b>,
    list: &str,
    tally: &mut ObjectTally<'_>,
) -> Option<Objects<'b>> {
    tally.names(evidence.limits().offenders);
    match evidence.objects(list) {
        Ok(objects) => {
            let elsewhere = objects
                .namespace
                .as_ref()
                .filter(|_| objects.namespace != tally.namespace);
            if let Some(why) = &objects.incomplete {
                tally.lacks(incomplete(&objects, why));
            } else if let Some(namespace) = elsewhere {
                let member = &objects.citation.member;
                let why =
                    format!("{member}: its command asked for the namespace {namespace} alone");
                tally.lacks(incomplete(&objects, &why));
            } else if objects.count() == 0 && tally.shared.is_never_empty(list) {
                let why = "it is empty, and every cluster has some of these";
                tally.lacks(incomplete(&objects, why));
            }
            tally.members.push(objects.citation.clone());
            Some(objects)
        }
        Err(none) => {
            tally.lacks(none);
            None
        }
    }
}

fn incomplete(objects: &Objects<'_>, why: &str) -> NoObjects {
    NoObjects {
        code: Code::ObjectsIncomplete,
        why: why.to_owned(),
        citation: Some(objects.citation.clone()),
    }
}

fn nothing(expected: &str) -> Decision {
    let why = "nothing of this cluster was collected".to_owned();
    Decision::new(
        Verdict::Unknown,
        Code::ObjectsNotCollected,
        why,
        expected.to_owned(),
    )
}

/// What people call an object: a pod by what made it.
fn called(item: &Json) -> String {
    let own = name(item).unwrap_or_default();
    let text = |pointer| item.pointer(pointer).and_then(Json::as_str);
    let (Some(kind), Some(owner)) = (
        text("/metadata/ownerReferences/0/kind"),
        text("/metadata/ownerReferences/0/name"),
    ) else {
        return own;
    };
    let hash = text("/metadata/labels/pod-template-hash").unwrap_or_default();
    let maker = owner.strip_suffix(hash).and_then(|o| o.strip_suffix('-'));
    let namespace = text("/metadata/namespace").unwrap_or_default();
    match maker.filter(|_| !hash.is_empty()) {
        Some(maker) => format!("{namespace}/{maker}"),
        None => format!("{namespace}/{owner} ({kind})"),
    }
}

/// What people call an element of an object.
fn part(item: &Json, pointer: &[String]) -> String {
    let mut at = item;
    let mut names = Vec::new();
    for key in pointer {
        let below = match at {
            Json::Array(items) => key.parse::<usize>().ok().and_then(|n| items.get(n)),
            _ => at.get(key.as_str()),
        };
        let Some(below) = below else { break };
        at = below;
        if let Some(name) = at.get("name").and_then(Json::as_str) {
            let kind = at.get("kind").and_then(Json::as_str);
            names.push(match kind {
                Some(kind) => format!("{kind} {name}"),
                None => name.to_owned(),
            });
        }
    }
    match (names.last(), pointer.is_empty()) {
        (Some(name), _) => format!(" ({name})"),
        (None, true) => String::new(),
        (None, false) => format!(" ({})", pointer.join("/")),
    }
}

/// Objects of another list, by name.
struct Joined<'b> {
    objects: Option<Objects<'b>>,
    by_name: HashMap<String, usize>,
    name: Vec<String>,
    otherwise: String,
    missing: Option<NoObjects>,
}

impl<'b> Joined<'b> {
    fn of(join: &ObjectJoin, evidence: &Evidence<'b>, shared: &Shared) -> Self {
        let mut tally = ObjectTally::new(shared);
        let objects = list_of(evidence, &join.list, &mut tally);
        let items = objects.iter().flat_map(|objects| objects.iter());
        let by_name = items
            .filter_map(|(at, item)| Some((name(&item)?, at)))
            .collect();
        Self {
            objects,
            by_name,
            name: join.name.clone(),
            otherwise: join.otherwise.clone(),
            missing: tally.missing,
        }
    }

    fn of_item(&self, item: &Json) -> Option<Json> {
        let named = self.name.iter().try_fold(item, |at, key| at.get(key));
        let named = named.and_then(Json::as_str).filter(|name| !name.is_empty());
        let named = named.unwrap_or(&self.otherwise);
        let namespace = item.pointer("/metadata/namespace").and_then(Json::as_str)?;
        let at = *self.by_name.get(&format!("{namespace}/{named}"))?;
        self.objects.as_ref()?.get(at)
    }
}
