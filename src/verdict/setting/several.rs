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
use crate::verdict::{Finding, Verdict, not_set};

/// Several processes: configz speaks of one of them, and nothing says of which.
pub(super) fn several(
    rule: &Asked<'_>,
    subject: &Subject<'_>,
    instances: &[&dyn Instance],
    embedding: Option<&Process>,
    live: Live,
) -> Finding {
    let component = rule.rule.component;
    let on_disk = |instance: &&dyn Instance| {
        let finding = agreed(rule, subject, *instance, |instance| {
            any_version::by_disk(rule, instance, written(rule, subject, instance))
        });
        beside_plan(finding, rule, *instance)
    };
    let inside = embedding.into_iter().map(|by| embedded(rule, by));
    let mut findings: Vec<Finding> = instances.iter().map(on_disk).chain(inside).collect();
    let count = findings.len();
    let processes = instances.iter().map(|instance| instance.process());
    if let Some(finding) = disputed(component, processes, &findings) {
        return finding;
    }
    match live {
        Some(Ok(statement))
            if !rule.holds(&statement) && !not_set::may_be_default(rule, &statement) =>
        {
            findings.insert(0, by_live(rule, &statement).cite(of_live(rule, subject)));
        }
        Some(Err(doubt)) => findings.insert(0, undecided(rule, doubt)),
        _ => {}
    }
    let worst = [Verdict::Fail, Verdict::Error, Verdict::Unknown]
        .into_iter()
        .find_map(|verdict| findings.iter().position(|f| f.verdict == verdict))
        .unwrap_or(0);
    let mut finding = findings.swap_remove(worst);
    let name = component.as_str();
    finding.sentence = format!("of {count} {name} processes: {}", finding.sentence);
    finding.note(Code::SeveralProcesses);
    for other in &findings {
        if other.notes.contains(&Code::PlannedDiffers) {
            finding.note(Code::PlannedDiffers);
        }
    }
    let others: Vec<Citation> = findings.into_iter().flat_map(|f| f.evidence).collect();
    finding.cite(others)
}
