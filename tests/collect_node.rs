//! Runs `scripts/collect-node.sh` for real: under dash and busybox sh, on fake roots and on this host, with real and
//! stand-in processes, and looks into the bundles it writes.

mod harness;

mod admission;
mod afterwards;
mod bundle_format;
mod etcd;
mod failures;
mod image;
mod journal;
mod links;
mod planted;
mod processes;
mod secrets;
mod signed;
mod spellings;
