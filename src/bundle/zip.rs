//! zip: what its central directory lists, in the order of the bytes.
//!
//! The reader is ours: others keep one of two entries of a name, and take entries that overlap.
//! Every byte of the file belongs to exactly one entry or to the directory, and both headers of an
//! entry agree, or it is refused: two common readers would see two different archives.

use super::failure::Failure;
use super::open::Inflated;
use super::visit::Visit;
use directory::EntryKind;

pub(super) mod contents;
pub(super) mod directory;
mod names;
#[cfg(test)]
mod tests;

pub(super) use contents::EntryContents;
pub(super) use directory::{DirectoryEntry, ReadSeek, begins, list};

/// Shows all entries to a visitor.
pub(super) fn read(
    input: &mut Inflated<'_, '_>,
    entries: &[DirectoryEntry],
    visit: &mut (impl Visit + ?Sized),
) -> Result<(), Failure> {
    for entry in entries {
        show(input, entry, visit)?;
    }
    visit.end()
}

/// Reads up to the first entry that is no folder.
pub(super) fn first(
    input: &mut Inflated<'_, '_>,
    entries: &[DirectoryEntry],
    visit: &mut (impl Visit + ?Sized),
) -> Result<(), Failure> {
    match entries.iter().find(|entry| entry.kind != EntryKind::Folder) {
        Some(entry) => show(input, entry, visit),
        None => visit.end(),
    }
}

fn show(
    input: &mut Inflated<'_, '_>,
    entry: &DirectoryEntry,
    visit: &mut (impl Visit + ?Sized),
) -> Result<(), Failure> {
    visit.count()?;
    input.begin(entry)?;
    match entry.kind {
        EntryKind::Folder => visit.folder(&entry.name),
        EntryKind::File => {
            if let Some(name) = visit.name(&entry.name)? {
                visit.file(input, name, entry.size)?;
            }
        }
        EntryKind::Other(kind) => {
            if let Some(name) = visit.name(&entry.name)? {
                visit.other(name, entry.size, kind)?;
            }
        }
    }
    // What nobody took is read all the same: only that proves its checksum.
    loop {
        let count = input.fill()?.len();
        if count == 0 {
            return Ok(());
        }
        input.consume(count);
    }
}
