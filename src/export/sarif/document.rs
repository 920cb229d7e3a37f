//! The parts of a SARIF document that we write, under the specification's own names.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::matrix::coverage::Counted;
use crate::verdict::Verdict;

#[derive(Serialize)]
pub(super) struct SarifText {
    text: String,
}

impl SarifText {
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

#[derive(Serialize)]
pub(super) struct Tool<'p> {
    pub(super) driver: Driver<'p>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver<'p> {
    pub(super) name: &'p str,
    pub(super) version: &'p str,
    pub(super) semantic_version: &'p str,
    pub(super) information_uri: &'static str,
    pub(super) rules: &'p [SarifRule],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifRule {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) short_description: SarifText,
    pub(super) full_description: SarifText,
    pub(super) help: SarifText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help_uri: Option<String>,
    pub(super) default_configuration: SarifLevel,
    pub(super) properties: RuleProperties,
}

#[derive(Serialize)]
pub(super) struct SarifLevel {
    pub(super) level: &'static str,
}

#[derive(Serialize)]
pub(super) struct RuleProperties {
    pub(super) tags: Vec<String>,
    pub(super) precision: &'static str,
    #[serde(rename = "security-severity")]
    pub(super) security_severity: &'static str,
}

#[derive(Serialize)]
pub(super) struct Automation {
    pub(super) id: String,
}

/// What places are relative to.
#[derive(Serialize)]
pub(super) struct SarifBase {
    description: SarifText,
}

impl Default for SarifBase {
    fn default() -> Self {
        Self {
            description: SarifText::of("The folder that was given as PATH."),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub(super) execution_successful: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_time_utc: Option<String>,
}

/// What a run's results do not say.
#[derive(Serialize)]
pub(super) struct Properties<'p> {
    /// Findings per verdict.
    pub(super) verdicts: &'p BTreeMap<&'static str, u64>,
    /// Failing findings that a waiver stands beside.
    pub(super) waived: u64,
    /// Nodes of the whole run.
    pub(super) nodes: Counted,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Result<'r> {
    pub(super) rule_id: String,
    pub(super) rule_index: usize,
    pub(super) kind: &'static str,
    pub(super) level: &'static str,
    pub(super) message: SarifText,
    pub(super) locations: Vec<Location>,
    pub(super) partial_fingerprints: BTreeMap<&'static str, &'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) suppressions: Option<[Suppression<'r>; 1]>,
    pub(super) properties: ResultProperties<'r>,
}

#[derive(Serialize)]
pub(super) struct Suppression<'r> {
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) justification: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultProperties<'r> {
    pub(super) verdict: Verdict,
    pub(super) expected: Option<&'r str>,
    pub(super) actual: Option<&'r str>,
    pub(super) source: &'r str,
    pub(super) nist80053: &'r [String],
    pub(super) evidence_sha256: &'r [String],
    pub(super) bundle: &'r str,
    pub(super) bundle_sha256: Option<&'r str>,
    pub(super) integrity: Option<&'r str>,
    pub(super) collected_at: Option<&'r str>,
    pub(super) waiver: Option<&'r str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    pub(super) physical_location: Physical,
    pub(super) logical_locations: [Logical; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<SarifText>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical {
    pub(super) artifact_location: Artifact,
    pub(super) region: SarifPlace,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact {
    pub(super) uri: String,
    pub(super) uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifPlace {
    pub(super) start_line: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logical {
    pub(super) fully_qualified_name: String,
    pub(super) kind: &'static str,
}

/// A bundle that cannot be read.
#[derive(Serialize)]
pub(super) struct Notification {
    pub(super) descriptor: BTreeMap<&'static str, String>,
    pub(super) level: &'static str,
    pub(super) message: SarifText,
    pub(super) locations: [Where; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Where {
    pub(super) physical_location: SarifWhole,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifWhole {
    pub(super) artifact_location: Artifact,
}
