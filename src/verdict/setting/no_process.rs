//! A setting rule × a node on which no process of the component shows its arguments: configz alone,
//! a program that runs it inside, its files alone, or nothing.

use super::check::{Live, SettingCheck, of_live};
use super::decided::{by_live, undecided};
use super::not_set;
use crate::evidence::process::Process;
use crate::problem::Code;
use crate::settings::component::Component;
use crate::settings::config_file::{ConfigFile, LENIENT};
use crate::settings::value::SettingValue;
use crate::verdict::subject::{Presence, Subject};
use crate::verdict::{Decision, Verdict};

/// Why nothing is judged of evidence that may be of any of several nodes.
const AMBIGUOUS: &str =
    "evidence of several machines lies in one folder, and nothing shows whose this is";

pub(super) fn without_process(
    check: &SettingCheck<'_>,
    subject: &Subject<'_>,
    live: Live,
) -> Decision {
    match live {
        Some(Ok(statement)) => {
            if let Some(decision) = not_set::by_configz_alone(check, &statement) {
                return decision;
            }
            let mut decision = by_live(check, &statement).cite(of_live(check, subject));
            decision.note(Code::NoProcessEvidence);
            return decision;
        }
        Some(Err(doubt)) => return undecided(check, doubt),
        None => {}
    }
    let component = check.rule.component;
    if let Some(doubt) = subject.silence_of_live(component, check.setting) {
        return undecided(check, doubt);
    }
    if let Some(process) = subject.embedding(component) {
        return embedded(check, process);
    }
    if let Some(decision) = untied(check, subject) {
        return decision;
    }
    match subject.presence(component) {
        Presence::ProvenAbsent(list) => Decision::new(
            Verdict::NotApplicable,
            Code::ComponentNotOnNode,
            format!(
                "a whole process list taken as root has no {}, and {} shows no file of one",
                component.as_str(),
                subject.metadata_source()
            ),
            check.expected(),
        )
        .cite([list]),
        Presence::NotProven(why) => {
            let (code, why) = match subject.is_ambiguous() {
                true => (Code::AmbiguousNode, AMBIGUOUS.to_owned()),
                false => (Code::ComponentNotSeen, why),
            };
            let mut decision = Decision::new(Verdict::Unknown, code, why, check.expected());
            if subject.evidence.is_some_and(|e| e.is_empty()) {
                decision.note(Code::NothingRecognised);
            }
            decision
        }
    }
}

pub(super) fn embedded(check: &SettingCheck<'_>, by: &Process) -> Decision {
    let program = by.words.first().map_or("", String::as_str);
    let component = check.rule.component;
    let name = component.spoken();
    let next = match component {
        Component::Kubelet => "collect configz",
        _ => "collect the journal of that program, or its file of arguments",
    };
    Decision::new(
        Verdict::Unknown,
        Code::EmbeddedComponent,
        format!(
            "{program} runs {name} inside itself, so its arguments are not those of {name}; {next}"
        ),
        check.expected(),
    )
    .cite([by.citation.clone()])
}

/// Configuration files that no process ties to the kubelet: their values are shown, not judged.
fn untied(check: &SettingCheck<'_>, subject: &Subject<'_>) -> Option<Decision> {
    let evidence = subject.evidence?;
    let component = check.rule.component;
    if component.config_kind().is_empty() {
        return None;
    }
    let mut names = Vec::new();
    let mut values = Vec::new();
    let mut places = Vec::new();
    let configs = evidence.configs(component.config_kind());
    let most = usize::try_from(evidence.limits().drop_ins).unwrap_or(usize::MAX);
    for (member, citation) in configs.into_iter().take(most) {
        names.push(citation.member.to_string());
        let mut place = citation.clone();
        if let Ok(document) = evidence.document(member) {
            let file = ConfigFile {
                path: citation.member.to_string(),
                citation,
                document,
            };
            let said = file.said(check.setting, LENIENT.any_case).ok();
            if let Some(said) = said.and_then(|mut all| all.pop()) {
                place = file.cite(&said);
                values.extend(said.value.as_ref().map(SettingValue::to_string));
            }
        }
        places.push(place);
    }
    if names.is_empty() {
        return None;
    }
    let mut decision = Decision::new(
        Verdict::Unknown,
        Code::FileNotTiedToProcess,
        format!(
            "no {} process was seen that reads {}, which looks like its configuration",
            component.as_str(),
            names.join(" or ")
        ),
        check.expected(),
    );
    if subject.is_ambiguous() {
        decision.code = Code::AmbiguousNode;
        decision.sentence = format!("of {}: {AMBIGUOUS}", names.join(" and "));
    }
    values.dedup();
    decision.actual = Some(values.join(", ")).filter(|text| !text.is_empty());
    Some(decision.cite(places))
}
