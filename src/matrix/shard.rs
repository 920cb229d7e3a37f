//! One shard of a run as a file: what its bundles gave, before it is counted with what those of the
//! other shards gave. JSON Lines: a head, one line for each bundle in row order, and the digest of all
//! lines before it.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use super::judged::Judged;
use super::report::Run;
use crate::bundle::Digesting;
use crate::fleet::expect::Expected;
use crate::fleet::identity::Identity;
use crate::fleet::shard::Shard;
use crate::problem::Problem;

/// The version of the file.
pub const SCHEMA: &str = "nodeproof-shard/1";

/// What stands before the bundles.
#[derive(Deserialize, Serialize)]
pub struct Head {
    /// [`SCHEMA`]
    pub schema: String,
    /// Which shard it is.
    pub shard: Shard,
    /// How the run is made.
    pub run: Run,
    /// What tells whether all shards found the same bundles.
    pub found_sha256: String,
    /// Bundles of all shards.
    pub bundles: usize,
    /// The names of this shard's, by number.
    pub names: BTreeMap<usize, String>,
    /// Who this shard's are.
    pub identity: Identity,
    /// How old evidence may be, in seconds.
    pub max_age_seconds: Option<i64>,
    /// What is of the whole run; in the first shard alone.
    pub whole: Option<Whole>,
}

/// What a run has once, however many shards it has.
#[derive(Default, Deserialize, Serialize)]
pub struct Whole {
    /// Whom it should have evidence of.
    pub expected: Expected,
    /// What a reader should know that is of no bundle.
    pub problems: Vec<Problem>,
    /// Files that are no bundles.
    pub skipped: u64,
    /// The waivers file: its name and its text.
    pub waivers: Option<(String, String)>,
}

/// The last line.
#[derive(Deserialize, Serialize)]
struct End {
    sha256: String,
}

/// Writes a shard.
pub struct Writer<W> {
    to: W,
    digest: Digesting,
}

impl<W: Write> Writer<W> {
    /// Nothing is written yet.
    #[must_use]
    pub fn new(to: W) -> Self {
        Self {
            to,
            digest: Digesting::default(),
        }
    }

    /// Writes the head.
    ///
    /// # Errors
    /// The target cannot be written.
    pub fn begin(&mut self, head: &Head) -> io::Result<()> {
        self.line(head)
    }

    /// Writes what the bundle of this number gave.
    ///
    /// # Errors
    /// The target cannot be written.
    pub fn bundle(&mut self, bundle_number: usize, judged: &Judged) -> io::Result<()> {
        self.line(&(bundle_number, judged))
    }

    /// Writes the end.
    ///
    /// # Errors
    /// The target cannot be written.
    pub fn end(&mut self) -> io::Result<()> {
        let sha256 = std::mem::take(&mut self.digest).hex();
        self.line(&End { sha256 })?;
        self.to.flush()
    }

    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.digest.add(&line);
        self.to.write_all(&line)
    }
}

/// Reads a shard. Errors are the end of a sentence about its file.
pub struct ShardReader<R> {
    from: R,
    digest: Digesting,
    last: Option<usize>,
    /// What stands before the bundles.
    pub head: Head,
}

impl<R: BufRead> ShardReader<R> {
    /// Reads the head.
    ///
    /// # Errors
    /// It is no shard, or one of another version.
    pub fn new(mut from: R) -> Result<Self, String> {
        let mut digest = Digesting::default();
        let line = line(&mut from)?;
        digest.add(&line);
        let begin = format!("{{\"schema\":\"{SCHEMA}\"");
        if !line.starts_with(begin.as_bytes()) {
            return Err(
                "is no shard of a run; give what `analyze --shard I/N -o FILE` wrote".to_owned(),
            );
        }
        let head: Head = serde_json::from_slice(&line).map_err(damaged)?;
        Ok(Self {
            from,
            digest,
            last: None,
            head,
        })
    }

    /// What the next bundle gave, with its number; none behind the last.
    ///
    /// # Errors
    /// The file is cut off, or was changed after it was written.
    pub fn bundle(&mut self) -> Result<Option<(usize, Judged)>, String> {
        let line = line(&mut self.from)?;
        if line.starts_with(b"{") {
            let end: End = serde_json::from_slice(&line).map_err(damaged)?;
            let digest = std::mem::take(&mut self.digest).hex();
            let has_more = !self.from.fill_buf().map_err(unread)?.is_empty();
            return match end.sha256 == digest && !has_more {
                true => Ok(None),
                false => Err(damaged("its digest is another")),
            };
        }
        self.digest.add(&line);
        let (bundle_number, judged): (usize, Judged) =
            serde_json::from_slice(&line).map_err(damaged)?;
        let is_own = self.head.names.contains_key(&bundle_number);
        if !is_own || self.last.is_some_and(|last| last >= bundle_number) {
            return Err(damaged("its bundles are not those of its head"));
        }
        self.last = Some(bundle_number);
        Ok(Some((bundle_number, judged)))
    }
}

fn line(from: &mut impl BufRead) -> Result<Vec<u8>, String> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line).map_err(unread)?;
    match line.ends_with(b"\n") {
        true => Ok(line),
        false => Err("is cut off; write the shard again".to_owned()),
    }
}

fn unread(error: io::Error) -> String {
    format!("cannot be read ({error}); check the path")
}

fn damaged(why: impl std::fmt::Display) -> String {
    format!("was changed after it was written ({why}); write the shard again")
}
