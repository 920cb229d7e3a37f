//! The `nodeproof` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    nodeproof::cli::run(std::env::args_os())
}
