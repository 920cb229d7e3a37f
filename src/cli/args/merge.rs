//! The arguments of `merge`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{CatalogArgs, FailOn, OutputArgs};

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("help/merge.txt"))]
pub struct MergeArgs {
    /// All shards of one run, as analyze --shard writes them, in any order
    #[arg(required = true, value_name = "SHARD")]
    pub shards: Vec<PathBuf>,
    #[command(flatten)]
    pub outputs: OutputArgs,
    /// Without -o: write nothing, and say whether the shards are whole and of one run
    #[arg(long)]
    pub verify: bool,
    /// End with exit code 1 if there is a fail without a waiver, or an unknown or error too
    #[arg(long, value_enum, value_name = "WHEN", default_value = "never")]
    pub fail_on: FailOn,
    #[command(flatten)]
    pub catalogs: CatalogArgs,
    /// Say nothing but errors that end the run
    #[arg(short, long)]
    pub quiet: bool,
}
