//! What evidence is packed in does not change a verdict.

#[path = "containers/limits.rs"]
mod limits;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::*;
use serde_json::Value;

/// A node with all kinds of evidence, so that many controls are decided.
fn node(name: &str) -> Bundle {
    Bundle::node(name)
        .kubelet(&["--config=/var/lib/kubelet/config.yaml", "--event-qps=0"])
        .version("v1.33.1")
        .file(
            "/var/lib/kubelet/config.yaml",
            config("readOnlyPort: 10255\nrotateCertificates: true\n"),
        )
}

/// `control verdict reason` of every row, and whose it is.
fn verdicts(jsonl: &str) -> Vec<String> {
    let line = |row: Value| format!("{} {} {}", row["node"], row["control"], outcome(&row));
    rows(jsonl).into_iter().map(line).collect()
}

fn judged(folder: &Path, path: &str) -> Ran {
    nodeproof(
        folder,
        &["analyze", path, "--format", "jsonl", "-b", "cis-1.12"],
    )
}

fn judged_from_stdin(bytes: &[u8]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nodeproof"))
        .args(["analyze", "-", "--format", "jsonl", "-b", "cis-1.12"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn packed_and_unpacked_give_the_same_verdicts() {
    let lab = Lab::new();
    let tar = node("n").tar();
    for (name, bytes) in node("n").files() {
        lab.put(&format!("n/{name}"), &bytes);
    }
    let wanted = verdicts(&judged(lab.folder.path(), "n").stdout);
    let decided = wanted.iter().filter(|row| !row.contains(" unknown "));
    assert!(
        decided.count() > 10,
        "{wanted:?}\n{}",
        judged(lab.folder.path(), "n").stdout
    );
    for (name, bytes) in [
        ("n.tar", tar.clone()),
        ("n.tar.gz", gzip(&tar)),
        ("n.tar.zst", zstd(&tar)),
        ("n.tar.xz", xz(&tar)),
        ("n.tar.bz2", bzip2(&tar)),
        ("n.zip", zip_of(&tar)),
    ] {
        lab.put(name, &bytes);
        let ran = judged(lab.folder.path(), name);
        assert_eq!(verdicts(&ran.stdout), wanted, "{name}: {}", ran.stderr);
        assert_eq!(
            verdicts(&judged_from_stdin(&bytes)),
            wanted,
            "{name} on stdin"
        );
    }
}

#[test]
fn packers_of_the_system_are_read() {
    let lab = Lab::new();
    for (name, bytes) in node("n").files() {
        lab.put(&format!("n/{name}"), &bytes);
    }
    let wanted = verdicts(&judged(lab.folder.path(), "n").stdout);
    for (name, command) in [
        (
            "a.tar.xz",
            "tar -cf - n | xz -9e -T2 --block-size=4096 > a.tar.xz",
        ),
        ("b.tar.bz2", "tar -cf - n | bzip2 > b.tar.bz2"),
        ("c.tar.xz", "tar -cf - n | xz --check=sha256 > c.tar.xz"),
        ("d.zip", "zip -qr d.zip n"),
        ("e.zip", "zip -qr - n | cat > e.zip"),
        ("f.zip", "python3 -m zipfile -c f.zip n"),
    ] {
        let done = Command::new("sh")
            .args(["-c", &format!("set -e; {command}")])
            .current_dir(lab.folder.path())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        let size = std::fs::metadata(lab.path(name)).map_or(0, |it| it.len());
        if !done.success() || size < 100 {
            skipped(&format!("`{command}` does not run here"));
            continue;
        }
        let ran = judged(lab.folder.path(), name);
        assert_eq!(verdicts(&ran.stdout), wanted, "{name}: {}", ran.stderr);
    }
}

#[test]
fn a_zip_of_zips_is_one_of_bundles() {
    let lab = Lab::new();
    let mut outer = tar::Builder::new(Vec::new());
    for name in ["n1", "n2"] {
        append(
            &mut outer,
            &format!("all/{name}.zip"),
            &zip_of(&node(name).tar()),
        );
    }
    let tar = outer.into_inner().unwrap();
    for (name, bytes) in [("all.tar.xz", xz(&tar)), ("all.zip", zip_of(&tar))] {
        lab.put(name, &bytes);
        let found = rows(&judged(lab.folder.path(), name).stdout);
        let mut bundles: Vec<&str> = found
            .iter()
            .filter_map(|row| row["bundle"].as_str())
            .collect();
        bundles.dedup();
        let wanted = ["n1", "n2"].map(|node| format!("{name}!all/{node}.zip"));
        assert_eq!(bundles, wanted);
    }
}

#[test]
fn the_command_of_explain_prints_the_bytes_of_any_archive() {
    let lab = Lab::new();
    let tar = node("n").tar();
    for (name, bytes, start) in [
        ("n.tar.xz", xz(&tar), "tar -xJOf "),
        ("n.tar.bz2", bzip2(&tar), "tar -xjOf "),
        ("n.zip", zip_of(&tar), "unzip -p "),
    ] {
        lab.put(name, &bytes);
        let ran = nodeproof(
            lab.folder.path(),
            &["explain", "-n", "n", "-b", "cis-1.12", "-c", "4.2.4", name],
        );
        let shown = ran
            .stdout
            .lines()
            .find_map(|line| line.find(start).map(|at| &line[at..]));
        let command = shown.unwrap_or_else(|| panic!("{name}: {}{}", ran.stdout, ran.stderr));
        let printed = Command::new("sh")
            .args(["-c", command])
            .current_dir(lab.folder.path())
            .output()
            .unwrap();
        assert!(!printed.stdout.is_empty(), "{command}");
    }
}
