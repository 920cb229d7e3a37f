//! Bundles that are not opened, because reading them ends the program.

use std::collections::BTreeMap;
use std::path::Path;

use super::name_below;
use super::name_list::{lines, shown};
use crate::bundle::Source;

/// The names of bundles that are not to be opened.
#[derive(Debug, Default)]
pub struct NotOpened {
    /// Each with its line, and whether a bundle of that name was found.
    names: BTreeMap<String, (usize, bool)>,
}

impl NotOpened {
    /// Of a list as [`super::find_listed`] takes it.
    ///
    /// # Errors
    /// A sentence with the line: it is no name.
    pub fn of(list: &[u8]) -> Result<Self, String> {
        let mut names = BTreeMap::new();
        for (number, line) in lines(list) {
            let name = shown(line).map_err(|why| format!("--not-opened: line {number}: {why}"))?;
            names.entry(name).or_insert((number, false));
        }
        Ok(Self { names })
    }

    /// Whether the bundle of this name is one; it is met then.
    pub(super) fn has(&mut self, name: &str) -> bool {
        let found = self.names.get_mut(name);
        found.is_some_and(|(_, is_met)| {
            *is_met = true;
            true
        })
    }

    /// The same of a file below a folder.
    pub(super) fn has_below(&mut self, root: &Path, path: &Path) -> bool {
        !self.names.is_empty() && self.has(&name_below(root, path))
    }

    /// Where the bundle is, unless it is not to be opened.
    pub(super) fn or(&mut self, name: &str, source: Source) -> Source {
        match self.has(name) {
            true => Source::NotOpened,
            false => source,
        }
    }

    /// Checks that a bundle of each name was found: one that is written wrong would be opened.
    ///
    /// # Errors
    /// A sentence with the line of the first that was not.
    pub(super) fn all_met(&self) -> Result<(), String> {
        let lacking = self.names.iter().filter(|(_, (_, is_met))| !is_met);
        match lacking.min_by_key(|(_, (line, _))| *line) {
            None => Ok(()),
            Some((name, (line, _))) => Err(format!(
                "--not-opened: line {line}: `{name}` is none of the bundles that are there; name it as the `bundle` column does, and one in an archive by the archive"
            )),
        }
    }
}
