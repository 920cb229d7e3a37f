//! The row: the one place that knows the matrix's columns (DESIGN §5).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// Room for the names of most nodes and controls.
const ID_BYTES: usize = 128;

/// One row of the matrix. The fields stand in the order of the columns.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The cluster, where `bundle.json` says.
    pub cluster: Option<String>,
    /// The node's name.
    pub node: Option<String>,
    /// The benchmark's canonical id; null on the row of a bundle that cannot be read.
    pub benchmark: Option<String>,
    /// The control as numbered.
    pub control: Option<String>,
    /// What is to be true.
    pub title: Option<String>,
    /// "1" or "2".
    pub level: Option<String>,
    /// `automated`, `manual`, `scored`, `not-scored`.
    pub assessment: Option<String>,
    /// The verdict.
    #[schemars(extend("enum" = Verdict::ALL.map(Verdict::as_str)))]
    pub verdict: String,
    /// A stable code, then a sentence.
    pub reason: String,
    /// Further stable codes.
    pub notes: Vec<String>,
    /// What the rule wants.
    pub expected: Option<String>,
    /// What was found.
    pub actual: Option<String>,
    /// What decided.
    pub source: String,
    /// Where it stands.
    pub evidence: Vec<String>,
    /// The digest of each of these.
    pub evidence_sha256: Vec<String>,
    /// The published check to the letter.
    pub by_the_text: Option<String>,
    /// NIST SP 800-53 Rev. 5 controls.
    pub nist_800_53: Vec<String>,
    /// How they were found.
    pub nist_basis: Option<String>,
    /// CIS Controls safeguards.
    pub cis_controls: Vec<String>,
    /// STIG identifiers.
    pub stig: Vec<String>,
    /// The rule's key.
    pub rule: Option<String>,
    /// What to do, on this node.
    pub remediation: Option<String>,
    /// `signed`, `unknown-signer`, `signature-bad`, `verified`, `no-sums`, `mismatch`; null where nothing was compared.
    pub integrity: Option<String>,
    /// The bundle.
    pub bundle: String,
    /// Its digest.
    pub bundle_sha256: Option<String>,
    /// When it was made.
    pub collected_at: Option<String>,
    /// A waiver that stands beside the verdict.
    pub waiver: Option<String>,
    /// Stable from run to run.
    pub finding_id: String,
}

/// A cell: one text, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// One; `None` is null.
    One(Option<&'a str>),
    /// Several.
    Many(&'a [String]),
}

impl Row {
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
        fn one(text: &Option<String>) -> Cell<'_> {
            Cell::One(text.as_deref())
        }
        [
            one(&self.cluster),
            one(&self.node),
            one(&self.benchmark),
            one(&self.control),
            one(&self.title),
            one(&self.level),
            one(&self.assessment),
            Cell::One(Some(&self.verdict)),
            Cell::One(Some(&self.reason)),
            Cell::Many(&self.notes),
            one(&self.expected),
            one(&self.actual),
            Cell::One(Some(&self.source)),
            Cell::Many(&self.evidence),
            Cell::Many(&self.evidence_sha256),
            one(&self.by_the_text),
            Cell::Many(&self.nist_800_53),
            one(&self.nist_basis),
            Cell::Many(&self.cis_controls),
            Cell::Many(&self.stig),
            one(&self.rule),
            one(&self.remediation),
            one(&self.integrity),
            Cell::One(Some(&self.bundle)),
            one(&self.bundle_sha256),
            one(&self.collected_at),
            one(&self.waiver),
            Cell::One(Some(&self.finding_id)),
        ]
    }

    /// Sets `finding_id`.
    pub fn identify(&mut self, apart: Option<&str>, digest: impl Fn(&[u8]) -> String) {
        let parts = [&self.cluster, &self.node, &self.benchmark, &self.control];
        let parts = parts.map(Option::as_deref);
        self.finding_id = Self::id(parts, &self.bundle, apart, digest);
    }

    /// What tells nodes of one cluster and name apart: their machine, or the bundle of one that is
    /// not known to be the same.
    #[must_use]
    pub fn apart(machine: Option<&str>, bundle: Option<&str>) -> Option<String> {
        let parts: Vec<&str> = [machine, bundle].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("/"))
    }

    /// The `finding_id`: a hash of cluster, node, benchmark and control. Where several machines, or
    /// bundles that may be of several, have one cluster and name, `apart` tells them: the machine id
    /// (with the system UUID if two have one machine id), or else the bundle's name.
    #[must_use]
    pub fn id(
        parts: [Option<&str>; 4],
        bundle: &str,
        apart: Option<&str>,
        digest: impl Fn(&[u8]) -> String,
    ) -> String {
        let mut key = Vec::with_capacity(ID_BYTES);
        // A row without a control is told from others by its bundle.
        let [.., control] = parts;
        let bundle = control.is_none().then_some(bundle);
        for part in parts.into_iter().chain([bundle]) {
            key.extend(part.map(str::as_bytes).unwrap_or_default());
            key.push(0);
        }
        key.extend(apart.unwrap_or_default().as_bytes());
        let mut id = digest(&key);
        id.truncate(32);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let row: Row = serde_json::from_value(json).unwrap();
        for (column, cell) in Row::COLUMNS.iter().zip(row.cells()) {
            let text = match cell {
                Cell::One(text) => text.unwrap_or_default(),
                Cell::Many(texts) => &texts[0],
            };
            assert_eq!(text, *column);
        }
    }
}
