//! The row: the one place that knows the matrix's columns (DESIGN §5).

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::waivers::WaiverEntry;
use crate::verdict::{Brief, Verdict};

/// One row of the matrix: a view of a finding, whose texts are the catalog's, its node's and its
/// answer's. The fields stand in the order of the columns; those behind `finding_id` are no columns.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Row<'a> {
    /// The cluster, where `bundle.json` says.
    pub cluster: Option<&'a str>,
    /// The node's name; null on a row of a cluster.
    pub node: Option<&'a str>,
    /// The benchmark's canonical id; null on the row of a bundle that cannot be read.
    pub benchmark: Option<&'a str>,
    /// The control as numbered.
    pub control: Option<&'a str>,
    /// What is to be true.
    pub title: Option<&'a str>,
    /// "1" or "2".
    pub level: Option<&'a str>,
    /// `automated`, `manual`, `scored`, `not-scored`.
    pub assessment: Option<&'a str>,
    /// The verdict.
    #[schemars(with = "String", extend("enum" = Verdict::ALL.map(Verdict::as_str)))]
    pub verdict: Verdict,
    /// A stable code, then a sentence.
    pub reason: &'a str,
    /// Further stable codes.
    pub notes: Vec<&'a str>,
    /// What the rule wants.
    pub expected: Option<&'a str>,
    /// What was found.
    pub actual: Option<&'a str>,
    /// What decided.
    pub source: &'a str,
    /// Where it stands.
    pub evidence: &'a [String],
    /// The digest of each of these.
    pub evidence_sha256: &'a [String],
    /// The published check to the letter.
    pub by_the_text: Option<&'a str>,
    /// NIST SP 800-53 Rev. 5 controls.
    pub nist_800_53: &'a [String],
    /// How they were found.
    pub nist_basis: Option<&'a str>,
    /// CIS Controls safeguards.
    pub cis_controls: &'a [String],
    /// STIG identifiers.
    pub stig: &'a [String],
    /// The rule's key.
    pub rule: Option<&'a str>,
    /// What to do, on this node.
    pub remediation: Option<&'a str>,
    /// `signed`, `unknown-signer`, `signature-bad`, `verified`, `no-sums`, `mismatch`; null where
    /// nothing was compared.
    pub integrity: Option<&'a str>,
    /// The bundle.
    pub bundle: &'a str,
    /// Its digest.
    pub bundle_sha256: Option<&'a str>,
    /// When it was made.
    pub collected_at: Option<&'a str>,
    /// A waiver that stands beside the verdict.
    pub waiver: Option<Cow<'a, str>>,
    /// Stable from run to run.
    pub finding_id: &'a str,
    /// The code that `reason` begins with.
    #[serde(skip)]
    pub code: &'a str,
    /// The entry of the waivers file that `waiver` is the text of.
    #[serde(skip)]
    pub entry: Option<&'a WaiverEntry>,
    /// The words at the place that decided, secrets masked; only where the run takes excerpts.
    #[serde(skip)]
    pub excerpt: Option<&'a str>,
    /// Whether more than cluster, node, benchmark and control makes the `finding_id`.
    #[serde(skip)]
    pub is_told_apart: bool,
    /// What cells show in the place of all that was found.
    #[serde(skip)]
    pub brief: Option<&'a Brief>,
}

/// A cell: one text, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// One; `None` is null.
    One(Option<&'a str>),
    /// Several.
    Many(&'a [String]),
    /// Several codes.
    Codes(&'a [&'a str]),
}

impl<'a> Cell<'a> {
    /// Several joined by a blank; null is empty.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        match self {
            Self::One(text) => Cow::Borrowed(text.unwrap_or_default()),
            Self::Many([]) | Self::Codes([]) => Cow::Borrowed(""),
            Self::Many([only]) => Cow::Borrowed(only),
            Self::Codes([only]) => Cow::Borrowed(only),
            Self::Many(texts) => Cow::Owned(texts.join(" ")),
            Self::Codes(texts) => Cow::Owned(texts.join(" ")),
        }
    }

    /// The same, joined in `room` where there is something to join.
    #[must_use]
    pub fn text_in<'r>(self, room: &'r mut String) -> &'r str
    where
        'a: 'r,
    {
        let mut join = |texts: &mut dyn Iterator<Item = &str>| {
            room.clear();
            for (at, text) in texts.enumerate() {
                room.push_str(if at > 0 { " " } else { "" });
                room.push_str(text);
            }
        };
        match self {
            Self::One(text) => return text.unwrap_or_default(),
            Self::Many([only]) => return only,
            Self::Codes([only]) => return only,
            Self::Many(texts) => join(&mut texts.iter().map(String::as_str)),
            Self::Codes(texts) => join(&mut texts.iter().copied()),
        }
        room
    }
}

impl Row<'_> {
    /// The columns, in their order.
    pub const COLUMNS: [&'static str; 28] = [
        "cluster",
        "node",
        "benchmark",
        "control",
        "title",
        "level",
        "assessment",
        "verdict",
        "reason",
        "notes",
        "expected",
        "actual",
        "source",
        "evidence",
        "evidence_sha256",
        "by_the_text",
        "nist_800_53",
        "nist_basis",
        "cis_controls",
        "stig",
        "rule",
        "remediation",
        "integrity",
        "bundle",
        "bundle_sha256",
        "collected_at",
        "waiver",
        "finding_id",
    ];

    /// The cells, in the order of [`Self::COLUMNS`].
    #[must_use]
    pub fn cells(&self) -> [Cell<'_>; 28] {
        let one = Cell::One;
        let some = |text| Cell::One(Some(text));
        let actual = self.brief.map(|brief| brief.actual.as_str());
        let first = |all| match self.brief {
            Some(brief) => Cell::Many(<[String]>::get(all, ..brief.evidence).unwrap_or(all)),
            None => Cell::Many(all),
        };
        [
            one(self.cluster),
            one(self.node),
            one(self.benchmark),
            one(self.control),
            one(self.title),
            one(self.level),
            one(self.assessment),
            some(self.verdict.as_str()),
            some(self.reason),
            Cell::Codes(&self.notes),
            one(self.expected),
            one(actual.or(self.actual)),
            some(self.source),
            first(self.evidence),
            first(self.evidence_sha256),
            one(self.by_the_text),
            Cell::Many(self.nist_800_53),
            one(self.nist_basis),
            Cell::Many(self.cis_controls),
            Cell::Many(self.stig),
            one(self.rule),
            one(self.remediation),
            one(self.integrity),
            some(self.bundle),
            one(self.bundle_sha256),
            one(self.collected_at),
            one(self.waiver.as_deref()),
            some(self.finding_id),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::stored::StoredRow;

    #[test]
    fn json_keys_are_the_columns() {
        let row = serde_json::to_value(Row::default()).unwrap();
        let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(keys, Row::COLUMNS);
    }

    #[test]
    fn cells_stand_under_their_columns() {
        let mut json = serde_json::to_value(Row::default()).unwrap();
        let object = json.as_object_mut().unwrap();
        for column in Row::COLUMNS {
            let list = object[column].is_array();
            let text = serde_json::Value::from(column);
            object[column] = if list { vec![text].into() } else { text };
        }
        object["verdict"] = "pass".into();
        object["by_the_text"] = "fail".into();
        let stored: StoredRow = serde_json::from_value(json).unwrap();
        for (column, cell) in Row::COLUMNS.iter().zip(stored.row().cells()) {
            let wanted = match *column {
                "verdict" => "pass",
                "by_the_text" => "fail",
                column => column,
            };
            assert_eq!(cell.text(), wanted);
        }
    }
}
