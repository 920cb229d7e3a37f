//! The arguments of `convert`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{CatalogArgs, GroupBy, Layout, format_help};
use crate::cli::outputs::Typed;

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("help/convert.txt"))]
pub struct ConvertArgs {
    /// A report in JSON, as analyze -o report.json writes it
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,
    /// Write to a file; the ending picks the format. A path that ends in / or .zip takes a file for
    /// each node, in the formats that have one. May be repeated
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    #[arg(long, value_name = "FORMAT", help = format_help())]
    pub format: Vec<String>,
    /// The two, as they belong together.
    #[arg(skip)]
    pub outputs: Typed,
    /// One row per finding, or one per node with a column per control (csv and jsonl; xlsx and html have both)
    #[arg(long, value_enum, value_name = "LAYOUT", default_value = "long")]
    pub layout: Layout,
    /// Instead of findings, what they say of each NIST SP 800-53 family and control (csv and jsonl)
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with = "layout")]
    pub group_by: Option<GroupBy>,
    #[command(flatten)]
    pub catalogs: CatalogArgs,
}
