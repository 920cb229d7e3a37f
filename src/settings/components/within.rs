//! Files that a file names which an argument names.

use serde::Deserialize;

use super::super::config_file::ConfigFile;
use super::document::{items, text};
use crate::evidence::document::Value;

/// A file that an item of a list in another file names, by an absolute path or one beside that file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Within {
    /// What it is called among the files that the component reads.
    pub called: String,
    /// The flag that names the file with the list.
    pub flag: String,
    list: String,
    /// The item's `name`.
    name: String,
    /// The key that names the file.
    path: String,
    /// The key that stands for the file where it is there.
    unless: String,
}

impl Within {
    /// The path of the file that another one names.
    pub fn named_by(&self, outer: &ConfigFile) -> Option<String> {
        let mut list = items(&outer.document.root, &self.list).iter();
        let item = list.find(|item| text(item, "name") == Some(&self.name))?;
        let stands_for = item.get(&self.unless);
        if stands_for.is_some_and(|entry| entry.node.value != Value::Null) {
            return None;
        }
        let path = text(item, &self.path).filter(|path| !path.is_empty())?;
        let folder = outer.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        match path.starts_with('/') {
            true => Some(path.to_owned()),
            false => Some(format!("{folder}/{path}")),
        }
    }
}
