//! gzip (RFC 1952): all members of the stream, each against its own CRC.

use std::io;

use flate2::bufread::MultiGzDecoder;

use super::Code;
use super::open::Digesting;

/// Identification, and deflate as the only method there is.
pub(super) const MAGIC: &[u8] = &[0x1f, 0x8b, 8];

pub(super) type Decoder<'a, 'b> = MultiGzDecoder<&'a mut Digesting<'b>>;

pub(super) fn decoder<'a, 'b>(file: &'a mut Digesting<'b>) -> Decoder<'a, 'b> {
    MultiGzDecoder::new(file)
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
