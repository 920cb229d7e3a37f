//! Names on a list → the places where evidence lies.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};

use super::{Finder, Never, NotOpened, both, holds_archive, identity, is_bundle, name};
use crate::bundle::{Found, Place, Source};

/// Finds the bundles on a list: a name a line, or ended by NUL as `find -print0` writes them; blank
/// lines say nothing. Names are below `root`, or else as a program finds them; the `bundle` column has
/// the name as it is on the list, without `./` or `/` before it. One that is not there is found all
/// the same: reading it tells. `never` as in [`super::find`].
///
/// # Errors
/// A sentence with the line: it leaves `root`, or is a folder that is no bundle; or one of `never` is
/// named or would lie inside a bundle.
pub fn find_listed(
    root: Option<&Path>,
    list: &[u8],
    never: &[PathBuf],
    not_opened: NotOpened,
) -> Result<Found, String> {
    let mut finder = Finder {
        never: Never::new(never),
        not_opened,
        ..Finder::default()
    };
    for (number, line) in lines(list) {
        finder
            .listed(root, line)
            .map_err(|why| format!("--list: line {number}: {why}"))?;
    }
    finder.finish()
}

impl Place {
    /// Its path below `root` as a list names it; none if that is the bundle itself, or it has no path.
    #[must_use]
    pub fn listed_below(&self, root: &Path) -> Option<Vec<u8>> {
        let below = self.source.path()?.strip_prefix(root).ok()?;
        Some(name::path_bytes(below)).filter(|name| !name.is_empty())
    }
}

/// What a list names, with the number of each line.
pub(super) fn lines(list: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let end = match list.contains(&0) {
        true => 0,
        false => b'\n',
    };
    let lines = list
        .split(move |byte| *byte == end)
        .map(move |line| match end {
            0 => line,
            _ => line.strip_suffix(b"\r").unwrap_or(line),
        });
    let is_blank = |line: &[u8]| line.iter().all(u8::is_ascii_whitespace);
    (1..).zip(lines).filter(move |(_, line)| !is_blank(line))
}

/// A name on a list as the `bundle` column has it.
pub(super) fn shown(line: &[u8]) -> Result<String, String> {
    let written = PathBuf::from(os_string(line)?);
    Ok(name::encode(&name::path_bytes(&below(&written))))
}

/// The path without `./` or `/` before it.
fn below(written: &Path) -> PathBuf {
    let parts = written.components();
    parts
        .filter(|part| !matches!(part, Component::CurDir | Component::RootDir))
        .collect()
}

impl Finder {
    fn listed(&mut self, root: Option<&Path>, line: &[u8]) -> Result<(), String> {
        let written = PathBuf::from(os_string(line)?);
        let leaves =
            |part: Component<'_>| !matches!(part, Component::Normal(_) | Component::CurDir);
        if root.is_some() && written.components().any(leaves) {
            let shown = written.display();
            return Err(format!(
                "`{shown}` is not below PATH; list names below it, or leave PATH away"
            ));
        }
        let below = below(&written);
        let shown = name::encode(&name::path_bytes(&below));
        if self.not_opened.has(&shown) {
            self.push(shown, Source::NotOpened, None);
            return Ok(());
        }
        let path = root.map_or_else(|| written.clone(), |root| root.join(&below));
        let Ok(metadata) = fs::metadata(&path) else {
            self.push(shown, Source::File(path), None);
            return Ok(());
        };
        let identity = identity(&metadata, &path);
        if metadata.is_dir() {
            if !is_bundle(&path, &path) {
                return Err(format!(
                    "`{}` is a folder that is no bundle; list the bundles in it",
                    path.display()
                ));
            }
            self.never.inside(&path)?;
            self.push(shown, Source::Folder(path), identity);
        } else if self.never.holds(&path) {
            return Err(both(&path));
        } else if !metadata.is_file() {
            return Err(format!(
                "`{}` is neither a file nor a folder; leave it out",
                path.display()
            ));
        } else {
            match File::open(&path).and_then(|mut file| holds_archive(&path, &mut file)) {
                Ok(false) => self.skipped += 1,
                _ => self.push(shown, Source::File(path), identity),
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> Result<OsString, String> {
    use std::os::unix::ffi::OsStringExt as _;
    Ok(OsString::from_vec(bytes.to_vec()))
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> Result<OsString, String> {
    let text = String::from_utf8(bytes.to_vec());
    text.map(OsString::from)
        .map_err(|_| "is not UTF-8; save the list as UTF-8".to_owned())
}
