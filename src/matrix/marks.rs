//! Which controls of a bundle came out how: a bit per control, so that bundles of one node can be
//! compared at the end without keeping their findings.

use std::collections::HashMap;

use super::finding::{ControlId, Finding};
use crate::benchmark::catalog::Catalog;
use crate::verdict::Verdict;

/// A set of controls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Controls(Vec<u64>);

impl Controls {
    fn insert(&mut self, at: usize) {
        let (word, bit) = (at / 64, at % 64);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    fn has(&self, at: usize) -> bool {
        let word = self.0.get(at / 64).copied().unwrap_or_default();
        word >> (at % 64) & 1 == 1
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

/// What came of the controls of one node in one bundle.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// They failed.
    pub failed: Controls,
    /// They pass or do not apply.
    pub passed: Controls,
}

/// Controls, by number: in the order in which they came up.
#[derive(Debug, Default)]
pub struct Numbering {
    numbers: HashMap<ControlId, usize>,
    controls: Vec<ControlId>,
}

impl Numbering {
    /// Marks the controls of findings.
    pub fn marks(&mut self, findings: &[Finding]) -> Marks {
        let mut marks = Marks::default();
        for found in findings {
            let Some(control) = found.control else {
                continue;
            };
            match found.verdict() {
                Verdict::Fail => marks.failed.insert(self.number(control)),
                Verdict::Pass | Verdict::NotApplicable => marks.passed.insert(self.number(control)),
                Verdict::Unknown | Verdict::Error | Verdict::Manual => {}
            }
        }
        marks
    }

    fn number(&mut self, control: ControlId) -> usize {
        let next = self.controls.len();
        let number = *self.numbers.entry(control).or_insert(next);
        if number == next {
            self.controls.push(control);
        }
        number
    }

    /// What failed before and does not now: what passes since, and what is not decided since, as
    /// `benchmark:control`.
    #[must_use]
    pub fn changes(
        &self,
        before: &Controls,
        now: &Marks,
        catalog: &Catalog,
    ) -> (Vec<String>, Vec<String>) {
        let all = self.controls.iter().enumerate();
        let gone = all.filter(|(at, _)| before.has(*at) && !now.failed.has(*at));
        let (passed, undecided): (Vec<_>, Vec<_>) = gone.partition(|(at, _)| now.passed.has(*at));
        let sorted = |of: Vec<(usize, &ControlId)>| {
            let named = of.into_iter().filter_map(|(_, id)| id.of(catalog));
            let mut names: Vec<String> = named
                .map(|(benchmark, control)| format!("{}:{}", benchmark.id, control.number))
                .collect();
            names.sort_by(|a, b| crate::benchmark::order::controls(a, b));
            names
        };
        (sorted(passed), sorted(undecided))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::matrix::finding::{Answer, Origin};

    #[test]
    fn what_failed_and_does_not_any_more_is_named_by_what_it_is_now() {
        let catalog = Catalog::built_in().unwrap();
        let finding = |control: u16, verdict: Verdict| {
            let mut answer = Answer::unreadable("code", "why", "next");
            answer.verdict = verdict;
            let id = ControlId {
                benchmark: 0,
                control,
            };
            Finding::new(
                Arc::new(Origin::default()),
                Some(id),
                Arc::new(answer),
                &catalog,
            )
        };
        let findings = |verdicts: &[Verdict]| -> Vec<Finding> {
            let repeated = (0..70).zip(verdicts.iter().cycle());
            repeated
                .map(|(at, verdict)| finding(at, *verdict))
                .collect()
        };
        use Verdict::{Error, Fail, NotApplicable, Pass, Unknown};
        let mut numbering = Numbering::default();
        let before = numbering.marks(&findings(&[Fail, Fail, Fail, Fail, Pass, Unknown]));
        assert_eq!(before.failed.count(), 48);
        let mut now = findings(&[Pass, Fail, Error, NotApplicable, Fail, Fail]);
        now.pop();
        let now = numbering.marks(&now);
        let (passed, undecided) = numbering.changes(&before.failed, &now, &catalog);
        assert_eq!((passed.len(), undecided.len()), (23, 13));
        let benchmark = &catalog.benchmarks[0];
        let name = |at: usize| format!("{}:{}", benchmark.id, benchmark.controls[at].number);
        assert_eq!(passed[..4], [name(0), name(3), name(6), name(9)]);
        assert_eq!(undecided[..2], [name(2), name(8)]);
        assert_eq!(undecided.last(), Some(&name(69)));
    }
}
