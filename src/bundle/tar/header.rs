//! One block of a tar archive: whether it is a header, and whether that matches its checksum.

use ::tar::Header;

use crate::bundle::Code;
use crate::bundle::failure::Failure;

/// The unit of a tar archive, in bytes.
pub(in crate::bundle) const BLOCK: usize = 512;

/// Whether bytes begin with a tar header, or with the zeros of an archive without members.
pub(in crate::bundle) fn begins(head: &[u8]) -> bool {
    head.get(..BLOCK).is_some_and(|block| {
        is_zero(block) || checksum_matches(Header::from_byte_slice(block)) == Some(true)
    })
}

/// `None` if the header has no number for its checksum.
pub(super) fn checksum_matches(header: &Header) -> Option<bool> {
    let bytes = header.as_bytes();
    let sum: u32 = bytes.iter().map(|byte| u32::from(*byte)).sum();
    let field: u32 = bytes
        .get(148..156)?
        .iter()
        .map(|byte| u32::from(*byte))
        .sum();
    // The field itself counts as eight blanks.
    Some(header.cksum().ok()? == sum - field + 8 * u32::from(b' '))
}

pub(super) fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// That it says what no archiver writes.
pub(super) fn corrupt(what: &str) -> Failure {
    Failure::new(Code::Corrupt, what)
}
