//! The bytes of a waivers file → [`Waivers`], checked whole: every problem is told at once, each
//! with file and line.

use globset::{Glob, GlobSetBuilder};
use jiff::Timestamp;

use super::fields::{EntryFields, PlacedText, Problems};
use super::until::since;
use super::{ANSWERS, Attestation, Force, Globs, Says, TYPES, Until, Waiver, WaiverEntry, Waivers};
use crate::benchmark::catalog::Catalog;
use crate::bundle::sha256_hex;
use crate::evidence::document::{Document, Node, ParseError, Value};
use crate::evidence::yaml;
use crate::fleet::identity::CLUSTER;
use crate::limits::Limits;

const WAIVER_KEYS: [&str; 10] = [
    "control",
    "benchmark",
    "clusters",
    "nodes",
    "type",
    "justification",
    "owner",
    "approver",
    "ticket",
    "expires",
];
const ATTESTATION_KEYS: [&str; 10] = [
    "control",
    "benchmark",
    "clusters",
    "nodes",
    "answer",
    "by",
    "at",
    "artefact",
    "explanation",
    "expires",
];

/// Reads a waivers file as of some time. `name` is what messages call it.
///
/// Globs are of whole names, and tell capitals apart: `*` any characters, `?` one, `[a-z]` and
/// `[!a-z]` one of a set, `{a,b}` one of several, `\` takes the next character as it is.
///
/// # Errors
/// Lines `name:line: what is wrong; what to do`, all there are.
pub fn read(
    name: &str,
    bytes: &[u8],
    catalog: &Catalog,
    limits: &Limits,
    as_of: Timestamp,
) -> Result<Waivers, String> {
    let document = yaml::parse(bytes, limits)
        .map_err(|ParseError { line, what }| format!("{name}:{line}: {what}; correct the YAML"))?;
    let mut file = CheckedFile {
        catalog,
        as_of,
        problems: Problems::default(),
        entries: Vec::new(),
        nodes: GlobsBuilder::default(),
        clusters: GlobsBuilder::default(),
    };
    file.later_document(&String::from_utf8_lossy(bytes));
    file.document(&document);
    let (nodes, clusters) = (file.nodes.build(), file.clusters.build());
    let wrong = file.problems.lines(name);
    match (wrong, nodes, clusters) {
        (None, Ok(nodes), Ok(clusters)) => Ok(Waivers {
            sha256: sha256_hex(bytes),
            entries: file.entries,
            nodes,
            clusters,
        }),
        (Some(wrong), _, _) => Err(wrong),
        (None, Err(why), _) | (None, _, Err(why)) => Err(format!(
            "{name}:1: its globs are too much to match at once ({why}); use simpler ones"
        )),
    }
}

/// The globs so far.
struct GlobsBuilder {
    set: GlobSetBuilder,
    entry_of: Vec<usize>,
}

impl Default for GlobsBuilder {
    fn default() -> Self {
        Self {
            set: GlobSetBuilder::new(),
            entry_of: Vec::new(),
        }
    }
}

impl GlobsBuilder {
    fn add(&mut self, glob: Glob, entry: usize) {
        self.set.add(glob);
        self.entry_of.push(entry);
    }

    fn build(&self) -> Result<Globs, String> {
        Ok(Globs {
            set: self.set.build().map_err(|e| e.to_string())?,
            entry_of: self.entry_of.clone(),
        })
    }
}

/// A file while it is checked.
struct CheckedFile<'c> {
    catalog: &'c Catalog,
    as_of: Timestamp,
    problems: Problems,
    entries: Vec<WaiverEntry>,
    nodes: GlobsBuilder,
    clusters: GlobsBuilder,
}

impl CheckedFile<'_> {
    /// The reader stops where the first document ends. What a person wrote below it must not be
    /// passed over in silence.
    fn later_document(&mut self, text: &str) {
        let mark = |line: &str| {
            let rest = line
                .strip_prefix("---")
                .or_else(|| line.strip_prefix("..."));
            rest.is_some_and(|rest| rest.trim_start().len() < rest.len() || rest.is_empty())
        };
        let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (mut begun, mut ended) = (false, None);
        for (number, line) in (1_u32..).zip(text.lines()) {
            if mark(line) && begun {
                ended = ended.or(Some(number));
            } else if says(line) {
                if let Some(number) = ended {
                    self.problems.add(
                        number,
                        "a second document begins here; put all entries into the first",
                    );
                    return;
                }
                begun = true;
            }
        }
    }

    fn document(&mut self, document: &Document) {
        for duplicate in &document.duplicates {
            let key = duplicate.path.rsplit('.').next().unwrap_or_default();
            self.problems.add(
                duplicate.line,
                format!("`{key}` is given twice; take one of them out"),
            );
        }
        let root = &document.root;
        let Value::Map(parts) = &root.value else {
            self.problems.add(
                root.line,
                "is no waivers file; begin it with `waivers:` or `attestations:`",
            );
            return;
        };
        for part in parts {
            let is_waiver = match part.key.as_str() {
                "waivers" => true,
                "attestations" => false,
                other => {
                    self.problems.add(
                        part.line,
                        format!(
                            "there is no key `{other}` here; the keys are waivers, attestations"
                        ),
                    );
                    continue;
                }
            };
            match &part.node.value {
                Value::List(items) if is_waiver => items.iter().for_each(|i| self.waiver(i)),
                Value::List(items) => items.iter().for_each(|i| self.attestation(i)),
                _ => self.problems.add(
                    part.line,
                    format!(
                        "`{}` is a {}, not a list; begin every entry with `- `, or write [] for none",
                        part.key,
                        part.node.kind()
                    ),
                ),
            }
        }
    }

    fn waiver(&mut self, node: &Node) {
        let problems = &mut self.problems;
        let Some(fields) = EntryFields::of(node, "waiver", &WAIVER_KEYS, problems) else {
            return;
        };
        let of_type = one_of(&fields, "type", &TYPES, problems);
        let justification = fields.required("justification", problems);
        let owner = fields.required("owner", problems);
        let approver = fields.text("approver", problems);
        let ticket = fields.text("ticket", problems);
        fields.must_have("expires", problems);
        let says = justification.zip(owner).map(|(justification, owner)| {
            Says::Waiver(Waiver {
                of_type: of_type.map(|text| text.text),
                justification: justification.text,
                owner: owner.text,
                approver: approver.map(|text| text.text),
                ticket: ticket.map(|text| text.text),
            })
        });
        self.entry(&fields, says, None);
    }

    fn attestation(&mut self, node: &Node) {
        let problems = &mut self.problems;
        let Some(fields) = EntryFields::of(node, "attestation", &ATTESTATION_KEYS, problems) else {
            return;
        };
        fields.must_have("answer", problems);
        let answer = one_of(&fields, "answer", &ANSWERS, problems);
        let by = fields.required("by", problems);
        let at = fields.required("at", problems);
        let artefact = fields.required("artefact", problems);
        let explanation = fields.text("explanation", problems);
        let time = at.as_ref().and_then(|at| {
            let time = since(&at.text);
            if time.is_none() {
                problems.add(at.line, no_time("at", &at.text));
            }
            time
        });
        let says = answer.zip(by).zip(at.zip(artefact));
        let says = says.map(|((answer, by), (at, artefact))| {
            Says::Attestation(Attestation {
                answer: answer.text,
                by: by.text,
                at: at.text,
                artefact: artefact.text,
                explanation: explanation.map(|text| text.text),
            })
        });
        self.entry(&fields, says, time);
    }

    /// What waivers and attestations have in common.
    fn entry(&mut self, fields: &EntryFields<'_>, says: Option<Says>, since: Option<Timestamp>) {
        let problems = &mut self.problems;
        let control = fields.required("control", problems);
        let typed = fields.texts("benchmark", problems);
        let clusters = fields.texts("clusters", problems);
        // What names clusters and no nodes is about the clusters themselves.
        let of_clusters = !clusters.is_empty() && !fields.has("nodes");
        if !of_clusters {
            fields.must_have("nodes", problems);
        }
        let nodes = fields.texts("nodes", problems);
        let expires = fields.text("expires", problems).and_then(|text| {
            let until = Until::parse(&text.text);
            if until.is_none() {
                problems.add(text.line, no_time("expires", &text.text));
            }
            until
        });
        let at = self.entries.len();
        for (globs, texts) in [(&mut self.nodes, &nodes), (&mut self.clusters, &clusters)] {
            for text in texts {
                match Glob::new(&text.text) {
                    Ok(glob) => globs.add(glob, at),
                    Err(error) => problems.add(
                        text.line,
                        format!("`{}` is no glob ({}); correct it", text.text, error.kind()),
                    ),
                }
            }
        }
        if of_clusters && let Ok(itself) = Glob::new(CLUSTER) {
            self.nodes.add(itself, at);
        }
        let benchmarks = self.benchmarks(&typed);
        if let Some(control) = &control {
            self.has_control(control, &benchmarks);
        }
        let force = if expires
            .as_ref()
            .is_some_and(|until| until.is_over(self.as_of))
        {
            Force::Expired
        } else if since.is_some_and(|since| since > self.as_of) {
            Force::NotYet
        } else {
            Force::InForce
        };
        if let Some((control, says)) = control.zip(says) {
            let all = |texts: Vec<PlacedText>| texts.into_iter().map(|text| text.text).collect();
            self.entries.push(WaiverEntry {
                line: fields.line,
                control: control.text,
                benchmarks,
                clusters: all(clusters),
                nodes: all(nodes),
                says,
                expires,
                force,
            });
        }
    }

    /// Canonical ids.
    fn benchmarks(&mut self, typed: &[PlacedText]) -> Vec<String> {
        let mut ids = Vec::new();
        for text in typed {
            match self.catalog.benchmark(&text.text) {
                Some(benchmark) => ids.push(benchmark.id.clone()),
                None => self.problems.add(
                    text.line,
                    format!(
                        "there is no benchmark `{}`; `nodeproof benchmarks` lists them",
                        text.text
                    ),
                ),
            }
        }
        ids
    }

    fn has_control(&mut self, control: &PlacedText, benchmarks: &[String]) {
        let number = &control.text;
        let mut has = Vec::new();
        for benchmark in &self.catalog.benchmarks {
            if benchmark.controls.iter().any(|c| c.number == *number) {
                has.push(&benchmark.id);
            }
        }
        if has.is_empty() {
            self.problems.add(
                control.line,
                format!(
                    "no benchmark has a control `{number}`; `nodeproof controls -b ID` lists them"
                ),
            );
        }
        for id in benchmarks
            .iter()
            .filter(|id| !has.is_empty() && !has.contains(id))
        {
            self.problems.add(
                control.line,
                format!("{id} has no control `{number}`; `nodeproof controls -b {id}` lists them"),
            );
        }
    }
}

fn one_of(
    fields: &EntryFields<'_>,
    key: &str,
    words: &[&str],
    problems: &mut Problems,
) -> Option<PlacedText> {
    let text = fields.text(key, problems)?;
    if !words.contains(&text.text.as_str()) {
        problems.add(
            text.line,
            format!(
                "`{key}` is `{}`; it is one of {}",
                text.text,
                words.join(", ")
            ),
        );
    }
    Some(text)
}

fn no_time(key: &str, text: &str) -> String {
    format!(
        "`{key}` is `{text}`; write a date (2027-01-31) or a time with its offset (2027-01-31T18:00:00Z)"
    )
}
