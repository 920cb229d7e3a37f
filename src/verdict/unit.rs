//! A rule about a systemd unit × a node.

use super::subject::Subject;
use super::{Decider, Decision, Verdict};
use crate::problem::Code;
use crate::rules::systemd::UnitProperty;

/// Judges a unit's property by what `systemctl show` printed.
#[must_use]
pub fn judge(rule: &UnitProperty, subject: &Subject<'_>) -> Decision {
    let unknown = |code, why: String| Decision::new(Verdict::Unknown, code, why, rule.expected());
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
    // The same service may run under another name: a unit that is not there proves nothing.
    if let Some((_, at)) = missing {
        let why = format!(
            "there is no {} on the node, and another unit may do its work; look which one does",
            rule.unit
        );
        return unknown(Code::FileNotOnNode, why).cite([at]);
    }
    let undone = rule.undone_by.as_deref().and_then(|other| {
        let (text, at) = unit.property(other)?;
        Some((other, text, rule.undone_for(text)?, at))
    });
    let verdict = match rule.holds(text) && undone.is_none() {
        true => Verdict::Pass,
        false => Verdict::Fail,
    };
    let shown = if text.is_empty() { "empty" } else { text };
    let mut sentence = format!("{} of {} is {shown}", rule.property, rule.unit);
    let mut actual = text.to_owned();
    let mut places = vec![citation];
    if let Some((other, text, open, at)) = undone {
        sentence =
            format!("{sentence}, and {other}, which wins over it, is {text}: every {open} address");
        actual = format!("{actual} {other}={text}").trim_start().to_owned();
        places.push(at);
    }
    let mut decision =
        Decision::new(verdict, Code::UnitShows, sentence, rule.expected()).cite(places);
    decision.actual = Some(actual).filter(|text| !text.is_empty());
    decision.source = Some(Decider::Unit);
    decision
}
