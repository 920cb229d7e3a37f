//! JSON: one document that streams. Findings are written as they come; the bundles wait in a
//! temporary file without a name, so that memory does not grow with them.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Export, Sink};
use crate::matrix::coverage::Coverage;
use crate::matrix::nist::Rollup;
use crate::matrix::report::{Answered, Bundle, Run, SCHEMA, Totals};
use crate::matrix::row::Row;
use crate::problem::Problem;

pub(super) struct Json {
    sink: Sink,
    run: Run,
    has_findings: bool,
    bundles: Option<BufWriter<File>>,
}

/// The `coverage` object.
#[derive(Serialize)]
struct Reached<'t> {
    bundles: Value,
    files_skipped: u64,
    #[serde(flatten)]
    coverage: &'t Coverage,
    controls: &'t [Answered<'t>],
    problems: &'t [&'t Problem],
}

impl Json {
    pub(super) fn new(sink: Sink, run: &Run) -> Self {
        Self {
            sink,
            run: run.clone(),
            has_findings: false,
            bundles: None,
        }
    }
}

impl Export for Json {
    fn begin(&mut self) -> io::Result<()> {
        self.sink.write_all(b"{\"schema\":")?;
        serde_json::to_writer(&mut self.sink, SCHEMA)?;
        self.sink.write_all(b",\n\"run\":")?;
        serde_json::to_writer(&mut self.sink, &self.run)?;
        self.sink.write_all(b",\n\"findings\":[")
    }

    fn row(&mut self, row: &Row, _excerpt: Option<&str>) -> io::Result<()> {
        let before: &[u8] = if self.has_findings { b",\n" } else { b"\n" };
        self.has_findings = true;
        self.sink.write_all(before)?;
        Ok(serde_json::to_writer(&mut self.sink, row)?)
    }

    fn bundle(&mut self, bundle: &Bundle) -> io::Result<()> {
        let file = match &mut self.bundles {
            Some(file) => {
                file.write_all(b",\n")?;
                file
            }
            none => none.insert(BufWriter::new(tempfile::tempfile()?)),
        };
        Ok(serde_json::to_writer(file, bundle)?)
    }

    fn end(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        self.sink.write_all(b"\n],\n\"bundles\":[\n")?;
        if let Some(bundles) = self.bundles.take() {
            let mut file = bundles
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            io::copy(&mut file, &mut self.sink)?;
        }
        self.sink.write_all(b"\n],\n\"benchmarks\":")?;
        serde_json::to_writer(&mut self.sink, &totals.benchmarks)?;
        let summary = totals.summary;
        let coverage = Reached {
            bundles: json!({
                "found": summary.bundles, "read": summary.bundles - summary.unreadable
            }),
            files_skipped: summary.skipped,
            coverage: totals.coverage,
            controls: &totals.answered,
            problems: &totals.problems,
        };
        self.sink.write_all(b",\n\"coverage\":")?;
        serde_json::to_writer(&mut self.sink, &coverage)?;
        self.sink.write_all(b",\n\"waivers\":")?;
        serde_json::to_writer(&mut self.sink, totals.waivers)?;
        let counts = summary.benchmarks();
        let verdicts: Map<String, Value> = totals
            .benchmarks
            .iter()
            .filter_map(|benchmark| {
                let counts = counts.get(benchmark.id)?;
                Some((benchmark.id.to_owned(), json!(counts)))
            })
            .collect();
        let rollup = Rollup::of(summary);
        let summary = json!({
            "verdicts": summary.verdicts,
            "waived": summary.waived,
            "attested": summary.attested,
            "benchmarks": verdicts,
            "nist_800_53": {
                "families": rollup.families().collect::<Vec<_>>(),
                "controls": rollup.controls(),
                "unmapped": {
                    "verdicts": rollup.unmapped.verdicts,
                    "supported_by": rollup.unmapped.findings(),
                },
            },
        });
        self.sink.write_all(b",\n\"summary\":")?;
        serde_json::to_writer(&mut self.sink, &summary)?;
        self.sink.write_all(b"}\n")?;
        self.sink.flush()
    }
}
