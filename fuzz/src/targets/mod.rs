//! What is fuzzed: a function of bytes per target. No input makes one of them panic.
//!
//! `cargo fuzz` runs them without end, a test of the program a little, from the same seeds.

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
