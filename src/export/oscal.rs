//! OSCAL assessment results 1.2.1, of one node and benchmark: an observation per control of the
//! benchmark, a finding per control of NIST SP 800-53, a risk per control that fails. The bundle is a
//! resource, which the evidence refers to with its digests.

mod results;
mod text;

use std::io::{self, Write};

use serde_json::{Value, json};

use super::finding::{stamp, subject, time};
use super::ids::uuid;
use super::per_subject::SubjectDocument;
use text::{line, path, prop};

/// The version of the model.
const VERSION: &str = "1.2.1";

/// What the parts of a document refer to.
struct Context<'d> {
    document: &'d SubjectDocument<'d>,
    /// Tells what is of this document from the same of another.
    key: [&'d str; 4],
    /// `cluster/node`, or the cluster.
    subject: String,
    /// Benchmark and version.
    title: String,
    at: String,
    tool: String,
    item: String,
    bundle: String,
    plan: String,
}

impl<'d> Context<'d> {
    fn of(document: &'d SubjectDocument<'d>) -> Self {
        let benchmark = document.benchmark;
        let run = document.run;
        let first = document.rows.first();
        let bundle = document.bundle.sha256.as_deref();
        let bundle = bundle.unwrap_or(&document.bundle.name);
        let cluster = document.cluster().unwrap_or_default();
        let subject = first.map(subject).unwrap_or_default();
        let version = benchmark.version.as_deref().unwrap_or_default();
        Self {
            document,
            key: [cluster, document.subject(), &benchmark.id, bundle],
            title: line(&format!("{} {version}", benchmark.title)),
            at: stamp(time(first.and_then(|row| row.collected_at), run)),
            tool: uuid("component", &[&run.tool, &run.version]),
            item: uuid("inventory-item", &[&subject]),
            bundle: uuid("resource", &[bundle]),
            plan: uuid("assessment-plan", &[&benchmark.id]),
            subject,
        }
    }

    /// The identifier of a thing of this document.
    fn id(&self, kind: &str, name: &str) -> String {
        let [cluster, subject, benchmark, bundle] = self.key;
        uuid(kind, &[cluster, subject, benchmark, bundle, name])
    }
}

/// Writes one document.
pub(super) fn write(document: &SubjectDocument<'_>, to: &mut dyn Write) -> io::Result<()> {
    let of = Context::of(document);
    let run = document.run;
    let party = uuid("party", &[&run.tool]);
    let tool = line(&format!("{} {}", run.tool, run.version));
    let report = json!({"assessment-results": {
        "uuid": of.id("assessment-results", ""),
        "metadata": {
            "title": line(&format!("{}: {}", of.title, of.subject)),
            "last-modified": of.at,
            "version": of.id("version", ""),
            "oscal-version": VERSION,
            "roles": [{"id": "assessor", "title": "Assessor"}],
            "parties": [{"uuid": party, "type": "organization", "name": tool}],
            "responsible-parties": [{"role-id": "assessor", "party-uuids": [party]}],
        },
        "import-ap": {
            "href": format!("#{}", of.plan),
            "remarks": "There is no assessment plan; the benchmark stands for it.",
        },
        "results": [results::of(&of)],
        "back-matter": {"resources": resources(&of)},
    }});
    serde_json::to_writer(&mut *to, &report)?;
    to.write_all(b"\n")
}

/// The benchmark and the bundle.
fn resources(of: &Context<'_>) -> Value {
    let (benchmark, bundle) = (of.document.benchmark, of.document.bundle);
    let mut plan = json!({"uuid": of.plan, "title": of.title});
    if let Some(address) = &benchmark.address {
        plan["rlinks"] = json!([{"href": address}]);
    }
    let mut evidence = json!({
        "uuid": of.bundle,
        "title": line(&bundle.name),
        "description": "evidence bundle",
        "rlinks": [{"href": path(&bundle.name)}],
    });
    if let Some(digest) = &bundle.sha256 {
        evidence["rlinks"][0]["hashes"] = json!([{"algorithm": "SHA-256", "value": line(digest)}]);
    }
    let integrity = bundle.integrity.as_deref();
    let props: Vec<Value> = integrity
        .and_then(|word| prop("integrity", word))
        .into_iter()
        .collect();
    if !props.is_empty() {
        evidence["props"] = props.into();
    }
    json!([plan, evidence])
}
