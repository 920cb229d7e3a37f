//! Finds the files of the built-in catalog, so that a rule or benchmark is added by its file alone.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

const CATALOG: &str = "src/benchmark/catalog";

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join(CATALOG);
    let mut text = String::new();
    for (constant, folder) in [("RULES", "rules"), ("BENCHMARKS", "benchmarks")] {
        println!("cargo::rerun-if-changed={CATALOG}/{folder}");
        writeln!(text, "const {constant}: &[Pair] = &[")?;
        for name in files(&root, folder)? {
            let path = root.join(&name);
            writeln!(text, "    ({name:?}, include_str!({path:?})),")?;
        }
        text.push_str("];\n");
    }
    let out = PathBuf::from(env::var("OUT_DIR")?).join("catalog.rs");
    fs::write(out, text)?;
    Ok(())
}

/// `folder/NAME.toml` and `folder/NAME/rule.toml`, by name, as the catalog names them.
fn files(root: &Path, folder: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().join("rule.toml").is_file() {
            found.push(format!("{folder}/{name}/rule.toml"));
        } else if name.ends_with(".toml") {
            found.push(format!("{folder}/{name}"));
        }
    }
    found.sort();
    Ok(found)
}
