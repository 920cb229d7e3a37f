//! The `nodeproof` program.

use std::process::ExitCode;

/// What musl brings lets one thread wait for another at every small text.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    nodeproof::cli::run(std::env::args_os())
}
