//! Names on a list → the places where evidence lies.

use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};

use super::name_list::{below, lines, os_string};
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
