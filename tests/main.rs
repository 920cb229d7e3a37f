//! All tests of the program, in one crate: a test builds a bundle, runs the binary, and reads what
//! came out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test may"
)]

#[path = "../benches/corpus/mod.rs"]
mod generator;
mod shell;

mod by_nist;
mod catalog;
mod collect_cluster;
mod collect_fleet;
mod collect_node;
mod collector;
mod components;
mod corpus;
mod coverage;
mod diff;
mod evidence;
mod expectations;
mod explain;
mod file_rules;
mod fleet;
mod golden;
mod hostile;
mod known_wrong;
mod nested;
mod nested_limits;
mod outputs;
mod page;
mod page_in_browser;
mod reference_control;
mod report;
mod report_words;
mod run;
mod samples;
mod schema;
mod settings_more;
mod structure;
mod support;
mod waivers;
mod workbook;
mod worker_node;
