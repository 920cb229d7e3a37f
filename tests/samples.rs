//! The sample bundles have their expected matrix beside them, can be made again, and the documents
//! walk through them truthfully.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::*;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn expected() -> PathBuf {
    root().join("sample-bundles/expected.csv")
}

/// To accept a change on purpose: `NODEPROOF_ACCEPT=1 cargo test samples`, then read the
/// difference.
#[test]
fn the_samples_give_the_matrix_beside_them() {
    let ran = nodeproof(root(), &["analyze", "sample-bundles", "-b", "auto"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    if std::env::var_os("NODEPROOF_ACCEPT").is_some() {
        fs::write(expected(), &ran.stdout).unwrap();
    }
    let wanted = fs::read_to_string(expected()).unwrap();
    for (at, (got, wanted)) in ran.stdout.lines().zip(wanted.lines()).enumerate() {
        assert_eq!(got, wanted, "line {}", at + 1);
    }
    assert_eq!(ran.stdout, wanted);
}

#[test]
fn the_samples_show_every_verdict_that_evidence_can_have() {
    let text = fs::read_to_string(expected()).unwrap();
    for verdict in ["pass", "fail", "unknown", "error", "not-applicable"] {
        assert!(text.contains(&format!(",{verdict},")), "{verdict}");
    }
}

fn has(program: &str) -> bool {
    let there = Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output()
        .unwrap();
    if !there.status.success() {
        skipped(&format!("{program} is not installed"));
    }
    there.status.success()
}

#[test]
fn the_script_makes_the_samples_again() {
    if !has("zstd") {
        return;
    }
    let lab = Lab::new();
    let made = lab.path("made");
    let script = root().join("scripts/make-sample-bundles.sh");
    assert!(
        Command::new("sh")
            .arg(script)
            .arg(&made)
            .status()
            .unwrap()
            .success()
    );
    let names = |folder: &Path| -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains(".tar"))
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&made), names(&root().join("sample-bundles")));
    // Compressors differ between systems; what is judged does not.
    let rows = |folder: &str| -> Vec<serde_json::Value> {
        let mut rows =
            rows(&nodeproof(lab.folder.path(), &["analyze", folder, "--format", "jsonl"]).stdout);
        for row in &mut rows {
            row["bundle_sha256"] = "".into();
            row["reason"] = row["reason"]
                .as_str()
                .unwrap()
                .split(": ")
                .next()
                .unwrap()
                .into();
        }
        rows
    };
    let kept = root().join("sample-bundles");
    assert_eq!(rows("made"), rows(kept.to_str().unwrap()));
}

/// The shell blocks of a document, in order.
fn blocks(document: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        match (line.trim(), &mut open) {
            ("```sh", _) => open = Some(String::new()),
            ("```", Some(_)) => blocks.extend(open.take()),
            (line, Some(block)) => {
                block.push_str(line);
                block.push('\n');
            }
            _ => {}
        }
    }
    blocks
}

#[test]
fn the_readme_fits_two_screens_and_its_two_commands_the_first() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let screen: Vec<&str> = readme.lines().take(24).collect();
    let screen = screen.join("\n");
    assert!(screen.contains("analyze sample-bundles/ -o matrix.csv"));
    assert!(screen.contains("sh scripts/test.sh"));
    assert!(readme.lines().count() <= 120, "two screens");
}

/// `cargo run --release` would build the program a second time: the words after `--` are run with
/// the one under test.
#[test]
fn the_readme_run_command_writes_the_matrix() {
    let block = blocks("README.md").remove(0);
    let words = block
        .split(" -- ")
        .nth(1)
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let lab = Lab::new();
    let samples = root().join("sample-bundles");
    let words: Vec<String> = words
        .split_whitespace()
        .map(|word| word.replace("sample-bundles/", &format!("{}/", samples.display())))
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(nodeproof(lab.folder.path(), &words).code, 3);
    assert_eq!(
        fs::read(lab.path("matrix.csv")).unwrap(),
        fs::read(expected()).unwrap()
    );
}

#[test]
fn the_walk_from_a_row_to_its_byte_is_true() {
    let block = blocks("docs/auditors.md")
        .into_iter()
        .find(|block| block.contains("tar -xzOf"))
        .unwrap();
    let lab = Lab::new();
    let samples = root().join("sample-bundles");
    std::os::unix::fs::symlink(samples, lab.path("sample-bundles")).unwrap();
    let out = Command::new("sh")
        .args(["-c", &block])
        .current_dir(lab.folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8(out.stdout).unwrap();
    let (line, sum) = printed.split_once('\n').unwrap();
    assert_eq!(line, "makeIPTablesUtilChains: false");
    let digest = sum.split(' ').next().unwrap();
    let text = fs::read_to_string(expected()).unwrap();
    let row = text
        .lines()
        .find(|line| {
            line.contains("eks-al2023-drop-in.tar.gz")
                && line.contains("kubelet-make-iptables-util-chains")
        })
        .unwrap();
    assert!(row.contains("files/etc/kubernetes/kubelet/config.json.d/90-legacy.conf:3"));
    assert!(row.contains(digest), "{row}");
}
