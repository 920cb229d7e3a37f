//! What rows repeat, once: controls, and which controls a node was asked. Both are bounded by the
//! catalog, so they stay in memory.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::benchmark::references;
use crate::bundle;
use crate::matrix::report::{JudgedBy, Totals};
use crate::matrix::row::Row;
use crate::problem::Code;
use crate::verdict::Verdict;

/// What all rows of a control have in common.
#[derive(Serialize)]
struct ControlFacts {
    benchmark: Option<String>,
    control: Option<String>,
    title: Option<String>,
    level: Option<String>,
    assessment: Option<String>,
    nist_800_53: Vec<String>,
    nist_basis: Option<String>,
    cis_controls: Vec<String>,
    stig: Vec<String>,
    rule: Option<String>,
}

impl ControlFacts {
    fn of(row: &Row<'_>) -> Self {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Self {
            benchmark: own(row.benchmark),
            control: own(row.control),
            title: own(row.title),
            level: own(row.level),
            assessment: own(row.assessment),
            nist_800_53: row.nist_800_53.to_vec(),
            nist_basis: own(row.nist_basis),
            cis_controls: row.cis_controls.to_vec(),
            stig: row.stig.to_vec(),
            rule: own(row.rule),
        }
    }

    /// A control is told by its number and benchmark.
    fn is_of(&self, row: &Row<'_>) -> bool {
        (self.control.as_deref(), self.benchmark.as_deref()) == (row.control, row.benchmark)
    }
}

/// The dictionary of a run.
#[derive(Default)]
pub(super) struct Dictionary {
    controls: Vec<ControlFacts>,
    /// The number after that of the last row.
    expected: usize,
    profiles: HashMap<Vec<usize>, usize>,
}

/// The dictionary as the page has it.
#[derive(Serialize)]
pub(super) struct WrittenDictionary<'d> {
    verdicts: Vec<(char, &'static str)>,
    benchmarks: &'d [JudgedBy<'d>],
    controls: &'d [ControlFacts],
    /// Per kind of node, the controls it was asked, in order.
    profiles: Vec<&'d [usize]>,
    codes: BTreeMap<&'static str, &'static str>,
    families: BTreeMap<&'d str, &'static str>,
    nist: BTreeMap<&'d str, &'static str>,
}

impl Dictionary {
    /// The number of the row's control. Rows mostly come in the order of the controls.
    pub(super) fn control(&mut self, row: &Row<'_>) -> usize {
        let is_it = |control: &ControlFacts| control.is_of(row);
        let known = match self.controls.get(self.expected) {
            Some(control) if is_it(control) => Some(self.expected),
            _ => self.controls.iter().position(is_it),
        };
        let number = known.unwrap_or(self.controls.len());
        if known.is_none() {
            self.controls.push(ControlFacts::of(row));
        }
        self.expected = number + 1;
        number
    }

    /// The number of a list of controls.
    pub(super) fn profile(&mut self, controls: &[usize]) -> usize {
        if let Some(known) = self.profiles.get(controls) {
            return *known;
        }
        let next = self.profiles.len();
        self.profiles.insert(controls.to_vec(), next);
        next
    }

    pub(super) fn written<'d>(&'d self, totals: &'d Totals<'d>) -> WrittenDictionary<'d> {
        let ids = || {
            self.controls
                .iter()
                .flat_map(|control| &control.nist_800_53)
        };
        let family = |id: &'d String| {
            let family = id.split('-').next().unwrap_or_default();
            (family, references::family_of(id).unwrap_or_default())
        };
        let title = |id: &'d String| {
            let title = references::NIST_CONTROLS.get(id);
            (id.as_str(), title.map_or("", String::as_str))
        };
        let mut profiles: Vec<_> = self.profiles.iter().collect();
        profiles.sort_unstable_by_key(|(_, number)| **number);
        let profiles = profiles.into_iter().map(|(controls, _)| &**controls);
        WrittenDictionary {
            verdicts: Verdict::ALL
                .map(|verdict| (letter(verdict), verdict.as_str()))
                .to_vec(),
            benchmarks: &totals.benchmarks,
            profiles: profiles.collect(),
            codes: codes(),
            families: ids().map(family).collect(),
            nist: ids().map(title).collect(),
            controls: &self.controls,
        }
    }
}

/// What codes mean.
pub(super) fn codes() -> BTreeMap<&'static str, &'static str> {
    let all = Code::ALL.iter().map(|(_, code, meaning)| (*code, *meaning));
    let of_bundles = bundle::Code::ALL.iter();
    all.chain(of_bundles.map(|(_, code, meaning)| (*code, *meaning)))
        .collect()
}

/// A verdict in one character: P F U E N M.
pub(super) fn letter(verdict: Verdict) -> char {
    let first = verdict.as_str().chars().next().unwrap_or('?');
    first.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_tell_verdicts_apart() {
        let mut letters = Verdict::ALL.map(letter);
        letters.sort_unstable();
        assert_eq!(letters, ['E', 'F', 'M', 'N', 'P', 'U']);
    }
}
