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
#[derive(Clone, Eq, Hash, PartialEq, Serialize)]
struct Control {
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

impl Control {
    fn of(row: &Row) -> Self {
        Self {
            benchmark: row.benchmark.clone(),
            control: row.control.clone(),
            title: row.title.clone(),
            level: row.level.clone(),
            assessment: row.assessment.clone(),
            nist_800_53: row.nist_800_53.clone(),
            nist_basis: row.nist_basis.clone(),
            cis_controls: row.cis_controls.clone(),
            stig: row.stig.clone(),
            rule: row.rule.clone(),
        }
    }
}

/// The dictionary of a run.
#[derive(Default)]
pub(super) struct Dictionary {
    controls: HashMap<Control, usize>,
    profiles: HashMap<Vec<usize>, usize>,
}

/// The dictionary as the page has it.
#[derive(Serialize)]
pub(super) struct Written<'d> {
    verdicts: Vec<(char, &'static str)>,
    benchmarks: &'d [JudgedBy<'d>],
    controls: Vec<&'d Control>,
    /// Per kind of node, the controls it was asked, in order.
    profiles: Vec<&'d [usize]>,
    codes: BTreeMap<&'static str, &'static str>,
    families: BTreeMap<&'d str, &'static str>,
    nist: BTreeMap<&'d str, &'static str>,
}

impl Dictionary {
    /// The number of the row's control.
    pub(super) fn control(&mut self, row: &Row) -> usize {
        let next = self.controls.len();
        *self.controls.entry(Control::of(row)).or_insert(next)
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

    pub(super) fn written<'d>(&'d self, totals: &'d Totals<'d>) -> Written<'d> {
        let controls = in_order(&self.controls);
        let ids = || controls.iter().flat_map(|control| &control.nist_800_53);
        let family = |id: &'d String| {
            let family = id.split('-').next().unwrap_or_default();
            (family, references::family_of(id).unwrap_or_default())
        };
        let title = |id: &'d String| {
            let title = references::NIST_CONTROLS.get(id);
            (id.as_str(), title.map_or("", String::as_str))
        };
        Written {
            verdicts: Verdict::ALL
                .map(|verdict| (letter(verdict.as_str()), verdict.as_str()))
                .to_vec(),
            benchmarks: &totals.benchmarks,
            profiles: in_order(&self.profiles)
                .into_iter()
                .map(Vec::as_slice)
                .collect(),
            codes: codes(),
            families: ids().map(family).collect(),
            nist: ids().map(title).collect(),
            controls,
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

fn in_order<K>(numbered: &HashMap<K, usize>) -> Vec<&K> {
    let mut all: Vec<(&K, usize)> = numbered.iter().map(|(key, at)| (key, *at)).collect();
    all.sort_unstable_by_key(|(_, at)| *at);
    all.into_iter().map(|(key, _)| key).collect()
}

/// A verdict in one character: P F U E N M.
pub(super) fn letter(verdict: &str) -> char {
    let first = verdict.chars().next().unwrap_or('?');
    first.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_tell_verdicts_apart() {
        let mut letters = Verdict::ALL.map(|verdict| letter(verdict.as_str()));
        letters.sort_unstable();
        assert_eq!(letters, ['E', 'F', 'M', 'N', 'P', 'U']);
    }
}
