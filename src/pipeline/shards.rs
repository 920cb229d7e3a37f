//! A run in shards: one of them → its file; all of them → the outputs of the run.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, BufRead, Write};

use serde_json::Value;

use super::Run;
use super::analyze::{Measure, Observer, Report, ReportSink, Settled, count, problems};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::bundle::Found;
use crate::export::target::{Lost, Target};
use crate::fleet::identity::Identity;
use crate::fleet::shard::{self, Shard};
use crate::matrix::clock::Clock;
use crate::matrix::counting::Counting;
use crate::matrix::judged::Judged;
use crate::matrix::report;
use crate::matrix::shard::{Head, SCHEMA, ShardReader, Whole, Writer};
use crate::matrix::waivers::Waivers;
use crate::problem::Problem;
use crate::verdict::Verdict;

/// A shard that a run writes.
pub struct Sharded {
    /// Which one.
    pub shard: Shard,
    /// How the run is made.
    pub described: report::Run,
    /// The waivers file: its name and its text.
    pub waivers: Option<(String, String)>,
}

impl Run<'_> {
    /// Judges one shard of what was found and writes it whole, or not at all. Gives back how many of
    /// its findings are errors.
    ///
    /// # Errors
    /// The shard, or a temporary file, could not be written.
    pub fn shard<W: Write>(
        &self,
        found: &Found,
        measure: Measure,
        sharded: Sharded,
        mut target: Target<Writer<W>>,
        observer: &mut dyn Observer,
    ) -> Result<u64, Lost> {
        let fleet = self.first_pass(&found.places, measure.today);
        let own = sharded.shard.own_bundles(fleet.index());
        let has = |bundle_number: usize| own.get(bundle_number).copied().unwrap_or_default();
        let names = fleet.index().names.iter().enumerate();
        let whole = || Whole {
            expected: measure.expected.unwrap_or_else(|| fleet.listed()),
            problems: problems(found, &fleet).cloned().collect(),
            skipped: found.skipped + fleet.index().skipped(),
            waivers: sharded.waivers,
        };
        let head = Head {
            schema: SCHEMA.to_owned(),
            shard: sharded.shard,
            run: sharded.described,
            found_sha256: shard::digest(fleet.index()),
            bundles: own.len(),
            names: { names.filter(|(bundle_number, _)| has(*bundle_number)) }
                .map(|(bundle_number, name)| (bundle_number, name.clone()))
                .collect(),
            identity: fleet.identity.part(&has),
            max_age_seconds: measure.clock.max_age.map(|age| age.as_secs()),
            whole: (sharded.shard.number == 1).then(whole),
        };
        let name = target.name.clone();
        let lost = |error| Lost::of(&name, error);
        observer.begin(head.names.len() as u64);
        target.export.begin(&head).map_err(lost)?;
        let (mut fails, mut errors) = (0, 0);
        self.judge_some(&fleet, &has, &mut |bundle_number, judged| {
            if !has(bundle_number) {
                return Ok(());
            }
            fails += count(&judged, Verdict::Fail);
            errors += count(&judged, Verdict::Error);
            for problem in &judged.bundle.problems {
                observer.problem(problem);
            }
            observer.step(fails, errors);
            target.export.bundle(bundle_number, &judged).map_err(lost)
        })?;
        observer.end();
        target.export.end().map_err(lost)?;
        target.publish().map_err(lost)?;
        Ok(errors)
    }
}

/// Why shards are not merged.
#[derive(Debug)]
pub enum Unmerged {
    /// They cannot be read, or are not those of one run: a sentence that names the file.
    Wrong(String),
    /// An output, or a temporary file, cannot be written.
    Lost(Lost),
}

impl From<Lost> for Unmerged {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

/// A shard's file.
struct ShardFile<R> {
    name: String,
    reader: ShardReader<R>,
    next: Option<Judged>,
}

impl<R: BufRead> ShardFile<R> {
    /// Takes up the next bundle, and gives its number.
    fn take_up(&mut self) -> Result<Option<usize>, String> {
        let read = self.reader.bundle();
        let read = read.map_err(|why| format!("{}: {why}", self.name))?;
        let (bundle_number, judged) = read.unzip();
        self.next = judged;
        Ok(bundle_number)
    }
}

/// All shards of one run.
pub struct Shards<R> {
    parts: Vec<ShardFile<R>>,
    whole: Whole,
    identity: Identity,
    names: Vec<String>,
}

impl<R: BufRead> Shards<R> {
    /// Reads what stands before the bundles of each; a file has its name, as messages call it.
    ///
    /// # Errors
    /// A sentence with the file: it is no shard, is of another version, catalog, evidence or run with
    /// other options than the first, stands twice, or one is missing.
    pub fn of(files: Vec<(String, R)>) -> Result<Self, String> {
        let mut parts = Vec::with_capacity(files.len());
        for (name, file) in files {
            let reader = ShardReader::new(file).map_err(|why| format!("{name}: {why}"))?;
            parts.push(ShardFile {
                name,
                reader,
                next: None,
            });
        }
        parts.sort_by_key(|part| part.reader.head.shard);
        for pair in parts.windows(2) {
            let [one, other] = pair else { continue };
            if let Some(why) = differs(&one.reader.head, &other.reader.head) {
                return Err(format!("{} and {}: {why}", one.name, other.name));
            }
        }
        let first = parts.first().map(|part| &part.reader.head);
        let Some((of, bundles)) = first.map(|head| (head.shard.of, head.bundles)) else {
            return Err("no shard is named".to_owned());
        };
        let numbers = parts.iter().map(|part| part.reader.head.shard.number);
        let missing: Vec<String> = (1..=of)
            .filter(|number| !numbers.clone().any(|own| own == *number))
            .map(|number| format!("{number}/{of}"))
            .collect();
        if !missing.is_empty() {
            return Err(format!(
                "of {of} shards these are missing: {}; name all of them",
                missing.join(", ")
            ));
        }
        let mut identity = Identity::default();
        let mut names = vec![None; bundles];
        let mut whole = None;
        for part in &mut parts {
            let head = &mut part.reader.head;
            identity.join(std::mem::take(&mut head.identity));
            whole = whole.or(head.whole.take());
            for (bundle_number, name) in &head.names {
                if let Some(slot) = names.get_mut(*bundle_number) {
                    *slot = Some(name.clone());
                }
            }
        }
        let names: Option<Vec<String>> = names.into_iter().collect();
        match (names, whole) {
            (Some(names), Some(whole)) => Ok(Self {
                parts,
                whole,
                identity,
                names,
            }),
            _ => {
                Err("the shards do not name every bundle of their run; write them again".to_owned())
            }
        }
    }

    /// How the run is made.
    #[must_use]
    pub fn run(&self) -> Option<&report::Run> {
        self.parts.first().map(|part| &part.reader.head.run)
    }

    /// The waivers file of the run: its name and its text.
    #[must_use]
    pub fn waivers(&self) -> Option<(&str, &str)> {
        let file = self.whole.waivers.as_ref();
        file.map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Bundles of the run.
    #[must_use]
    pub fn bundles(&self) -> usize {
        self.names.len()
    }

    /// Writes what all shards hold to every output whole, or none: what one run would have written.
    ///
    /// # Errors
    /// See [`Unmerged`].
    pub fn merge<'r>(
        mut self,
        catalog: &'r Catalog,
        selection: &Selection,
        waivers: Option<&'r Waivers>,
        targets: Vec<Target>,
        observer: &mut dyn Observer,
    ) -> Result<Report<'r>, Unmerged> {
        let mut written = ReportSink::begin(catalog, waivers, targets)?;
        let head = self.parts.first().map(|part| &part.reader.head);
        let as_of = head.and_then(|head| head.run.as_of.as_deref()?.parse().ok());
        let age = head.and_then(|head| head.max_age_seconds);
        let clock = Clock {
            as_of,
            max_age: age.map(jiff::SignedDuration::from_secs),
        };
        let Whole {
            expected,
            problems,
            skipped,
            ..
        } = std::mem::take(&mut self.whole);
        let counting = Counting::new(catalog, &self.identity, &self.names, clock, expected);
        let (bundles, of_none) = (self.names.len(), &mut problems.iter());
        let mut settled = Settled::begin(counting, bundles, of_none, observer);
        let parts = &mut self.parts;
        let mut turns = BinaryHeap::with_capacity(parts.len());
        for (at, part) in parts.iter_mut().enumerate() {
            let bundle_number = part.take_up().map_err(Unmerged::Wrong)?;
            turns.extend(bundle_number.map(|bundle_number| Reverse((bundle_number, at))));
        }
        for bundle_number in 0..bundles {
            let part = match turns.pop() {
                Some(Reverse((own, at))) if own == bundle_number => {
                    parts.get_mut(at).map(|part| (at, part))
                }
                _ => None,
            };
            let Some((at, part)) = part else {
                let name = self.names.get(bundle_number).map_or("", String::as_str);
                return Err(Unmerged::Wrong(format!(
                    "no shard holds what the bundle {name} gave; write the shards again"
                )));
            };
            let judged = part.next.take().unwrap_or_default();
            settled.take(judged, &mut |judged| written.take(judged))?;
            let next = part.take_up().map_err(Unmerged::Wrong)?;
            turns.extend(next.map(|bundle_number| Reverse((bundle_number, at))));
        }
        // What is left was in nobody's head, and its end, with the digest, was not reached.
        if let Some(part) = turns.pop().and_then(|Reverse((_, at))| parts.get(at)) {
            let name = &part.name;
            return Err(Unmerged::Wrong(format!(
                "{name}: holds a bundle more than its run has; write the shard again"
            )));
        }
        let coverage = settled.finish(selection);
        let of_none: Vec<&Problem> = problems.iter().collect();
        Ok(written.finish(skipped, coverage, of_none)?)
    }
}

/// Why two shards are not of one run.
fn differs(one: &Head, other: &Head) -> Option<String> {
    let (a, b) = (one.shard, other.shard);
    if a.of != b.of {
        return Some(format!(
            "are of {} shards and of {}; name those of one run",
            a.of, b.of
        ));
    }
    if a == b {
        return Some(format!("are both the shard {a}; name each once"));
    }
    let described = |head: &Head| serde_json::to_value(&head.run).unwrap_or_default();
    if let Some(key) = first_difference(&described(one), &described(other)) {
        let next = match key.as_str() {
            "as_of" => "give every shard the same --as-of",
            "version" | "made_with.binary_sha256" => "let one program write all of them",
            _ => "give every shard the same options",
        };
        return Some(format!("are of runs that differ in `{key}`; {next}"));
    }
    let same = one.max_age_seconds == other.max_age_seconds;
    if !same {
        return Some(
            "are of runs that differ in --max-age; give every shard the same options".to_owned(),
        );
    }
    let same = (&one.found_sha256, one.bundles) == (&other.found_sha256, other.bundles);
    (!same).then(|| {
        "are of runs that found other bundles; give every shard the same PATHs, and let nothing change there meanwhile".to_owned()
    })
}

/// The key, with those above it, in which two objects differ first.
fn first_difference(one: &Value, other: &Value) -> Option<String> {
    let (Value::Object(one), Value::Object(other)) = (one, other) else {
        return (one != other).then(String::new);
    };
    one.iter().find_map(|(key, value)| {
        let below = first_difference(value, other.get(key).unwrap_or(&Value::Null))?;
        Some(match below.is_empty() {
            true => key.clone(),
            false => format!("{key}.{below}"),
        })
    })
}

impl From<io::Error> for Unmerged {
    fn from(error: io::Error) -> Self {
        Self::Lost(error.into())
    }
}
