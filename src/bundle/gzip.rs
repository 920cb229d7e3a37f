//! gzip (RFC 1952): all members of the stream, each against its own CRC.

use std::io::{self, BufRead as _, Read};

use flate2::bufread::GzDecoder;

use super::Code;
use super::hashed_file::HashedFile;

/// Identification, and deflate as the only method there is.
pub(super) const MAGIC: &[u8] = &[0x1f, 0x8b, 8];

/// What follows a member that is neither another one nor zeros.
const TRAILING: &str = "invalid gzip header behind a member";

/// All members, one after the other. Zeros behind the last one are padding, as tapes and devices
/// with blocks leave it, and `gzip` itself passes over them.
pub(super) struct Decoder<'a, 'b> {
    /// The member that is read; only while the next one is begun there is none.
    member: Option<GzDecoder<&'a mut HashedFile<'b>>>,
    is_over: bool,
}

pub(super) fn decoder<'a, 'b>(file: &'a mut HashedFile<'b>) -> Decoder<'a, 'b> {
    Decoder {
        member: Some(GzDecoder::new(file)),
        is_over: false,
    }
}

impl<'b> Decoder<'_, 'b> {
    pub(super) fn file(&self) -> Option<&HashedFile<'b>> {
        self.member.as_ref().map(|member| &**member.get_ref())
    }
}

impl Read for Decoder<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !self.is_over {
            let Some(member) = &mut self.member else {
                break;
            };
            let count = member.read(into)?;
            if count > 0 || into.is_empty() {
                return Ok(count);
            }
            if let Some(member) = self.member.take() {
                let file = member.into_inner();
                let next = after(file);
                self.is_over = !matches!(next, Ok(true));
                self.member = Some(GzDecoder::new(file));
                next?;
            }
        }
        Ok(0)
    }
}

/// Whether another member follows; zeros up to the end of the file are passed over.
fn after(file: &mut HashedFile<'_>) -> io::Result<bool> {
    let mut padded = false;
    loop {
        let bytes = file.fill_buf()?;
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        match bytes.get(zeros) {
            None if bytes.is_empty() => return Ok(false),
            None => {
                padded = true;
                file.consume(zeros);
            }
            Some(first) if zeros == 0 && !padded && MAGIC.first() == Some(first) => {
                return Ok(true);
            }
            Some(_) => return Err(io::Error::new(io::ErrorKind::InvalidInput, TRAILING)),
        }
    }
}

/// What an error of the decoder says of the file, when it had inflated so many bytes.
pub(super) fn diagnose(error: &io::Error, inflated: u64) -> (Code, String) {
    let text = error.to_string();
    if error.kind() == io::ErrorKind::UnexpectedEof {
        (Code::Truncated, "its gzip stream ends too early".to_owned())
    } else if text.contains("checksum") {
        let what = "its gzip stream does not match its own checksum";
        (Code::BadChecksum, what.to_owned())
    } else if text.contains("header") && inflated > 0 {
        let what = "bytes that are no gzip follow its gzip stream";
        (Code::TrailingBytes, what.to_owned())
    } else {
        (Code::Corrupt, format!("its gzip stream is broken ({text})"))
    }
}
