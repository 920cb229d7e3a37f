//! A setting rule × several processes of one component.

use super::captures::agreed;
use super::without::embedded;
use super::{Asked, Live, any_version, beside_plan, by_live, of_live, undecided, written};
use crate::evidence::citation::Citation;
use crate::evidence::process::Process;
use crate::problem::Code;
use crate::settings::component::Instance;
use crate::verdict::combined::disputed;
use crate::verdict::subject::Subject;
use crate::verdict::{Decision, Verdict, not_set};

/// Several processes: configz speaks of one of them, and nothing says of which.
pub(super) fn several(
    rule: &Asked<'_>,
    subject: &Subject<'_>,
    instances: &[&dyn Instance],
    embedding: Option<&Process>,
    live: Live,
) -> Decision {
    let component = rule.rule.component;
    let on_disk = |instance: &&dyn Instance| {
        let decision = agreed(rule, subject, *instance, |instance| {
            any_version::by_disk(rule, instance, written(rule, subject, instance))
        });
        beside_plan(decision, rule, *instance)
    };
    let inside = embedding.into_iter().map(|by| embedded(rule, by));
    let mut decisions: Vec<Decision> = instances.iter().map(on_disk).chain(inside).collect();
    let count = decisions.len();
    let processes = instances.iter().map(|instance| instance.process());
    if let Some(decision) = disputed(component, processes, &decisions) {
        return decision;
    }
    match live {
        Some(Ok(statement))
            if !rule.holds(&statement) && !not_set::may_be_default(rule, &statement) =>
        {
            decisions.insert(0, by_live(rule, &statement).cite(of_live(rule, subject)));
        }
        Some(Err(doubt)) => decisions.insert(0, undecided(rule, doubt)),
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
