//! Which controls of a bundle came out how: a bit per control, so that bundles of one node can be
//! compared at the end without keeping their rows.

use std::collections::HashMap;

use super::row::Row;
use super::summary::ANSWERS;

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

/// Controls, by number: `benchmark:control`.
#[derive(Debug, Default)]
pub struct Numbering {
    numbers: HashMap<String, usize>,
    names: Vec<String>,
}

impl Numbering {
    /// Marks the controls of rows.
    pub fn marks<'r>(&mut self, rows: impl IntoIterator<Item = &'r Row>) -> Marks {
        let mut marks = Marks::default();
        for row in rows {
            let (Some(benchmark), Some(control)) = (&row.benchmark, &row.control) else {
                continue;
            };
            if row.verdict == "fail" {
                marks.failed.insert(self.number(benchmark, control));
            } else if ANSWERS.contains(&row.verdict.as_str()) {
                marks.passed.insert(self.number(benchmark, control));
            }
        }
        marks
    }

    fn number(&mut self, benchmark: &str, control: &str) -> usize {
        let name = format!("{benchmark}:{control}");
        let next = self.names.len();
        match self.numbers.get(&name) {
            Some(number) => *number,
            None => {
                self.names.push(name.clone());
                self.numbers.insert(name, next);
                next
            }
        }
    }

    /// What failed before and does not now: what passes since, and what is not decided since.
    #[must_use]
    pub fn changes(&self, before: &Controls, now: &Marks) -> (Vec<String>, Vec<String>) {
        let all = self.names.iter().enumerate();
        let gone = all.filter(|(at, _)| before.has(*at) && !now.failed.has(*at));
        let (passed, undecided): (Vec<_>, Vec<_>) = gone.partition(|(at, _)| now.passed.has(*at));
        let sorted = |of: Vec<(usize, &String)>| {
            let mut names: Vec<String> = of.into_iter().map(|(_, name)| name.clone()).collect();
            names.sort_by(|a, b| crate::benchmark::order::controls(a, b));
            names
        };
        (sorted(passed), sorted(undecided))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_and_does_not_any_more_is_named_by_what_it_is_now() {
        let row = |control: usize, verdict: &str| Row {
            benchmark: Some("b".to_owned()),
            control: Some(format!("4.{control}")),
            verdict: verdict.to_owned(),
            ..Row::default()
        };
        let rows = |verdicts: &[&str]| -> Vec<Row> {
            let repeated = (0..70).zip(verdicts.iter().cycle());
            repeated.map(|(at, verdict)| row(at, verdict)).collect()
        };
        let mut numbering = Numbering::default();
        let before = numbering.marks(&rows(&["fail", "fail", "fail", "fail", "pass", "unknown"]));
        assert_eq!(before.failed.count(), 48);
        let now = rows(&["pass", "fail", "error", "not-applicable", "fail", "fail"]);
        let now = numbering.marks(
            now.iter()
                .filter(|row| row.control.as_deref() != Some("4.69")),
        );
        let (passed, undecided) = numbering.changes(&before.failed, &now);
        assert_eq!((passed.len(), undecided.len()), (23, 13));
        assert_eq!(passed[..4], ["b:4.0", "b:4.3", "b:4.6", "b:4.9"]);
        assert_eq!(undecided[..2], ["b:4.2", "b:4.8"]);
        assert_eq!(undecided.last().map(String::as_str), Some("b:4.69"));
    }
}
