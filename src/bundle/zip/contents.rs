//! The content of entries, unpacked and held to their headers.

use std::io::{BufReader, Read as _, Seek as _};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::directory::{self, DirectoryEntry, LOCAL, ReadSeek};
use crate::bundle::Code;
use crate::bundle::failure::Failure;
use crate::bundle::name::shown;

const DESCRIPTOR: &[u8] = b"PK\x07\x08";

type File<'a> = BufReader<Box<dyn ReadSeek + 'a>>;

/// The content of one entry after the other.
pub(in crate::bundle) struct EntryContents<'a> {
    file: Option<File<'a>>,
    content: Option<EntryContent<'a>>,
    at: u64,
    read: u64,
}

struct EntryContent<'a> {
    packed: PackedBytes<'a>,
    name: String,
    crc: Crc,
    produced: u64,
    wanted_crc: u32,
    size: u64,
    /// Bytes up to what follows the content, a data descriptor among them.
    tail: u64,
    packed_size: u64,
    is_described: bool,
}

enum PackedBytes<'a> {
    Stored(std::io::Take<File<'a>>),
    Deflated(Box<DeflateDecoder<std::io::Take<File<'a>>>>),
}

impl<'a> EntryContents<'a> {
    /// `read` are the bytes of the file that were looked at so far.
    pub(in crate::bundle) fn new(stream: Box<dyn ReadSeek + 'a>, read: u64) -> Self {
        Self {
            file: Some(BufReader::with_capacity(64 << 10, stream)),
            content: None,
            at: u64::MAX,
            read,
        }
    }

    /// Bytes of the file that were read.
    pub(in crate::bundle) fn count(&self) -> u64 {
        self.read
    }

    /// Goes to an entry; the one before it is at its end.
    pub(in crate::bundle) fn begin(&mut self, entry: &DirectoryEntry) -> Result<(), Failure> {
        let Some(mut file) = self.file.take() else {
            return Err(Failure::io("an entry in it was left before its end"));
        };
        let seek = match i64::try_from(i128::from(entry.offset) - i128::from(self.at)) {
            Ok(step) if self.at != u64::MAX => file.seek_relative(step),
            _ => file
                .seek(std::io::SeekFrom::Start(entry.offset))
                .map(|_| ()),
        };
        seek.map_err(|error| Failure::io(&error.to_string()))?;
        let (start, is_described) = local(&mut file, entry)?;
        let end = start.checked_add(entry.packed);
        let tail = end.and_then(|end| entry.next.checked_sub(end));
        let tail = tail.ok_or_else(|| refused(entry, "overlaps with what follows it"))?;
        if !is_described && tail > 0 || is_described && ![12, 16, 20, 24].contains(&tail) {
            return Err(refused(entry, "is followed by bytes of no entry"));
        }
        self.at = entry.next;
        self.read = self.read.saturating_add(entry.next - entry.offset);
        let taken = file.take(entry.packed);
        let packed = if entry.is_deflated {
            PackedBytes::Deflated(Box::new(DeflateDecoder::new(taken)))
        } else {
            PackedBytes::Stored(taken)
        };
        self.content = Some(EntryContent {
            packed,
            name: shown(&entry.name),
            crc: Crc::new(),
            produced: 0,
            wanted_crc: entry.crc,
            size: entry.size,
            tail,
            packed_size: entry.packed,
            is_described,
        });
        Ok(())
    }

    /// Bytes that are next; none at the end of an entry, which then was as its headers say.
    pub(in crate::bundle) fn read(&mut self, into: &mut [u8]) -> Result<usize, Failure> {
        let Some(content) = &mut self.content else {
            return Ok(0);
        };
        let read = match &mut content.packed {
            PackedBytes::Stored(bytes) => bytes.read(into),
            PackedBytes::Deflated(bytes) => bytes.read(into),
        };
        let wrong = |code, what: &str| Failure::new(code, what).of_member(&content.name);
        let count = read.map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                wrong(Code::Corrupt, "its deflate stream ends too early")
            }
            std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => {
                wrong(Code::Corrupt, "its deflate stream is broken")
            }
            _ => Failure::io(&error.to_string()),
        })?;
        content.crc.update(into.get(..count).unwrap_or_default());
        content.produced += count as u64;
        if count > 0 && content.produced <= content.size {
            return Ok(count);
        }
        if content.produced != content.size {
            let what = "it inflates to another size than its header states";
            return Err(wrong(Code::Corrupt, what));
        }
        if content.crc.sum() != content.wanted_crc {
            let what = "it does not match its own checksum";
            return Err(wrong(Code::BadChecksum, what));
        }
        self.end()?;
        Ok(0)
    }

    fn end(&mut self) -> Result<(), Failure> {
        let Some(content) = self.content.take() else {
            return Ok(());
        };
        let wrong = |what: &str| Failure::new(Code::Corrupt, what).of_member(&content.name);
        let rest = match content.packed {
            PackedBytes::Stored(rest) => rest,
            PackedBytes::Deflated(stream) => stream.into_inner(),
        };
        if rest.limit() > 0 {
            return Err(wrong("its deflate stream ends before its packed bytes do"));
        }
        let mut file = rest.into_inner();
        if content.is_described {
            let mut bytes = [0; 24];
            let length = usize::try_from(content.tail).unwrap_or(0).min(bytes.len());
            let Some(bytes) = bytes.get_mut(..length) else {
                return Ok(());
            };
            file.read_exact(bytes)
                .map_err(|error| Failure::io(&error.to_string()))?;
            let described = (content.wanted_crc, content.packed_size, content.size);
            if !is_described_by(bytes, described) {
                return Err(wrong("what follows its content describes another one"));
            }
        }
        self.file = Some(file);
        Ok(())
    }
}

/// Whether a data descriptor says checksum, packed size and size.
fn is_described_by(bytes: &[u8], (crc, packed, size): (u32, u64, u64)) -> bool {
    let bytes = match bytes.len() {
        16 | 24 => match bytes.strip_prefix(DESCRIPTOR) {
            Some(rest) => rest,
            None => return false,
        },
        _ => bytes,
    };
    let mut wanted = crc.to_le_bytes().to_vec();
    for number in [packed, size] {
        let whole = number.to_le_bytes();
        let (low, high) = whole.split_at(4);
        wanted.extend(low);
        if bytes.len() == 20 {
            wanted.extend(high);
        }
    }
    bytes == wanted
}

/// Compares a local header with the entry of the directory: where its content starts, and whether
/// its sizes follow that.
fn local(file: &mut File<'_>, entry: &DirectoryEntry) -> Result<(u64, bool), Failure> {
    let mut header = [0; 30];
    let io = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => refused(entry, "lies beyond the end of the archive"),
        _ => Failure::io(&error.to_string()),
    };
    file.read_exact(&mut header).map_err(io)?;
    if !header.starts_with(LOCAL) {
        return Err(refused(entry, "is not where the directory says"));
    }
    let short = |at: usize| directory::short(&header, at);
    let long = |at: usize| directory::long(&header, at);
    let (flags, method) = (short(6), short(8));
    let mut name = vec![0; usize::from(short(26))];
    file.read_exact(&mut name).map_err(io)?;
    let mut extra = vec![0; usize::from(short(28))];
    file.read_exact(&mut extra).map_err(io)?;
    let is_described = (flags | entry.flags) & 8 != 0;
    let (crc, mut packed, mut size) = (long(14), u64::from(long(18)), u64::from(long(22)));
    directory::zip64(&extra, &mut [&mut size, &mut packed]);
    let is_open = |number: u64| is_described && (number == 0 || number == u64::from(u32::MAX));
    let agrees = name == entry.raw
        && method == if entry.is_deflated { 8 } else { 0 }
        && (crc == entry.crc || is_open(u64::from(crc)))
        && (packed == entry.packed || is_open(packed))
        && (size == entry.size || is_open(size));
    if !agrees {
        return Err(refused(
            entry,
            "has two headers that do not agree, so which one is right is not known",
        ));
    }
    let start = entry.offset + 30 + name.len() as u64 + extra.len() as u64;
    Ok((start, is_described))
}

fn refused(entry: &DirectoryEntry, what: &str) -> Failure {
    Failure::new(Code::Corrupt, format!("an entry of it {what}")).of_member(&shown(&entry.name))
}
