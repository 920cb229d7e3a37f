//! Finds the files of the built-in catalog, so that a rule or benchmark is added by its file alone,
//! and writes each as JSON beside, which every start reads in a fifth of the time; and finds the
//! commit that is built, for `--version`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const CATALOG: &str = "src/benchmark/catalog";

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join(CATALOG);
    let mut text = String::new();
    for (constant, folder) in [("RULES", "rules"), ("BENCHMARKS", "benchmarks")] {
        println!("cargo::rerun-if-changed={CATALOG}/{folder}");
        writeln!(text, "const {constant}: &[Source] = &[")?;
        for name in files(&root, folder)? {
            writeln!(text, "    {},", source(&root, &name)?)?;
        }
        text.push_str("];\n");
    }
    for (constant, name) in [
        ("FILES", "files.toml"),
        ("PUBLISHED", "published.toml"),
        ("CLUSTER", "cluster/cluster.toml"),
    ] {
        println!("cargo::rerun-if-changed={CATALOG}/{name}");
        let source = source(&root, name)?;
        writeln!(text, "const {constant}: Source = {source};")?;
    }
    let out = PathBuf::from(env::var("OUT_DIR")?).join("catalog.rs");
    fs::write(out, text)?;
    // A build for developers would be made anew at every commit.
    if env::var("PROFILE")? == "release"
        && let Some(commit) = commit()
    {
        println!("cargo::rustc-env=NODEPROOF_COMMIT={commit}");
    }
    Ok(())
}

/// A file's name, its text, and what it says as JSON.
fn source(root: &Path, name: &str) -> Result<String, Box<dyn Error>> {
    let path = root.join(name);
    let table: toml::Table = toml::from_str(&fs::read_to_string(&path)?)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let json = serde_json::to_string(&table)?;
    Ok(format!("({name:?}, include_str!({path:?}), {json:?})"))
}

/// The commit of a checkout, and whether anything in it is changed; of a package, the one that it
/// says it was made from. Without either there is none, and the same source gives the same program.
fn commit() -> Option<String> {
    if let Ok(package) = fs::read_to_string(".cargo_vcs_info.json") {
        let (_, after) = package.split_once("\"sha1\": \"")?;
        return after.get(..12).map(str::to_owned);
    }
    if !Path::new(".git").exists() {
        return None;
    }
    let git = |arguments: &[&str]| {
        let ran = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8(ran.stdout).ok()?;
        ran.status.success().then(|| text.trim().to_owned())
    };
    for path in ["src", "scripts", "build.rs", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={path}");
    }
    println!(
        "cargo::rerun-if-changed={}",
        git(&["rev-parse", "--git-path", "logs/HEAD"])?
    );
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let is_changed = !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(match is_changed {
        true => format!("{commit} and changes"),
        false => commit,
    })
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
