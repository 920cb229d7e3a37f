//! The roll-up by NIST SP 800-53: one line per family, then one per control, then what
//! maps to none. It stands once all
//! rows have passed.

use std::io;

use super::lines::Lines;
use super::{Export, Reported};
use crate::matrix::nist::{NistLine, Rollup};
use crate::matrix::report::Totals;
use crate::verdict::Verdict;

pub(super) struct NistOutput {
    lines: Box<dyn Lines>,
}

impl NistOutput {
    pub(super) fn new(lines: Box<dyn Lines>) -> Self {
        Self { lines }
    }

    fn line(&mut self, names: &[String], level: &str, line: &NistLine<'_>) -> io::Result<()> {
        let counts = Verdict::ALL.map(|verdict| line.support.of(verdict.as_str()).to_string());
        let pairs = line.support.findings().into_iter();
        let pairs: Vec<String> = pairs
            .map(|of| format!("{}:{}", of.benchmark, of.control))
            .collect();
        let pairs = pairs.join(" ");
        let leading = [
            Some(line.id),
            Some(level),
            Some(line.title),
            line.support.worst(),
        ];
        let counts = counts.iter().map(|count| Some(count.as_str()));
        let cells: Vec<Option<&str>> = leading
            .into_iter()
            .chain(counts)
            .chain([Some(pairs.as_str())])
            .collect();
        self.lines.line(names, &cells)
    }
}

impl Export for NistOutput {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn bundle(&mut self, _reported: &Reported<'_>) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        let names: Vec<String> = ["nist_800_53", "kind", "title", "worst"]
            .into_iter()
            .chain(Verdict::ALL.map(Verdict::as_str))
            .chain(["supported_by"])
            .map(str::to_owned)
            .collect();
        self.lines.head(&names)?;
        let rollup = Rollup::of(totals.summary);
        for line in rollup.families() {
            self.line(&names, "family", &line)?;
        }
        for line in rollup.controls() {
            self.line(&names, "control", &line)?;
        }
        let unmapped = NistLine {
            id: "",
            title: "Findings that map to no control",
            support: &rollup.unmapped,
        };
        if unmapped.support.worst().is_some() {
            self.line(&names, "none", &unmapped)?;
        }
        self.lines.flush()
    }
}
