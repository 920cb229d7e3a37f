//! The bytes of a workbook: the same for the same input, whole or not at all.

use std::fs;

use super::fleet;
use crate::support::*;

const TODAY: &str = "2026-11-21T12:00:00Z";

#[test]
fn the_same_input_gives_the_same_bytes_also_through_a_pipe() {
    let lab = Lab::new();
    fleet(&lab);
    let mut all = Vec::new();
    for (threads, name) in [("1", "a.xlsx"), ("2", "b.xlsx"), ("2", "c.xlsx")] {
        let ran = nodeproof(
            lab.folder.path(),
            &["analyze", "in", "-j", threads, "-o", name, "--as-of", TODAY],
        );
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        all.push(fs::read(lab.path(name)).unwrap());
    }
    let piped = std::process::Command::new(env!("CARGO_BIN_EXE_nodeproof"))
        .args(["analyze", "in", "--format", "xlsx", "--as-of", TODAY])
        .current_dir(lab.folder.path())
        .output()
        .unwrap();
    all.push(piped.stdout);
    assert!(all.iter().all(|bytes| *bytes == all[0]));
}

#[test]
fn a_full_disk_is_an_error_and_no_panic() {
    let lab = Lab::new();
    fleet(&lab);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let ended = std::process::Command::new(env!("CARGO_BIN_EXE_nodeproof"))
        .args(["analyze", "in", "--quiet", "--format", "xlsx"])
        .current_dir(lab.folder.path())
        .stdout(full)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(4), "{stderr}");
    assert!(
        stderr.contains("stdout: cannot be written: No space left"),
        "{stderr}"
    );
    assert!(
        !stderr.contains("panicked") && !stderr.contains("ZipWriter"),
        "{stderr}"
    );
    // Temporary files grow past what this run may write.
    let script =
        "trap '' XFSZ; ulimit -f 8; exec \"$0\" analyze in --quiet -b all --format xlsx >/dev/null";
    let ended = std::process::Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_nodeproof")])
        .current_dir(lab.folder.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(4), "{stderr}");
    assert!(
        stderr.contains("cannot be written") && !stderr.contains("panicked"),
        "{stderr}"
    );
}
