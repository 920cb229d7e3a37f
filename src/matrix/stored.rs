//! A report as it was written, JSON or JSON Lines → how it was made, and its findings one by one.

use std::fmt;
use std::io::{self, BufRead};

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

use super::compare::change::Finding;
use super::report::SCHEMA;
use super::row::Row;

/// Why a report is not read to its end.
#[derive(Debug)]
pub enum Stopped {
    /// It is no report, or not all of one: `line:column: what; what to do`.
    Wrong(String),
    /// Whoever took the findings failed.
    Taker(io::Error),
}

/// What takes the findings.
type Take<'t> = &'t mut dyn FnMut(&Finding) -> io::Result<()>;

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
pub fn read(mut source: impl BufRead, take: Take<'_>) -> Result<Option<Value>, Stopped> {
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
        (None, Err(error)) => Err(Stopped::Wrong(told(&error))),
    }
}

/// The first key of the first object.
fn first_key(head: &[u8]) -> Option<String> {
    let inside = head.trim_ascii_start().strip_prefix(b"{")?;
    let key = inside.trim_ascii_start().strip_prefix(b"\"")?;
    let end = key.iter().position(|byte| *byte == b'"')?;
    String::from_utf8(key.get(..end)?.to_vec()).ok()
}

fn told(error: &serde_json::Error) -> String {
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

fn lines(
    source: impl BufRead,
    take: Take<'_>,
    failed: &mut Option<io::Error>,
) -> Result<Option<Value>, serde_json::Error> {
    for finding in serde_json::Deserializer::from_reader(source).into_iter::<Finding>() {
        if let Err(error) = take(&finding?) {
            *failed = Some(error);
            break;
        }
    }
    Ok(None)
}

fn document(
    source: impl BufRead,
    take: Take<'_>,
    failed: &mut Option<io::Error>,
) -> Result<Option<Value>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_reader(source);
    let run = Document { take, failed }.deserialize(&mut json)?;
    json.end()?;
    Ok(Some(run))
}

/// The whole document; keys in any order, as other programs may have sorted them.
struct Document<'t> {
    take: Take<'t>,
    failed: &'t mut Option<io::Error>,
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a report of nodeproof")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Value, A::Error> {
        let (mut is_ours, mut has_findings, mut run) = (false, false, Value::Null);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "schema" => {
                    let schema: Value = map.next_value()?;
                    if schema != SCHEMA {
                        return Err(A::Error::custom(format!(
                            "its schema is {schema}, and this program reads \"{SCHEMA}\""
                        )));
                    }
                    is_ours = true;
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

struct Findings<'d, 't>(&'d mut Document<'t>);

impl<'de> DeserializeSeed<'de> for Findings<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Findings<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of findings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut findings: A) -> Result<(), A::Error> {
        while let Some(finding) = findings.next_element::<Finding>()? {
            if let Err(error) = (self.0.take)(&finding) {
                *self.0.failed = Some(error);
                return Err(A::Error::custom("a temporary file failed"));
            }
        }
        Ok(())
    }
}
