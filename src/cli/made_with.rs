//! What a run is made with: the program, its catalog, and the arguments that rows depend on.

use std::path::Path;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _};
use jiff::Timestamp;

use super::args::{AnalyzeArgs, Args};
use super::collector;
use crate::benchmark::built_in;
use crate::bundle;
use crate::matrix::custody::MadeWith;
use crate::matrix::report;
use crate::pipeline::Run;

/// Arguments that say what is read and written where and how, how fast, and how the run ends; catalogs
/// and settings have their digests in the report.
const ELSEWHERE: [&str; 15] = [
    "paths",
    "list",
    "shard",
    "output",
    "format",
    "layout",
    "group_by",
    "fail_on",
    "jobs",
    "quiet",
    "as_of",
    "dirs",
    "kube_bench",
    "settings",
    "no_settings",
];
/// Arguments whose values are files.
const FILES: [&str; 4] = ["expect", "waivers", "allowed_signers", "not_opened"];

/// The arguments of `analyze` that rows depend on, in the order of their names.
pub fn command(matches: &ArgMatches) -> Vec<String> {
    let typed = Args::command();
    let analyze = typed.find_subcommand("analyze").into_iter();
    let mut names: Vec<&str> = analyze
        .flat_map(clap::Command::get_arguments)
        .map(|argument| argument.get_id().as_str())
        .filter(|name| !ELSEWHERE.contains(name))
        .filter(|name| matches.try_contains_id(name).is_ok())
        .filter(|name| matches.value_source(name) == Some(ValueSource::CommandLine))
        .collect();
    names.sort_unstable();
    let mut words = vec!["analyze".to_owned()];
    for name in names {
        let values = matches.get_raw(name).into_iter().flatten();
        let flag = format!("--{}", name.replace('_', "-"));
        let before = words.len();
        for value in values {
            let value = Path::new(value);
            let text = match name {
                _ if FILES.contains(&name) => digest(value).unwrap_or_default(),
                _ => value.to_string_lossy().into_owned(),
            };
            words.push(format!("{flag}={text}"));
        }
        if words.len() == before {
            words.push(flag);
        }
    }
    words
}

fn digest(path: &Path) -> Option<String> {
    let bytes = std::fs::read(path).ok()?;
    Some(format!("sha256:{}", bundle::sha256_hex(&bytes)))
}

/// What a run is made with; `command` is what was typed.
pub fn made_with(command: &[String], allowed_signers: Option<&Path>) -> MadeWith {
    let signers = allowed_signers.and_then(|path| std::fs::read(path).ok());
    MadeWith {
        binary_sha256: binary(),
        catalog_sha256: Some(built_in::digest()),
        command: command.to_vec(),
        allowed_signers_sha256: signers.map(|bytes| bundle::sha256_hex(&bytes)),
    }
}

/// The digest of the program's own file; none where the system does not say which that is.
pub fn binary() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    bundle::file_sha256(&path)
}

/// How the run is made, as a report says it.
pub(super) fn described(
    args: &AnalyzeArgs,
    run: &Run<'_>,
    as_of: Option<Timestamp>,
) -> report::Run {
    let mut described = run.described(collector::built_in(), as_of);
    described.settings = args.used.clone();
    described
}

/// What of it only a report in JSON says: it takes reading the program's own file.
pub(super) fn of_analyze(args: &AnalyzeArgs) -> MadeWith {
    let signers = args.judging.trust.allowed_signers.as_deref();
    made_with(&args.command, signers)
}
