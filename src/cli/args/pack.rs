//! The arguments of `pack`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::LimitArgs;

#[derive(Debug, ClapArgs)]
#[command(after_help = include_str!("help/pack.txt"))]
pub struct PackArgs {
    /// Bundles, or folders to search for bundles
    #[arg(value_name = "PATH", required_unless_present = "list")]
    pub paths: Vec<PathBuf>,
    /// Pack the bundles named in a file, or on stdin: a path a line, or ended by NUL; below PATH, if that
    /// is given
    #[arg(long, value_name = "FILE|-")]
    pub list: Option<PathBuf>,
    /// The archive to write: a .tar
    #[arg(short, long, value_name = "PACK")]
    pub output: PathBuf,
    #[command(flatten)]
    pub caps: LimitArgs,
}
