//! xz: all blocks and streams, each block against its own checksum; zeros behind a stream are
//! padding, as the format allows them.

use std::io;

use lzma_rust2::XzReader;

use super::Code;
use super::hashed_file::HashedFile;

/// The first bytes of a stream.
pub(super) const MAGIC: &[u8] = b"\xfd7zXZ\0";

/// 64 MiB of dictionary, which `xz -9` uses, and what the decoder needs beside it. The dictionary is
/// memory that the file asks for.
const MEMORY_KIB: u32 = (64 << 10) + 128;

pub(super) type Decoder<'a, 'b> = XzReader<&'a mut HashedFile<'b>>;

pub(super) fn decoder<'a, 'b>(file: &'a mut HashedFile<'b>) -> Decoder<'a, 'b> {
    XzReader::new_mem_limit(file, true, MEMORY_KIB)
}

/// What an error of the decoder says of the file.
pub(super) fn diagnose(error: &io::Error) -> (Code, String) {
    let text = error.to_string();
    let (code, what) = match error.kind() {
        io::ErrorKind::UnexpectedEof => (Code::Truncated, "its xz stream ends too early"),
        io::ErrorKind::OutOfMemory => (
            Code::UnsupportedCompression,
            "its xz dictionary is larger than 64 MiB, which no level of `xz` asks for",
        ),
        io::ErrorKind::Unsupported => {
            let what = format!("its xz stream uses what is not read ({text})");
            return (Code::UnsupportedCompression, what);
        }
        _ if text.contains("after stream") || text.contains("incomplete XZ magic") => (
            Code::TrailingBytes,
            "bytes that are no xz follow its xz stream",
        ),
        _ if text.contains("checksum") || text.contains("CRC32") => (
            Code::BadChecksum,
            "its xz stream does not match its own checksum",
        ),
        _ => {
            let what = format!("its xz stream is broken ({text})");
            return (Code::Corrupt, what);
        }
    };
    (code, what.to_owned())
}
