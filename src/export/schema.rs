//! JSON Schema of what is written: the JSON report, and a line of JSON Lines. It is made from the
//! types that are written, so that it cannot say something else.

use schemars::Schema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::transform::RecursiveTransform;
use serde_json::{Map, Value, json};

use super::document::{Reached, Summed};
use crate::matrix::report::{Bundle, JudgedBy, Run, SCHEMA};
use crate::matrix::row::Row;
use crate::matrix::waivers::outcome::Outcome;

/// The schema of the JSON report.
#[must_use]
pub fn report() -> Value {
    let mut types = types();
    let list = |items: Schema| json!({"type": "array", "items": items});
    let parts: [(&str, Value); 8] = [
        ("schema", json!({"const": SCHEMA})),
        ("run", types.subschema_for::<Run>().into()),
        ("findings", list(types.subschema_for::<Row<'_>>())),
        ("bundles", list(types.subschema_for::<Bundle>())),
        ("benchmarks", list(types.subschema_for::<JudgedBy<'_>>())),
        ("coverage", types.subschema_for::<Reached<'_>>().into()),
        ("waivers", list(types.subschema_for::<Outcome<'_>>())),
        ("summary", types.subschema_for::<Summed<'_>>().into()),
    ];
    let required: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
    let required = json!(required);
    let properties = parts.map(|(name, schema)| (name.to_owned(), schema));
    let mut root = json!({
        "title": "A report of nodeproof",
        "description": "Keys may be added under this version; none changes its meaning or goes.",
        "type": "object",
        "required": required,
        "properties": Map::from_iter(properties),
    });
    root["$defs"] = types.take_definitions(true).into();
    finished(root, "urn:nodeproof:report:1")
}

/// The schema of a line of JSON Lines, and of a finding of the JSON report.
#[must_use]
pub fn finding() -> Value {
    let root = types().into_root_schema_for::<Row<'_>>();
    finished(root.into(), "urn:nodeproof:finding:1")
}

fn types() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
}

/// Under its name, and open to keys that later versions add.
fn finished(root: Value, id: &str) -> Value {
    let mut open = RecursiveTransform(|schema: &mut Schema| {
        schema
            .remove("additionalProperties")
            .filter(Value::is_object)
            .map(|kept| schema.insert("additionalProperties".to_owned(), kept));
    });
    let mut schema = Schema::try_from(root).unwrap_or_default();
    schemars::transform::Transform::transform(&mut open, &mut schema);
    let mut named = Map::new();
    named.insert(
        "$schema".to_owned(),
        "https://json-schema.org/draft/2020-12/schema".into(),
    );
    named.insert("$id".to_owned(), id.into());
    for (key, value) in schema.as_object().into_iter().flatten() {
        named.entry(key.clone()).or_insert_with(|| value.clone());
    }
    named.into()
}
