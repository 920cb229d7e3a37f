//! The arguments as typed.

mod convert;
mod judging;
mod learning;
mod list;
mod merge;
mod outputs;
mod pack;
mod trail;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

pub use convert::ConvertArgs;

use super::table::TableForm;
use crate::export::Format;
use crate::fleet::shard::Shard;
use crate::matrix::report::Settings;
pub use judging::{
    CatalogArgs, JudgingArgs, LimitArgs, SettingsArgs, TrustArgs, Verify, WorkerArgs,
};
pub use learning::{CompletionsArgs, ManArgs};
pub use list::ListArgs;
pub use merge::MergeArgs;
pub use outputs::OutputArgs;
pub use pack::PackArgs;
pub use trail::{CustodyArgs, RedactArgs};

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
    Analyze(Box<AnalyzeArgs>),
    /// Tell how one finding came about: what was looked at, what won, what would change it
    Explain(ExplainArgs),
    /// List the benchmarks
    Benchmarks(BenchmarksArgs),
    /// List the controls of a benchmark
    Controls(ControlsArgs),
    /// List the layouts that archives are recognised by, and what each can decide
    Layouts(LayoutsArgs),
    /// List the bundles below a folder, for analyze --list
    List(ListArgs),
    /// Put many bundles into one archive with an index of them, for object stores
    Pack(PackArgs),
    /// Compare bundles with their checksums and signatures, member by member
    Verify(VerifyArgs),
    /// Mask the secrets of a bundle that came in
    Redact(RedactArgs),
    /// Print whose hands the evidence of a report went through, and compare every digest
    Custody(CustodyArgs),
    /// Compare two reports, or two lots of evidence: what got worse, better, new, gone
    Diff(DiffArgs),
    /// Write a stored JSON report in any other format, without the evidence
    Convert(ConvertArgs),
    /// Put the shards of one run together: the same bytes as one run
    Merge(MergeArgs),
    /// Print the JSON Schema of a report
    Schema(SchemaArgs),
    /// Write the built-in collector scripts out
    Collector(CollectorArgs),
    /// Print what a shell needs to complete the command line
    Completions(CompletionsArgs),
    /// Print a manual page, or write all of them to a folder
    Man(ManArgs),
}

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("args/help/analyze.txt"))]
pub struct AnalyzeArgs {
    /// Bundles, folders to search for bundles, or - for one bundle on stdin
    /// [default: `paths` of nodeproof.toml]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Judge the bundles named in a file, or on stdin: a path a line, or ended by NUL; below PATH, if that
    /// is given
    #[arg(long, value_name = "FILE|-")]
    pub list: Option<PathBuf>,
    /// Do not open the bundles named in a file, as --list names them: reading them ends the program.
    /// Each gets the row of an error
    #[arg(long, value_name = "FILE")]
    pub not_opened: Option<PathBuf>,
    /// Judge one of N parts of what is there, and write it to the -o FILE for `merge`, which takes
    /// --fail-on and layouts; needs --as-of
    #[arg(long, value_name = "I/N", requires_all = ["as_of", "output"], conflicts_with_all = ["fail_on", "layout", "group_by"])]
    pub shard: Option<Shard>,
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
    #[command(flatten)]
    pub outputs: OutputArgs,
    /// What rows depend on, as typed.
    #[arg(skip)]
    pub command: Vec<String>,
    /// No rows on nodes that are shown not to have the role that a control is for (control-plane, etcd),
    /// or rows that say not-applicable
    #[arg(long, value_enum, value_name = "WHICH", default_value = "own")]
    pub roles: Roles,
    /// End with exit code 1 if there is a fail without a waiver, or an unknown or error too
    #[arg(long, value_enum, value_name = "WHEN", default_value = "never")]
    pub fail_on: FailOn,
    /// The time that is "today" where anything depends on it: RFC 3339, or a date, which begins at
    /// midnight UTC [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub as_of: Option<Timestamp>,
    /// Bundles collected longer ago, as of --as-of, keep their rows, and their nodes are not counted as
    /// judged: 30d, 12h or 90m
    #[arg(long, value_name = "DURATION", value_parser = age)]
    pub max_age: Option<SignedDuration>,
    /// The nodes there should be: .txt, a node per line, of any cluster; or .csv, cluster,node
    /// [default: the nodes that cluster bundles list]
    #[arg(long, value_name = "FILE")]
    pub expect: Option<PathBuf>,
    /// A file of waivers and attestations, which stand beside verdicts (YAML)
    #[arg(long, value_name = "FILE")]
    pub waivers: Option<PathBuf>,
    #[command(flatten)]
    pub judging: JudgingArgs,
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// What of a file of settings took effect.
    #[arg(skip)]
    pub used: Option<Settings>,
    /// Say nothing but errors that end the run
    #[arg(short, long)]
    pub quiet: bool,
}

/// The help of `--format`, with the formats that this build has.
fn format_help() -> String {
    format!(
        "The format of the -o before it, or of stdout: {}",
        Format::names()
    )
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

/// How old a bundle may be.
pub(super) fn age(typed: &str) -> Result<SignedDuration, String> {
    let read = || {
        let (number, unit) = typed.split_at_checked(typed.len().checked_sub(1)?)?;
        let seconds: i64 = match unit {
            "d" => 24 * 60 * 60,
            "h" => 60 * 60,
            "m" => 60,
            _ => return None,
        };
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = number.parse().ok().filter(|n| *n > 0 && is_number)?;
        seconds.checked_mul(number.into())
    };
    let wrong = "it is no whole number of days, hours or minutes above 0: 30d, 12h, 90m";
    read()
        .map(SignedDuration::from_secs)
        .ok_or_else(|| wrong.to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Roles {
    Own,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Never,
    Fail,
    Unknown,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("args/help/explain.txt"))]
#[command(group(clap::ArgGroup::new("subject").args(["node", "cluster"]).multiple(true)))]
pub struct ExplainArgs {
    /// Bundles, folders to search for bundles, or - for one bundle on stdin
    /// [default: `paths` of nodeproof.toml]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The node, or CLUSTER/NODE where several clusters have one of that name
    #[arg(
        short,
        long,
        value_name = "NODE",
        requires = "control",
        required_unless_present_any = ["finding", "cluster"]
    )]
    pub node: Option<String>,
    /// The cluster itself; beside --node, the cluster that the node is in
    #[arg(long, value_name = "NAME", requires = "control")]
    pub cluster: Option<String>,
    /// The control, in the benchmark that -b picks or in the one named
    #[arg(short, long, value_name = "[ID:]CONTROL", requires = "subject")]
    pub control: Option<String>,
    /// The finding_id of a row, in the place of a node or cluster and a control
    #[arg(long, value_name = "FINDING_ID", conflicts_with_all = ["node", "cluster", "control"])]
    pub finding: Option<String>,
    /// auto (from platform and version), all, or ids
    #[arg(
        short,
        long,
        value_name = "auto|all|ID",
        value_delimiter = ',',
        default_value = "auto"
    )]
    pub benchmark: Vec<String>,
    /// A text for people, or a document for tools
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub format: TextOrJson,
    #[command(flatten)]
    pub judging: JudgingArgs,
    #[command(flatten)]
    pub settings: SettingsArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    Text,
    Json,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("args/help/diff.txt"))]
pub struct DiffArgs {
    /// A report (JSON or JSON Lines), or evidence to judge: a bundle, or a folder of bundles
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// What to compare it with
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// Of evidence: auto, all, or ids
    #[arg(short, long, value_name = "auto|all|ID", value_delimiter = ',')]
    pub benchmark: Vec<String>,
    /// Of evidence: only these controls, in every selected benchmark or in one
    #[arg(short, long, value_name = "[ID:]CONTROL", value_delimiter = ',')]
    pub control: Vec<String>,
    /// Write to a file; the ending picks the format
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// text, csv, json or xlsx [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    #[command(flatten)]
    pub judging: JudgingArgs,
    /// End with exit code 1 if something fails newly, or is no longer known to be well, and no
    /// waiver or attestation in force stands beside it
    #[arg(long, value_enum, value_name = "WHEN", default_value = "never")]
    pub fail_on: FailOnChange,
    /// Say nothing but errors that end the run
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOnChange {
    Never,
    Regression,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("args/help/verify.txt"))]
pub struct VerifyArgs {
    /// Bundles, folders to search for bundles, or - for one bundle on stdin
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to print the list
    #[arg(long, value_enum, default_value = "table")]
    pub format: TableForm,
    #[command(flatten)]
    pub trust: TrustArgs,
    #[command(flatten)]
    pub workers: WorkerArgs,
    #[command(flatten)]
    pub caps: LimitArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("args/help/benchmarks.txt"))]
pub struct BenchmarksArgs {
    #[command(flatten)]
    pub catalogs: CatalogArgs,
    /// How to print the list
    #[arg(long, value_enum, default_value = "table")]
    pub format: TableForm,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("args/help/layouts.txt"))]
pub struct LayoutsArgs {
    /// How to print the list
    #[arg(long, value_enum, default_value = "table")]
    pub format: TableForm,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("args/help/controls.txt"))]
pub struct ControlsArgs {
    #[command(flatten)]
    pub catalogs: CatalogArgs,
    /// The benchmark
    #[arg(short, long, value_name = "ID", required_unless_present = "coverage")]
    pub benchmark: Option<String>,
    /// How many controls evidence decides, and how many a person does, per benchmark; with -b what
    /// decides each control, and why
    #[arg(long)]
    pub coverage: bool,
    /// How to print the list
    #[arg(long, value_enum, default_value = "table")]
    pub format: TableForm,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("args/help/collector.txt"))]
pub struct CollectorArgs {
    /// The folder to write them to
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("args/help/schema.txt"))]
pub struct SchemaArgs {
    /// Of the JSON report, or of a finding: a line of JSON Lines
    #[arg(value_enum, value_name = "OF", default_value = "report")]
    pub of: SchemaOf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    Report,
    Finding,
}
