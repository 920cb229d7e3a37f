//! Decisions of several checks → the one decision of the rule that joins them.

use std::collections::BTreeSet;

use super::{Brief, Decision, Verdict};
use crate::evidence::process::Process;
use crate::problem::Code;
use crate::settings::component::Component;

/// Every check must hold: the worst counts.
#[must_use]
pub fn all_of(decisions: Vec<Decision>) -> Decision {
    const ORDER: [Verdict; 5] = [
        Verdict::Fail,
        Verdict::Error,
        Verdict::Unknown,
        Verdict::Pass,
        Verdict::NotApplicable,
    ];
    join(decisions, &ORDER, "; and ")
}

/// One check that holds is enough; it fails only where all do.
#[must_use]
pub fn any_of(decisions: Vec<Decision>) -> Decision {
    const ORDER: [Verdict; 5] = [
        Verdict::Pass,
        Verdict::Error,
        Verdict::Unknown,
        Verdict::Fail,
        Verdict::NotApplicable,
    ];
    join(decisions, &ORDER, ", or ")
}

/// Processes of one component that different users run need not all be the node's. Where one of them
/// fails and another does not, nothing is decided.
#[must_use]
pub fn disputed<'p>(
    component: Component,
    processes: impl Iterator<Item = &'p Process>,
    decisions: &[Decision],
) -> Option<Decision> {
    let users: BTreeSet<&str> = processes.map(Process::owner).collect();
    let fails = |decision: &Decision| decision.verdict == Verdict::Fail;
    if users.len() < 2 || !decisions.iter().any(fails) || decisions.iter().all(fails) {
        return None;
    }
    let name = component.as_str();
    let users: Vec<&str> = users.into_iter().collect();
    let why = format!(
        "{} run a {name} each, they give different verdicts, and nothing shows which of them is the node's",
        users.join(" and ")
    );
    let expected = decisions.first()?.expected.clone();
    let mut decision = Decision::new(Verdict::Unknown, Code::SeveralProcesses, why, expected);
    for other in decisions {
        decision = decision.cite(other.evidence.clone());
    }
    Some(decision)
}

/// The first verdict of `order` that a decision has decides; those that share it are told together.
fn join(decisions: Vec<Decision>, order: &[Verdict], word: &str) -> Decision {
    let verdict = order
        .iter()
        .find(|verdict| decisions.iter().any(|f| f.verdict == **verdict))
        .copied()
        .unwrap_or(Verdict::Unknown);
    let texts = |of: &dyn Fn(&Decision) -> Option<String>, between: &str| {
        let mut texts: Vec<String> = decisions.iter().filter_map(of).collect();
        texts.dedup();
        texts.join(between)
    };
    let expected = texts(&|f| Some(f.expected.clone()), word);
    let decide = |f: &Decision| f.verdict == verdict;
    let sentence = texts(&|f| decide(f).then(|| f.sentence.clone()), "; ");
    let actual = texts(&|f| f.actual.clone().filter(|_| decide(f)), ", ");
    let brief = |f: &Decision| f.brief.as_ref().map(|brief| brief.actual.clone());
    let briefly = texts(
        &|f| brief(f).or_else(|| f.actual.clone()).filter(|_| decide(f)),
        ", ",
    );
    let most = decisions.iter().filter(|f| decide(f));
    let most = most.filter_map(|f| Some(f.brief.as_ref()?.evidence)).max();
    let (deciding, others): (Vec<Decision>, Vec<Decision>) =
        decisions.iter().cloned().partition(decide);
    let mut all = deciding.into_iter().chain(others);
    let first = all.next().unwrap_or_else(|| {
        Decision::new(verdict, Code::NoRuleDecides, String::new(), String::new())
    });
    let mut joined = Decision {
        sentence,
        expected,
        actual: Some(actual).filter(|text| !text.is_empty()),
        brief: most.map(|evidence| Brief {
            actual: briefly,
            evidence,
        }),
        ..first
    };
    for other in all {
        for note in other.notes {
            joined.note(note);
        }
        joined = joined.cite(other.evidence);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_holds_is_enough_or_all_must() {
        use Verdict::{Error, Fail, NotApplicable, Pass, Unknown};
        for (verdicts, all, any) in [
            (vec![Pass, Pass], Pass, Pass),
            (vec![Pass, Fail], Fail, Pass),
            (vec![Fail, Unknown], Fail, Unknown),
            (vec![Pass, Unknown], Unknown, Pass),
            (vec![Error, Unknown], Error, Error),
            (vec![Error, Fail], Fail, Error),
            (vec![Fail, Fail], Fail, Fail),
            (vec![NotApplicable, Pass], Pass, Pass),
            (
                vec![NotApplicable, NotApplicable],
                NotApplicable,
                NotApplicable,
            ),
        ] {
            let of = |verdict: &Verdict| {
                Decision::new(*verdict, Code::NoRuleDecides, String::new(), String::new())
            };
            let decisions: Vec<Decision> = verdicts.iter().map(of).collect();
            assert_eq!(all_of(decisions.clone()).verdict, all, "{verdicts:?}");
            assert_eq!(any_of(decisions).verdict, any, "{verdicts:?}");
        }
    }
}
