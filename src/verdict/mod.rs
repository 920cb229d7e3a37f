//! Control × node → finding: applicability, rule, verdict.

pub mod audit;
mod audit_cache;
mod combined;
mod decision;
pub mod explanation;
pub mod file;
mod located;
mod next_step;
pub mod objects;
pub mod other_file;
mod running;
pub mod setting;
pub mod subject;
pub mod text;
pub mod trust;
pub mod unit;

use crate::benchmark::files::Roles;
use crate::benchmark::{Control, Rule};
use crate::evidence::citation::Citation;
use crate::problem::Code;
use crate::rules::Check;
use crate::settings::SettingSource;
pub use decision::{Brief, Decider, Decision, Verdict};
use next_step::next_step;
use subject::Subject;

/// Judges a rule on one node, by its check as a control wants it; `family` is the benchmark's.
#[must_use]
pub fn judge(
    rule: &Rule,
    check: &Check,
    roles: &Roles,
    subject: &Subject<'_>,
    family: &str,
) -> Decision {
    let store = subject.other_store();
    if let Some((address, at)) = store.filter(|_| rule.data.component == "etcd") {
        let why = format!("kube-apiserver keeps its objects behind {address}, which is no etcd");
        let code = Code::ComponentNotOnNode;
        let decision = Decision::new(Verdict::NotApplicable, code, why, String::new());
        return decision.cite([at.clone()]);
    }
    let mut decision = judge_check(check, roles, subject, family);
    let beyond = subject
        .evidence
        .and_then(|e| e.beyond(&rule.data.component));
    if let Some(why) = beyond.filter(|_| decision.verdict != Verdict::Fail) {
        let code = Code::TooMuchEvidence;
        let evidence = std::mem::take(&mut decision.evidence);
        return Decision::new(Verdict::Error, code, why, decision.expected).cite(evidence);
    }
    if matches!(decision.verdict, Verdict::Pass | Verdict::Fail) {
        for (at, beside) in rule.beside.iter().enumerate() {
            let shown = judge_check(&beside.when, roles, subject, family);
            if shown.verdict == Verdict::Pass {
                decision.sentence = format!("{}; {}", decision.sentence, beside.reason);
                decision.beside = Some(at);
                decision = decision.cite(shown.evidence);
                break;
            }
        }
    }
    let Some((system, citation)) = &subject.system else {
        return decision;
    };
    let mut not_on = rule.data.not_on.iter();
    let Some(not_on) = not_on.find(|not_on| not_on.systems.contains(system)) else {
        let unseen = matches!(
            decision.code,
            Code::FileNotCollected | Code::ComponentNotSeen
        );
        let how = roles.how_to_collect(*system);
        if let Some(how) = how.filter(|_| unseen && subject.evidence.is_none()) {
            decision.sentence = format!("{}; {how}", decision.sentence);
        }
        return decision;
    };
    let why = format!("the node runs {}: {}", system.as_str(), not_on.why);
    let code = Code::NotOnThisSystem;
    Decision::new(Verdict::NotApplicable, code, why, decision.expected).cite([citation.clone()])
}

fn judge_check(check: &Check, roles: &Roles, subject: &Subject<'_>, family: &str) -> Decision {
    let all = |checks: &[Check]| -> Vec<Decision> {
        let judge = |check| judge_check(check, roles, subject, family);
        checks.iter().map(judge).collect()
    };
    match check {
        Check::Setting(rule) => setting::judge(rule, subject),
        Check::FileMode(rule) => file::judge(&rule.file, rule, roles, subject, family),
        Check::FileOwner(rule) => file::judge(&rule.file, rule, roles, subject, family),
        Check::Unit(rule) => unit::judge(rule, subject),
        Check::Objects(rule) => objects::judge(rule, subject),
        Check::Rights(rule) => objects::judge_rights(rule, subject),
        Check::Namespaces(rule) => objects::judge_namespaces(rule, subject),
        Check::OtherFile(rule) => other_file::judge(rule, subject),
        Check::AllOf(checks) => combined::all_of(all(checks)),
        Check::AnyOf(checks) => combined::any_of(all(checks)),
    }
}

/// The finding of a control of a role that the node is shown not to have.
#[must_use]
pub fn without_role(list: Citation) -> Decision {
    let why =
        "a whole process list taken as root shows that the node has not the role that is asked";
    let code = Code::ComponentNotOnNode;
    Decision::new(Verdict::NotApplicable, code, why.to_owned(), String::new()).cite([list])
}

/// The finding of a control that no rule decides: what a person looks at.
#[must_use]
pub fn manual(control: &Control) -> Decision {
    let look_at = control.look_at.as_deref();
    Decision::new(
        Verdict::Manual,
        Code::NoRuleDecides,
        look_at
            .unwrap_or("a person decides this control")
            .to_owned(),
        String::new(),
    )
}

/// The remediation for this node's own way of configuring; `None` where nothing is to be done.
#[must_use]
pub fn remediation<'r>(
    rule: Option<&'r Rule>,
    own: Option<&'r str>,
    decision: &Decision,
) -> Option<&'r str> {
    match decision.verdict {
        Verdict::Fail => {}
        Verdict::Unknown | Verdict::Error => return next_step(decision.code),
        Verdict::Pass | Verdict::NotApplicable | Verdict::Manual => return None,
    }
    let Some(rule) = rule else {
        return own;
    };
    if let Some(beside) = decision.beside.and_then(|at| rule.beside.get(at)) {
        return Some(beside.remediation.trim());
    }
    let own = match decision.source {
        Some(Decider::Setting(SettingSource::Argument)) => {
            rule.data.remediation_argument.as_deref()
        }
        Some(Decider::Setting(SettingSource::DropIn)) => rule.data.remediation_drop_in.as_deref(),
        Some(Decider::Setting(SettingSource::Default)) => rule.data.remediation_default.as_deref(),
        _ => None,
    };
    Some(own.unwrap_or(&rule.data.remediation).trim())
}

/// The published check read to the letter, where the benchmark has one.
#[must_use]
pub fn by_the_text(
    control: &Control,
    rule: Option<&Rule>,
    roles: &Roles,
    subject: &Subject<'_>,
    family: &str,
) -> Option<Verdict> {
    if let Some(audited) = &control.audited {
        return Some(audit::verdict(audited, subject));
    }
    let text = control.text.as_ref()?;
    if text.all_objects {
        let own = control.own_check();
        return objects::letter(own.or(rule.map(|rule| &rule.check))?, subject);
    }
    reads(rule, roles, subject, family).text(text)
}

/// How the tests of the published check fared; empty where the benchmark has none.
#[must_use]
pub fn by_the_text_tests(
    control: &Control,
    rule: Option<&Rule>,
    roles: &Roles,
    subject: &Subject<'_>,
    family: &str,
) -> Vec<String> {
    let text = control.text.as_ref();
    if text.is_some_and(|text| text.all_objects) {
        return vec![
            "counts every object, those of the system and what distributions ship too".to_owned(),
        ];
    }
    let tests = text.map(|text| reads(rule, roles, subject, family).tests(text));
    tests.unwrap_or_default()
}

fn reads<'r>(
    rule: Option<&'r Rule>,
    roles: &'r Roles,
    subject: &'r Subject<'r>,
    family: &'r str,
) -> text::Reads<'r> {
    let role = rule.and_then(|rule| match &rule.check {
        Check::FileMode(rule) => roles.role(&rule.file.name),
        Check::FileOwner(rule) => roles.role(&rule.file.name),
        _ => None,
    });
    text::Reads {
        subject,
        roles,
        role,
        family,
        component: rule.map_or("", |rule| rule.data.component.as_str()),
    }
}
