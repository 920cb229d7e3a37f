//! A setting rule × a node: what is live against what is written down (DESIGN §6).

mod any_version;
mod captures;
mod check;
mod decided;
mod no_process;
mod not_set;
mod process;
mod several;

use super::Decision;
use super::subject::Subject;
use crate::problem::Code;
use crate::rules::setting::SettingRule;
use crate::settings::component::Component;
use crate::settings::kubelet::SettingForm;
use captures::agreed;
use check::SettingCheck;
use no_process::without_process;
use process::one_process;
use several::several;

/// Judges the setting on every process of its component on the node.
#[must_use]
pub fn judge(rule: &SettingRule, subject: &Subject<'_>) -> Decision {
    let check = &SettingCheck {
        rule,
        setting: rule.setting,
        version: subject.minor(),
    };
    let component = check.rule.component;
    let live = subject.live_value(component, check.setting);
    let instances = subject.instances(component);
    let decision = match (instances.as_slice(), subject.embedding(component)) {
        ([], _) => without_process(check, subject, live),
        ([instance], None) => agreed(check, subject, *instance, |instance| {
            one_process(check, subject, instance, live.clone())
        }),
        (instances, embedding) => several(check, subject, instances, embedding, live),
    };
    beside_refusal(decision, check, subject)
}

/// The same, with a note where configz could have spoken of the setting and was not handed out.
fn beside_refusal(decision: Decision, check: &SettingCheck<'_>, subject: &Subject<'_>) -> Decision {
    let speaks =
        check.rule.component == Component::Kubelet && check.setting.form != SettingForm::FlagOnly;
    let refused = subject.refused.as_ref().filter(|_| speaks);
    let Some((refused, refusal)) = refused.and_then(|live| Some((live, live.refusal()?))) else {
        return decision;
    };
    let mut decision = decision.cite([refused.citation.clone()]);
    decision.note(Code::ConfigzRefused);
    decision.sentence = format!(
        "{}; configz was refused ({}): {}",
        decision.sentence, refusal.what, refusal.next
    );
    decision
}
