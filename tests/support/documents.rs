//! Every report that a test sees is held to the schema of its version: as it was pinned, and as the
//! program prints it now, which must know every key.

use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use nodeproof::export::{Format, schema};
use serde_json::Value;

/// Version 1 of the schemas, which nothing changes any more.
pub fn pinned(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pinned");
    let text = std::fs::read_to_string(format!("{folder}/{name}-1.schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

struct Schemas {
    pinned: Validator,
    now: Validator,
}

impl Schemas {
    fn of(name: &str, now: Value) -> Self {
        Self {
            pinned: jsonschema::validator_for(&pinned(name)).unwrap(),
            now: jsonschema::validator_for(&closed(now)).unwrap(),
        }
    }

    fn hold(&self, document: &Value) {
        for schema in [&self.pinned, &self.now] {
            let wrong = schema.iter_errors(document);
            let wrong: Vec<String> = wrong
                .take(3)
                .map(|e| format!("{}: {e}", e.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{wrong:#?}");
        }
    }
}

static REPORT: LazyLock<Schemas> = LazyLock::new(|| Schemas::of("report", schema::report()));
static FINDING: LazyLock<Schemas> = LazyLock::new(|| Schemas::of("finding", schema::finding()));

/// The same, and no key that it does not name.
fn closed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(object) => {
            for value in object.values_mut() {
                *value = closed(value.take());
            }
            let is_closed =
                object.contains_key("properties") && !object.contains_key("additionalProperties");
            // `properties` may itself be the name of a property.
            if is_closed && object.get("type").is_some_and(|kind| kind == "object") {
                object.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = closed(item.take());
            }
        }
        _ => {}
    }
    schema
}

/// Holds what an analysis wrote to stdout and to files to its schema.
pub fn hold(folder: &Path, arguments: &[&str], stdout: &str) {
    if arguments.first() != Some(&"analyze") {
        return;
    }
    hold_text(stdout, arguments);
    for pair in arguments.windows(2).filter(|pair| pair[0] == "-o") {
        let path = folder.join(pair[1]);
        let format = Format::of_path(&path);
        let is_ours = format.is_some_and(|format| ["json", "jsonl"].contains(&format.name));
        if is_ours && path.is_file() {
            hold_text(&std::fs::read_to_string(path).unwrap(), arguments);
        }
    }
}

fn hold_text(text: &str, arguments: &[&str]) {
    if text.starts_with("{\"schema\":\"nodeproof-report") {
        // A reader that closed the pipe has half of it.
        if let Ok(report) = serde_json::from_str(text) {
            REPORT.hold(&report);
        }
    } else if text.starts_with("{\"cluster\":")
        && !arguments.iter().any(|word| ["wide", "nist"].contains(word))
    {
        for line in text.lines() {
            FINDING.hold(&serde_json::from_str(line).unwrap());
        }
    }
}
