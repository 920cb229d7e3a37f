//! The command line: one file per subcommand, arguments as typed, then as settled.

mod analyze;
mod args;
mod benchmarks;
mod bundles;
mod collector;
mod completions;
mod controls;
mod convert;
mod custody;
mod diff;
mod explain;
mod layouts;
mod list;
mod made_with;
mod man;
mod merge;
mod message;
mod outputs;
mod pack;
mod progress;
mod redact;
mod schema;
mod settings_file;
mod shard;
mod signals;
mod stop;
mod summary;
mod table;
mod verify;
mod version;
mod waivers;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser as _};

use crate::export::terminal;
use args::{Args, Command};
use outputs::Typed;
use stop::CliError;

/// How a run ended (DESIGN §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Fine = 0,
    /// `--fail-on` was reached.
    FailOn = 1,
    /// Wrong usage or catalog.
    Usage = 2,
    /// Some evidence in a bundle could not be read.
    Evidence = 3,
    /// An output could not be written.
    Output = 4,
}

/// Runs the program with its arguments, its name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // Faults of readers on hostile input become error rows; a trace would only frighten.
    std::panic::set_hook(Box::new(|_| {}));
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let matches = Args::command().try_get_matches_from(&arguments);
    let parsed = matches.and_then(|matches| Ok((Args::from_arg_matches(&matches)?, matches)));
    let exit = match parsed {
        Ok((args, matches)) => command(args.command, &matches).unwrap_or_else(CliError::report),
        Err(error) => match error.kind() {
            ErrorKind::DisplayVersion => message::print(&version::text()),
            ErrorKind::DisplayHelp => message::print(&error.render().to_string()),
            _ => {
                let error = in_safe_words(error, &arguments);
                message::say_lines(&error.render().to_string());
                Exit::Usage
            }
        },
    };
    ExitCode::from(exit as u8)
}

fn command(command: Command, matches: &ArgMatches) -> Result<Exit, CliError> {
    let typed = matches.subcommand().map(|(_, own)| own);
    match command {
        Command::Analyze(mut args) => {
            args.outputs.typed = typed.map(Typed::of).transpose()?.unwrap_or_default();
            if let (Some(file), Some(typed)) = (settings_file::find(&args.settings)?, typed) {
                if file.is_told(args.quiet) {
                    message::say(format_args!("settings are from {}", file.name));
                }
                args.used = Some(file.complete_analysis(&mut args, typed));
                file.is_no_evidence(&args.paths)?;
            }
            if args.list.is_none() {
                something_to_judge(&args.paths)?;
            }
            args.command = typed.map(made_with::command).unwrap_or_default();
            analyze::run(*args)
        }
        Command::Explain(mut args) => {
            if let (Some(file), Some(typed)) = (settings_file::find(&args.settings)?, typed) {
                message::say(format_args!("settings are from {}", file.name));
                file.complete_explanation(&mut args, typed);
                file.is_no_evidence(&args.paths)?;
            }
            something_to_judge(&args.paths)?;
            explain::run(&args)
        }
        Command::Benchmarks(args) => benchmarks::run(&args),
        Command::Controls(args) => controls::run(&args),
        Command::Layouts(args) => Ok(layouts::run(&args)),
        Command::List(args) => list::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Custody(args) => custody::run(&args),
        Command::Pack(args) => pack::run(&args),
        Command::Redact(args) => redact::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Convert(mut args) => {
            args.outputs.typed = typed.map(Typed::of).transpose()?.unwrap_or_default();
            convert::run(&args)
        }
        Command::Merge(mut args) => {
            args.outputs.typed = typed.map(Typed::of).transpose()?.unwrap_or_default();
            merge::run(&args)
        }
        Command::Schema(args) => Ok(schema::run(&args)),
        Command::Collector(args) => collector::run(&args),
        Command::Completions(args) => Ok(completions::run(&args)),
        Command::Man(args) => man::run(&args),
    }
}

fn something_to_judge(paths: &[PathBuf]) -> Result<(), CliError> {
    match paths.is_empty() {
        true => Err(CliError::from(
            "there is nothing to judge: give bundles, folders of them, or -; or `paths` in nodeproof.toml"
                .to_owned(),
        )),
        false => Ok(()),
    }
}

/// The same error of what was typed with each argument as one visible line: a file's name may be
/// one, and clap takes out of it what steers a terminal, but no line break.
fn in_safe_words(error: clap::Error, typed: &[OsString]) -> clap::Error {
    let safe = |word: &OsString| terminal::line(&word.to_string_lossy()).into_owned();
    Args::try_parse_from(typed.iter().map(safe))
        .err()
        .unwrap_or(error)
}
