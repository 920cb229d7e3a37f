//! A setting whose value depends on a version that is not known: decided all the same where every
//! version gives the same verdict.

use super::{Asked, by_disk as by_disk_of_one, undecided};
use crate::problem::Code;
use crate::settings::component::Instance;
use crate::settings::{Doubt, InForce};
use crate::verdict::{Finding, Verdict};

pub(super) fn by_disk(
    rule: &Asked<'_>,
    instance: &dyn Instance,
    on_disk: Result<InForce, Doubt>,
) -> Finding {
    match on_disk {
        Err(doubt) if doubt.code == Code::VersionUnknown => {
            of_every_version(rule, instance).unwrap_or_else(|| undecided(rule, doubt))
        }
        on_disk => by_disk_of_one(rule, on_disk),
    }
}

fn of_every_version(rule: &Asked<'_>, instance: &dyn Instance) -> Option<Finding> {
    let all = instance.by_version(rule.setting);
    let of_each = |in_force: &InForce| by_disk_of_one(rule, Ok(in_force.clone()));
    let mut findings: Vec<Finding> = all.iter().map(|(_, value)| of_each(value)).collect();
    let mut newest = findings.pop()?;
    let decides = matches!(newest.verdict, Verdict::Pass | Verdict::Fail);
    if !decides || findings.iter().any(|f| f.verdict != newest.verdict) {
        return None;
    }
    let values: Vec<String> = (all.iter())
        .map(|(_, in_force)| in_force.winner.value.to_string())
        .collect();
    let older: Vec<String> = (values.iter().zip(all.iter().skip(1)))
        .map(|(value, (next, _))| format!("{value} before Kubernetes {next}"))
        .collect();
    if !older.is_empty() {
        newest.sentence = format!(
            "{}; it is {}: the version is not known, and every one gives this verdict",
            newest.sentence,
            older.join(", ")
        );
        newest.actual = Some(values.join(" or "));
    }
    Some(
        findings
            .into_iter()
            .fold(newest, |all, one| all.cite(one.evidence)),
    )
}
