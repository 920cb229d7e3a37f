//! Compressed file → a bounded stream of inflated bytes, and the file's digest.
//!
//! [`HashedFile`] is the file, [`Inflated`] what is in it.

use std::fs::File;
use std::io::{BufRead as _, Read as _};
use std::path::Path;

use super::buffer::Buffer;
use super::failure::Failure;
use super::format::FileFormat;
use super::hashed_file::{BUFFER_BYTES, HashedFile};
use super::tar::header;
use super::zip::contents::EntryContents;
use super::zip::directory::DirectoryEntry;
use super::{Code, bzip2, gzip, xz, zstd};
use crate::limits::{Limits, RATIO_FREE_BYTES};

#[cfg(test)]
mod tests;

enum Decoder<'a, 'b> {
    Plain(&'a mut HashedFile<'b>),
    Gzip(Box<gzip::Decoder<'a, 'b>>),
    Zstd(zstd::Decoder<'a, 'b>),
    Xz(Box<xz::Decoder<'a, 'b>>),
    Bzip2(bzip2::Decoder<'a, 'b>),
    Zip(EntryContents<'a>),
}

/// Recognises a file and starts to inflate it.
pub(super) fn inflate<'a, 'b>(
    file: &'a mut HashedFile<'b>,
    limits: &'a Limits,
) -> Result<Inflated<'a, 'b>, Failure> {
    let head = match file.fill_buf() {
        Ok([]) => return Err(Failure::new(Code::Empty, "it is empty")),
        Ok(head) => head,
        Err(error) => return Err(Failure::io(&error.to_string())),
    };
    let format = FileFormat::of(head);
    let buffer = Buffer::of(file.read_ahead());
    let decoder = match format {
        Some(FileFormat::Tar) => Decoder::Plain(file),
        Some(FileFormat::Gzip) => Decoder::Gzip(Box::new(gzip::decoder(file))),
        Some(FileFormat::Zstd) => {
            Decoder::Zstd(zstd::decoder(file).map_err(|error| Failure::io(&error.to_string()))?)
        }
        Some(FileFormat::Xz) => Decoder::Xz(Box::new(xz::decoder(file))),
        Some(FileFormat::Bzip2) => Decoder::Bzip2(bzip2::decoder(file)),
        // It is read from its end, so whoever can do that has recognised it before.
        Some(FileFormat::Zip) => {
            let what = "it is a zip archive in a place where only its start can be read";
            return Err(Failure::new(Code::UnsupportedCompression, what));
        }
        Some(FileFormat::Encrypted(name)) => {
            return Err(Failure::new(
                Code::Encrypted,
                format!("it is encrypted ({name})"),
            ));
        }
        Some(FileFormat::Unsupported(name)) => {
            return Err(Failure::new(
                Code::UnsupportedCompression,
                format!("its format is {name}, which is not read"),
            ));
        }
        None => {
            return Err(Failure::new(
                Code::NotAnArchive,
                "it is neither a tar archive nor a compressed one",
            ));
        }
    };
    Ok(Inflated::new(decoder, limits, buffer))
}

/// Whether a compressed file holds a tar archive, or cannot be read. A compressed log is neither.
pub(super) fn holds_tar_or_is_broken(path: &Path) -> bool {
    let Ok(file) = File::open(path) else {
        return true;
    };
    let mut file = HashedFile::peek(Box::new(file));
    let limits = Limits::default();
    let mut head = [0; header::BLOCK];
    match inflate(&mut file, &limits).and_then(|mut input| input.read_full(&mut head)) {
        Ok(count) => header::begins(head.get(..count).unwrap_or_default()),
        Err(_) => true,
    }
}

/// The inflated bytes of a file, counted against `inflated-bytes` and `ratio`.
pub(super) struct Inflated<'a, 'b> {
    decoder: Decoder<'a, 'b>,
    limits: &'a Limits,
    most: u64,
    buffer: Buffer,
    at: usize,
    end: usize,
    bytes: u64,
    nested: u64,
}

impl<'a, 'b> Inflated<'a, 'b> {
    fn new(decoder: Decoder<'a, 'b>, limits: &'a Limits, buffer: Buffer) -> Self {
        Self {
            decoder,
            limits,
            most: limits.inflated_bytes,
            buffer,
            at: 0,
            end: 0,
            bytes: 0,
            nested: 0,
        }
    }

    /// The entries of a zip, each [begun](Self::begin) by itself.
    pub(super) fn of_entries(contents: EntryContents<'a>, limits: &'a Limits) -> Self {
        Self::new(Decoder::Zip(contents), limits, Buffer::of(BUFFER_BYTES))
    }

    /// Goes to the next entry of a zip.
    pub(super) fn begin(&mut self, entry: &DirectoryEntry) -> Result<(), Failure> {
        match &mut self.decoder {
            Decoder::Zip(contents) => contents.begin(entry),
            _ => Ok(()),
        }
    }

    /// It holds many bundles, each with limits of its own: `ratio` alone holds for all together.
    pub(super) fn of_many(mut self) -> Self {
        self.most = u64::MAX;
        self
    }

    /// Counts bytes that something in it inflated to.
    pub(super) fn charge(&mut self, bytes: u64) -> Result<(), Failure> {
        self.nested = self.nested.saturating_add(bytes);
        self.check_ratio()
    }

    /// The bytes that came out so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn file(&self) -> Option<&HashedFile<'_>> {
        match &self.decoder {
            Decoder::Plain(file) => Some(file),
            Decoder::Gzip(stream) => stream.file(),
            Decoder::Zstd(stream) => Some(stream.get_ref()),
            Decoder::Xz(stream) => Some(stream.inner()),
            Decoder::Bzip2(stream) => Some(stream.get_ref()),
            Decoder::Zip(_) => None,
        }
    }

    /// The bytes of the file that went in so far.
    pub(super) fn taken(&self) -> u64 {
        match &self.decoder {
            Decoder::Zip(contents) => contents.count(),
            _ => self.file().map_or(0, |file| file.count()),
        }
    }

    fn check_ratio(&self) -> Result<(), Failure> {
        let inflated = self.bytes.saturating_add(self.nested);
        let allowed = self.taken().saturating_mul(self.limits.ratio);
        if inflated > RATIO_FREE_BYTES && inflated > allowed {
            let what = "it inflates to too many times its size";
            return Err(Failure::limit("ratio", self.limits.ratio, what));
        }
        Ok(())
    }

    /// Some bytes that are next; none at the end of the stream, whose checksum then was right.
    pub(super) fn fill(&mut self) -> Result<&[u8], Failure> {
        if self.at == self.end {
            (self.at, self.end) = (0, 0);
            self.end = self.inflate()?;
        }
        Ok(self.buffer.get(self.at..self.end).unwrap_or_default())
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.at = self.end.min(self.at + count);
    }

    fn inflate(&mut self) -> Result<usize, Failure> {
        let read = match &mut self.decoder {
            Decoder::Plain(file) => file.read(&mut self.buffer),
            Decoder::Gzip(stream) => stream.read(&mut self.buffer),
            Decoder::Zstd(stream) => stream.read(&mut self.buffer),
            Decoder::Xz(stream) => stream.read(&mut self.buffer),
            Decoder::Bzip2(stream) => stream.read(&mut self.buffer),
            Decoder::Zip(contents) => Ok(contents.read(&mut self.buffer)?),
        };
        let count = read.map_err(|error| {
            if let Some(reason) = self.file().and_then(|file| file.error()) {
                return Failure::io(reason);
            }
            let (code, what) = match &self.decoder {
                Decoder::Plain(_) | Decoder::Zip(_) => return Failure::io(&error.to_string()),
                Decoder::Gzip(_) => gzip::diagnose(&error, self.bytes),
                Decoder::Zstd(_) => zstd::diagnose(&error, self.bytes),
                Decoder::Xz(_) => xz::diagnose(&error),
                Decoder::Bzip2(_) => bzip2::diagnose(&error, self.bytes),
            };
            Failure::new(code, what)
        })?;
        self.bytes += count as u64;
        if self.bytes > self.most {
            let (name, value) = ("inflated-bytes", self.most);
            return Err(Failure::limit(name, value, "it inflates to too many bytes"));
        }
        self.check_ratio()?;
        Ok(count)
    }

    /// Whether no byte was taken from it yet.
    pub(super) fn is_at_start(&self) -> bool {
        self.at == 0 && self.bytes == self.end as u64
    }

    /// Fills `into` as far as the stream goes.
    pub(super) fn read_full(&mut self, into: &mut [u8]) -> Result<usize, Failure> {
        let mut filled = 0;
        while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let bytes = self.fill()?;
            let count = bytes.len().min(rest.len());
            if count == 0 {
                break;
            }
            rest[..count].copy_from_slice(&bytes[..count]);
            self.consume(count);
            filled += count;
        }
        Ok(filled)
    }

    /// Passes over `count` bytes; `false` if the stream ends before.
    pub(super) fn skip(&mut self, mut count: u64) -> Result<bool, Failure> {
        while count > 0 {
            let there = self.fill()?.len();
            if there == 0 {
                return Ok(false);
            }
            let step = usize::try_from(count).map_or(there, |count| there.min(count));
            self.consume(step);
            count -= step as u64;
        }
        Ok(true)
    }
}
