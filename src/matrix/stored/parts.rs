//! What a report holds beside its findings. It is read before them, since much of it stands behind
//! them in the file.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write as _};

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::{Stopped, is_schema, what_is_wrong};
use crate::matrix::coverage::Coverage;
use crate::matrix::report::{Bundle, Run};
use crate::matrix::waivers::stored::{StoredOutcome, StoredWaivers};
use crate::problem::Problem;

/// A report but its findings, and but what they add up to.
pub struct StoredParts {
    /// How it was made.
    pub run: Run,
    /// How far that run went.
    pub coverage: Coverage,
    /// Files beside the bundles that were none.
    pub files_skipped: u64,
    /// What a reader should know that is of no bundle.
    pub problems: Vec<Problem>,
    /// What became of the entries of the waivers file.
    pub waivers: StoredWaivers,
    bundles: BufWriter<File>,
}

/// The `coverage` part.
#[derive(Deserialize)]
struct Reached {
    files_skipped: u64,
    problems: Vec<Problem>,
    #[serde(flatten)]
    coverage: Coverage,
}

impl StoredParts {
    /// Reads a report.
    ///
    /// # Errors
    /// See [`Stopped`].
    pub fn read(source: impl BufRead) -> Result<Self, Stopped> {
        let mut failed = None;
        let mut json = serde_json::Deserializer::from_reader(source);
        let parts = ReportWithoutFindings(&mut failed).deserialize(&mut json);
        let parts = parts.and_then(|parts| json.end().map(|()| parts));
        match (failed, parts) {
            (Some(error), _) => Err(Stopped::Taker(error)),
            (None, Ok(parts)) => Ok(parts),
            (None, Err(error)) => Err(Stopped::Wrong(what_is_wrong(&error))),
        }
    }

    /// Its bundles, in order. They wait in a temporary file, so that memory does not grow with them.
    ///
    /// # Errors
    /// That file failed.
    pub fn bundles(&mut self) -> io::Result<impl Iterator<Item = io::Result<Bundle>> + use<>> {
        self.bundles.flush()?;
        let mut file = self.bundles.get_ref().try_clone()?;
        file.rewind()?;
        let bundles = serde_json::Deserializer::from_reader(BufReader::new(file));
        Ok(bundles.into_iter().map(|bundle| Ok(bundle?)))
    }
}

/// The whole document; keys in any order.
struct ReportWithoutFindings<'f>(&'f mut Option<io::Error>);

impl<'de> DeserializeSeed<'de> for ReportWithoutFindings<'_> {
    type Value = StoredParts;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<StoredParts, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ReportWithoutFindings<'_> {
    type Value = StoredParts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a report of nodeproof")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StoredParts, A::Error> {
        let (mut run, mut reached, mut bundles) = (None, None, None);
        let (mut waivers, mut is_ours) = (Vec::new(), false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "schema" => {
                    is_ours = is_schema(&map.next_value()?)?;
                }
                "run" => run = Some(map.next_value::<Run>()?),
                "bundles" => bundles = Some(map.next_value_seed(Bundles(self.0))?),
                "coverage" => reached = Some(map.next_value::<Reached>()?),
                "waivers" => waivers = map.next_value::<Vec<StoredOutcome>>()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let (Some(run), Some(reached), Some(bundles), true) = (run, reached, bundles, is_ours)
        else {
            return Err(A::Error::custom("this is no report of nodeproof"));
        };
        Ok(StoredParts {
            run,
            coverage: reached.coverage,
            files_skipped: reached.files_skipped,
            problems: reached.problems,
            waivers: StoredWaivers::of(waivers),
            bundles,
        })
    }
}

struct Bundles<'f>(&'f mut Option<io::Error>);

impl<'de> DeserializeSeed<'de> for Bundles<'_> {
    type Value = BufWriter<File>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Bundles<'_> {
    type Value = BufWriter<File>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of bundles")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut bundles: A) -> Result<Self::Value, A::Error> {
        let mut failed = |error: io::Error| {
            *self.0 = Some(error);
            A::Error::custom("a temporary file failed")
        };
        let mut file = BufWriter::new(tempfile::tempfile().map_err(&mut failed)?);
        while let Some(bundle) = bundles.next_element::<Bundle>()? {
            let written = serde_json::to_writer(&mut file, &bundle).map_err(io::Error::from);
            written
                .and_then(|()| file.write_all(b"\n"))
                .map_err(&mut failed)?;
        }
        Ok(file)
    }
}
