//! `nodeproof custody REPORT.json [BUNDLES…]`: whose hands the evidence of a report went through,
//! and whether the bundles at hand are the ones that were judged.

mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use serde::Serialize;

use super::args::{CustodyArgs, TextOrJson};
use super::stop::CliError;
use super::verify::verifying;
use super::{Exit, collector, made_with, message};
use crate::benchmark::built_in;
use crate::bundle;
use crate::evidence::manifest::Collector;
use crate::matrix::report::{Bundle, Run};
use crate::matrix::stored::Stopped;
use crate::matrix::stored::parts::StoredParts;
use crate::pipeline::verify::Verified;

/// The chain of one report.
#[derive(Serialize)]
struct Chain {
    report: CustodyReport,
    run: Run,
    /// The program that prints this.
    this_program: Same,
    /// What of the bundles came of comparing them.
    compared: ComparedDigest,
    bundles: Vec<Link>,
}

#[derive(Serialize)]
struct CustodyReport {
    name: String,
    sha256: Option<String>,
}

/// Whether this program is the one that made the report.
#[derive(Serialize)]
struct Same {
    version: &'static str,
    binary_sha256: Option<String>,
    is_same_binary: Option<bool>,
    is_same_catalog: Option<bool>,
}

#[derive(Default, Serialize)]
struct ComparedDigest {
    same: usize,
    other: usize,
    failed: usize,
    missing: usize,
    not_compared: usize,
}

/// One bundle of the report.
#[derive(Serialize)]
struct Link {
    #[serde(flatten)]
    bundle: Bundle,
    /// `carried` by this program, `other` than that, or `unknown`: it does not say.
    collector_script: &'static str,
    /// `same`, `other`, `failed`, `missing`, or `not-compared`: no bundles were named.
    at_hand: &'static str,
    /// What is to be said of that, as a sentence.
    why: Option<String>,
}

pub fn run(args: &CustodyArgs) -> Result<Exit, CliError> {
    let path = &args.report;
    let parts = StoredParts::read(open(path)?).map_err(|stopped| match stopped {
        Stopped::Wrong(why) => wrong(path, &why),
        Stopped::Taker(error) => error.into(),
    })?;
    let at_hand = match args.paths.is_empty() {
        true => None,
        false => Some(AtHand::of(args)?),
    };
    let chain = chain(path, parts, at_hand.as_ref())?;
    let is_broken = chain.compared.other + chain.compared.failed + chain.compared.missing > 0;
    let printed = match args.format {
        TextOrJson::Text => message::print(&text::of(&chain)),
        TextOrJson::Json => {
            let json = serde_json::to_string_pretty(&chain).map_err(io::Error::from)?;
            message::print_for_tools(&(json + "\n"))
        }
    };
    Ok(match printed {
        Exit::Fine if is_broken => Exit::Evidence,
        other => other,
    })
}

fn open(path: &Path) -> Result<BufReader<File>, CliError> {
    let file = File::open(path);
    let file = file.map_err(|e| wrong(path, &format!(" cannot be read ({e}); check the path")))?;
    Ok(BufReader::with_capacity(1 << 16, file))
}

fn wrong(path: &Path, why: &str) -> CliError {
    CliError::from(format!("{}:{why}", path.display()))
}

fn chain(path: &Path, mut parts: StoredParts, at_hand: Option<&AtHand>) -> Result<Chain, CliError> {
    let carried = collector::built_in();
    let mut compared = ComparedDigest::default();
    let mut bundles = Vec::new();
    for bundle in parts.bundles()? {
        let bundle = bundle?;
        let (word, why) = match at_hand {
            None => ("not-compared", None),
            Some(at_hand) => at_hand.compare(&bundle),
        };
        *match word {
            "same" => &mut compared.same,
            "other" => &mut compared.other,
            "failed" => &mut compared.failed,
            "missing" => &mut compared.missing,
            _ => &mut compared.not_compared,
        } += 1;
        bundles.push(Link {
            collector_script: script(bundle.collector.as_ref(), &carried),
            bundle,
            at_hand: word,
            why,
        });
    }
    let made = &parts.run.made_with;
    let binary = made_with::binary();
    let same = |of: &Option<String>, own: Option<&String>| Some(of.as_ref()? == own?);
    Ok(Chain {
        report: CustodyReport {
            name: path.display().to_string(),
            sha256: bundle::file_sha256(path),
        },
        this_program: Same {
            version: env!("CARGO_PKG_VERSION"),
            is_same_binary: same(&made.binary_sha256, binary.as_ref()),
            is_same_catalog: same(&made.catalog_sha256, Some(&built_in::digest())),
            binary_sha256: binary,
        },
        compared,
        run: parts.run,
        bundles,
    })
}

/// Whether a bundle's collector is a script that this program carries.
fn script(of: Option<&Collector>, carried: &[Collector]) -> &'static str {
    match of.and_then(|of| of.sha256.as_ref()) {
        None => "unknown",
        Some(digest)
            if carried
                .iter()
                .any(|one| one.sha256.as_ref() == Some(digest)) =>
        {
            "carried"
        }
        Some(_) => "other",
    }
}

/// The bundles that were named, each read and checked again.
struct AtHand {
    by_digest: BTreeMap<String, Verified>,
    /// Digests by the last part of a name.
    by_name: BTreeMap<String, BTreeSet<String>>,
}

impl AtHand {
    fn of(args: &CustodyArgs) -> Result<Self, CliError> {
        let verify = verifying(&args.caps, &args.trust, &args.workers)?;
        bundle::exist(&args.paths)?;
        let found = bundle::find(&args.paths, &[])?;
        let mut own = Self {
            by_digest: BTreeMap::new(),
            by_name: BTreeMap::new(),
        };
        verify.all(&found.places, &mut |verified| {
            if let Some(digest) = verified.sha256.clone() {
                let names = own.by_name.entry(last(&verified.bundle).to_owned());
                names.or_default().insert(digest.clone());
                own.by_digest.insert(digest, verified);
            }
            Ok::<(), io::Error>(())
        })?;
        Ok(own)
    }

    fn compare(&self, bundle: &Bundle) -> (&'static str, Option<String>) {
        let found = bundle.sha256.as_ref().and_then(|it| self.by_digest.get(it));
        let Some(found) = found else {
            return match self.by_name.get(last(&bundle.name)) {
                Some(digests) => {
                    let digests: Vec<&str> = digests.iter().map(String::as_str).collect();
                    let why = format!(
                        "what is at hand under this name has sha256 {}",
                        digests.join(", ")
                    );
                    ("other", Some(why))
                }
                None => (
                    "missing",
                    Some("nothing at hand has its digest or its name".to_owned()),
                ),
            };
        };
        // One that could not be read when it was judged is the same if it still cannot be.
        let was_read = bundle.integrity.is_some();
        match found.failures.first() {
            Some(failure) if was_read && !was_in_doubt(bundle) => {
                ("failed", Some(failure.to_string()))
            }
            Some(failure) => {
                let why = format!("in doubt as when it was judged: {failure}");
                ("same", Some(why))
            }
            None if found.checksums.as_deref() != Some("match") => {
                ("same", Some("it has no checksums of its own".to_owned()))
            }
            None => ("same", None),
        }
    }
}

/// Whether the report says itself that the bundle is not as its checksums or signature say.
fn was_in_doubt(bundle: &Bundle) -> bool {
    let integrity = bundle.integrity.as_deref();
    matches!(
        integrity,
        Some("mismatch" | "signature-bad" | "unknown-signer")
    )
}

/// The last part of a bundle's name: it may lie in another folder by now.
fn last(name: &str) -> &str {
    name.rsplit(['/', '!']).next().unwrap_or(name)
}
