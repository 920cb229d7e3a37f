//! A rule about a systemd unit × a node.

use super::subject::Subject;
use super::{Decider, Finding, Verdict};
use crate::problem::Code;
use crate::rules::systemd::UnitProperty;

/// Judges a unit's property by what `systemctl show` printed.
#[must_use]
pub fn judge(rule: &UnitProperty, subject: &Subject<'_>) -> Finding {
    let unknown = |code, why: String| Finding::new(Verdict::Unknown, code, why, rule.expected());
    let Some(evidence) = subject.evidence else {
        return unknown(
            Code::FileNotCollected,
            "nothing of this node was collected".to_owned(),
        );
    };
    let unit = match evidence.unit(&rule.unit) {
        Ok(unit) => unit,
        Err(why) => return unknown(Code::FileNotCollected, why),
    };
    let Some((text, citation)) = unit.property(&rule.property) else {
        return unknown(
            Code::FileNotCollected,
            format!("{} of {} was not asked for", rule.property, rule.unit),
        );
    };
    let load_state = unit.property("LoadState");
    let missing = load_state.filter(|(state, _)| *state == "not-found");
    let verdict = match (rule.holds(text), &missing) {
        (true, _) => Verdict::Pass,
        // A unit that is not there has no property that could be wrong.
        (false, Some((_, at))) => {
            let why = format!("{} is not on the node", rule.unit);
            return unknown(Code::FileNotOnNode, why).cite([at.clone()]);
        }
        (false, None) => Verdict::Fail,
    };
    let shown = if text.is_empty() { "empty" } else { text };
    let sentence = format!("{} of {} is {shown}", rule.property, rule.unit);
    let mut finding = Finding::new(verdict, Code::UnitShows, sentence, rule.expected())
        .cite([citation])
        .cite(missing.map(|(_, at)| at));
    finding.actual = Some(text.to_owned()).filter(|text| !text.is_empty());
    finding.source = Some(Decider::Unit);
    finding
}
