//! Prometheus' text format, for the textfile collector: gauges per cluster and benchmark. A series
//! per control or node would be too many for it. Without time stamps, which that collector refuses.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;

use super::finding::waiver;
use super::{Export, Reported, Sink};
use crate::matrix::report::Totals;
use crate::verdict::Verdict;

pub(super) struct Prometheus {
    sink: Sink,
    /// By cluster, empty where none is known, and by the benchmark's place in the catalog.
    findings: BTreeMap<(String, usize), SampleCounts>,
    clusters: BTreeMap<String, OfCluster>,
}

#[derive(Default)]
struct SampleCounts {
    verdicts: [u64; Verdict::ALL.len()],
    waived: u64,
}

#[derive(Default)]
struct OfCluster {
    unreadable: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Prometheus {
    pub(super) fn new(sink: Sink) -> Self {
        Self {
            sink,
            findings: BTreeMap::new(),
            clusters: BTreeMap::new(),
        }
    }

    /// One metric: its lines are labels and a value.
    fn gauge(&mut self, name: &str, help: &str, lines: &[(String, String)]) -> io::Result<()> {
        let name = format!("nodeproof_{name}");
        write!(self.sink, "# HELP {name} {help}\n# TYPE {name} gauge\n")?;
        for (labels, value) in lines {
            writeln!(self.sink, "{name}{labels} {value}")?;
        }
        Ok(())
    }
}

fn labels(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| {
        let value = value.replace('\\', r"\\").replace('"', "\\\"");
        format!("{name}=\"{}\"", value.replace('\n', r"\n"))
    });
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
}

impl Export for Prometheus {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn bundle(&mut self, reported: &Reported<'_>) -> io::Result<()> {
        let benchmarks = &reported.catalog.benchmarks;
        for row in reported.rows {
            let cluster = row.cluster.unwrap_or_default().to_owned();
            let of = self.clusters.entry(cluster.clone()).or_default();
            let time = row.collected_at.and_then(|text| text.trim().parse().ok());
            of.first = [of.first, time].into_iter().flatten().min();
            of.last = of.last.max(time);
            let mut ids = benchmarks.iter().map(|benchmark| benchmark.id.as_str());
            let Some(place) = ids.position(|id| Some(id) == row.benchmark) else {
                of.unreadable += 1;
                continue;
            };
            let counts = self.findings.entry((cluster, place)).or_default();
            counts.waived += u64::from(waiver(row).is_some());
            for (verdict, count) in Verdict::ALL.iter().zip(&mut counts.verdicts) {
                *count += u64::from(row.verdict == *verdict);
            }
        }
        Ok(())
    }

    fn end(&mut self, totals: &Totals<'_>) -> io::Result<()> {
        let id = |place: usize| {
            let benchmark = totals.catalog.benchmarks.get(place);
            benchmark.map_or("", |benchmark| benchmark.id.as_str())
        };
        let (mut findings, mut waived) = (Vec::new(), Vec::new());
        for ((cluster, place), counts) in &self.findings {
            let pairs = [("cluster", cluster.as_str()), ("benchmark", id(*place))];
            for (verdict, count) in Verdict::ALL.iter().zip(counts.verdicts) {
                let [cluster, benchmark] = pairs;
                let pairs = [cluster, benchmark, ("verdict", verdict.as_str())];
                findings.push((labels(&pairs), count.to_string()));
            }
            waived.push((labels(&pairs), counts.waived.to_string()));
        }
        let of_clusters = |value: fn(&OfCluster) -> Option<String>| {
            let clusters = self.clusters.iter();
            let lines =
                clusters.filter_map(|(name, of)| Some((labels(&[("cluster", name)]), value(of)?)));
            lines.collect::<Vec<_>>()
        };
        let first = of_clusters(|of| Some(of.first?.as_second().to_string()));
        let last = of_clusters(|of| Some(of.last?.as_second().to_string()));
        let unreadable = of_clusters(|of| Some(of.unreadable.to_string()));
        let one = |count: u64| vec![(String::new(), count.to_string())];
        let coverage = totals.coverage;
        for (name, help, lines) in [
            ("findings", "Findings by verdict.", findings),
            (
                "findings_waived",
                "Failing findings that a waiver in force stands beside.",
                waived,
            ),
            (
                "bundles_unreadable",
                "Bundles that cannot be read.",
                unreadable,
            ),
            (
                "evidence_first_collected_timestamp_seconds",
                "When the oldest evidence was collected.",
                first,
            ),
            (
                "evidence_last_collected_timestamp_seconds",
                "When the newest evidence was collected.",
                last,
            ),
            (
                "nodes",
                "Nodes with evidence, or expected.",
                one(coverage.nodes.of),
            ),
            (
                "nodes_judged",
                "Those of them that evidence decided something about.",
                one(coverage.nodes.judged),
            ),
            (
                "nodes_expected",
                "Nodes that should be there.",
                one(coverage.expected.nodes.of),
            ),
        ] {
            self.gauge(name, help, &lines)?;
        }
        self.sink.flush()
    }
}
