//! A pack: many bundles in one tar archive behind an index of them.
//!
//! [`Pack::of`] looks at what is to be packed, [`Pack::write`] writes it. A pack is read as any
//! archive of bundles is, by [`super::nested`], which compares it with its index.

mod contents;
mod folder;
mod header;
mod index;

use std::io::{self, Write};

use super::failure::Failure;
use super::nested::{self, marked};
use super::unreadable::unreadable;
use super::{Code, Place, Select, Source, find, first, name};
use crate::limits::Limits;
use crate::problem::Problem;

use contents::PackedSource;
pub(super) use index::{INDEX, IndexClaim, NEXT, is_index};
use index::{IndexDocument, Indexed};
pub(super) use index::{Listed, read};

/// Bytes that a tar archive is made of.
const BLOCK: u64 = 512;
/// An archive ends in two blocks of zeros.
const END: [u8; 2 * BLOCK as usize] = [0; 2 * BLOCK as usize];

/// What is to be packed, in the order of its names.
#[derive(Debug)]
pub struct Pack {
    bundles: Vec<(PackedSource, Indexed)>,
    index: Vec<u8>,
    /// Bundles that are larger than a bundle in an archive may be, unless that limit is raised.
    pub large: Vec<String>,
}

/// Why there is no pack.
#[derive(Debug)]
pub enum NotPacked {
    /// What was named cannot be packed together: a sentence.
    Refused(String),
    /// A bundle cannot be read, or changed meanwhile.
    Evidence(Box<Problem>),
    /// The pack cannot be written.
    Output(io::Error),
}

impl Pack {
    /// Reads all bundles for their digests. `select` is what is evidence.
    ///
    /// # Errors
    /// One cannot be read or packed, two have one name, or they are too many for one pack.
    pub fn of(places: Vec<Place>, limits: &Limits, select: &Select<'_>) -> Result<Self, NotPacked> {
        if places.len() as u64 > limits.members {
            return Err(NotPacked::Refused(format!(
                "{} bundles are more than the limit `members`, which is {}, allows in one archive; make several packs",
                places.len(),
                limits.members
            )));
        }
        let mut bundles = Vec::with_capacity(places.len());
        for place in places {
            bundles.push(looked_at(place, limits, select)?);
        }
        bundles.sort_by(|(_, a), (_, b)| find::row_order(&a.name, &b.name));
        let twice = bundles.windows(2).find_map(|pair| match pair {
            [(_, a), (_, b)] if a.name == b.name => Some(&a.name),
            _ => None,
        });
        if let Some(name) = twice {
            return Err(NotPacked::Refused(format!(
                "two bundles would be `{name}` in the pack; name the folder that both are in, or rename one"
            )));
        }
        let large = { bundles.iter() }
            .filter(|(_, indexed)| indexed.size > limits.nested_bytes)
            .map(|(_, indexed)| indexed.name.clone());
        let large = large.collect();
        let index = settled(&mut bundles).map_err(NotPacked::Output)?;
        Ok(Self {
            bundles,
            index,
            large,
        })
    }

    /// How many bundles it has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.bundles.len()
    }

    /// Writes the index and then the bundles, read again. The same bundles give the same bytes.
    ///
    /// # Errors
    /// A bundle is not as it was, or the pack cannot be written.
    pub fn write(&self, to: &mut dyn Write) -> Result<(), NotPacked> {
        let lost = NotPacked::Output;
        let size = self.index.len() as u64;
        to.write_all(&header(INDEX, size).map_err(lost)?)
            .and_then(|()| to.write_all(&self.index))
            .and_then(|()| pad(to, size))
            .map_err(lost)?;
        for (contents, indexed) in &self.bundles {
            let header = header(&indexed.name, indexed.size).map_err(lost)?;
            to.write_all(&header).map_err(lost)?;
            let written = contents.copy(&indexed.name, to)?;
            if (written.size, &written.sha256) != (indexed.size, &indexed.sha256) {
                return Err(evidence(
                    &indexed.name,
                    "changed while it was packed",
                    "pack again when nobody writes to it",
                ));
            }
            pad(to, indexed.size).map_err(lost)?;
        }
        to.write_all(&END).and_then(|()| to.flush()).map_err(lost)
    }
}

fn evidence(bundle: &str, what: impl Into<String>, next: &str) -> NotPacked {
    NotPacked::Evidence(Box::new(Problem {
        bundle: bundle.to_owned(),
        member: None,
        what: what.into(),
        next: next.to_owned(),
    }))
}

/// One bundle as the index has it, but for where it will stand.
fn looked_at(
    place: Place,
    limits: &Limits,
    select: &Select<'_>,
) -> Result<(PackedSource, Indexed), NotPacked> {
    let refused = |why: &str| NotPacked::Refused(format!("{}: {why}", place.name));
    if matches!(place.source, Source::File(_)) && is_nest(&place, limits, select) {
        return Err(refused(
            "is an archive of bundles; unpack it, and pack what is in it",
        ));
    }
    let contents = match &place.source {
        Source::File(path) => PackedSource::Archive(path.clone()),
        Source::Folder(path) => {
            folder::top(&place.name, path).map_err(refused)?;
            PackedSource::Folder(path.clone())
        }
        Source::Stdin(_) | Source::Bytes { .. } | Source::NotOpened => {
            return Err(refused(
                "only files and folders are packed; save it to a file",
            ));
        }
    };
    let name = contents.name(&place.name);
    match name::normalise(name.as_bytes(), limits.path_length) {
        Err(bad) => return Err(refused(bad.what())),
        Ok(plain) if plain != name || name == INDEX => {
            return Err(refused("cannot have that name in a pack; rename it"));
        }
        Ok(_) => {}
    }
    if let Some(folder) = marked(&name) {
        let shown = if folder.is_empty() {
            "the pack"
        } else {
            folder
        };
        return Err(refused(&format!(
            "lies in a folder that would make {shown} a bundle; name that folder itself, or rename it"
        )));
    }
    let copied = contents.copy(&name, &mut io::sink())?;
    let indexed = Indexed {
        name,
        offset: 0,
        size: copied.size,
        sha256: copied.sha256,
        found_as: contents.kind(),
        folder_sha256: copied.folder_sha256,
    };
    Ok((contents, indexed))
}

/// Whether it holds bundles, which would be an archive deeper than is read.
fn is_nest(place: &Place, limits: &Limits, select: &Select<'_>) -> bool {
    let first = first(place, limits).ok().flatten();
    nested::may_hold_bundles(place, first.as_ref())
        && !matches!(nested::scan(place, limits, select, &|_| ()), Ok(None))
}

/// Says of each bundle where it stands, which depends on how long the index is that says it.
fn settled(bundles: &mut [(PackedSource, Indexed)]) -> io::Result<Vec<u8>> {
    let mut index = Vec::new();
    loop {
        let size = index.len() as u64;
        let mut at = header(INDEX, size)?.len() as u64 + size.next_multiple_of(BLOCK);
        for (_, indexed) in &mut *bundles {
            at += header(&indexed.name, indexed.size)?.len() as u64;
            indexed.offset = at;
            at += indexed.size.next_multiple_of(BLOCK);
        }
        let of: Vec<&Indexed> = bundles.iter().map(|(_, indexed)| indexed).collect();
        let written = IndexDocument::of(&of).to_bytes()?;
        // Offsets only grow from round to round, so this ends.
        if written == index {
            return Ok(index);
        }
        index = written;
    }
}

/// What stands before a member: of a long name more than one block.
fn header(name: &str, size: u64) -> io::Result<Vec<u8>> {
    let mut header = header::plain_header();
    header.set_size(size);
    let mut archive = tar::Builder::new(Vec::new());
    archive.append_data(&mut header, name, io::empty())?;
    Ok(std::mem::take(archive.get_mut()))
}

/// Fills the last block of a member.
fn pad(to: &mut dyn Write, size: u64) -> io::Result<()> {
    let rest = (size.next_multiple_of(BLOCK) - size) as usize;
    to.write_all(END.get(..rest).unwrap_or_default())
}

/// A bundle that the index of a pack lists, and that is not in it.
pub(super) fn missing(name: &str) -> Box<super::Unreadable> {
    let failure = Failure {
        next: NEXT.to_owned(),
        ..Failure::new(
            Code::Corrupt,
            format!("{INDEX} lists it, and it is not in the pack"),
        )
    };
    unreadable(name, failure, None)
}
