//! Files that a run writes: they are no evidence, whatever they hold.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Files that are written. One that is not there yet cannot be found either.
#[derive(Default)]
pub(super) struct Never {
    names: HashSet<OsString>,
    paths: HashSet<PathBuf>,
    folders: HashSet<PathBuf>,
}

impl Never {
    pub(super) fn new(paths: &[PathBuf]) -> Self {
        let mut never = Self::default();
        for path in paths {
            if let Ok(path) = path.canonicalize() {
                never.names.extend(path.file_name().map(ToOwned::to_owned));
                never.folders.extend(path.parent().map(ToOwned::to_owned));
                never.paths.insert(path);
            }
        }
        never
    }

    /// The name is looked at first: resolving a path costs a system call per component.
    pub(super) fn holds(&self, path: &Path) -> bool {
        !self.paths.is_empty()
            && (path.is_symlink()
                || path
                    .file_name()
                    .is_none_or(|name| self.names.contains(name)))
            && path
                .canonicalize()
                .is_ok_and(|path| self.paths.contains(&path))
    }

    /// Refuses to write into a bundle: the next run would read it as evidence.
    pub(super) fn inside(&self, bundle: &Path) -> Result<(), String> {
        if self.folders.is_empty() {
            return Ok(());
        }
        let Ok(bundle) = bundle.canonicalize() else {
            return Ok(());
        };
        if self
            .folders
            .iter()
            .all(|folder| !folder.starts_with(&bundle))
        {
            return Ok(());
        }
        Err(format!(
            "an output lies inside the bundle `{}`, and would be evidence in the next run; name a place outside it",
            bundle.display()
        ))
    }
}
