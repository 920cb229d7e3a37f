//! Two findings of one control on one node → how they differ.

use serde::{Deserialize, Serialize};

use crate::matrix::row::Row;
use crate::matrix::waivers::text::{Standing, standing_of};

/// What a comparison reads of a row.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// As the column.
    pub cluster: Option<String>,
    /// As the column.
    pub node: Option<String>,
    /// As the column.
    pub benchmark: Option<String>,
    /// As the column.
    pub control: Option<String>,
    /// As the column.
    pub title: Option<String>,
    /// As the column.
    pub verdict: String,
    /// As the column.
    pub reason: String,
    /// As the column.
    pub actual: Option<String>,
    /// As the column.
    pub source: String,
    /// As the column.
    pub evidence: Vec<String>,
    /// As the column.
    pub evidence_sha256: Vec<String>,
    /// As the column.
    pub bundle: String,
    /// As the column.
    pub waiver: Option<String>,
    /// As the column.
    pub finding_id: String,
}

impl From<&Row<'_>> for Compared {
    fn from(row: &Row<'_>) -> Self {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Self {
            cluster: own(row.cluster),
            node: own(row.node),
            benchmark: own(row.benchmark),
            control: own(row.control),
            title: own(row.title),
            verdict: row.verdict.as_str().to_owned(),
            reason: row.reason.to_owned(),
            actual: own(row.actual),
            source: row.source.to_owned(),
            evidence: row.evidence.to_vec(),
            evidence_sha256: row.evidence_sha256.to_vec(),
            bundle: row.bundle.to_owned(),
            waiver: own(row.waiver.as_deref()),
            finding_id: row.finding_id.to_owned(),
        }
    }
}

/// What is compared of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingState {
    /// The verdict.
    pub verdict: String,
    /// The code of the reason; its sentence says what the rest says.
    pub reason: String,
    /// What was found.
    pub actual: Option<String>,
    /// What decided.
    pub source: String,
    /// The digest of the file that decided. Where no file did, none: listings, metadata and the
    /// API's replies differ at every look, whatever they say of a setting.
    pub file_sha256: Option<String>,
    /// What stands beside it.
    pub waiver: Option<String>,
}

/// Sources that are files which somebody wrote.
const FILES: [&str; 5] = ["args-file", "drop-in", "config-file", "unit", "manifest"];
/// Verdicts that nobody has to do anything about.
const GOOD: [&str; 2] = ["pass", "not-applicable"];

impl FindingState {
    pub(super) fn of(finding: &Compared) -> Self {
        let code = finding.reason.split(':').next().unwrap_or_default();
        let is_file = FILES.contains(&finding.source.as_str());
        let digest = finding.evidence_sha256.first().filter(|_| is_file);
        Self {
            verdict: finding.verdict.clone(),
            reason: code.to_owned(),
            actual: finding.actual.clone(),
            source: finding.source.clone(),
            file_sha256: digest.cloned(),
            waiver: finding.waiver.clone(),
        }
    }

    fn is_good(&self) -> bool {
        GOOD.contains(&self.verdict.as_str())
    }

    /// Whether somebody answers for it, so that it needs no alarm.
    fn is_settled(&self) -> bool {
        match standing_of(self.waiver.as_deref()) {
            Some(Standing::Waived) => self.verdict == "fail",
            Some(Standing::Attested(answer)) => self.verdict != "fail" && GOOD.contains(&answer),
            None => false,
        }
    }
}

/// How something changed, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It fails, and did not.
    NewlyFailing,
    /// It passed or was not applicable, and is undecided.
    NewlyUndecided,
    /// A bundle cannot be read, and that bundle or one of its node could.
    NewlyUnreadable,
    /// A bundle cannot be read, and OLD has neither it nor its node.
    NewUnreadable,
    /// The node is not in NEW.
    GoneNode,
    /// The control is not in NEW.
    GoneControl,
    /// The finding is not in NEW, though its node and control are.
    GoneFinding,
    /// It failed, and passes or is not applicable.
    Fixed,
    /// A bundle that could not be read can be, or another one of its node.
    ReadableAgain,
    /// A bundle that could not be read is gone, and nothing of it or its node is in NEW.
    GoneUnreadable,
    /// Any other change of verdict.
    OtherVerdict,
    /// Under the same verdict, what stands beside it.
    WaiverChanged,
    /// Under the same verdict, what decided.
    EvidenceChanged,
    /// The node is not in OLD.
    NewNode,
    /// The control is not in OLD.
    NewControl,
    /// The finding is not in OLD, though its node and control are.
    NewFinding,
}

impl ChangeKind {
    /// Every kind, as it is written.
    pub const ALL: [(Self, &'static str); 16] = [
        (Self::NewlyFailing, "newly-failing"),
        (Self::NewlyUndecided, "newly-undecided"),
        (Self::NewlyUnreadable, "newly-unreadable"),
        (Self::NewUnreadable, "new-unreadable"),
        (Self::GoneNode, "gone-node"),
        (Self::GoneControl, "gone-control"),
        (Self::GoneFinding, "gone-finding"),
        (Self::Fixed, "fixed"),
        (Self::ReadableAgain, "readable-again"),
        (Self::GoneUnreadable, "gone-unreadable"),
        (Self::OtherVerdict, "other-verdict"),
        (Self::WaiverChanged, "waiver-changed"),
        (Self::EvidenceChanged, "evidence-changed"),
        (Self::NewNode, "new-node"),
        (Self::NewControl, "new-control"),
        (Self::NewFinding, "new-finding"),
    ];

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(kind, _)| *kind == self).map_or("", |(_, w)| w)
    }

    fn of_verdicts(old: &FindingState, new: &FindingState) -> Self {
        match (old.verdict.as_str(), new.verdict.as_str()) {
            (_, "fail") => Self::NewlyFailing,
            ("fail", _) if new.is_good() => Self::Fixed,
            _ if old.is_good() && !new.is_good() => Self::NewlyUndecided,
            _ => Self::OtherVerdict,
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// How it changed.
    pub kind: ChangeKind,
    /// Whether it is for the worse, and nobody answers for it.
    pub regression: bool,
    /// The cluster; null where the change is of a control.
    pub cluster: Option<String>,
    /// The node; null where the change is of a control.
    pub node: Option<String>,
    /// The benchmark; null where the change is of a node or bundle.
    pub benchmark: Option<String>,
    /// The control; null where the change is of a node or bundle.
    pub control: Option<String>,
    /// What is to be true.
    pub title: Option<String>,
    /// What differs: `verdict`, `reason`, `actual`, `source`, `file`, `waiver`.
    pub changed: Vec<&'static str>,
    /// What it was.
    pub old: Option<FindingState>,
    /// What it is.
    pub new: Option<FindingState>,
    /// Where: the bundle of NEW, or of OLD where it is gone; null for whole nodes and controls.
    pub bundle: Option<String>,
    /// Findings that the change is of.
    pub findings: u64,
    /// As the column of that name; null for whole nodes and controls.
    pub finding_id: Option<String>,
}

impl Change {
    /// How two findings differ, if they do.
    pub(super) fn between(old: &Compared, new: &Compared) -> Option<Self> {
        let (a, b) = (FindingState::of(old), FindingState::of(new));
        let parts = [
            ("verdict", a.verdict != b.verdict),
            ("reason", a.reason != b.reason),
            ("actual", a.actual != b.actual),
            ("source", a.source != b.source),
            ("file", a.file_sha256 != b.file_sha256),
            ("waiver", a.waiver != b.waiver),
        ];
        let parts = parts.into_iter().filter(|(_, differs)| *differs);
        let changed: Vec<&'static str> = parts.map(|(part, _)| part).collect();
        let kind = match changed.as_slice() {
            [] => return None,
            ["verdict", ..] => ChangeKind::of_verdicts(&a, &b),
            [.., "waiver"] => ChangeKind::WaiverChanged,
            _ => ChangeKind::EvidenceChanged,
        };
        Some(Self {
            changed,
            ..Self::of(kind, Some(old), Some(new))
        })
    }

    pub(super) fn of(kind: ChangeKind, old: Option<&Compared>, new: Option<&Compared>) -> Self {
        let one = new.or(old).cloned().unwrap_or_default();
        let (old, new) = (old.map(FindingState::of), new.map(FindingState::of));
        let is_settled = new.as_ref().is_some_and(FindingState::is_settled);
        let was_settled = old.as_ref().is_some_and(FindingState::is_settled);
        let is_worse = match kind {
            ChangeKind::NewlyFailing
            | ChangeKind::NewlyUndecided
            | ChangeKind::NewlyUnreadable
            | ChangeKind::NewUnreadable => true,
            ChangeKind::WaiverChanged | ChangeKind::EvidenceChanged => was_settled,
            // As where a second machine of that name turned up.
            ChangeKind::NewFinding => new.as_ref().is_some_and(|new| new.verdict == "fail"),
            _ => false,
        };
        Self {
            kind,
            regression: is_worse && !is_settled,
            cluster: one.cluster,
            node: one.node,
            benchmark: one.benchmark,
            control: one.control,
            title: one.title,
            changed: Vec::new(),
            old,
            new,
            bundle: Some(one.bundle),
            findings: 1,
            finding_id: Some(one.finding_id),
        }
    }

    /// Of the whole node or control of a finding.
    pub(super) fn whole(kind: ChangeKind, finding: &Compared) -> Self {
        let of_node = matches!(kind, ChangeKind::NewNode | ChangeKind::GoneNode);
        let node = |part: &Option<String>| part.clone().filter(|_| of_node);
        let control = |part: &Option<String>| part.clone().filter(|_| !of_node);
        Self {
            kind,
            regression: false,
            cluster: node(&finding.cluster),
            node: node(&finding.node),
            benchmark: control(&finding.benchmark),
            control: control(&finding.control),
            title: control(&finding.title),
            changed: Vec::new(),
            old: None,
            new: None,
            bundle: None,
            findings: 1,
            finding_id: None,
        }
    }
}
