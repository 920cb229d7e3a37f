//! tar: v7, ustar, GNU and PAX.
//!
//! The `tar` crate decodes headers; the walk over them is ours, because the crate's splits PAX
//! records at newlines instead of by their length (a file attribute could rename its member), takes
//! extension headers of any size into memory, and cannot tell a cut archive from a whole one.
//! Where two common readers would see two different archives, this one refuses.

use ::tar::{EntryType, GnuExtSparseHeader, Header};

use super::failure::Failure;
use super::open::Inflated;
use super::stream::{cut, pass};
use super::visit::Visit;
use super::{Attributes, Code};
pub(super) use header::{BLOCK, begins};
use header::{checksum_matches, corrupt, is_zero};
use pax::Extensions;

pub(super) mod header;
mod pax;
#[cfg(test)]
mod tests;

/// More than the longest list of file attributes that Linux lets a PAX header describe.
const EXTENSION_BYTES: u64 = 1 << 20;

/// Reads all members, and the stream to its end.
pub(super) fn read(
    input: &mut Inflated<'_, '_>,
    visit: &mut (impl Visit + ?Sized),
) -> Result<(), Failure> {
    let mut header = Header::new_old();
    while entry(input, &mut header, visit)? != Entry::End {}
    // Only the end of the stream proves its checksum.
    let mut zero = true;
    loop {
        let bytes = input.fill()?;
        let count = bytes.len();
        if count == 0 {
            break;
        }
        zero = zero && is_zero(bytes);
        input.consume(count);
    }
    if !zero {
        visit.note(
            "bytes follow the end of the archive, where no tar program reads on",
            "if archives were joined, hand them over one by one",
        );
    }
    visit.end()
}

/// Reads up to the first entry that is no folder.
pub(super) fn first(
    input: &mut Inflated<'_, '_>,
    visit: &mut (impl Visit + ?Sized),
) -> Result<(), Failure> {
    let mut header = Header::new_old();
    loop {
        match entry(input, &mut header, visit)? {
            Entry::Folder => {}
            Entry::Member => return Ok(()),
            Entry::End => return visit.end(),
        }
    }
}

#[derive(PartialEq, Eq)]
enum Entry {
    Folder,
    Member,
    End,
}

/// One entry with the extension headers before it; `header` is room for each of theirs.
fn entry(
    input: &mut Inflated<'_, '_>,
    header: &mut Header,
    visit: &mut (impl Visit + ?Sized),
) -> Result<Entry, Failure> {
    let mut described = Extensions::default();
    loop {
        if !next_header(input, header)? {
            if described.is_any() {
                return Err(corrupt(
                    "its last header describes a member that is not there",
                ));
            }
            return Ok(Entry::End);
        }
        let stated = size_of(header)?;
        match header.entry_type() {
            EntryType::GNULongName => {
                let mut name = extension(input, stated)?;
                if name.last() == Some(&0) {
                    name.pop();
                }
                described.long_name(name)?;
            }
            EntryType::GNULongLink => skip(input, stated, stated)?,
            EntryType::XHeader | EntryType::__Nonexhaustive(b'X') => {
                described.local(&extension(input, stated)?)?;
            }
            EntryType::XGlobalHeader => pax::check_global(&extension(input, stated)?)?,
            kind => {
                let size = described.size.unwrap_or(stated);
                return member(input, visit, (header, kind, size), &described);
            }
        }
    }
}

fn member(
    input: &mut Inflated<'_, '_>,
    visit: &mut (impl Visit + ?Sized),
    (header, kind, size): (&Header, EntryType, u64),
    described: &Extensions,
) -> Result<Entry, Failure> {
    visit.count()?;
    let raw = match described.name()? {
        Some(name) => name.into(),
        None => header.path_bytes(),
    };
    // Before ustar, a folder was a file whose name ends in a slash.
    let is_file = matches!(kind, EntryType::Regular | EntryType::Continuous);
    if kind == EntryType::Directory || is_file && raw.ends_with(b"/") {
        no_content(size, &raw)?;
        visit.folder(&raw);
        return Ok(Entry::Folder);
    }
    let other = match kind {
        EntryType::Link => Some("hard link"),
        EntryType::Symlink => Some("symlink"),
        EntryType::Char | EntryType::Block => Some("device"),
        EntryType::Fifo => Some("fifo"),
        EntryType::GNUSparse => Some("sparse file"),
        _ if described.sparse => Some("sparse file"),
        _ if is_file => None,
        _ => Some("member of an unknown kind"),
    };
    if matches!(other, Some("hard link" | "symlink" | "device" | "fifo")) {
        no_content(size, &raw)?;
    }
    if kind == EntryType::GNUSparse {
        skip_sparse_map(input, header)?;
    }
    let Some(name) = visit.name(&raw)? else {
        skip(input, size, size)?;
        return Ok(Entry::Member);
    };
    if let Some(ctime) = described.ctime {
        visit.attributes(attributes(header, described.mtime, ctime));
    }
    match other {
        Some(kind) => {
            skip(input, size, size)?;
            visit.other(name, size, kind)?;
        }
        None => {
            visit.file(input, name, size)?;
            skip_padding(input, size)?;
        }
    }
    Ok(Entry::Member)
}

/// What a header says of the file on its machine, where it says when that was last changed: no
/// archiver makes that up for a copy.
fn attributes(header: &Header, mtime: Option<i64>, ctime: i64) -> Attributes {
    let name = |name: Option<&[u8]>| {
        let name = std::str::from_utf8(name?).ok()?;
        Some(name.to_owned()).filter(|name| !name.is_empty())
    };
    let number = |number: Option<u64>| number.and_then(|number| u32::try_from(number).ok());
    Attributes {
        mode: header.mode().ok().map(|mode| mode & 0o7777),
        uid: number(header.uid().ok()),
        gid: number(header.gid().ok()),
        owner: name(header.username_bytes()),
        group: name(header.groupname_bytes()),
        mtime: mtime.or_else(|| i64::try_from(header.mtime().ok()?).ok()),
        ctime: Some(ctime),
    }
}

/// `false` at the block of zeros that ends an archive.
fn next_header(input: &mut Inflated<'_, '_>, header: &mut Header) -> Result<bool, Failure> {
    let at_start = input.is_at_start();
    let count = input.read_full(header.as_mut_bytes())?;
    let (code, what) = match count {
        0 if at_start => (Code::Empty, "nothing is in its compressed stream"),
        0 => (
            Code::NoEndOfArchive,
            "it ends without the zeros that end a tar archive, so members may be missing",
        ),
        _ if at_start && !has_magic(header) && !begins(&header.as_bytes()[..count]) => {
            (Code::NotAnArchive, "what is compressed in it is no tar")
        }
        BLOCK => return check(header),
        _ => (Code::Truncated, "it ends inside a tar header"),
    };
    Err(Failure::new(code, what))
}

/// `false` if it is the block of zeros.
fn check(header: &Header) -> Result<bool, Failure> {
    if is_zero(header.as_bytes()) {
        return Ok(false);
    }
    match checksum_matches(header) {
        Some(true) => Ok(true),
        _ => {
            let what = "a tar header in it does not match its own checksum";
            Err(Failure::new(Code::BadChecksum, what))
        }
    }
}

fn has_magic(header: &Header) -> bool {
    header.as_bytes()[257..262] == *b"ustar"
}

fn size_of(header: &Header) -> Result<u64, Failure> {
    match header.entry_size() {
        Ok(size) if i64::try_from(size).is_ok() => Ok(size),
        _ => Err(corrupt("a tar header in it states no possible size")),
    }
}

/// What has no content must not claim any: half of all readers would take the bytes that follow
/// for content, the other half for the next member.
fn no_content(size: u64, raw: &[u8]) -> Result<(), Failure> {
    if size == 0 {
        return Ok(());
    }
    Err(
        corrupt("it is a link, device or folder that claims to have content")
            .of_member(&super::name::shown(raw)),
    )
}

/// The content of an extension header, and past the padding behind it.
fn extension(input: &mut Inflated<'_, '_>, size: u64) -> Result<Vec<u8>, Failure> {
    if size > EXTENSION_BYTES {
        return Err(corrupt("an extension header in it is larger than 1 MiB"));
    }
    let mut bytes = vec![0; usize::try_from(size).map_err(|_| cut())?];
    if input.read_full(&mut bytes)? < bytes.len() {
        return Err(cut());
    }
    skip_padding(input, size)?;
    Ok(bytes)
}

/// The further blocks that say where an old GNU sparse file has bytes.
fn skip_sparse_map(input: &mut Inflated<'_, '_>, header: &Header) -> Result<(), Failure> {
    let mut more = match header.as_gnu() {
        Some(header) => header.is_extended(),
        None => return Err(corrupt("a sparse file in it has no GNU header")),
    };
    while more {
        let mut block = GnuExtSparseHeader::new();
        if input.read_full(block.as_mut_bytes())? < BLOCK {
            return Err(cut());
        }
        more = block.is_extended();
    }
    Ok(())
}

/// Passes over the last `rest` bytes of `size`, and the padding behind them.
fn skip(input: &mut Inflated<'_, '_>, rest: u64, size: u64) -> Result<(), Failure> {
    pass(input, rest)?;
    skip_padding(input, size)
}

fn skip_padding(input: &mut Inflated<'_, '_>, size: u64) -> Result<(), Failure> {
    pass(input, size.wrapping_neg() % BLOCK as u64)
}
