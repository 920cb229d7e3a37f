//! SARIF 2.1.0: a run per benchmark, a result per failing finding. Only fails are results: importers
//! read every result as failed, whatever its kind says. A waiver is a suppression, which is the
//! specification's word for it.

mod document;
mod limits;
mod uri;

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::finding::{UNREADABLE, details, subject, waiver};
use super::spooled::Spooled;
use super::{Export, Reported, Sink};
use crate::benchmark::catalog::Catalog;
use crate::matrix::report::{Run, Totals};
use crate::matrix::row::Row;
use crate::verdict::Verdict;
use document::{
    Artifact, Automation, Driver, Invocation, Location, Logical, Notification, Physical,
    Properties, Result, ResultProperties, RuleProperties, SarifLevel, SarifPlace, SarifRule,
    SarifText, Suppression, Tool,
};
use limits::{LOCATIONS, RUNS, TAGS};

const VERSION: &str = "2.1.0";
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) struct Sarif {
    sink: Sink,
    run: Run,
    /// Of each benchmark, by its place in the catalog.
    runs: BTreeMap<usize, OfBenchmark>,
    /// Bundles that cannot be read.
    unread: Spooled,
    /// Rows that are no result, beside those that pass.
    undecided: u64,
    remarks: Vec<String>,
}

/// What one benchmark gave.
#[derive(Default)]
struct OfBenchmark {
    results: Spooled,
    rules: Vec<SarifRule>,
    /// The place of a control among the rules.
    places: BTreeMap<String, usize>,
    /// The controls and their results, by that place.
    controls: Vec<(String, u64)>,
    verdicts: BTreeMap<&'static str, u64>,
    waived: u64,
}

impl Sarif {
    pub(super) fn new(sink: Sink, run: &Run) -> Self {
        Self {
            sink,
            run: run.clone(),
            runs: BTreeMap::new(),
            unread: Spooled::default(),
            undecided: 0,
            remarks: Vec::new(),
        }
    }

    fn row(&mut self, row: &Row<'_>, catalog: &Catalog) -> io::Result<()> {
        let mut benchmarks = catalog.benchmarks.iter();
        let place = benchmarks.position(|benchmark| Some(benchmark.id.as_str()) == row.benchmark);
        let (Some(place), Some(control)) = (place, row.control) else {
            return self.unread.push(&Notification::of(row));
        };
        let of = self.runs.entry(place).or_default();
        *of.verdicts.entry(row.verdict.as_str()).or_default() += 1;
        let index = match of.places.get(control) {
            Some(index) => *index,
            None => {
                of.rules.push(SarifRule::of(row, catalog));
                let index = of.places.len();
                of.places.insert(control.to_owned(), index);
                of.controls.push((control.to_owned(), 0));
                index
            }
        };
        match row.verdict {
            Verdict::Fail => {
                of.waived += u64::from(waiver(row).is_some());
                if let Some((_, results)) = of.controls.get_mut(index) {
                    *results += 1;
                }
                of.results.push(&Result::of(row, index))
            }
            Verdict::Pass | Verdict::NotApplicable => Ok(()),
            Verdict::Unknown | Verdict::Error | Verdict::Manual => {
                self.undecided += 1;
                Ok(())
            }
        }
    }

    /// One run: everything but its results stands before them.
    fn write(&mut self, part: &RunHead<'_>, results: Spooled) -> io::Result<()> {
        let text = serde_json::to_string(part)?;
        let open = text.strip_suffix('}').unwrap_or(&text);
        self.sink.write_all(open.as_bytes())?;
        self.sink.write_all(b",\"results\":[\n")?;
        results.copy(&mut self.sink)?;
        self.sink.write_all(b"\n]}")
    }
}

/// A run without its results.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunHead<'p> {
    tool: Tool<'p>,
    automation_details: Automation,
    original_uri_base_ids: BTreeMap<&'static str, document::SarifBase>,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties<'p>>,
}

impl<'p> RunHead<'p> {
    fn of(id: &str, rules: &'p [SarifRule], run: &'p Run) -> Self {
        Self {
            tool: Tool {
                driver: Driver {
                    name: &run.tool,
                    version: &run.version,
                    semantic_version: &run.version,
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules,
                },
            },
            automation_details: Automation {
                id: format!("{}/{id}/", run.tool),
            },
            original_uri_base_ids: BTreeMap::from([("EVIDENCE", document::SarifBase::default())]),
            invocations: [Invocation {
                execution_successful: true,
                end_time_utc: run.as_of.clone(),
            }],
            column_kind: "unicodeCodePoints",
            properties: None,
        }
    }
}

impl SarifRule {
    fn of(row: &Row<'_>, catalog: &Catalog) -> Self {
        let benchmark = row.benchmark.unwrap_or_default();
        let title = row.title.unwrap_or(benchmark).to_owned();
        let words = row.rule.unwrap_or("manual").split('-');
        let name = words.map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        });
        let tags = ["security", "compliance"].into_iter().map(str::to_owned);
        let tags = tags.chain(row.nist_800_53.iter().cloned()).take(TAGS);
        Self {
            id: rule_id(row),
            name: name.collect(),
            short_description: SarifText::of(format!("{title}.")),
            full_description: SarifText::of(row.expected.unwrap_or(&title)),
            help: SarifText::of(row.remediation.unwrap_or(&title)),
            help_uri: catalog
                .benchmark(benchmark)
                .and_then(|benchmark| benchmark.address.clone()),
            default_configuration: SarifLevel { level: "warning" },
            properties: RuleProperties {
                tags: tags.collect(),
                precision: "very-high",
                security_severity: "5.0",
            },
        }
    }
}

/// Without a slash, which would be read as a hierarchy.
fn rule_id(row: &Row<'_>) -> String {
    let benchmark = row.benchmark.unwrap_or_default();
    let id = format!("{benchmark}-{}", row.control.unwrap_or_default());
    id.replace('/', "-")
}

impl<'r> Result<'r> {
    fn of(row: &'r Row<'r>, index: usize) -> Self {
        let whole = [String::new()];
        let evidence = if row.evidence.is_empty() {
            &whole[..]
        } else {
            row.evidence
        };
        let subject = subject(row);
        let location = |text: &String| Location {
            physical_location: Physical {
                artifact_location: Artifact {
                    uri: uri::of(row.bundle, text),
                    uri_base_id: "EVIDENCE",
                },
                region: SarifPlace {
                    start_line: uri::line(text),
                },
            },
            logical_locations: [Logical {
                fully_qualified_name: subject.clone(),
                kind: "resource",
            }],
            message: text
                .split_once('#')
                .map(|(_, at)| SarifText::of(format!("at {at}"))),
        };
        Self {
            rule_id: rule_id(row),
            rule_index: index,
            kind: "fail",
            level: "warning",
            message: SarifText::of(format!("{subject}: {}", row.reason)),
            locations: evidence.iter().take(LOCATIONS).map(location).collect(),
            partial_fingerprints: BTreeMap::from([("nodeproofFinding/v1", row.finding_id)]),
            suppressions: waiver(row).map(|_| {
                [Suppression {
                    kind: "external",
                    status: "accepted",
                    justification: row.waiver.as_deref().unwrap_or_default(),
                }]
            }),
            properties: ResultProperties {
                verdict: row.verdict,
                expected: row.expected,
                actual: row.actual,
                source: row.source,
                nist80053: row.nist_800_53,
                evidence_sha256: row.evidence_sha256,
                bundle: row.bundle,
                bundle_sha256: row.bundle_sha256,
                integrity: row.integrity,
                collected_at: row.collected_at,
                waiver: row.waiver.as_deref(),
            },
        }
    }
}

impl Notification {
    fn of(row: &Row<'_>) -> Self {
        let mut place = BTreeMap::new();
        place.insert("id", row.code.to_owned());
        Self {
            descriptor: place,
            level: "error",
            message: SarifText::of(format!("{UNREADABLE}: no. {}", details(row))),
            locations: [document::Where {
                physical_location: document::SarifWhole {
                    artifact_location: Artifact {
                        uri: uri::of(row.bundle, ""),
                        uri_base_id: "EVIDENCE",
                    },
                },
            }],
        }
    }
}

impl Export for Sarif {
    fn begin(&mut self) -> io::Result<()> {
        writeln!(
            self.sink,
            "{{\"$schema\":\"{SCHEMA}\",\"version\":\"{VERSION}\",\"runs\":["
        )
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        let mut rows = reported.rows.iter();
        rows.try_for_each(|row| self.row(row, reported.catalog))
    }

    fn end(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        let run = self.run.clone();
        let runs = std::mem::take(&mut self.runs);
        let unread = std::mem::take(&mut self.unread);
        let count = runs.len() + usize::from(unread.count > 0);
        if count > RUNS {
            self.remarks.push(format!(
                "{count} runs; GitHub refuses a file with more than {RUNS}; choose benchmarks with -b"
            ));
        }
        for (at, (place, of)) in runs.into_iter().enumerate() {
            let benchmark = totals.catalog.benchmarks.get(place);
            let id = benchmark.map_or("", |benchmark| benchmark.id.as_str());
            if at > 0 {
                self.sink.write_all(b",\n")?;
            }
            let counts = of.controls.iter();
            let counts = counts.map(|(control, results)| (control.as_str(), *results));
            self.remarks.extend(limits::remark(id, counts));
            let part = RunHead {
                properties: Some(Properties {
                    verdicts: &of.verdicts,
                    waived: of.waived,
                    nodes: totals.coverage.nodes,
                }),
                ..RunHead::of(id, &of.rules, &run)
            };
            self.write(&part, of.results)?;
        }
        if unread.count > 0 {
            if count > 1 {
                self.sink.write_all(b",\n")?;
            }
            let part = RunHead::of("bundles", &[], &run);
            let text = serde_json::to_string(&part)?;
            // What could not be read belongs inside the one invocation.
            let done = "\"executionSuccessful\":true";
            let (before, after) = text.split_once(done).unwrap_or((&text, ""));
            writeln!(
                self.sink,
                "{before}\"executionSuccessful\":false,\"toolExecutionNotifications\":["
            )?;
            unread.copy(&mut self.sink)?;
            let after = after.strip_suffix('}').unwrap_or(after);
            write!(self.sink, "]{after},\"results\":[]}}")?;
        }
        self.sink.write_all(b"\n]}\n")?;
        if self.undecided > 0 {
            self.remarks.push(format!(
                "holds failing findings alone; {} that are unknown, error or manual are counted in each run's properties",
                self.undecided
            ));
        }
        self.sink.flush()
    }

    fn remarks(&self) -> Vec<String> {
        self.remarks.clone()
    }
}
