//! Where a bundle lies.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::format;
use super::spool::Spool;
use crate::problem::Problem;

/// One archive or folder of evidence, as found.
#[derive(Clone, Debug)]
pub struct Place {
    /// The `bundle` column: the path below the PATH given, `/`-separated; a PATH that is itself
    /// the bundle: its file or folder name; stdin: `-`. Bytes that are no UTF-8 are
    /// percent-encoded.
    pub name: String,
    /// Where its bytes are.
    pub source: Source,
}

/// Where the bytes of a place are.
#[derive(Clone, Debug)]
pub enum Source {
    /// An archive.
    File(PathBuf),
    /// An unpacked bundle.
    Folder(PathBuf),
    /// What arrived on stdin.
    Stdin(Spool),
    /// An archive that stands in another one.
    Bytes {
        /// Its file name.
        file: String,
        /// What it is.
        bytes: Arc<[u8]>,
    },
    /// Nobody looks: reading it ends the program.
    NotOpened,
}

impl Source {
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Folder(path) => Some(path),
            Self::Stdin(_) | Self::Bytes { .. } | Self::NotOpened => None,
        }
    }
}

/// What [`super::find`] found.
#[derive(Debug, Default)]
pub struct Found {
    /// In row order: by path component of the name, bytewise, then as the PATHs were given.
    pub places: Vec<Place>,
    /// Files that are no bundles.
    pub skipped: u64,
    /// Folders that could not be read, links that were not followed, files met twice.
    pub problems: Vec<Problem>,
}

/// A folder is its own top; an archive's top is seen in its members.
pub(super) fn top_and_stem(place: &Place) -> (Option<String>, String) {
    match &place.source {
        Source::Stdin(_) => (None, "stdin".to_owned()),
        Source::Bytes { file, .. } => (None, format::stem(file).to_owned()),
        Source::File(_) | Source::NotOpened => (None, format::stem(last(&place.name)).to_owned()),
        Source::Folder(_) => {
            let name = last(&place.name).to_owned();
            (Some(name.clone()), name)
        }
    }
}

/// The last part of a name.
pub(super) fn last(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, last)| last)
}
