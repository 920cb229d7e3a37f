//! Runs `scripts/collect-node.sh` for real: under dash and busybox sh, on fake roots and on this host, with real and
//! stand-in processes, and looks into the bundles it writes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    missing_docs,
    reason = "a test binary"
)]

#[path = "collect_node/harness.rs"]
mod harness;

#[path = "collect_node/bundle_format.rs"]
mod bundle_format;
#[path = "collect_node/failures.rs"]
mod failures;
#[path = "collect_node/image.rs"]
mod image;
#[path = "collect_node/journal.rs"]
mod journal;
#[path = "collect_node/processes.rs"]
mod processes;
#[path = "collect_node/secrets.rs"]
mod secrets;
