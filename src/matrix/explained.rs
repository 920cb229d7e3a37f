//! Row + explanation → a document on one cell: what `explain` shows, as JSON and as text.

use serde::Serialize;

use super::row::Row;
use super::summary::meaning;
use crate::benchmark::references::NIST_CONTROLS;
use crate::bundle;
use crate::bundle::shell::Way;
use crate::problem::{Code, Problem};
use crate::verdict::explanation::{CheckTrail, Cited, Explanation, TrailStep};

/// The name of the document's form.
pub const SCHEMA: &str = "nodeproof-explain/1";

/// The document: `{"schema": …, "stories": [ExplainedRow, …]}`.
#[derive(Debug, Serialize)]
pub struct ExplainDocument<'t> {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The explanations, in row order.
    pub stories: &'t [ExplainedRow],
}

/// The explanation of one cell. Keys are always all there; an empty scalar is null. `cluster`, `node`,
/// `benchmark`, `control`, `title`, `level`, `assessment`, `verdict`, `reason`, `expected`,
/// `actual`, `source`, `remediation`, `rule`, `integrity`, `bundle`, `bundle_sha256`,
/// `collected_at` and `finding_id` are those of the row in the matrix.
#[derive(Debug, Serialize)]
pub struct ExplainedRow {
    /// As in the row.
    pub cluster: Option<String>,
    /// As in the row.
    pub node: Option<String>,
    /// As in the row; null for a bundle that cannot be read.
    pub benchmark: Option<String>,
    /// As in the row.
    pub control: Option<String>,
    /// As in the row.
    pub title: Option<String>,
    /// As in the row.
    pub level: Option<String>,
    /// As in the row.
    pub assessment: Option<String>,
    /// As in the row.
    pub verdict: String,
    /// As in the row: a code, then a sentence.
    pub reason: String,
    /// What the reason's code means.
    pub meaning: Option<&'static str>,
    /// As in the row.
    pub expected: Option<String>,
    /// As in the row.
    pub actual: Option<String>,
    /// As in the row: what decided.
    pub source: String,
    /// `all` or `any` of `parts` must hold; null for a single check.
    pub join: Option<String>,
    /// The sources that were looked at, strongest first. Of each: `of` (the process, where there
    /// are several), `source`, `place`, `looked_at` (as `evidence` in the row), `said`, `words`,
    /// `outcome` (won, lost, silent, set-aside, cannot-tell, undecided, not-looked-at, agrees,
    /// differs, followed, casts-doubt) and `because`.
    pub steps: Vec<TrailStep>,
    /// The checks that a rule joins: `expected`, `verdict`, `reason`, `join`, `steps`, `parts`.
    pub parts: Vec<CheckTrail>,
    /// The row's notes, each with what it means.
    pub notes: Vec<ExplainedNote>,
    /// The published check to the letter: `verdict`, and one line per test.
    pub by_the_text: ByTheText,
    /// What would change the verdict, one sentence each.
    pub would_change: Vec<String>,
    /// As in the row: what to do on this node.
    pub remediation: Option<String>,
    /// As in the row, 800-53 controls with their titles.
    pub references: ExplainedReferences,
    /// Where the evidence stands, the deciding place first.
    pub evidence: Vec<ExplainedPlace>,
    /// As in the row.
    pub rule: Option<String>,
    /// As in the row.
    pub integrity: Option<String>,
    /// As in the row.
    pub bundle: String,
    /// As in the row.
    pub bundle_sha256: Option<String>,
    /// As in the row.
    pub collected_at: Option<String>,
    /// As in the row.
    pub finding_id: String,
    /// What a reader should know of the bundle.
    pub problems: Vec<Problem>,
}

/// A code and what it means.
#[derive(Debug, Serialize)]
pub struct ExplainedNote {
    /// The code.
    pub code: String,
    /// What it means.
    pub meaning: Option<&'static str>,
}

/// The published check read to the letter.
#[derive(Debug, Serialize)]
pub struct ByTheText {
    /// Its verdict; null where there is none, or the evidence it reads is not there.
    pub verdict: Option<String>,
    /// How each of its tests fared.
    pub tests: Vec<String>,
}

/// What the control maps to.
#[derive(Debug, Serialize)]
pub struct ExplainedReferences {
    /// NIST SP 800-53 Rev. 5 controls.
    pub nist_800_53: Vec<Nist>,
    /// How they were found.
    pub nist_basis: Option<String>,
    /// CIS Controls safeguards.
    pub cis_controls: Vec<String>,
    /// STIG identifiers.
    pub stig: Vec<String>,
}

/// A control of NIST SP 800-53 Rev. 5.
#[derive(Debug, Serialize)]
pub struct Nist {
    /// `CM-7`
    pub control: String,
    /// NIST's title of it.
    pub title: Option<&'static str>,
}

/// One place of the evidence.
#[derive(Debug, Serialize)]
pub struct ExplainedPlace {
    /// `member:line`, as in the row.
    pub at: String,
    /// SHA-256 of the member.
    pub sha256: String,
    /// The words there, secrets masked.
    pub words: Option<String>,
    /// The shell command that prints them.
    pub command: Option<String>,
    /// The shell command that prints the digest.
    pub digest_command: Option<String>,
}

impl ExplainedRow {
    /// Of a row, its explanation (none for a bundle that cannot be read), the way to each place of its
    /// evidence, and what is wrong with its bundle.
    #[must_use]
    pub fn of(
        row: &Row<'_>,
        explanation: Option<Explanation>,
        ways: &[Option<Way>],
        problems: Vec<Problem>,
    ) -> Self {
        let code = row.code;
        let own = |text: Option<&str>| text.map(str::to_owned);
        let meaning = Some(meaning(code)).filter(|meaning| !meaning.is_empty());
        let next = || problems.iter().map(|p| sentence(&p.next)).collect();
        let would_change = explanation
            .as_ref()
            .map_or_else(next, |s| s.would_change.clone());
        let (way, tests, cited) = match explanation {
            Some(explanation) => (
                Some(explanation.way),
                explanation.by_the_text,
                explanation.evidence,
            ),
            None => (None, Vec::new(), Vec::new()),
        };
        let (join, steps, parts) = match way {
            Some(part) => (part.join, part.steps, part.parts),
            None => (None, Vec::new(), Vec::new()),
        };
        let title = |control: &String| NIST_CONTROLS.get(control).map(String::as_str);
        let is_metadata = row.source == METADATA;
        let places = row.evidence.iter().zip(row.evidence_sha256);
        let places = places.zip(cited).enumerate();
        Self {
            meaning,
            join,
            steps,
            parts,
            would_change,
            evidence: places
                .map(|(index, ((at, sha256), cited))| {
                    let way = ways.get(index).and_then(Option::as_ref);
                    ExplainedPlace {
                        at: at.clone(),
                        sha256: sha256.clone(),
                        command: way.map(|way| match way.listing() {
                            Some(listing) if is_metadata && cited.is_header() => listing,
                            _ => printing(way, &cited, is_metadata),
                        }),
                        digest_command: way.map(|way| match way {
                            Way::File(path) => format!("sha256sum {path}"),
                            Way::Command(command) => format!("{command} | sha256sum"),
                        }),
                        words: cited.words,
                    }
                })
                .collect(),
            notes: (row.notes.iter())
                .map(|code| ExplainedNote {
                    meaning: Code::named(code).map(Code::meaning),
                    code: (*code).to_owned(),
                })
                .collect(),
            by_the_text: ByTheText {
                verdict: own(row.by_the_text),
                tests,
            },
            references: ExplainedReferences {
                nist_800_53: (row.nist_800_53.iter())
                    .map(|control| Nist {
                        title: title(control),
                        control: control.clone(),
                    })
                    .collect(),
                nist_basis: own(row.nist_basis),
                cis_controls: row.cis_controls.to_vec(),
                stig: row.stig.to_vec(),
            },
            cluster: own(row.cluster),
            node: own(row.node),
            benchmark: own(row.benchmark),
            control: own(row.control),
            title: own(row.title),
            level: own(row.level),
            assessment: own(row.assessment),
            verdict: row.verdict.as_str().to_owned(),
            reason: row.reason.to_owned(),
            expected: own(row.expected),
            actual: own(row.actual),
            source: row.source.to_owned(),
            remediation: own(row.remediation),
            rule: own(row.rule),
            integrity: own(row.integrity),
            bundle: row.bundle.to_owned(),
            bundle_sha256: own(row.bundle_sha256),
            collected_at: own(row.collected_at),
            finding_id: row.finding_id.to_owned(),
            problems,
        }
    }
}

/// The source of what a file's metadata decides.
const METADATA: &str = "file-metadata";

/// The shell command that prints one place.
fn printing(way: &Way, cited: &Cited, is_metadata: bool) -> String {
    let mut filters = Vec::new();
    // No program that every machine has takes a value out of YAML.
    let is_yaml = cited.member.ends_with(".yaml") || cited.member.ends_with(".yml");
    if let Some(within) = cited.within.as_ref().filter(|_| !is_yaml) {
        match within.strip_suffix("/content") {
            // What is said of a file stands beside its bytes.
            Some(file) if is_metadata => filters.push(value("jq", file, " | del(.content)")),
            Some(_) => {
                filters.push(value("jq -r", within, ""));
                filters.push("base64 -d".to_owned());
            }
            None => filters.push(value("jq -r", within, "")),
        }
    }
    match (&cited.line, &cited.pointer) {
        _ if cited.within.is_some() && is_yaml => {}
        (Some(line), _) => filters.push(format!("sed -n {line}p")),
        (None, Some(pointer)) => filters.push(value("jq", pointer, "")),
        (None, None) if cited.member.ends_with("/cmdline") => {
            filters.push(r"tr '\0' ' '".to_owned());
        }
        (None, None) => {}
    }
    let (first, rest) = match filters.split_first() {
        Some((first, rest)) => (Some(first), rest),
        None => (None, &[][..]),
    };
    let printed = match (way, first) {
        (Way::File(path), None) => format!("cat {path}"),
        (Way::File(path), Some(filter)) => format!("{filter} < {path}"),
        (Way::Command(command), None) => command.clone(),
        (Way::Command(command), Some(filter)) => format!("{command} | {filter}"),
    };
    let all = std::iter::once(printed.as_str()).chain(rest.iter().map(String::as_str));
    all.collect::<Vec<&str>>().join(" | ")
}

/// What takes the value at a pointer out of JSON.
fn value(jq: &str, pointer: &str, then: &str) -> String {
    let keys: Vec<serde_json::Value> = pointer.split('/').skip(1).map(key).collect();
    let filter = format!("getpath({}){then}", serde_json::Value::from(keys));
    format!("{jq} {}", bundle::shell::quoted(&filter))
}

/// One part of a JSON pointer, as `jq` takes it.
fn key(part: &str) -> serde_json::Value {
    match part.parse::<u32>() {
        Ok(index) => index.into(),
        Err(_) => part.replace("~1", "/").replace("~0", "~").into(),
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    let rest = letters.chain(['.']);
    first.into_iter().flatten().chain(rest).collect()
}
