//! Processes that may be a component under another name.

use super::program::is_component;
use super::user::is_stranger;
use super::{Kind, beginning};
use crate::evidence::Evidence;

/// A command line of a process list, or the first words of a `cmdline`.
pub struct Candidate {
    text: String,
    /// The member it stands in, and the line where that is a list.
    index: usize,
    line: Option<u32>,
    /// The ordinary user who runs it.
    stranger: Option<String>,
}

impl Evidence<'_> {
    /// Every command line that this is true of, those of process lists first.
    #[must_use]
    pub fn candidates(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<Candidate> {
        let listed = self.listings().iter().flat_map(|(index, listing)| {
            let rows = listing.processes.iter();
            rows.map(|row| (*index, row))
        });
        let listed = listed.filter(|(_, row)| is_wanted(&row.command));
        let listed = listed.map(|(index, row)| Candidate {
            text: row.command.clone(),
            index,
            line: Some(row.line),
            stranger: is_stranger(row).then(|| row.user.clone().unwrap_or_default()),
        });
        let own = self.all(|kind| matches!(kind, Kind::CommandLine(_)));
        let own = own.filter_map(|(_, index)| {
            let text = beginning(self.bytes(index).ok()?);
            is_wanted(&text).then_some(Candidate {
                text,
                index,
                line: None,
                stranger: None,
            })
        });
        listed.chain(own).collect()
    }

    /// Of these lines, the first that may be a component under another name, or that an ordinary user
    /// runs under its name: what is to be said of it.
    #[must_use]
    pub fn suspect(&self, all: &[Candidate], may_be: impl Fn(&str) -> bool) -> Option<String> {
        let mut suspects = all.iter().filter(|line| may_be(&line.text));
        suspects.find_map(|line| {
            let why = match &line.stranger {
                None => "may be one under another name".to_owned(),
                Some(user) if is_component(&line.text) => {
                    format!("is a process of {user}, and no component of a node is")
                }
                Some(_) => return None,
            };
            let citation = self.cite(line.index);
            let citation = match line.line {
                Some(line) => citation.line(line),
                None => citation,
            };
            let name = line.text.split(' ').next().unwrap_or_default();
            Some(format!("{name} in {} {why}", citation.spoken()))
        })
    }
}
