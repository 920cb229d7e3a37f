//! bzip2: all streams, one after the other, each block against its own checksum.

use std::io;

use ::bzip2::Error;
use ::bzip2::bufread::MultiBzDecoder;

use super::Code;
use super::hashed_file::HashedFile;

/// The block magic (the digits of π) stands behind the level, or text could begin like it. A stream
/// without a block, of nothing, has the square root in its place.
pub(super) fn begins(head: &[u8]) -> bool {
    let level = head
        .get(3)
        .is_some_and(|level| (b'1'..=b'9').contains(level));
    let magic = head.get(4..10);
    head.starts_with(b"BZh")
        && level
        && (magic == Some(b"1AY&SY") || magic == Some(b"\x17\x72\x45\x38\x50\x90"))
}

pub(super) type Decoder<'a, 'b> = MultiBzDecoder<&'a mut HashedFile<'b>>;

pub(super) fn decoder<'a, 'b>(file: &'a mut HashedFile<'b>) -> Decoder<'a, 'b> {
    MultiBzDecoder::new(file)
}

/// What an error of the decoder says of the file, when it had inflated so many bytes.
pub(super) fn diagnose(error: &io::Error, inflated: u64) -> (Code, String) {
    let kind = error.get_ref().and_then(|inner| inner.downcast_ref());
    if error.kind() == io::ErrorKind::UnexpectedEof {
        let what = "its bzip2 stream ends too early";
        (Code::Truncated, what.to_owned())
    } else if matches!(kind, Some(Error::DataMagic)) && inflated > 0 {
        let what = "bytes that are no bzip2 follow its bzip2 stream";
        (Code::TrailingBytes, what.to_owned())
    } else {
        let what = "its bzip2 stream is broken, or does not match its own checksums";
        (Code::Corrupt, what.to_owned())
    }
}
