//! Documents against the schema of their format, as its publisher gives it.

use std::fs;

use jsonschema::Validator;
use serde_json::Value;

use crate::support::*;

/// A published schema; `None` where it is not here, which is said.
pub fn schema(name: &str) -> Option<Validator> {
    let path = shared(&format!("schemas/{name}"))?;
    let text = fs::read_to_string(path).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    Some(jsonschema::validator_for(&schema).unwrap())
}

/// The first things that are wrong.
pub fn wrong(schema: &Validator, document: &Value) -> Vec<String> {
    let errors = schema.iter_errors(document).take(5);
    let told = errors.map(|e| format!("{}: {e}", e.instance_path()));
    told.map(|text| text.chars().take(300).collect()).collect()
}
