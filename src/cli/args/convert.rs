//! The arguments of `convert`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{CatalogArgs, OutputArgs};

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("help/convert.txt"))]
pub struct ConvertArgs {
    /// A report in JSON, as analyze -o report.json writes it
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,
    #[command(flatten)]
    pub outputs: OutputArgs,
    #[command(flatten)]
    pub catalogs: CatalogArgs,
}
