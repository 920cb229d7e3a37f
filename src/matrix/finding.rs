//! A finding: subject and control, by reference, and the answer that all controls with one check
//! share. Texts are resolved when it is looked at as a [`Row`].

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::coverage;
use super::row::Row;
use super::waivers::{Force, OfNode, Says, WaiverEntry, Waivers, text};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::{Benchmark, Control, Rule};
use crate::bundle::half_sha256_hex;
use crate::problem::Code;
use crate::verdict::explanation::Explanation;
use crate::verdict::{self, Brief, Verdict};

/// Of which node or cluster a finding is, and from which bundle: what all findings of one subject in
/// one bundle have in common.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The cluster.
    pub cluster: Option<String>,
    /// The node; `None`: the cluster itself, or a bundle of which no node is known.
    pub node: Option<String>,
    /// The bundle's name.
    pub bundle: String,
    /// Its digest.
    pub bundle_sha256: Option<String>,
    /// When it was made.
    pub collected_at: Option<String>,
    /// `verified`, `no-sums`, `mismatch`.
    pub integrity: Option<String>,
}

/// A control, by its place in the catalog.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct ControlId {
    /// Of the catalog's benchmarks.
    pub benchmark: u16,
    /// Of its controls.
    pub control: u16,
}

impl ControlId {
    /// The benchmark and the control.
    #[must_use]
    pub fn of(self, catalog: &Catalog) -> Option<(&Benchmark, &Control)> {
        let benchmark = catalog.benchmarks.get(usize::from(self.benchmark))?;
        let control = benchmark.controls.get(usize::from(self.control))?;
        Some((benchmark, control))
    }
}

/// What judging one check on one subject gave, as it is written.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The verdict.
    pub verdict: Verdict,
    /// A code, `: `, a sentence.
    pub reason: String,
    /// Bytes of the code.
    code: usize,
    /// Further codes.
    pub notes: Vec<Note>,
    expected: Option<String>,
    actual: Option<String>,
    source: String,
    evidence: Vec<String>,
    evidence_sha256: Vec<String>,
    remediation: Option<String>,
    excerpt: Option<String>,
    brief: Option<Brief>,
}

impl Answer {
    /// Of what was found, with the words at the place that decided; what to do where no rule says
    /// it is the control's own.
    #[must_use]
    pub fn of(
        found: &verdict::Decision,
        rule: Option<&Rule>,
        own_remediation: Option<&str>,
        excerpt: Option<String>,
    ) -> Self {
        let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let remediation = verdict::remediation(rule, own_remediation, found);
        let digests = found.evidence.iter().map(|cited| cited.sha256.to_string());
        Self {
            verdict: found.verdict,
            reason: found.reason(),
            code: found.code.as_str().len(),
            notes: found.notes.iter().copied().map(Note::from).collect(),
            expected: filled(&found.expected),
            actual: found.actual.as_ref().and_then(filled),
            source: found
                .source
                .map_or("none", |source| source.as_str())
                .to_owned(),
            evidence: found.evidence.iter().map(ToString::to_string).collect(),
            evidence_sha256: digests.collect(),
            remediation: remediation.map(str::to_owned),
            excerpt,
            brief: found.brief.clone(),
        }
    }

    /// Of a bundle that cannot be read.
    #[must_use]
    pub fn unreadable(code: &str, sentence: &str, next: &str) -> Self {
        Self {
            verdict: Verdict::Error,
            reason: format!("{code}: {sentence}"),
            code: code.len(),
            notes: Vec::new(),
            expected: None,
            actual: None,
            source: "none".to_owned(),
            evidence: Vec::new(),
            evidence_sha256: Vec::new(),
            remediation: Some(next.to_owned()),
            excerpt: None,
            brief: None,
        }
    }

    /// The code that the reason begins with.
    #[must_use]
    pub fn code(&self) -> &str {
        self.reason.get(..self.code).unwrap_or_default()
    }
}

/// A code of the `notes` column.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Note {
    /// Of how the verdict came about.
    Verdict(Code),
    /// Of when the bundle was made.
    Coverage(coverage::Code),
}

impl Note {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verdict(code) => code.as_str(),
            Self::Coverage(code) => code.as_str(),
        }
    }
}

impl From<Code> for Note {
    fn from(code: Code) -> Self {
        Self::Verdict(code)
    }
}

impl From<coverage::Code> for Note {
    fn from(code: coverage::Code) -> Self {
        Self::Coverage(code)
    }
}

/// Hexadecimal digits of a [`FindingId`].
const ID_DIGITS: usize = 32;
/// Room for the names of most nodes and controls.
const ID_BYTES: usize = 128;

/// The `finding_id`: a hash of cluster, node, benchmark and control, as 32 hexadecimal digits.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct FindingId([u8; ID_DIGITS]);

impl FindingId {
    /// Of cluster, node, benchmark and control. Where several machines, or bundles that may be of
    /// several, have one cluster and name, `apart` tells them: see [`Self::apart`].
    #[must_use]
    pub fn of(parts: [Option<&str>; 4], bundle: &str, apart: Option<&str>) -> Self {
        let mut key = Vec::with_capacity(ID_BYTES);
        // A row without a control is told from others by its bundle.
        let [.., control] = parts;
        let bundle = control.is_none().then_some(bundle);
        for part in parts.into_iter().chain([bundle]) {
            key.extend(part.map(str::as_bytes).unwrap_or_default());
            key.push(0);
        }
        key.extend(apart.unwrap_or_default().as_bytes());
        Self(half_sha256_hex(&key))
    }

    /// What tells nodes of one cluster and name apart: their machine, or the bundle of one that is
    /// not known to be the same.
    #[must_use]
    pub fn apart(machine: Option<&str>, bundle: Option<&str>) -> Option<String> {
        let parts: Vec<&str> = [machine, bundle].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("/"))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for FindingId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FindingId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let digits = text.as_bytes().try_into();
        digits
            .map(Self)
            .map_err(|_| serde::de::Error::custom(format!("`{text}` is no finding_id")))
    }
}

/// The verdict of one control on one subject.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Finding {
    /// The node or cluster, in its bundle.
    pub origin: Arc<Origin>,
    /// The control; `None`: the bundle cannot be read.
    pub control: Option<ControlId>,
    /// What judging its check gave.
    pub answer: Arc<Answer>,
    /// Notes that other controls with the same check need not have.
    pub notes: Vec<Note>,
    /// The published check to the letter.
    pub by_the_text: Option<Verdict>,
    /// The entries of the waivers file that match it, whether they stand beside it or not.
    pub waivers: Vec<usize>,
    /// The one of them that stands beside it.
    pub waiver: Option<usize>,
    /// Stable from run to run.
    pub id: FindingId,
    /// Whether more than cluster, node, benchmark and control makes its id.
    pub is_told_apart: bool,
    /// How the verdict came about; only of findings that the run explains.
    #[serde(rename = "story")]
    pub explanation: Option<Box<Explanation>>,
}

impl Finding {
    /// The finding of a control, with nothing beside it.
    #[must_use]
    pub fn new(
        origin: Arc<Origin>,
        control: Option<ControlId>,
        answer: Arc<Answer>,
        catalog: &Catalog,
    ) -> Self {
        let mut finding = Self {
            origin,
            control,
            answer,
            notes: Vec::new(),
            by_the_text: None,
            waivers: Vec::new(),
            waiver: None,
            id: FindingId::default(),
            is_told_apart: false,
            explanation: None,
        };
        finding.identify(None, catalog);
        finding
    }

    /// Gives it its id; `apart` as for [`FindingId::of`].
    pub fn identify(&mut self, apart: Option<&str>, catalog: &Catalog) {
        let origin = &self.origin;
        let named = self.control.and_then(|control| control.of(catalog));
        let (benchmark, control) = named.unzip();
        let parts = [
            origin.cluster.as_deref(),
            origin.node.as_deref(),
            benchmark.map(|benchmark| benchmark.id.as_str()),
            control.map(|control| control.number.as_str()),
        ];
        self.id = FindingId::of(parts, &origin.bundle, apart);
        self.is_told_apart = apart.is_some();
    }

    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.answer.verdict
    }

    /// Puts beside it what matches it: every entry, whatever its verdict, and the first of the file
    /// that is for its verdict and in force.
    pub fn set_waivers(
        &mut self,
        waivers: &Waivers,
        (benchmark, control): (&Benchmark, &Control),
        of_node: &OfNode<'_>,
    ) {
        let of_benchmark = |at: &usize| {
            waivers.entries.get(*at).is_some_and(|entry| {
                entry.benchmarks.is_empty() || entry.benchmarks.contains(&benchmark.id)
            })
        };
        let of_control = of_node.of_control(&control.number);
        self.waivers = of_control.filter(of_benchmark).collect();
        self.waiver = waivers.standing(&self.waivers, self.verdict());
        let entries = self
            .waivers
            .iter()
            .filter_map(|at| waivers.entries.get(*at));
        let is_expired =
            |entry: &WaiverEntry| entry.is_for(self.verdict()) && entry.force == Force::Expired;
        let has_expired = { entries }.any(is_expired);
        match self.waiver.and_then(|at| waivers.entries.get(at)) {
            Some(entry) => {
                if matches!(entry.says, Says::Attestation(_)) {
                    self.notes.push(Code::Attested.into());
                }
            }
            None if has_expired => self.notes.push(Code::WaiverExpired.into()),
            None => {}
        }
    }

    /// The finding as a row.
    #[must_use]
    pub fn row<'a>(&'a self, catalog: &'a Catalog, waivers: Option<&'a Waivers>) -> Row<'a> {
        let (origin, answer) = (&*self.origin, &*self.answer);
        let named = self.control.and_then(|control| control.of(catalog));
        let (benchmark, control) = named.unzip();
        let rule = control.and_then(|control| control.judging_rule());
        let references = control.and_then(Control::references);
        let title = control.and_then(|control| control.title.as_deref());
        let entry = self.waiver.and_then(|at| waivers?.entries.get(at));
        let notes = answer.notes.iter().chain(&self.notes);
        Row {
            cluster: origin.cluster.as_deref(),
            node: origin.node.as_deref(),
            benchmark: benchmark.map(|benchmark| benchmark.id.as_str()),
            control: control.map(|control| control.number.as_str()),
            title: title.or(rule.map(|rule| rule.data.title.as_str())),
            level: control.and_then(|control| control.level.as_deref()),
            assessment: control.map(|control| control.assessment.as_str()),
            verdict: answer.verdict,
            reason: &answer.reason,
            notes: notes.map(|note| note.as_str()).collect(),
            expected: answer.expected.as_deref(),
            actual: answer.actual.as_deref(),
            source: &answer.source,
            evidence: &answer.evidence,
            evidence_sha256: &answer.evidence_sha256,
            by_the_text: self.by_the_text.map(Verdict::as_str),
            nist_800_53: references.map_or(&[], |all| &all.nist_800_53),
            nist_basis: references.and_then(|all| all.nist_basis.as_deref()),
            cis_controls: references.map_or(&[], |all| &all.cis_controls),
            stig: references.map_or(&[], |all| &all.stig),
            rule: rule.map(|rule| rule.data.key.as_str()),
            remediation: answer.remediation.as_deref(),
            integrity: origin.integrity.as_deref(),
            bundle: &origin.bundle,
            bundle_sha256: origin.bundle_sha256.as_deref(),
            collected_at: origin.collected_at.as_deref(),
            waiver: entry.map(|entry| text::of(entry).into()),
            finding_id: self.id.as_str(),
            code: answer.code(),
            entry,
            excerpt: answer.excerpt.as_deref(),
            brief: answer.brief.as_ref(),
            is_told_apart: self.is_told_apart,
        }
    }
}
