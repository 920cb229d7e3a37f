//! The arguments of `merge`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{CatalogArgs, FailOn, GroupBy, Layout, format_help};
use crate::cli::outputs::Typed;

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("help/merge.txt"))]
pub struct MergeArgs {
    /// All shards of one run, as analyze --shard writes them, in any order
    #[arg(required = true, value_name = "SHARD")]
    pub shards: Vec<PathBuf>,
    /// Write the matrix to a file; the ending picks the format. A path that ends in / or .zip takes
    /// a file for each node, in the formats that have one. May be repeated
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    #[arg(long, value_name = "FORMAT", help = format_help())]
    pub format: Vec<String>,
    /// The two, as they belong together.
    #[arg(skip)]
    pub outputs: Typed,
    /// Without -o: write nothing, and say whether the shards are whole and of one run
    #[arg(long)]
    pub verify: bool,
    /// One row per finding, or one per node with a column per control (csv and jsonl; xlsx and html have both)
    #[arg(long, value_enum, value_name = "LAYOUT", default_value = "long")]
    pub layout: Layout,
    /// Instead of findings, what they say of each NIST SP 800-53 family and control (csv and jsonl)
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with = "layout")]
    pub group_by: Option<GroupBy>,
    /// End with exit code 1 if there is a fail without a waiver, or an unknown or error too
    #[arg(long, value_enum, value_name = "WHEN", default_value = "never")]
    pub fail_on: FailOn,
    #[command(flatten)]
    pub catalogs: CatalogArgs,
    /// Say nothing but errors that end the run
    #[arg(short, long)]
    pub quiet: bool,
}
