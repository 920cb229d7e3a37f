//! How far the catalog goes: per benchmark how many controls evidence decides, which it leaves to a
//! person, and which no source gives a control of SP 800-53; and per control why.

use serde_json::{Value, json};

use super::{Benchmark, Control};

/// What is printed of each benchmark, in this order.
pub const OF_BENCHMARKS: [&str; 6] = [
    "benchmark",
    "controls",
    "node_evidence",
    "api_objects",
    "manual",
    "without_800_53",
];

/// What is printed of each control of one, in this order.
pub const OF_CONTROLS: [&str; 8] = [
    "benchmark",
    "control",
    "role",
    "decided_by",
    "reason",
    "nist_800_53",
    "nist_reason",
    "title",
];

/// What decides a control.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Node,
    Api,
    Letter,
    Person,
}

impl By {
    fn of(control: &Control) -> Self {
        match control.judging_check() {
            None => match control.audited.as_ref().and_then(|one| one.coverage()) {
                Some(Ok(())) => Self::Letter,
                Some(Err(_)) | None => Self::Person,
            },
            Some((_, check)) if check.is_of_cluster() => Self::Api,
            Some(_) => Self::Node,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node evidence",
            Self::Api => "API objects",
            Self::Letter => "kube-bench's check",
            Self::Person => "person",
        }
    }
}

/// Of whom a control is asked: a role of nodes, or the cluster.
#[must_use]
pub fn role(control: &Control) -> &'static str {
    match control.is_of_cluster() {
        true => "cluster",
        false => control.duty().as_str(),
    }
}

/// A benchmark in numbers, and the controls behind them with their reasons.
#[must_use]
pub fn benchmark(benchmark: &Benchmark) -> Value {
    let controls = &benchmark.controls;
    let by = |by: By| controls.iter().filter(move |c| By::of(c) == by);
    let named =
        |control: &Control, reason: String| json!({"control": control.number, "reason": reason});
    let manual = by(By::Person).map(|c| named(c, decided(c)));
    let manual: Vec<Value> = manual.collect();
    let without = controls.iter().filter_map(|c| Some(named(c, unmapped(c)?)));
    let without: Vec<Value> = without.collect();
    json!({
        "benchmark": benchmark.id,
        "family": benchmark.family,
        "publisher": benchmark.publisher,
        "controls": controls.len(),
        "node_evidence": by(By::Node).count(),
        "api_objects": by(By::Api).count(),
        "manual": manual.len(),
        "without_800_53": without.len(),
        "manual_controls": manual,
        "without_800_53_controls": without,
    })
}

/// One control: what decides it and why, and why it has no control of SP 800-53.
#[must_use]
pub fn control(benchmark: &Benchmark, control: &Control) -> Value {
    let references = control.references();
    let nist = references.map(|r| r.nist_800_53.as_slice());
    let title = control.judging_rule().map(|rule| &rule.data.title);
    json!({
        "benchmark": benchmark.id,
        "control": control.number,
        "role": role(control),
        "decided_by": By::of(control).as_str(),
        "reason": decided(control),
        "nist_800_53": nist.unwrap_or_default(),
        "nist_reason": match (unmapped(control), references) {
            (Some(why), _) => Some(why),
            (None, references) => references.and_then(|r| r.nist_basis.clone()),
        },
        "title": control.title.as_ref().or(title),
    })
}

/// What evidence decides it; of what a person decides, what they look at.
fn decided(control: &Control) -> String {
    let own = decided_by_rule(control);
    match control.audited.as_ref().and_then(|one| one.coverage()) {
        None => own,
        Some(Ok(())) => format!("{own}; kube-bench's check is interpreted"),
        Some(Err(what)) => format!("{own}; kube-bench's check is not interpreted: {what}"),
    }
}

fn decided_by_rule(control: &Control) -> String {
    match control.judging_check() {
        Some((_, check)) => check.evidence().join(" "),
        None => {
            let look_at = control.look_at.as_deref();
            look_at.unwrap_or("the benchmark asks a person").to_owned()
        }
    }
}

/// Why it has no control of SP 800-53; `None` where it has one.
fn unmapped(control: &Control) -> Option<String> {
    let references = control.references();
    let cis = references.map_or(&[][..], |r| r.cis_controls.as_slice());
    let nist = references.map_or(&[][..], |r| r.nist_800_53.as_slice());
    match (nist, cis) {
        ([], []) => Some("no source names a safeguard or a control for it".to_owned()),
        ([], cis) => Some(format!("CIS maps {} to no control", cis.join(" "))),
        _ => None,
    }
}
