//! `nodeproof verify`: bundles against their checksums and signatures, member by member.

use std::io;

use serde_json::{Value, json};

use super::args::{LimitArgs, TrustArgs, VerifyArgs, WorkerArgs};
use super::stop::CliError;
use super::table::{self, TableColumns, TableForm};
use super::{Exit, message, summary};
use crate::bundle;
use crate::pipeline;
use crate::pipeline::verify::{Verification, Verified};
use crate::problem::Problem;

const COLUMNS: TableColumns<'_> = TableColumns {
    shown: &[
        "result",
        "bundle",
        "checksums",
        "signature",
        "signer",
        "members",
        "what",
    ],
    spare: &["members", "signer"],
};

const ALL: [&str; 11] = [
    "result",
    "bundle",
    "sha256",
    "checksums",
    "signature",
    "signer",
    "key",
    "members",
    "failed",
    "what",
    "problems",
];

pub fn run(args: &VerifyArgs) -> Result<Exit, CliError> {
    let (verify, found) = settle(args)?;
    let mut all: Vec<Verified> = Vec::new();
    let (of_none, skipped) = verify.all(&found.places, &mut |verified| {
        all.push(verified);
        Ok::<(), io::Error>(())
    })?;
    for problem in found.problems.iter().chain(&of_none) {
        message::say(format_args!("warning: {problem}"));
    }
    let rows: Vec<Value> = all.iter().map(|one| row(one, args.format)).collect();
    let printed = table::print(args.format, &COLUMNS, &ALL, &rows);
    for one in &all {
        one.problems
            .iter()
            .for_each(|problem| message::say(format_args!("warning: {problem}")));
        one.failures
            .iter()
            .for_each(|problem| message::say(format_args!("failed: {problem}")));
        if let Some(more) = one
            .failed
            .checked_sub(one.failures.len())
            .filter(|more| *more > 0)
        {
            message::say(format_args!("failed: {}: and {more} more", one.bundle));
        }
    }
    let of = |result: &str| all.iter().filter(|one| one.result == result).count();
    message::say(format_args!(
        "{} of {} as their checksums say, {} failed, {} without checksums. {}.",
        of("ok"),
        match all.len() {
            1 => "1 bundle".to_owned(),
            count => format!("{count} bundles"),
        },
        of("failed"),
        of("no-sums"),
        summary::skipped(found.skipped + skipped),
    ));
    Ok(match printed {
        Exit::Fine if of("failed") > 0 => Exit::Evidence,
        other => other,
    })
}

/// What reads bundles again and compares them with their checksums and signatures.
pub(super) fn verifying(
    caps: &LimitArgs,
    trust: &TrustArgs,
    workers: &WorkerArgs,
) -> Result<Verification, String> {
    Ok(Verification {
        limits: caps.limits()?,
        trusted: trust.settle()?,
        pool: pipeline::pool(workers.threads())?,
    })
}

fn settle(args: &VerifyArgs) -> Result<(Verification, bundle::Found), String> {
    let verify = verifying(&args.caps, &args.trust, &args.workers)?;
    bundle::exist(&args.paths)?;
    let found = bundle::find(&args.paths, &[])?;
    if found.places.is_empty() {
        let skipped = summary::skipped(found.skipped);
        return Err(format!("no bundle in the PATHs: {skipped}"));
    }
    Ok((verify, found))
}

/// JSON has all there is; the others have it in words.
fn row(one: &Verified, form: TableForm) -> Value {
    if form == TableForm::Json {
        return serde_json::to_value(one).unwrap_or_default();
    }
    let sentence = |problem: &Problem| match &problem.member {
        Some(member) => format!("{member} {}", problem.what),
        None => problem.what.clone(),
    };
    let signature = one.signature.as_ref();
    let why = signature.and_then(|signature| signature.why.clone());
    let failures = one.failures.iter().map(sentence);
    let what: Vec<String> = failures.chain(why).collect();
    let problems: Vec<String> = one.problems.iter().map(sentence).collect();
    let mut what_once = what;
    what_once.dedup();
    json!({
        "result": one.result,
        "bundle": one.bundle,
        "sha256": one.sha256,
        "checksums": one.checksums,
        "signature": signature.map(|signature| &signature.state),
        "signer": signature.and_then(|signature| signature.signer.as_ref()),
        "key": signature.and_then(|signature| signature.key.as_ref()),
        "members": one.members.to_string(),
        "failed": one.failed.to_string(),
        "what": what_once.join("; "),
        "problems": problems.join("; "),
    })
}
