//! What the bundle shows of a component of the control plane beside its argument line.

use std::collections::BTreeMap;

use super::citation::Citation;
use super::kind::Kind;
use super::{Evidence, process};

impl Evidence<'_> {
    /// What `--version` of another component printed.
    #[must_use]
    pub fn component_version(&self, component: &str) -> Option<(String, Citation)> {
        let kind = Kind::ComponentVersion(component.to_owned());
        Some((self.small_text(&kind)?, self.cite(self.first(&kind)?)))
    }

    /// The environment of a process, where it was collected.
    #[must_use]
    pub fn environment(&self, pid: u32) -> Option<(BTreeMap<String, String>, Citation)> {
        let index = self.first(&Kind::Environment(pid))?;
        let words = process::words(self.bytes(index).ok()?);
        let pairs = words.iter().filter_map(|word| word.split_once('='));
        let all = pairs.map(|(name, text)| (name.to_owned(), text.to_owned()));
        Some((all.collect(), self.cite(index)))
    }
}
