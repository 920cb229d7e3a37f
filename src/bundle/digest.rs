//! SHA-256 as hexadecimal digits.

use ring::digest::{SHA256, digest};

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
}

/// SHA-256 of a file, in hexadecimal, if it can be read.
#[must_use]
pub fn file_sha256(path: &std::path::Path) -> Option<String> {
    super::archive::digest(&super::Source::File(path.to_owned()))
}
