//! Names on a list → the places where evidence lies.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};

use super::{Finder, Never, both, holds_archive, identity, is_bundle, name};
use crate::bundle::{Found, Source};

/// Finds the bundles on a list: a name a line, or ended by NUL as `find -print0` writes them; blank
/// lines say nothing. Names are below `root`, or else as a program finds them; the `bundle` column has
/// the name as it is on the list, without `./` or `/` before it. One that is not there is found all
/// the same: reading it tells. `never` as in [`super::find`].
///
/// # Errors
/// A sentence with the line: it leaves `root`, or is a folder that is no bundle; or one of `never` is
/// named or would lie inside a bundle.
pub fn find_listed(root: Option<&Path>, list: &[u8], never: &[PathBuf]) -> Result<Found, String> {
    let mut finder = Finder {
        never: Never::new(never),
        ..Finder::default()
    };
    let end = match list.contains(&0) {
        true => 0,
        false => b'\n',
    };
    for (line, number) in list.split(|byte| *byte == end).zip(1..) {
        let line = match end {
            0 => line,
            _ => line.strip_suffix(b"\r").unwrap_or(line),
        };
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        finder
            .listed(root, line)
            .map_err(|why| format!("--list: line {number}: {why}"))?;
    }
    Ok(finder.finish())
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
        let below: PathBuf = { written.components() }
            .filter(|part| !matches!(part, Component::CurDir | Component::RootDir))
            .collect();
        let shown = name::encode(&name::path_bytes(&below));
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
