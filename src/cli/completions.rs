//! `nodeproof completions SHELL`: what a shell needs to complete the command line.

use clap::CommandFactory as _;

use super::args::{Args, CompletionsArgs};
use super::{Exit, message};

pub fn run(args: &CompletionsArgs) -> Exit {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    message::print_for_tools(&String::from_utf8_lossy(&script))
}
