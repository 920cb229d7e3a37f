//! Tests that could not run: each says so past the harness, which keeps what a passing test prints,
//! and all are counted once the last test target runs (`tests/skipped`).

use std::path::PathBuf;

/// Where the tests of one run of cargo write down which were skipped.
pub fn record() -> PathBuf {
    let run = std::os::unix::process::parent_id();
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("skipped-{run}.txt"))
}
