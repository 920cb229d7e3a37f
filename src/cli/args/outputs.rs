//! What every subcommand that writes the matrix takes: where to, in which format and layout.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::format_help;
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::cli::outputs::Typed;
use crate::export;
use crate::matrix::report::WideColumns;

#[derive(Debug, ClapArgs)]
pub struct OutputArgs {
    /// Write the matrix to a file; the ending picks the format. A path that ends in / or .zip takes
    /// a file for each node, in the formats that have one. May be repeated
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    #[arg(long, value_name = "FORMAT", help = format_help())]
    pub format: Vec<String>,
    /// The two, as they belong together.
    #[arg(skip)]
    pub typed: Typed,
    /// One row per finding, or one per node with a column per control (csv and jsonl; xlsx and html have both)
    #[arg(long, value_enum, value_name = "LAYOUT", default_value = "long")]
    pub layout: LayoutChoice,
    /// Instead of findings, what they say of each NIST SP 800-53 family and control (csv and jsonl)
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with = "layout")]
    pub group_by: Option<GroupBy>,
}

impl OutputArgs {
    /// How the findings of these controls are laid out.
    pub fn layout(&self, catalog: &Catalog, selection: &Selection) -> export::Layout {
        match (self.group_by, self.layout) {
            (Some(GroupBy::Nist), _) => export::Layout::ByNist,
            (None, LayoutChoice::Long) => export::Layout::Long,
            (None, LayoutChoice::Wide) => export::Layout::Wide(WideColumns::of(catalog, selection)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LayoutChoice {
    Long,
    Wide,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GroupBy {
    Nist,
}
