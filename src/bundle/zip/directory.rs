//! The central directory: what is in a zip, where, and how it is packed.

use std::io::{Read, Seek, SeekFrom};

use super::names;
use crate::bundle::Code;
use crate::bundle::failure::Failure;
use crate::bundle::name::shown;
use crate::limits::Limits;

/// The first bytes of a local header.
pub(super) const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";
const END_BYTES: usize = 22;
const LONGEST_COMMENT: u64 = 0xffff;

/// What can be read from any place.
pub(in crate::bundle) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// The first bytes of a local header, or of the end of an archive without entries.
pub(in crate::bundle) fn begins(head: &[u8]) -> bool {
    head.starts_with(LOCAL) || head.starts_with(b"PK\x05\x06")
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    Folder,
    File,
    Other(&'static str),
}

/// One entry of the directory.
#[derive(Debug)]
pub(in crate::bundle) struct DirectoryEntry {
    /// As the local header must have it.
    pub(super) raw: Vec<u8>,
    /// In UTF-8, its parts divided by `/`.
    pub(super) name: Vec<u8>,
    pub(super) kind: EntryKind,
    pub(super) flags: u16,
    pub(super) is_deflated: bool,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) offset: u64,
    /// Where what follows it begins.
    pub(super) next: u64,
}

/// What the end of an archive says of its directory.
struct DirectoryEnd {
    entries: u64,
    size: u64,
    offset: u64,
    /// Where the directory must end.
    at: u64,
}

/// All entries, in the order of their bytes; and how many bytes were read.
pub(in crate::bundle) fn list(
    file: &mut dyn ReadSeek,
    limits: &Limits,
) -> Result<(Vec<DirectoryEntry>, u64), Failure> {
    let (end, read) = end(file)?;
    if end.offset.checked_add(end.size) != Some(end.at) {
        let what = "its directory is not where its end says: it is cut, or something stands before or behind it";
        return Err(Failure::new(Code::Corrupt, what));
    }
    // Before anything is taken into memory for it.
    let weight = end
        .entries
        .saturating_mul(size_of::<DirectoryEntry>() as u64);
    if weight.saturating_add(end.size.saturating_mul(2)) > limits.kept_bytes {
        let what = "its directory is too many bytes";
        return Err(Failure::limit("kept-bytes", limits.kept_bytes, what));
    }
    let mut bytes = vec![0; usize::try_from(end.size).map_err(|_| cut())?];
    at(file, end.offset, &mut bytes)?;
    let mut entries = Vec::new();
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        entries.push(entry(&mut rest)?);
    }
    if entries.len() as u64 != end.entries {
        let what = "its directory has another number of entries than its end says";
        return Err(Failure::new(Code::Corrupt, what));
    }
    entries.sort_by_key(|entry| entry.offset);
    let mut next = end.offset;
    for entry in entries.iter_mut().rev() {
        entry.next = std::mem::replace(&mut next, entry.offset);
    }
    if next > 0 {
        let what = "something stands before its first entry";
        return Err(Failure::new(Code::Corrupt, what));
    }
    Ok((entries, read + end.size))
}

fn end(file: &mut dyn ReadSeek) -> Result<(DirectoryEnd, u64), Failure> {
    let io = |error: std::io::Error| Failure::io(&error.to_string());
    let length = file.seek(SeekFrom::End(0)).map_err(io)?;
    let start = length.saturating_sub(END_BYTES as u64 + LONGEST_COMMENT);
    let mut tail = vec![0; usize::try_from(length - start).map_err(|_| cut())?];
    at(file, start, &mut tail)?;
    // What is behind it is a comment, which reaches to the last byte.
    let mut found = memchr::memmem::find_iter(&tail, END).filter(|at| {
        let rest = &tail[*at..];
        rest.len() >= END_BYTES && rest.len() - END_BYTES == usize::from(short(rest, 20))
    });
    let Some(first) = found.next() else {
        return Err(cut());
    };
    if found.next().is_some() {
        let what = "it has two ends, so which directory is meant is not known";
        return Err(Failure::new(Code::Corrupt, what));
    }
    let record = &tail[first..];
    let place = start + first as u64;
    let mut end = DirectoryEnd {
        entries: u64::from(short(record, 10)),
        size: u64::from(long(record, 12)),
        offset: u64::from(long(record, 16)),
        at: place,
    };
    let disks = [short(record, 4), short(record, 6)];
    let mut read = length - place;
    let locator = place.checked_sub(20);
    let mut large = [0; 20];
    if let Some(locator) = locator {
        at(file, locator, &mut large)?;
    }
    if large.starts_with(LOCATOR64) && locator.is_some() {
        let place = number(&large, 8);
        let mut record = [0; 56];
        at(file, place, &mut record)?;
        let fits =
            record.starts_with(END64) && number(&record, 4).checked_add(12 + place) == locator;
        let agrees = |small: u64, none: u64, large: u64| small == none || small == large;
        let same = agrees(end.entries, 0xffff, number(&record, 32))
            && agrees(end.size, u64::from(u32::MAX), number(&record, 40))
            && agrees(end.offset, u64::from(u32::MAX), number(&record, 48));
        if !fits || !same {
            let what = "its two ends, of Zip64 and of before, do not agree";
            return Err(Failure::new(Code::Corrupt, what));
        }
        end = DirectoryEnd {
            entries: number(&record, 32),
            size: number(&record, 40),
            offset: number(&record, 48),
            at: place,
        };
        read += 76;
    }
    if disks.iter().any(|disk| *disk != 0 && *disk != 0xffff) {
        let what = "it is one part of several";
        return Err(Failure {
            next: "join the parts, or unpack them and hand over the folder".to_owned(),
            ..Failure::new(Code::UnsupportedCompression, what)
        });
    }
    Ok((end, read))
}

/// The next entry of the directory.
fn entry(rest: &mut &[u8]) -> Result<DirectoryEntry, Failure> {
    let broken = || Failure::new(Code::Corrupt, "its directory is broken");
    let header = rest.get(..46).filter(|it| it.starts_with(CENTRAL));
    let header = header.ok_or_else(broken)?;
    let length = |at| usize::from(short(header, at));
    let (name_end, extra_end) = (46 + length(28), 46 + length(28) + length(30));
    let end = extra_end + length(32);
    let raw = rest.get(46..name_end).ok_or_else(broken)?;
    let extra = rest.get(name_end..extra_end).ok_or_else(broken)?;
    *rest = rest.get(end..).ok_or_else(broken)?;
    let host = short(header, 4) >> 8;
    let (flags, method) = (short(header, 8), short(header, 10));
    let mut size = u64::from(long(header, 24));
    let mut packed = u64::from(long(header, 20));
    let mut offset = u64::from(long(header, 42));
    zip64(extra, &mut [&mut size, &mut packed, &mut offset]);
    let name = names::decode(raw, extra, flags, host)
        .map_err(|what| Failure::new(Code::Corrupt, what).of_member(&shown(raw)))?;
    if flags & (1 | 1 << 6 | 1 << 13) != 0 || method == 99 {
        let failure = Failure::new(Code::Encrypted, "an entry of it is encrypted");
        return Err(failure.of_member(&shown(&name)));
    }
    if flags & 1 << 5 != 0 || method != 0 && method != 8 {
        let what = format!("an entry of it is packed by method {method}, which is not read");
        let failure = Failure::new(Code::UnsupportedCompression, what);
        return Err(failure.of_member(&shown(&name)));
    }
    let kind = kind(&name, long(header, 38), host);
    if kind == EntryKind::Folder && size > 0 {
        let what = "an entry of it is a folder that claims to have content";
        return Err(Failure::new(Code::Corrupt, what).of_member(&shown(&name)));
    }
    Ok(DirectoryEntry {
        raw: raw.to_vec(),
        name,
        kind,
        flags,
        is_deflated: method == 8,
        crc: long(header, 16),
        packed,
        size,
        offset,
        next: 0,
    })
}

/// By its name, and by the mode that systems with one put beside the attributes of DOS.
fn kind(name: &[u8], attributes: u32, host: u16) -> EntryKind {
    const UNIX: [u16; 2] = [3, 19];
    let mode = attributes >> 16 & 0o170_000;
    if name.ends_with(b"/") {
        return EntryKind::Folder;
    }
    match mode {
        // Readers follow it whatever system it says it is from.
        0o120_000 => EntryKind::Other("symlink"),
        0o040_000 if UNIX.contains(&host) => EntryKind::Folder,
        0o010_000 if UNIX.contains(&host) => EntryKind::Other("fifo"),
        0o020_000 | 0o060_000 if UNIX.contains(&host) => EntryKind::Other("device"),
        0o140_000 if UNIX.contains(&host) => EntryKind::Other("member of an unknown kind"),
        _ if !UNIX.contains(&host) && attributes & 0x10 != 0 => EntryKind::Folder,
        _ => EntryKind::File,
    }
}

/// Fills in the numbers that were too large for their fields, as they follow each other.
pub(super) fn zip64(extra: &[u8], numbers: &mut [&mut u64]) {
    let Some(mut field) = names::extra(extra, 1) else {
        return;
    };
    for number in numbers {
        if **number == u64::from(u32::MAX)
            && let Some((bytes, rest)) = field.split_first_chunk()
        {
            **number = u64::from_le_bytes(*bytes);
            field = rest;
        }
    }
}

fn at(file: &mut dyn ReadSeek, place: u64, into: &mut [u8]) -> Result<(), Failure> {
    let read = file
        .seek(SeekFrom::Start(place))
        .and_then(|_| file.read_exact(into));
    read.map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => cut(),
        _ => Failure::io(&error.to_string()),
    })
}

fn cut() -> Failure {
    let what = "it has no end of a zip archive, so it is cut or something follows it";
    Failure::new(Code::Truncated, what)
}

pub(super) fn short(bytes: &[u8], at: usize) -> u16 {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

pub(super) fn long(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

fn number(bytes: &[u8], at: usize) -> u64 {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
