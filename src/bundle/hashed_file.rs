//! A file as it is on disk, read once from its start, and its digest.

use std::io::{self, BufRead, Read};

use ring::digest::{Context, SHA256};

use super::buffer::{Buffer, read_full};
use super::digest::hex;

pub(super) const BUFFER_BYTES: usize = 64 << 10;

/// For the start of a file alone: what a first member of usual size needs.
const PEEK_BYTES: usize = 8 << 10;

/// A file, hashed as it is read unless only its start is looked at.
pub(super) struct HashedFile<'a> {
    source: Box<dyn Read + 'a>,
    buffer: Buffer,
    at: usize,
    end: usize,
    hash: Option<Context>,
    bytes: u64,
    error: Option<String>,
}

impl<'a> HashedFile<'a> {
    pub(super) fn new(source: Box<dyn Read + 'a>) -> Self {
        Self::with_buffer(source, BUFFER_BYTES, Some(Context::new(&SHA256)))
    }

    /// To look at its start: in small steps, and without a digest.
    pub(super) fn peek(source: Box<dyn Read + 'a>) -> Self {
        Self::with_buffer(source, PEEK_BYTES, None)
    }

    /// To read all of it, without a digest.
    pub(super) fn plain(source: Box<dyn Read + 'a>) -> Self {
        Self::with_buffer(source, BUFFER_BYTES, None)
    }

    fn with_buffer(source: Box<dyn Read + 'a>, bytes: usize, hash: Option<Context>) -> Self {
        Self {
            source,
            buffer: Buffer::of(bytes),
            at: 0,
            end: 0,
            hash,
            bytes: 0,
            error: None,
        }
    }

    /// How many bytes it is read ahead by.
    pub(super) fn read_ahead(&self) -> usize {
        self.buffer.len()
    }

    /// Why it could not be read, where that happened.
    pub(super) fn error(&self) -> Option<&String> {
        self.error.as_ref()
    }

    /// The bytes read so far.
    pub(super) fn count(&self) -> u64 {
        self.bytes
    }

    /// Reads what is left; the digest of the whole file, unless it could not be read.
    pub(super) fn finish(mut self) -> Option<String> {
        loop {
            match self.fill_buf() {
                Err(_) => return None,
                Ok([]) => return self.hash.map(|hash| hex(hash.finish().as_ref())),
                Ok(bytes) => {
                    let count = bytes.len();
                    self.consume(count);
                }
            }
        }
    }
}

impl BufRead for HashedFile<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.end {
            (self.at, self.end) = (0, 0);
            // Always a full buffer, so that what is decided by the bytes read so far is decided
            // alike on every file system.
            match read_full(&mut self.source, &mut self.buffer) {
                Ok(count) => self.end = count,
                Err(error) => {
                    self.error = Some(error.to_string());
                    return Err(error);
                }
            }
            let bytes = self.buffer.get(..self.end).unwrap_or_default();
            if let Some(hash) = &mut self.hash {
                hash.update(bytes);
            }
            self.bytes += bytes.len() as u64;
        }
        Ok(self.buffer.get(self.at..self.end).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at = self.end.min(self.at + count);
    }
}

impl Read for HashedFile<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}
