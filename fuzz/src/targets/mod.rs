//! What is fuzzed: a function of bytes per target. No input makes one of them panic.
//!
//! `cargo fuzz` runs them without end, a test of the program a little, from the same seeds.

use std::sync::Arc;

use nodeproof::bundle::{Place, Source};

pub mod archive;
pub mod argv;
pub mod catalog;
pub mod json;
pub mod layout;
pub mod ps;
pub mod redact;
pub mod seeds;
pub mod signature;
pub mod stat;
pub mod units;
pub mod waivers;
pub mod yaml;

/// Bytes as an archive of this name.
fn place(name: &str, bytes: Vec<u8>) -> Place {
    Place {
        name: name.to_owned(),
        source: Source::Bytes {
            file: name.to_owned(),
            bytes: Arc::from(bytes),
        },
    }
}

/// A target's name and function.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 12] = [
    ("archive", archive::run),
    ("argv", argv::run),
    ("catalog", catalog::run),
    ("json", json::run),
    ("layout", layout::run),
    ("ps", ps::run),
    ("redact", redact::run),
    ("signature", signature::run),
    ("stat", stat::run),
    ("units", units::run),
    ("waivers", waivers::run),
    ("yaml", yaml::run),
];
