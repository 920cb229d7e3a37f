//! What is let in to the namespaces of users: by their labels, and by what the API servers' nodes
//! show of the default.

use serde_json::Value as Json;

use super::super::subject::Subject;
use super::super::trust::Trust;
use super::super::{Decision, Verdict};
use super::{ObjectTally, list_of};
use crate::evidence::Evidence;
use crate::evidence::masks::unmasked;
use crate::evidence::objects::name;
use crate::problem::Code;
use crate::rules::objects::admission::{Admission, AdmissionGap, LetsIn, Server};
use crate::rules::objects::{ENFORCE, NAMESPACES, ObjectsRule, PodSecurityLevel};
use crate::settings::component::Component;
use crate::settings::components;
use crate::settings::pod_security::PATH;
use crate::settings::value::SettingValue;

/// What the API server of a node lets in, as the node's bundle shows it; `None` where nothing shows
/// that it runs one.
#[must_use]
pub fn server_of(subject: &Subject<'_>, trust: &dyn Fn() -> Trust) -> Option<Server> {
    let described = components::named("kube-apiserver")?;
    let component = Component::Described(described);
    let setting = described.setting(PATH)?;
    let why = "what its API server runs with is not in its bundle";
    let mut server = Server::unknown(why.to_owned());
    let instances = subject.instances(component);
    if instances.is_empty() {
        return subject.embedding(component).map(|_| server);
    }
    let mut all: Vec<LetsIn> = Vec::new();
    for instance in instances {
        if subject.rival(component, instance).is_some() {
            server.lets_in = Err("two captures of its API server contradict each other".to_owned());
            return Some(server);
        }
        let in_force = instance.setting(setting);
        let in_force =
            in_force.and_then(|in_force| in_force.doubt.clone().map_or(Ok(in_force), Err));
        match in_force {
            Ok(in_force) => {
                let SettingValue::List(items) = &in_force.winner.value else {
                    return Some(server);
                };
                all.push(LetsIn::of(items));
                server.evidence.extend(in_force.winner.citation);
                server.evidence.extend(in_force.witnesses);
            }
            Err(doubt) => {
                server.lets_in = Err(doubt.why);
                return Some(server);
            }
        }
    }
    all.dedup();
    if let [one] = all.as_slice() {
        server.lets_in = Ok(one.clone());
    }
    let code = Code::ObjectsShow;
    let shown = Decision::new(Verdict::Pass, code, String::new(), String::new());
    let shown = trust().settle(shown.cite(server.evidence));
    if shown.verdict != Verdict::Pass {
        server.lets_in = Err(shown.sentence);
    }
    server.evidence = shown.evidence;
    Some(server)
}

/// Namespaces of users that let in what nobody does yet; where there are none, what shows the
/// default is added to what was found.
pub(super) fn unguarded(
    rule: &ObjectsRule,
    least: PodSecurityLevel,
    evidence: &Evidence<'_>,
    admission: Option<&Admission>,
    tally: &mut ObjectTally<'_>,
) -> Option<Decision> {
    let namespaces = list_of(evidence, NAMESPACES, tally);
    if let Some(decision) = tally.settle(&rule.expected, &rule.offender) {
        return Some(decision);
    }
    let namespaces = namespaces?;
    let none = Admission::default();
    let admission = admission.unwrap_or(&none);
    let mut open = Vec::new();
    let mut because = None;
    let mut rests_on_default = false;
    for (_, item) in namespaces.iter() {
        let name = name(&item).unwrap_or_default();
        if tally.shared.is_of_system(&name) {
            continue;
        }
        let labels = item.pointer("/metadata/labels");
        let label = labels.and_then(|labels| labels.get(ENFORCE));
        let is_odd = labels.is_some_and(|labels| !labels.is_object() && !labels.is_null())
            || label.is_some_and(|label| !label.is_string() && !label.is_null());
        let label = label.and_then(Json::as_str);
        rests_on_default |= label.is_none();
        let is_masked = is_odd || label.is_some_and(|label| unmasked(label).is_none());
        match admission.opens(&name, label, least) {
            None if is_masked => open.push(name),
            None => {}
            Some(why) => {
                if let (AdmissionGap::By(why), None) = (why, &because) {
                    because = Some(format!(" ({why})"));
                }
                open.push(name);
            }
        }
    }
    if open.is_empty() && namespaces.count() > 0 {
        if rests_on_default {
            tally.members.extend(admission.evidence().cloned());
            tally.is_by_default = true;
        }
        return None;
    }
    let some: Vec<&str> = open.iter().take(5).map(String::as_str).collect();
    let more = if open.len() > 5 { ", …" } else { "" };
    let why = format!(
        "no pod that runs is {}, and no level of pod security that is known keeps one out of {}{more}{}",
        rule.offender,
        some.join(", "),
        because.unwrap_or_default()
    );
    let code = Code::NoAdmissionPolicy;
    let expected = rule.expected.clone();
    let decision = Decision::new(Verdict::Unknown, code, why, expected);
    let decision = decision.cite(tally.members.clone());
    Some(decision.cite(admission.evidence().cloned()))
}
