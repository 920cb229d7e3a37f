//! The arguments as typed.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;

use super::table::Form;

/// Judges Kubernetes node evidence offline: bundles in, a compliance matrix out.
#[derive(Debug, Parser)]
#[command(name = "nodeproof", version, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge bundles and write the matrix
    Analyze(AnalyzeArgs),
    /// List the benchmarks that are built in
    Benchmarks(BenchmarksArgs),
    /// List the controls of a benchmark
    Controls(ControlsArgs),
    /// Write the built-in collector scripts out
    Collector(CollectorArgs),
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Exit codes: 0 all is well; 1 --fail-on was reached; 2 wrong usage; \
    3 some evidence could not be read (there are `error` rows); 4 an output could not be written."
)]
pub struct AnalyzeArgs {
    /// Bundles, folders to search for bundles, or - for one bundle on stdin
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// auto (per node, from platform and version), all, or ids
    #[arg(
        short,
        long,
        value_name = "auto|all|ID",
        value_delimiter = ',',
        default_value = "auto"
    )]
    pub benchmark: Vec<String>,
    /// Only these controls, in every selected benchmark or in one
    #[arg(short, long, value_name = "[ID:]CONTROL", value_delimiter = ',')]
    pub control: Vec<String>,
    /// Write the matrix to a file; the ending picks the format. May be repeated
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// The format of stdout, or of files whose ending says none: csv, json, jsonl, xlsx
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// One row per finding, or one per node with a column per control (csv and jsonl; xlsx has both)
    #[arg(long, value_enum, value_name = "LAYOUT", default_value = "long")]
    pub layout: Layout,
    /// Worker threads [default: one per core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// End with exit code 1 if there is a fail, or an unknown or error too
    #[arg(long, value_enum, value_name = "WHEN", default_value = "never")]
    pub fail_on: FailOn,
    /// The time that is "today" where anything depends on it: RFC 3339, or a date, which begins at
    /// midnight UTC [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub as_of: Option<Timestamp>,
    /// Set a cap on hostile input; may be repeated
    #[arg(long, value_name = "NAME=N")]
    pub limit: Vec<String>,
    /// Say nothing but errors that end the run
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Layout {
    Long,
    Wide,
}

fn time(typed: &str) -> Result<Timestamp, String> {
    let midnight = |date: Date| format!("{date}T00:00:00Z");
    // A date alone is strict; whatever else begins like one must be a time.
    let time = match typed.parse::<Date>() {
        Ok(date) if date.to_string() == typed => midnight(date),
        _ => typed.to_owned(),
    };
    let wrong =
        "it is neither a date (2026-11-21) nor a time with its offset (2026-11-21T18:00:00Z)";
    time.parse().map_err(|_| wrong.to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Never,
    Fail,
    Unknown,
}

#[derive(Debug, ClapArgs)]
pub struct BenchmarksArgs {
    /// How to print the list
    #[arg(long, value_enum, default_value = "table")]
    pub format: Form,
}

#[derive(Debug, ClapArgs)]
pub struct ControlsArgs {
    /// The benchmark
    #[arg(short, long, value_name = "ID")]
    pub benchmark: String,
    /// How to print the list
    #[arg(long, value_enum, default_value = "table")]
    pub format: Form,
}

#[derive(Debug, ClapArgs)]
pub struct CollectorArgs {
    /// The folder to write them to
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
}
