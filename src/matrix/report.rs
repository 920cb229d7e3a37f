//! What a report says beside its rows: how it was made, of what, and how far that went.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::coverage::Coverage;
use super::custody::{Custody, MadeWith};
use super::finding::Origin;
use super::summary::Summary;
use super::waivers::Waivers;
use super::waivers::outcome::Outcome;
use crate::benchmark::catalog::{Added, Catalog};
use crate::benchmark::select::{Benchmarks, Selection};
use crate::benchmark::{Benchmark, Control, Severity};
use crate::bundle::Signature;
use crate::evidence::manifest::Collector;
use crate::limits::Limits;
use crate::problem::Problem;

/// The version of the JSON document. Keys may be added under it; none changes its meaning or goes.
pub const SCHEMA: &str = "nodeproof-report/1";

/// How a report was made: what its rows depend on beside the evidence.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Run {
    /// This program.
    pub tool: Cow<'static, str>,
    /// Its version.
    pub version: Cow<'static, str>,
    /// `auto`, or canonical ids.
    pub benchmark: Vec<String>,
    /// As `-c` selects them; empty: all.
    pub control: Vec<String>,
    /// What was added to the built-in catalog, in the order in which it was named.
    pub catalogs: Vec<Added>,
    /// Those that are not the default.
    pub limits: BTreeMap<String, u64>,
    /// The collector scripts that this program carries. Who made the evidence is in
    /// `coverage.evidence.collectors` and in each bundle's `collector`.
    collectors: Vec<Collector>,
    /// The time that is "today", RFC 3339: `--as-of`, or when the run began; null in `diff`.
    pub as_of: Option<String>,
    /// The waivers file; null where there is none.
    waivers: Option<Waived>,
    /// The file of settings; null where there is none.
    #[serde(default)]
    pub settings: Option<Settings>,
    /// The program, its catalog and its arguments.
    #[serde(default)]
    pub made_with: MadeWith,
}

/// Which file of settings a run was made with, and what of it took effect.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Settings {
    /// The digest of the file.
    pub sha256: String,
    /// Its keys, but those whose option was typed.
    pub used: Vec<String>,
}

/// Which waivers file a run was made with, and how many entries it has.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
struct Waived {
    sha256: String,
    waivers: usize,
    attestations: usize,
}

impl From<&Waivers> for Waived {
    fn from(file: &Waivers) -> Self {
        let (waivers, attestations) = file.counts();
        Self {
            sha256: file.sha256.clone(),
            waivers,
            attestations,
        }
    }
}

impl Run {
    /// Of a run with these options.
    #[must_use]
    pub fn of(
        catalog: &Catalog,
        selection: &Selection,
        limits: &Limits,
        collectors: Vec<Collector>,
        as_of: Option<String>,
        waivers: Option<&Waivers>,
    ) -> Self {
        let control = |(id, number): &(Option<String>, String)| match id {
            Some(id) => format!("{id}:{number}"),
            None => number.clone(),
        };
        Self {
            tool: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            benchmark: match &selection.benchmarks {
                Benchmarks::Auto => vec!["auto".to_owned()],
                Benchmarks::Listed(ids) => ids.clone(),
            },
            control: selection.controls.iter().map(control).collect(),
            catalogs: catalog.added.clone(),
            limits: { limits.changed().into_iter() }
                .map(|(name, cap)| (name.to_owned(), cap))
                .collect(),
            collectors,
            as_of,
            waivers: waivers.map(Waived::from),
            settings: None,
            made_with: MadeWith::default(),
        }
    }
}

/// One bundle of a run.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
pub struct Bundle {
    /// Its name, as the `bundle` column has it.
    pub name: String,
    /// Its digest; null where it could not be read at all.
    pub sha256: Option<String>,
    /// As the column of that name.
    pub integrity: Option<String>,
    /// The node it is of; null for a cluster bundle.
    pub node: Option<String>,
    /// The cluster it is of.
    pub cluster: Option<String>,
    /// When it was made.
    pub collected_at: Option<String>,
    /// The script that made it, where it says.
    pub collector: Option<Collector>,
    /// `control-plane` or `worker`, where the evidence proves it.
    pub role: Option<String>,
    /// The kubelet's version, where the evidence shows it.
    pub kubernetes: Option<String>,
    /// Who signed it; null where the bundle could not be read.
    pub signature: Option<Signed>,
    /// Who collected it, what is not in it, what was masked; null where it does not describe itself.
    #[serde(default)]
    pub custody: Option<Custody>,
    /// A newer bundle of its node, where that is reported in its place.
    pub superseded_by: Option<String>,
    /// What a reader should know of it.
    pub problems: Vec<Problem>,
}

impl Bundle {
    /// Of the bundle whose findings have this in common.
    #[must_use]
    pub fn of(origin: Origin, problems: Vec<Problem>) -> Self {
        Self {
            name: origin.bundle,
            sha256: origin.bundle_sha256,
            integrity: origin.integrity,
            node: origin.node,
            cluster: origin.cluster,
            collected_at: origin.collected_at,
            problems,
            ..Self::default()
        }
    }

    /// The same with who signed it.
    #[must_use]
    pub fn signed(self, signature: &Signature) -> Self {
        Self {
            signature: Some(signature.into()),
            ..self
        }
    }
}

/// Who signed a bundle.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Signed {
    /// `good`, `unknown-signer`, `bad` or `unsigned`
    pub state: String,
    /// As the allowed signers name who made a good one.
    pub signer: Option<String>,
    /// The fingerprint of the key; null where the signature is bad or there is none.
    pub key: Option<String>,
    /// Why it is bad, or its signer is not known.
    pub why: Option<String>,
}

impl From<&Signature> for Signed {
    fn from(signature: &Signature) -> Self {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Self {
            state: signature.as_str().to_owned(),
            signer: text(signature.signer()),
            key: text(signature.key()),
            why: text(signature.why()),
        }
    }
}

impl fmt::Display for Signed {
    /// `good: alice@example.com, SHA256:…`, in few words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.state)?;
        let parts = [&self.signer, &self.key, &self.why].into_iter().flatten();
        for (at, part) in parts.enumerate() {
            write!(f, "{}{part}", if at == 0 { ": " } else { ", " })?;
        }
        Ok(())
    }
}

/// A benchmark that was judged.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct JudgedBy<'c> {
    /// Its canonical id.
    pub id: &'c str,
    /// Its title.
    pub title: &'c str,
    /// Its version.
    pub version: Option<&'c str>,
    /// Who publishes it.
    pub publisher: &'c str,
    /// Where a person gets it.
    pub address: Option<&'c str>,
    /// Where our numbers come from.
    pub numbers_from: &'c str,
}

/// How many of the nodes a control was asked of have an answer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Answered<'s> {
    benchmark: &'s str,
    control: &'s str,
    /// How bad it is where it fails, where the publisher says it; and its category in a STIG.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'static str>,
    /// Nodes with a verdict that evidence decided: pass, fail or not-applicable.
    judged: u64,
    /// Nodes it was asked of.
    of: u64,
}

/// What is written after the last row.
pub struct Totals<'t> {
    /// What was judged by.
    pub catalog: &'t Catalog,
    /// The counts.
    pub summary: &'t Summary,
    /// How many nodes are judged, and which are not, and why.
    pub coverage: &'t Coverage,
    /// The benchmarks that were judged, in catalog order.
    pub benchmarks: Vec<JudgedBy<'t>>,
    /// Per control that was judged, in catalog order.
    pub answered: Vec<Answered<'t>>,
    /// What a reader should know that is of no bundle.
    pub problems: Vec<&'t Problem>,
    /// What became of every entry of the waivers file.
    pub waivers: &'t [Outcome<'t>],
}

impl<'t> Totals<'t> {
    /// Of a run that is over.
    #[must_use]
    pub fn of(
        catalog: &'t Catalog,
        summary: &'t Summary,
        coverage: &'t Coverage,
        problems: Vec<&'t Problem>,
        waivers: &'t [Outcome<'t>],
    ) -> Self {
        let judged = |benchmark: &&Benchmark| summary.controls.contains_key(&benchmark.id);
        let benchmarks: Vec<&Benchmark> = catalog.benchmarks.iter().filter(judged).collect();
        let answered = benchmarks.iter().flat_map(|benchmark| {
            benchmark.controls.iter().filter_map(|control: &Control| {
                let asked = summary.asked(&benchmark.id, &control.number)?;
                Some(Answered {
                    benchmark: &benchmark.id,
                    control: &control.number,
                    severity: control.severity,
                    category: control.severity.map(Severity::category),
                    judged: asked.answers(),
                    of: asked.nodes(),
                })
            })
        });
        Self {
            catalog,
            summary,
            coverage,
            answered: answered.collect(),
            benchmarks: benchmarks
                .iter()
                .map(|benchmark| JudgedBy {
                    id: &benchmark.id,
                    title: &benchmark.title,
                    version: benchmark.version.as_deref(),
                    publisher: &benchmark.publisher,
                    address: benchmark.address.as_deref(),
                    numbers_from: &benchmark.numbers_from,
                })
                .collect(),
            problems,
            waivers,
        }
    }
}

/// The columns of the wide layout, behind those that say which node it is.
#[derive(Clone, Debug)]
pub struct WideColumns {
    /// Benchmark and control, in order.
    pub all: Vec<(String, String)>,
    /// Whether all are written, or only those of benchmarks that occur.
    pub are_fixed: bool,
}

impl WideColumns {
    /// Of the controls that a run judges.
    #[must_use]
    pub fn of(catalog: &Catalog, selection: &Selection) -> Self {
        let are_fixed = matches!(selection.benchmarks, Benchmarks::Listed(_));
        let is_selected = |benchmark: &&Benchmark| match &selection.benchmarks {
            Benchmarks::Auto => true,
            Benchmarks::Listed(ids) => ids.contains(&benchmark.id),
        };
        let benchmarks = catalog.benchmarks.iter().filter(is_selected);
        let all = benchmarks.flat_map(|benchmark| {
            let controls = benchmark.controls.iter();
            let selected = controls.filter(|control| selection.has(benchmark, control));
            selected.map(|control| (benchmark.id.clone(), control.number.clone()))
        });
        Self {
            all: all.collect(),
            are_fixed,
        }
    }
}
