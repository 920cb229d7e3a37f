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

mod admission_default;
mod by_nist;
mod catalog;
mod cluster_rules;
mod clusters;
mod collect_cluster;
mod collect_fleet;
mod collect_node;
mod collector;
mod command_help;
mod component_versions;
mod components;
mod configz_refused;
mod containers;
mod control_plane;
mod control_plane_golden;
mod convert;
mod corpus;
mod coverage;
mod covered;
mod custody;
mod diff;
mod documents;
mod evidence;
mod expectations;
mod explain;
mod file_rules;
mod fleet;
mod formats;
mod friction;
mod fuzzed;
#[path = "../benches/corpus/mod.rs"]
mod generator;
mod golden;
mod handed_in;
mod hostile;
mod incomplete;
mod interrupted;
mod known_wrong;
mod kube_bench;
mod layouts;
mod library;
mod limits;
mod machines;
mod masks;
mod mirror_pods;
mod nested;
mod nested_limits;
mod not_opened;
mod openshift;
mod openshift3;
mod outputs;
mod pack;
mod page;
mod page_in_browser;
mod per_node;
mod published_numbers;
mod real_cluster;
mod redact;
mod reference_control;
mod refused;
mod report;
mod report_words;
mod resources;
mod roles;
mod rule_cases;
mod run;
mod run_formats;
mod samples;
mod schema;
mod settings_file;
mod settings_more;
mod shards;
mod shell;
mod signatures;
mod spark;
mod stig;
mod streams;
mod structure;
mod superseded;
mod support;
mod tampered;
mod terminal;
mod unit_files;
mod verify;
mod versions;
mod waivers;
mod which_files;
mod who_is_kubelet;
mod workbook;
mod worker_node;
