//! What the report is of, and the lines that people sign.

use std::io;

use serde_json::Value;

use super::{Page, words};
use crate::matrix::report::Totals;

impl Page {
    /// What the report is of: what a reader asks first.
    pub(super) fn scope(&mut self, run: &Value, totals: &Totals<'_>) -> io::Result<()> {
        let coverage = totals.coverage;
        let made = &coverage.evidence;
        let benchmarks: Vec<&str> = totals.benchmarks.iter().map(|b| b.id).collect();
        let controls = run.get("control").map(words).unwrap_or_default();
        let or = |text: String, none: &str| {
            if text.is_empty() {
                none.to_owned()
            } else {
                text
            }
        };
        self.heading("Scope")?;
        let clusters = (coverage.clusters.of > 0).then(|| {
            let clusters = coverage.clusters;
            (
                "clusters judged",
                format!("{} of {}", clusters.judged, clusters.of),
            )
        });
        let lines = [
            ("as of", run.get("as_of").map(words).unwrap_or_default()),
            (
                "evidence collected",
                or(made.period(), "no bundle says when"),
            ),
            (
                "nodes judged",
                format!("{} of {}", coverage.nodes.judged, coverage.nodes.of),
            ),
            ("benchmarks", or(benchmarks.join(", "), "none")),
            ("controls", or(controls, "all of these benchmarks")),
            (
                "decided findings that pass",
                totals.summary.score().sentence(),
            ),
        ];
        for (what, text) in clusters.into_iter().chain(lines) {
            self.line([what, &text])?;
        }
        let others = [
            (made.other_collectors, "by further collectors"),
            (made.without_collector, "by no collector that is named"),
        ];
        let by = made.collectors.iter().map(|by| (by.bundles, by.sentence()));
        let others = others.map(|(bundles, what)| (bundles, what.to_owned()));
        for (bundles, what) in by.chain(others).filter(|(bundles, _)| *bundles > 0) {
            let ending = if bundles == 1 { "" } else { "s" };
            self.line([
                "evidence made by",
                &format!("{what}: {bundles} bundle{ending}"),
            ])?;
        }
        self.row += 1;
        Ok(())
    }

    /// Lines that people fill in.
    pub(super) fn sign_off(&mut self) -> io::Result<()> {
        self.heading("Sign-off")?;
        for who in ["prepared for", "prepared by, date", "reviewed by, date"] {
            self.line([who, "______________________________"])?;
        }
        self.row += 1;
        Ok(())
    }
}
