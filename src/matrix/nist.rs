//! The roll-up by NIST SP 800-53: what findings say of each control and family. It grows with the
//! catalog, never with bundles.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::summary::{Summary, Verdicts};
use crate::benchmark::order;
use crate::benchmark::references::{self, NIST_CONTROLS};

/// Verdicts, the worst first.
const WORST_FIRST: [&str; 6] = [
    "fail",
    "error",
    "unknown",
    "manual",
    "pass",
    "not-applicable",
];

/// The worst verdict that was counted.
#[must_use]
pub fn worst(verdicts: &Verdicts) -> Option<&'static str> {
    let found = |verdict: &&str| verdicts.get(*verdict).is_some_and(|n| *n > 0);
    WORST_FIRST.into_iter().find(found)
}

/// What findings say of one 800-53 control, or of one family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Support {
    /// Findings per verdict, each finding once.
    pub verdicts: Verdicts,
    /// The same per benchmark and control.
    controls: BTreeMap<(String, String), Verdicts>,
}

impl Support {
    /// Of findings whose controls are told elsewhere.
    #[must_use]
    pub fn of_verdicts(verdicts: Verdicts) -> Self {
        Self {
            verdicts,
            ..Self::default()
        }
    }

    /// Findings with this verdict.
    #[must_use]
    pub fn of(&self, verdict: &str) -> u64 {
        self.verdicts.get(verdict).copied().unwrap_or(0)
    }

    /// The worst verdict among them.
    #[must_use]
    pub fn worst(&self) -> Option<&'static str> {
        worst(&self.verdicts)
    }

    /// Which findings these are: benchmarks by id, controls as numbered.
    #[must_use]
    pub fn findings(&self) -> Vec<Supporting<'_>> {
        let all = self.controls.iter();
        let mut all: Vec<_> = all
            .map(|((benchmark, control), verdicts)| Supporting {
                benchmark,
                control,
                verdicts,
            })
            .collect();
        all.sort_by(|a, b| {
            order::controls(a.benchmark, b.benchmark)
                .then_with(|| order::controls(a.control, b.control))
        });
        all
    }

    fn add(&mut self, key: (&str, &str), verdicts: &Verdicts) {
        for (verdict, count) in verdicts {
            *self.verdicts.entry(verdict.clone()).or_default() += count;
        }
        let key = (key.0.to_owned(), key.1.to_owned());
        self.controls.insert(key, verdicts.clone());
    }
}

/// The findings of one control of one benchmark.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
pub struct Supporting<'r> {
    /// The benchmark.
    pub benchmark: &'r str,
    /// The control.
    pub control: &'r str,
    /// Findings per verdict.
    pub verdicts: &'r Verdicts,
}

/// One line of the roll-up.
#[derive(Clone, Copy, Debug)]
pub struct NistLine<'r> {
    /// `CM`, or `CM-7(1)`.
    pub id: &'r str,
    /// NIST's title of it; empty where the tables have none.
    pub title: &'static str,
    /// What supports it.
    pub support: &'r Support,
}

/// The roll-up of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    controls: BTreeMap<String, Support>,
    families: BTreeMap<String, Support>,
    /// Findings of controls that map to none.
    pub unmapped: Support,
}

impl Rollup {
    /// Of what came of all controls: each finding once under each of its 800-53 controls, and once
    /// under each of their families.
    #[must_use]
    pub fn of(summary: &Summary) -> Self {
        let mut rollup = Self::default();
        for (benchmark, controls) in &summary.controls {
            for (control, asked) in controls {
                let key = (benchmark.as_str(), control.as_str());
                let mut families: Vec<&str> = Vec::new();
                for id in &asked.nist_800_53 {
                    let support = rollup.controls.entry(id.clone()).or_default();
                    support.add(key, &asked.verdicts);
                    families.push(id.split('-').next().unwrap_or(id));
                }
                if families.is_empty() {
                    rollup.unmapped.add(key, &asked.verdicts);
                }
                families.sort_unstable();
                families.dedup();
                for family in families {
                    let support = rollup.families.entry(family.to_owned()).or_default();
                    support.add(key, &asked.verdicts);
                }
            }
        }
        rollup
    }

    /// The families, by name.
    pub fn families(&self) -> impl Iterator<Item = NistLine<'_>> {
        self.families.iter().map(|(id, support)| NistLine {
            id,
            title: references::family_of(id).unwrap_or_default(),
            support,
        })
    }

    /// The controls as they are numbered: CM-7, CM-7(1), CM-10.
    #[must_use]
    pub fn controls(&self) -> Vec<NistLine<'_>> {
        let mut lines: Vec<NistLine<'_>> = self
            .controls
            .iter()
            .map(|(id, support)| NistLine {
                id,
                title: NIST_CONTROLS.get(id).map_or("", String::as_str),
                support,
            })
            .collect();
        lines.sort_by_key(|line| references::as_numbered(line.id));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::row::Row;
    use crate::matrix::summary::SummaryBuilder;
    use crate::verdict::Verdict;

    #[test]
    fn a_finding_counts_once_per_control_and_once_per_family() {
        let mut summary = SummaryBuilder::default();
        for (control, verdict, nist) in [
            ("4.2.6", Verdict::Pass, &["CM-7", "CM-6", "SC-23"][..]),
            ("4.2.7", Verdict::Fail, &["CM-7", "CM-10"]),
            ("4.2.8", Verdict::Unknown, &[]),
        ] {
            let nist: Vec<String> = nist.iter().map(ToString::to_string).collect();
            summary.add(&[Row {
                benchmark: Some("b"),
                control: Some(control),
                verdict,
                nist_800_53: &nist,
                ..Row::default()
            }]);
        }
        let summary = summary.finish();
        let rollup = Rollup::of(&summary);
        let seen = |lines: Vec<NistLine<'_>>| -> Vec<(String, &str, u64, usize)> {
            lines
                .iter()
                .map(|line| {
                    let worst = line.support.worst().unwrap_or_default();
                    let findings = line.support.verdicts.values().sum();
                    (
                        line.id.to_owned(),
                        worst,
                        findings,
                        line.support.controls.len(),
                    )
                })
                .collect()
        };
        let family = |id: &str, worst, n, m| (id.to_owned(), worst, n, m);
        assert_eq!(
            seen(rollup.families().collect()),
            [family("CM", "fail", 2, 2), family("SC", "pass", 1, 1)]
        );
        assert_eq!(rollup.unmapped.of("unknown"), 1);
        assert_eq!(
            seen(rollup.controls()),
            [
                family("CM-6", "pass", 1, 1),
                family("CM-7", "fail", 2, 2),
                family("CM-10", "fail", 1, 1),
                family("SC-23", "pass", 1, 1),
            ]
        );
        assert_eq!(
            rollup.families().next().map(|l| l.title),
            Some("Configuration Management")
        );
    }
}
