//! The rooms of `src/` and the one direction of their imports; files that stay readable.

mod imports;

use std::fs;
use std::path::{Path, PathBuf};

use imports::Imports;

/// The rooms in the order data flows through them. A room imports only rooms above it.
const ROOMS: [&str; 14] = [
    "bundle",
    "evidence",
    "kube_bench",
    "redact",
    "node",
    "fleet",
    "settings",
    "rules",
    "benchmark",
    "verdict",
    "matrix",
    "export",
    "pipeline",
    "cli",
];
/// What every room may import.
const FREE: [&str; 2] = ["problem", "limits"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The room a file belongs to: its first folder, or its own name.
fn room(path: &Path) -> String {
    let below = path.strip_prefix(root()).unwrap();
    let first = below
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The rooms a text names as `crate::room`, also in a list: `use crate::{a, b::c}`.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let word = |s: &str| -> String {
            s.trim_start()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        };
        match rest.strip_prefix('{') {
            None => found.push(word(rest)),
            Some(list) => {
                let mut depth = 0;
                let mut item = String::new();
                for c in list.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => found.push(word(&std::mem::take(&mut item))),
                        c => item.push(c),
                    }
                }
                found.push(word(&item));
            }
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

#[test]
fn a_room_imports_only_rooms_above_it() {
    let mut wrong = Vec::new();
    for path in sources(&root()) {
        let own = room(&path);
        if ["lib", "main"].contains(&own.as_str()) {
            continue;
        }
        let Some(place) = ROOMS.iter().position(|r| *r == own) else {
            assert!(
                FREE.contains(&own.as_str()),
                "{} is in no room",
                path.display()
            );
            continue;
        };
        for import in imports(&fs::read_to_string(&path).unwrap()) {
            match ROOMS.iter().position(|r| *r == import) {
                Some(other) if other > place => {
                    wrong.push(format!("{} imports {import}", path.display()));
                }
                None if !FREE.contains(&import.as_str()) => {
                    wrong.push(format!(
                        "{} imports {import}, which is no room",
                        path.display()
                    ));
                }
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_import_reader_sees_what_rust_can_write() {
    let text = "use crate::a::b; use crate::{c, d::{e, f}, g}; fn x() { crate::h::i() }";
    assert_eq!(imports(text), ["a", "c", "d", "g", "h"]);
}

#[test]
fn no_two_files_of_a_room_import_one_another() {
    let files = imports::read(&root(), &sources(&root()));
    let imports = Imports::of(&files);
    let circles = imports.modules().filter_map(|module| {
        let way = imports.circle(module)?;
        // Each circle once: from the first of its files.
        let is_first = way.iter().min() == Some(module);
        let way: Vec<String> = way.iter().map(|module| module.join("::")).collect();
        is_first.then(|| way.join(" -> "))
    });
    let circles: Vec<String> = circles.collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn no_source_file_has_grown_two_reasons_to_change() {
    let long: Vec<String> = sources(&root())
        .into_iter()
        .filter_map(|path| {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            (lines > 400).then(|| format!("{}: {lines} lines", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn nothing_below_the_command_line_prints_exits_or_reads_the_clock() {
    let banned = [
        "println!",
        "eprintln!",
        "process::exit",
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
    ];
    for path in sources(&root()) {
        if room(&path) == "cli" {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        // Tests stand at the end of a file.
        let code = text.split("#[cfg(test)]").next().unwrap();
        for word in banned {
            assert!(!code.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn no_control_number_is_in_rust_code() {
    let number = |word: &str| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() >= 3
            && parts
                .iter()
                .all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
            && parts[0].parse::<u32>().is_ok_and(|n| n < 10)
    };
    for path in sources(&root()) {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        // A format's version may look like one.
        let is_code = |line: &&str| {
            !line.trim_start().starts_with("//") && !line.starts_with("const VERSION: &str = ")
        };
        for line in code.lines().filter(is_code) {
            // `eks-1.0.1` is a benchmark's id, `4.2.6` a control.
            for word in line.split(|c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c))) {
                assert!(!number(word), "{}: {line}", path.display());
            }
        }
    }
}

#[test]
fn every_code_is_documented_and_only_those() {
    let text = fs::read_to_string(root().join("verdict/CODES.md")).unwrap();
    let listed: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(code, meaning)| (code, meaning.trim_end_matches(" |")))
        .collect();
    let mut known: Vec<(&str, &str)> = nodeproof::problem::Code::ALL
        .iter()
        .map(|(_, code, meaning)| (*code, *meaning))
        .collect();
    known.extend(
        nodeproof::bundle::Code::ALL
            .iter()
            .map(|(_, code, meaning)| (*code, *meaning)),
    );
    known.extend(
        nodeproof::matrix::coverage::Code::ALL
            .iter()
            .map(|(_, code, meaning)| (*code, *meaning)),
    );
    known.extend(
        nodeproof::matrix::coverage::not_collected::Lack::ALL
            .iter()
            .map(|(_, code, meaning)| (*code, *meaning)),
    );
    assert_eq!(listed, known);
}

#[test]
fn no_test_file_is_forgotten() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let listed = fs::read_to_string(tests.join("main.rs")).unwrap();
    for entry in fs::read_dir(&tests).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_module = path.extension().is_some_and(|e| e == "rs") && name != "main";
        assert!(
            !is_module || listed.contains(&format!("mod {name};")),
            "tests/main.rs does not list {name}"
        );
    }
}
