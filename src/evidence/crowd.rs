//! How many processes are looked at, and how much of the line of each: a list of a few bytes a line
//! may name hundreds of thousands.

use std::collections::HashMap;

use super::kind::Kind;
use super::{Evidence, journal_export, ps};
use crate::limits::passed;

/// Processes of each program so far, of root and of others.
#[derive(Default)]
pub(super) struct ProgramCount(HashMap<(String, bool), u64>);

impl ProgramCount {
    /// Whether one more is taken.
    pub(super) fn takes(&mut self, name: &str, is_root: bool, most: u64) -> bool {
        let count = self.0.entry((name.to_owned(), is_root)).or_default();
        *count += 1;
        *count <= most
    }
}

impl Evidence<'_> {
    /// Remembers that of a program more processes run than are judged.
    pub(super) fn count_beyond(&self, index: usize, name: &str) {
        if self.beyond.borrow_mut().insert(name.to_owned()) {
            let what = format!("{name} processes");
            let what = passed("processes", self.limits.processes, &what);
            self.report(index, what, "what the others do is not known");
        }
    }

    /// Why what processes of a component show is not all: more of them run than are judged.
    #[must_use]
    pub fn beyond(&self, component: &str) -> Option<String> {
        let beyond = self.beyond.borrow();
        // What runs components inside may be any of them.
        let may_be = |name: &&String| name.starts_with(component) || !name.starts_with("kube");
        let name = beyond.iter().find(may_be)?;
        let what = format!("{name} processes");
        let phrase = passed("processes", self.limits.processes, &what);
        Some(format!("the bundle {phrase}"))
    }

    /// As much of an argument line as is taken in, and whether that is not all of it. Nobody keeps
    /// a component's own from being read, however long others are.
    pub(super) fn bounded<'l>(
        &self,
        index: usize,
        line: &'l [u8],
        between: u8,
        is_component: bool,
    ) -> (&'l [u8], bool) {
        let most = self.limits.argument_bytes;
        let others = self.words_left.get();
        let left = match is_component {
            true => self.limits.argument_words,
            false => self.limits.argument_words.min(others),
        };
        let most_bytes = usize::try_from(most).unwrap_or(usize::MAX).min(line.len());
        let within = line.get(..most_bytes).unwrap_or(line);
        let mut words = 1;
        let mut end = within.len();
        for at in memchr::memchr_iter(between, within) {
            if words >= left {
                end = at;
                break;
            }
            words += 1;
        }
        if !is_component {
            self.words_left.set(others.saturating_sub(words));
        }
        let taken = line.get(..end).unwrap_or(line);
        if taken.len() < line.len() {
            let passed = match end < within.len() {
                true => passed(
                    "argument-words",
                    self.limits.argument_words,
                    "words of one argument line",
                ),
                false => passed("argument-bytes", most, "bytes of one argument line"),
            };
            self.report(index, passed, "the line counts as cut off there");
        }
        (taken, taken.len() < line.len())
    }

    /// The process lists that can be read, by member.
    pub(super) fn listings(&self) -> &[(usize, ps::Listing)] {
        self.listings.get_or_init(|| {
            let mut left = self.limits.listed_processes;
            let lists: Vec<_> = self
                .all(|kind| matches!(kind, Kind::ProcessList | Kind::Arguments))
                .filter_map(|(kind, index)| Some((index, self.listing(kind, index, &mut left)?)))
                .collect();
            // Beside a list, nothing shows that a unit's state is of the same machine.
            if lists.is_empty() {
                let states = self.all(|kind| *kind == Kind::ServiceState);
                let read = |index| ps::status::parse(self.bytes(index).ok()?);
                return states
                    .filter_map(|(_, index)| Some((index, read(index)?)))
                    .collect();
            }
            lists
        })
    }

    fn listing(&self, kind: &Kind, index: usize, left: &mut u64) -> Option<ps::Listing> {
        let member = self.bundle.members.get(index)?;
        let wide = self.manifest.as_ref().is_some_and(|manifest| {
            manifest
                .commands
                .iter()
                .any(|c| c.member == member.name && c.argv.contains("ww"))
        });
        let listing = self.bytes(index).and_then(|bytes| {
            if let Some(listing) = journal_export::parse(bytes) {
                return Ok(listing);
            }
            let most = usize::try_from(*left).unwrap_or(usize::MAX);
            let end = memchr::memchr_iter(b'\n', bytes).nth(most);
            let taken = end.and_then(|end| bytes.get(..=end)).unwrap_or(bytes);
            let lines = memchr::memchr_iter(b'\n', taken).count() as u64;
            *left = left.saturating_sub(lines);
            if taken.len() < bytes.len() {
                self.ended_early.borrow_mut().insert(index);
                let most = self.limits.listed_processes;
                let what = passed("listed-processes", most, "lines of process lists");
                self.report(index, what, "what the others show is not known");
            }
            if *kind == Kind::Arguments {
                return Ok(ps::arguments(taken));
            }
            ps::parse(taken, wide).ok_or_else(|| {
                "has neither a header line of a process list nor a line of one".to_owned()
            })
        });
        match listing {
            Ok(mut listing) => {
                // So much that it still shows that there is more.
                let most = self.limits.argument_bytes.saturating_add(4);
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                let rows = listing.processes.iter_mut().map(|row| &mut row.command);
                for command in rows.filter(|command| command.len() > most) {
                    command.truncate(command.floor_char_boundary(most));
                    command.shrink_to_fit();
                }
                Some(listing)
            }
            Err(what) => {
                self.report(index, what, "collect it again with `ps -efww`");
                None
            }
        }
    }
}
