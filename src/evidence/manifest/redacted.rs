//! What the description of a masked bundle says of the bundle that it was made from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The bundle that another one was masked from.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(default)]
pub struct RedactedFrom {
    /// Its digest.
    pub sha256: Option<String>,
    /// What its checksums said of it: `match`, or `none` where it had none.
    pub checksums: Option<String>,
    /// The fingerprint of the key that had signed it; the copy is not signed.
    pub signed_by: Option<String>,
    /// The layout that it is read as, where another tool, or nobody, laid it out.
    pub layout: Option<String>,
    /// The version of the program that masked it.
    pub nodeproof: Option<String>,
    /// What was masked in it before, the newest first.
    pub before: Option<Box<RedactedFrom>>,
}

/// The kinds of what entries of `redactions` name, and how often each was masked.
pub(super) fn kinds(redactions: &[Value]) -> Vec<(String, u64)> {
    let kind = |entry: &Value| {
        let count = entry.get("count").and_then(Value::as_u64).unwrap_or(1);
        Some((entry.get("kind")?.as_str()?.to_owned(), count))
    };
    redactions.iter().filter_map(kind).collect()
}
