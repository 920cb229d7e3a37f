//! The bundles that PATHs or a list name.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::args::AnalyzeArgs;
use super::summary;
use crate::bundle::{self, Found, NotOpened};

/// Checks that what is to be read is there, which can be told before anything else is done.
pub(super) fn exist(paths: &[PathBuf], list: Option<&Path>) -> Result<(), String> {
    bundle::exist(paths)?;
    match (list, paths) {
        (None, _) | (Some(_), []) => Ok(()),
        (Some(_), [root]) if root.is_dir() => Ok(()),
        (Some(_), _) => Err(
            "--list names bundles below one folder; give one PATH, which is a folder, or none"
                .to_owned(),
        ),
    }
}

/// The bundles that were named; `never` are files that this run writes.
pub(super) fn found(args: &AnalyzeArgs, never: &[PathBuf]) -> Result<Found, String> {
    let not_opened = not_opened(args.not_opened.as_deref())?;
    named(&args.paths, args.list.as_deref(), never, not_opened)
}

/// The bundles that PATHs or a list name.
pub(super) fn named(
    paths: &[PathBuf],
    listed: Option<&Path>,
    never: &[PathBuf],
    not_opened: NotOpened,
) -> Result<Found, String> {
    let Some(path) = listed else {
        let found = bundle::find_but(paths, never, not_opened)?;
        return match found.places.is_empty() {
            false => Ok(found),
            true => Err(format!(
                "no bundle in {}: {}; give an archive, a folder with bundle.json, commands/, files/ or configz/, or a folder that holds such",
                list(paths),
                summary::skipped(found.skipped)
            )),
        };
    };
    let mut bytes = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => std::io::stdin().lock().read_to_end(&mut bytes),
        false => File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
    };
    let shown = path.display();
    read.map_err(|e| format!("--list: {shown}: cannot be read ({e}); check the path"))?;
    let root = paths.first().map(PathBuf::as_path);
    let found = bundle::find_listed(root, &bytes, never, not_opened)?;
    match found.places.is_empty() {
        false => Ok(found),
        true => Err(format!(
            "--list: {shown}: names no bundle: {}; write a path a line",
            summary::skipped(found.skipped)
        )),
    }
}

fn not_opened(list: Option<&Path>) -> Result<NotOpened, String> {
    let Some(path) = list else {
        return Ok(NotOpened::default());
    };
    let shown = path.display();
    let bytes = std::fs::read(path)
        .map_err(|e| format!("--not-opened: {shown}: cannot be read ({e}); check the path"))?;
    NotOpened::of(&bytes)
}

fn list(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    names.join(", ")
}
