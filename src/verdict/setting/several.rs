//! A setting rule × several processes of one component.

use super::any_version;
use super::captures::agreed;
use super::check::{Live, SettingCheck, of_live};
use super::decided::{by_live, undecided};
use super::no_process::embedded;
use super::not_set;
use super::process::{beside_plan, written};
use crate::evidence::citation::Citation;
use crate::evidence::process::Process;
use crate::problem::Code;
use crate::settings::component::Instance;
use crate::verdict::combined::disputed;
use crate::verdict::subject::Subject;
use crate::verdict::{Decision, Verdict};

/// Several processes: configz speaks of one of them, and nothing says of which.
pub(super) fn several(
    check: &SettingCheck<'_>,
    subject: &Subject<'_>,
    instances: &[&dyn Instance],
    embedding: Option<&Process>,
    live: Live,
) -> Decision {
    let component = check.rule.component;
    let on_disk = |instance: &&dyn Instance| {
        let decision = agreed(check, subject, *instance, |instance| {
            any_version::by_disk(check, instance, written(check, subject, instance))
        });
        beside_plan(decision, check, *instance)
    };
    let inside = embedding.into_iter().map(|by| embedded(check, by));
    let mut decisions: Vec<Decision> = instances.iter().map(on_disk).chain(inside).collect();
    let count = decisions.len();
    let processes = instances.iter().map(|instance| instance.process());
    if let Some(decision) = disputed(component, processes, &decisions) {
        return decision;
    }
    match live {
        Some(Ok(statement))
            if !check.holds(&statement) && !not_set::may_be_default(check, &statement) =>
        {
            decisions.insert(0, by_live(check, &statement).cite(of_live(check, subject)));
        }
        Some(Err(doubt)) => decisions.insert(0, undecided(check, doubt)),
        _ => {}
    }
    let worst = [Verdict::Fail, Verdict::Error, Verdict::Unknown]
        .into_iter()
        .find_map(|verdict| decisions.iter().position(|f| f.verdict == verdict))
        .unwrap_or(0);
    let mut decision = decisions.swap_remove(worst);
    let name = component.as_str();
    decision.sentence = format!("of {count} {name} processes: {}", decision.sentence);
    decision.note(Code::SeveralProcesses);
    for other in &decisions {
        if other.notes.contains(&Code::PlannedDiffers) {
            decision.note(Code::PlannedDiffers);
        }
    }
    let others: Vec<Citation> = decisions.into_iter().flat_map(|f| f.evidence).collect();
    decision.cite(others)
}
