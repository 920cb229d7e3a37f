//! Whose hands evidence went through: who collected it and why, what was left out of it and masked
//! in it, and what a run was made with.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::manifest::{Manifest, RedactedFrom};

/// What a bundle says of its own way.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Custody {
    /// Who collected it, as `--operator` was given.
    pub operator: Option<String>,
    /// What it was collected for, as `--assessment` was given.
    pub assessment: Option<String>,
    /// Paths that were asked for and not taken, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Values that were masked, by kind.
    pub redacted: BTreeMap<String, u64>,
    /// The bundle that it was masked from afterwards.
    pub redacted_from: Option<RedactedFrom>,
}

/// Reasons and kinds that are told apart; a description may hold any number.
const KINDS: usize = 64;

impl Custody {
    /// Of what a bundle says of itself.
    #[must_use]
    pub fn of(manifest: &Manifest) -> Self {
        let mut skipped = BTreeMap::new();
        for one in &manifest.skipped {
            add(&mut skipped, &one.reason, 1);
        }
        let mut redacted = BTreeMap::new();
        for (kind, count) in &manifest.masked {
            add(&mut redacted, kind, *count);
        }
        Self {
            operator: manifest.operator.clone(),
            assessment: manifest.assessment.clone(),
            skipped,
            redacted,
            redacted_from: manifest.redacted_from.clone(),
        }
    }
}

fn add(counts: &mut BTreeMap<String, u64>, name: &str, count: u64) {
    let is_new = !counts.contains_key(name);
    let is_told = name.len() <= KINDS && !name.is_empty() && (!is_new || counts.len() < KINDS);
    let name = if is_told { name } else { "other" };
    let own = counts.entry(name.to_owned()).or_default();
    *own = own.saturating_add(count);
}

/// What a run was made with.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(default)]
pub struct MadeWith {
    /// The digest of the program's file.
    pub binary_sha256: Option<String>,
    /// The digest of the built-in catalog: of its sorted `digest  name` lines.
    pub catalog_sha256: Option<String>,
    /// The arguments that rows depend on; files among them by their digests. What is read and written
    /// where, and how fast, is not among them.
    pub command: Vec<String>,
    /// The digest of the file of allowed signers; null where there is none.
    pub allowed_signers_sha256: Option<String>,
}
