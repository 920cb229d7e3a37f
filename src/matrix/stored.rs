//! A report as it was written, JSON or JSON Lines → how it was made, and its findings one by one.

pub mod parts;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead};

use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_json::Value;

use super::finding::FindingId;
use super::report::SCHEMA;
use super::row::Row;
use crate::verdict::Verdict;

/// A row as a report holds it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct StoredRow {
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
    pub level: Option<String>,
    /// As the column.
    pub assessment: Option<String>,
    /// As the column.
    pub verdict: Verdict,
    /// As the column.
    pub reason: String,
    /// As the column.
    pub notes: Vec<String>,
    /// As the column.
    pub expected: Option<String>,
    /// As the column.
    pub actual: Option<String>,
    /// As the column.
    pub source: String,
    /// As the column.
    pub evidence: Vec<String>,
    /// As the column.
    pub evidence_sha256: Vec<String>,
    /// As the column.
    pub by_the_text: Option<Verdict>,
    /// As the column.
    pub nist_800_53: Vec<String>,
    /// As the column.
    pub nist_basis: Option<String>,
    /// As the column.
    pub cis_controls: Vec<String>,
    /// As the column.
    pub stig: Vec<String>,
    /// As the column.
    pub rule: Option<String>,
    /// As the column.
    pub remediation: Option<String>,
    /// As the column.
    pub integrity: Option<String>,
    /// As the column.
    pub bundle: String,
    /// As the column.
    pub bundle_sha256: Option<String>,
    /// As the column.
    pub collected_at: Option<String>,
    /// As the column.
    pub waiver: Option<String>,
    /// As the column.
    pub finding_id: String,
}

impl StoredRow {
    /// The row.
    #[must_use]
    pub fn row(&self) -> Row<'_> {
        let parts = [&self.cluster, &self.node, &self.benchmark, &self.control];
        let plain = FindingId::of(parts.map(Option::as_deref), &self.bundle, None);
        Row {
            cluster: self.cluster.as_deref(),
            node: self.node.as_deref(),
            benchmark: self.benchmark.as_deref(),
            control: self.control.as_deref(),
            title: self.title.as_deref(),
            level: self.level.as_deref(),
            assessment: self.assessment.as_deref(),
            verdict: self.verdict,
            reason: &self.reason,
            notes: self.notes.iter().map(String::as_str).collect(),
            expected: self.expected.as_deref(),
            actual: self.actual.as_deref(),
            source: &self.source,
            evidence: &self.evidence,
            evidence_sha256: &self.evidence_sha256,
            by_the_text: self.by_the_text.map(Verdict::as_str),
            nist_800_53: &self.nist_800_53,
            nist_basis: self.nist_basis.as_deref(),
            cis_controls: &self.cis_controls,
            stig: &self.stig,
            rule: self.rule.as_deref(),
            remediation: self.remediation.as_deref(),
            integrity: self.integrity.as_deref(),
            bundle: &self.bundle,
            bundle_sha256: self.bundle_sha256.as_deref(),
            collected_at: self.collected_at.as_deref(),
            waiver: self.waiver.as_deref().map(Cow::Borrowed),
            finding_id: &self.finding_id,
            code: self.reason.split(':').next().unwrap_or_default(),
            entry: None,
            excerpt: None,
            is_told_apart: plain.as_str() != self.finding_id,
            brief: None,
        }
    }
}

/// Why a report is not read to its end.
#[derive(Debug)]
pub enum Stopped {
    /// It is no report, or not all of one: `line:column: what; what to do`.
    Wrong(String),
    /// Whoever took the findings failed.
    Taker(io::Error),
}

/// Whether a report has the schema that this program reads.
///
/// # Errors
/// It has another.
fn is_schema<E: serde::de::Error>(schema: &Value) -> Result<bool, E> {
    match schema == SCHEMA {
        true => Ok(true),
        false => Err(E::custom(format!(
            "its schema is {schema}, and this program reads \"{SCHEMA}\""
        ))),
    }
}

/// What takes the findings.
type Take<'t, T> = &'t mut dyn FnMut(T) -> io::Result<()>;

/// Whether what begins like this is CSV with our columns.
#[must_use]
pub fn is_csv(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.trim_ascii_start().starts_with(b"cluster,node,")
}

/// Whether what begins like this may be a report.
#[must_use]
pub fn is_json(head: &[u8]) -> bool {
    head.trim_ascii_start().starts_with(b"{")
}

/// Reads a report, and hands its findings on in its order. Gives back `run`, which JSON Lines have
/// not.
///
/// # Errors
/// See [`Stopped`].
pub fn read<T: DeserializeOwned>(
    mut source: impl BufRead,
    take: Take<'_, T>,
) -> Result<Option<Value>, Stopped> {
    let head = source
        .fill_buf()
        .map_err(|e| Stopped::Wrong(format!("0: cannot be read ({e}); check the file")))?;
    let first = first_key(head);
    let mut failed = None;
    let outcome = match first {
        Some(key) if Row::COLUMNS.contains(&key.as_str()) => lines(source, take, &mut failed),
        _ => document(source, take, &mut failed),
    };
    match (failed, outcome) {
        (Some(error), _) => Err(Stopped::Taker(error)),
        (None, Ok(run)) => Ok(run),
        (None, Err(error)) => Err(Stopped::Wrong(what_is_wrong(&error))),
    }
}

/// The first key of the first object.
fn first_key(head: &[u8]) -> Option<String> {
    let inside = head.trim_ascii_start().strip_prefix(b"{")?;
    let key = inside.trim_ascii_start().strip_prefix(b"\"")?;
    let end = key.iter().position(|byte| *byte == b'"')?;
    String::from_utf8(key.get(..end)?.to_vec()).ok()
}

fn what_is_wrong(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let what = error.to_string();
    let place = format!(" at line {line} column {column}");
    let what = what.strip_suffix(&place).unwrap_or(&what);
    if error.is_eof() {
        return format!("{line}:{column}: the report is cut off here; write it again");
    }
    if error.is_data() && what.starts_with("missing field") {
        return format!(
            "{line}:{column}: is no finding ({what}); a report in the long layout is needed"
        );
    }
    format!("{line}:{column}: {what}; write the report again with this program")
}

fn lines<T: DeserializeOwned>(
    source: impl BufRead,
    take: Take<'_, T>,
    failed: &mut Option<io::Error>,
) -> Result<Option<Value>, serde_json::Error> {
    for finding in serde_json::Deserializer::from_reader(source).into_iter::<T>() {
        if let Err(error) = take(finding?) {
            *failed = Some(error);
            break;
        }
    }
    Ok(None)
}

fn document<T: DeserializeOwned>(
    source: impl BufRead,
    take: Take<'_, T>,
    failed: &mut Option<io::Error>,
) -> Result<Option<Value>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_reader(source);
    let run = WholeReport { take, failed }.deserialize(&mut json)?;
    json.end()?;
    Ok(Some(run))
}

/// The whole document; keys in any order, as other programs may have sorted them.
struct WholeReport<'t, T> {
    take: Take<'t, T>,
    failed: &'t mut Option<io::Error>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for WholeReport<'_, T> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for WholeReport<'_, T> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a report of nodeproof")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Value, A::Error> {
        let (mut is_ours, mut has_findings, mut run) = (false, false, Value::Null);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "schema" => {
                    is_ours = is_schema(&map.next_value()?)?;
                }
                "run" => run = map.next_value()?,
                "findings" => {
                    has_findings = true;
                    map.next_value_seed(Findings(&mut self))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if is_ours && has_findings {
            Ok(run)
        } else {
            Err(A::Error::custom("this is no report of nodeproof"))
        }
    }
}

struct Findings<'d, 't, T>(&'d mut WholeReport<'t, T>);

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Findings<'_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Findings<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of findings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut findings: A) -> Result<(), A::Error> {
        while let Some(finding) = findings.next_element::<T>()? {
            if let Err(error) = (self.0.take)(finding) {
                *self.0.failed = Some(error);
                return Err(A::Error::custom("a temporary file failed"));
            }
        }
        Ok(())
    }
}
