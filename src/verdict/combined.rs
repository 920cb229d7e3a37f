//! Findings of several checks → the one finding of the rule that joins them.

use std::collections::BTreeSet;

use super::{Brief, Finding, Verdict};
use crate::evidence::process::Process;
use crate::problem::Code;
use crate::settings::component::Component;

/// Every check must hold: the worst counts.
#[must_use]
pub fn all_of(findings: Vec<Finding>) -> Finding {
    const ORDER: [Verdict; 5] = [
        Verdict::Fail,
        Verdict::Error,
        Verdict::Unknown,
        Verdict::Pass,
        Verdict::NotApplicable,
    ];
    join(findings, &ORDER, "; and ")
}

/// One check that holds is enough; it fails only where all do.
#[must_use]
pub fn any_of(findings: Vec<Finding>) -> Finding {
    const ORDER: [Verdict; 5] = [
        Verdict::Pass,
        Verdict::Error,
        Verdict::Unknown,
        Verdict::Fail,
        Verdict::NotApplicable,
    ];
    join(findings, &ORDER, ", or ")
}

/// Processes of one component that different users run need not all be the node's. Where one of them
/// fails and another does not, nothing is decided.
#[must_use]
pub fn disputed<'p>(
    component: Component,
    processes: impl Iterator<Item = &'p Process>,
    findings: &[Finding],
) -> Option<Finding> {
    let users: BTreeSet<&str> = processes.map(Process::owner).collect();
    let fails = |finding: &Finding| finding.verdict == Verdict::Fail;
    if users.len() < 2 || !findings.iter().any(fails) || findings.iter().all(fails) {
        return None;
    }
    let name = component.as_str();
    let users: Vec<&str> = users.into_iter().collect();
    let why = format!(
        "{} run a {name} each, they give different verdicts, and nothing shows which of them is the node's",
        users.join(" and ")
    );
    let expected = findings.first()?.expected.clone();
    let mut finding = Finding::new(Verdict::Unknown, Code::SeveralProcesses, why, expected);
    for other in findings {
        finding = finding.cite(other.evidence.clone());
    }
    Some(finding)
}

/// The first verdict of `order` that a finding has decides; those that share it are told together.
fn join(findings: Vec<Finding>, order: &[Verdict], word: &str) -> Finding {
    let verdict = order
        .iter()
        .find(|verdict| findings.iter().any(|f| f.verdict == **verdict))
        .copied()
        .unwrap_or(Verdict::Unknown);
    let texts = |of: &dyn Fn(&Finding) -> Option<String>, between: &str| {
        let mut texts: Vec<String> = findings.iter().filter_map(of).collect();
        texts.dedup();
        texts.join(between)
    };
    let expected = texts(&|f| Some(f.expected.clone()), word);
    let decide = |f: &Finding| f.verdict == verdict;
    let sentence = texts(&|f| decide(f).then(|| f.sentence.clone()), "; ");
    let actual = texts(&|f| f.actual.clone().filter(|_| decide(f)), ", ");
    let brief = |f: &Finding| f.brief.as_ref().map(|brief| brief.actual.clone());
    let briefly = texts(
        &|f| brief(f).or_else(|| f.actual.clone()).filter(|_| decide(f)),
        ", ",
    );
    let most = findings.iter().filter(|f| decide(f));
    let most = most.filter_map(|f| Some(f.brief.as_ref()?.evidence)).max();
    let (deciding, others): (Vec<Finding>, Vec<Finding>) =
        findings.iter().cloned().partition(decide);
    let mut all = deciding.into_iter().chain(others);
    let first = all.next().unwrap_or_else(|| {
        Finding::new(verdict, Code::NoRuleDecides, String::new(), String::new())
    });
    let mut joined = Finding {
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
                Finding::new(*verdict, Code::NoRuleDecides, String::new(), String::new())
            };
            let findings: Vec<Finding> = verdicts.iter().map(of).collect();
            assert_eq!(all_of(findings.clone()).verdict, all, "{verdicts:?}");
            assert_eq!(any_of(findings).verdict, any, "{verdicts:?}");
        }
    }
}
