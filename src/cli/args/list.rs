//! The arguments of `list`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("help/list.txt"))]
pub struct ListArgs {
    /// A folder to search for bundles
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// End each name with NUL instead of a line break: a name may hold anything then
    #[arg(short = '0', long)]
    pub null: bool,
}
