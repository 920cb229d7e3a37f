//! Zstandard (RFC 8878): all frames, skippable ones passed over.

use std::io;

use ::zstd::stream::read;

use super::Code;
use super::hashed_file::HashedFile;

/// The first bytes of a frame.
pub(super) const MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// The first byte of a frame to pass over is 0x50 to 0x5f, and these follow.
const SKIPPABLE: &[u8] = &[0x2a, 0x4d, 0x18];

/// Whether a file begins with a frame, or with some to pass over before one: pzstd puts sizes there.
/// Where the bytes at hand end in one of these, it is taken for zstd.
pub(super) fn begins(mut head: &[u8]) -> bool {
    let mut passed = false;
    while head.first().is_some_and(|first| first >> 4 == 5) && head.get(1..4) == Some(SKIPPABLE) {
        let size = head.get(4..8).and_then(|size| size.try_into().ok());
        let size = size.map_or(usize::MAX, |size| u32::from_le_bytes(size) as usize);
        passed = true;
        head = match size.checked_add(8).and_then(|end| head.get(end..)) {
            Some(rest) => rest,
            None => return true,
        };
    }
    head.starts_with(MAGIC) || passed && head.is_empty()
}

/// 8 MiB: what levels up to 19 use. The window is memory that the file asks for.
const WINDOW_LOG: u32 = 23;

pub(super) type Decoder<'a, 'b> = read::Decoder<'static, &'a mut HashedFile<'b>>;

pub(super) fn decoder<'a, 'b>(file: &'a mut HashedFile<'b>) -> io::Result<Decoder<'a, 'b>> {
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
