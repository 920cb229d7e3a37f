//! Zstandard (RFC 8878): all frames, skippable ones passed over.

use std::io;

use ::zstd::stream::read;

use super::Code;
use super::open::Digesting;

/// The first byte of a frame; a skippable frame is no way to start an archive.
pub(super) const MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// 8 MiB: what levels up to 19 use. The window is memory that the file asks for.
const WINDOW_LOG: u32 = 23;

pub(super) type Decoder<'a, 'b> = read::Decoder<'static, &'a mut Digesting<'b>>;

pub(super) fn decoder<'a, 'b>(file: &'a mut Digesting<'b>) -> io::Result<Decoder<'a, 'b>> {
    let mut decoder = read::Decoder::with_buffer(file)?;
    decoder.window_log_max(WINDOW_LOG)?;
    Ok(decoder)
}

/// What an error of the decoder says of the file, when it had inflated so many bytes.
pub(super) fn diagnose(error: &io::Error, inflated: u64) -> (Code, String) {
    let text = error.to_string();
    if error.kind() == io::ErrorKind::UnexpectedEof {
        (Code::Truncated, "its zstd stream ends too early".to_owned())
    } else if text.contains("checksum") {
        let what = "its zstd stream does not match its own checksum";
        (Code::BadChecksum, what.to_owned())
    } else if text.contains("too much memory") {
        let what = "its zstd window is larger than 8 MiB (`--long` or `--ultra`)";
        (Code::UnsupportedCompression, what.to_owned())
    } else if text.contains("Unknown frame") && inflated > 0 {
        let what = "bytes that are no zstd follow its zstd stream";
        (Code::TrailingBytes, what.to_owned())
    } else {
        (Code::Corrupt, format!("its zstd stream is broken ({text})"))
    }
}
