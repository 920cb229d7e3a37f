//! A setting whose value depends on a version that is not known: decided all the same where every
//! version gives the same verdict.

use super::check::SettingCheck;
use super::decided::{by_disk as by_disk_of_one, undecided};
use crate::node::version::Minor;
use crate::problem::Code;
use crate::settings::component::Instance;
use crate::settings::{Doubt, InForce};
use crate::verdict::{Decision, Verdict};

pub(super) fn by_disk(
    check: &SettingCheck<'_>,
    instance: &dyn Instance,
    on_disk: Result<InForce, Doubt>,
) -> Decision {
    match on_disk {
        Err(doubt) if doubt.code == Code::VersionUnknown => {
            of_every_version(check, instance).unwrap_or_else(|| undecided(check, doubt))
        }
        on_disk => by_disk_of_one(check, on_disk),
    }
}

fn of_every_version(check: &SettingCheck<'_>, instance: &dyn Instance) -> Option<Decision> {
    let all = instance.by_version(check.setting);
    let of_each = |in_force: &InForce| by_disk_of_one(check, Ok(in_force.clone()));
    let mut decisions: Vec<Decision> = all.iter().map(|(_, value)| of_each(value)).collect();
    // The kubelet's version explains best; it decides nothing that another would decide otherwise.
    let kubelets = check.version.and_then(|version| {
        let is_later = |(first, _): &(Minor, InForce)| *first > version;
        let later = all.iter().position(is_later).unwrap_or(all.len());
        later.checked_sub(1)
    });
    let shown = kubelets.or(decisions.len().checked_sub(1))?;
    let mut newest = match shown < decisions.len() {
        true => decisions.remove(shown),
        false => return None,
    };
    let decides = matches!(newest.verdict, Verdict::Pass | Verdict::Fail);
    if !decides || decisions.iter().any(|f| f.verdict != newest.verdict) {
        return None;
    }
    if all.len() > 1 && kubelets.is_some() {
        newest.note(Code::VersionAssumed);
    }
    let values: Vec<String> = (all.iter())
        .map(|(_, in_force)| in_force.winner.value.to_string())
        .collect();
    let older: Vec<String> = (values.iter().zip(all.iter().skip(1)))
        .map(|(value, (next, _))| format!("{value} before Kubernetes {next}"))
        .collect();
    if !older.is_empty() {
        let assumed = match (kubelets, check.version, values.last()) {
            (Some(_), Some(version), Some(last)) => format!(
                ", {last} from then on: the version is taken to be the kubelet's, {version}"
            ),
            _ => ": the version is not known".to_owned(),
        };
        newest.sentence = format!(
            "{}; it is {}{assumed}, and every one gives this verdict",
            newest.sentence,
            older.join(", ")
        );
        newest.actual = Some(values.join(" or "));
    }
    Some(
        decisions
            .into_iter()
            .fold(newest, |all, one| all.cite(one.evidence)),
    )
}
