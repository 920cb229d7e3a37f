//! What the subcommands take that keep evidence fit to be passed on.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{LimitArgs, TableForm, TextOrJson, TrustArgs, WorkerArgs};

#[derive(Debug, ClapArgs)]
#[command(
    after_help = include_str!("help/redact.txt")
)]
pub struct RedactArgs {
    /// A bundle: an archive or a folder, of a collector or of another tool, or - for stdin
    #[arg(value_name = "IN")]
    pub path: PathBuf,
    /// The archive to write: .tar.gz, .tgz or .tar
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
    /// How to print what was masked
    #[arg(long, value_enum, default_value = "table")]
    pub format: TableForm,
    /// Read it as this layout, instead of the one it is recognised by: see `layouts`
    #[arg(long, value_name = "NAME")]
    pub read_as: Option<String>,
    #[command(flatten)]
    pub caps: LimitArgs,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = include_str!("help/custody.txt")
)]
pub struct CustodyArgs {
    /// A report in JSON
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,
    /// The bundles it is of, or folders of them: each digest is computed again and compared
    #[arg(value_name = "BUNDLE")]
    pub paths: Vec<PathBuf>,
    /// A text for the file, or a document for tools
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub format: TextOrJson,
    #[command(flatten)]
    pub trust: TrustArgs,
    #[command(flatten)]
    pub workers: WorkerArgs,
    #[command(flatten)]
    pub caps: LimitArgs,
}
