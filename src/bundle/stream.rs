//! The bytes of one member out of the stream of its archive.

use super::Code;
use super::failure::Failure;
use super::open::Inflated;
use super::selected::HEAD_BYTES;

/// The first bytes of a file of this size.
pub(super) fn head(
    input: &mut Inflated<'_, '_>,
    size: u64,
    into: &mut Vec<u8>,
) -> Result<(), Failure> {
    into.clear();
    take(input, size.min(HEAD_BYTES as u64), into)
}

/// The next `rest` bytes of a file. No more memory is taken than twice the bytes that have arrived.
pub(super) fn take(
    input: &mut Inflated<'_, '_>,
    rest: u64,
    bytes: &mut Vec<u8>,
) -> Result<(), Failure> {
    let mut rest = usize::try_from(rest).map_err(|_| cut())?;
    while rest > 0 {
        let there = input.fill()?;
        if there.is_empty() {
            return Err(cut());
        }
        let count = there.len().min(rest);
        if bytes.capacity() - bytes.len() < count {
            bytes.reserve_exact(rest.min(bytes.len()).max(count));
        }
        bytes.extend_from_slice(&there[..count]);
        input.consume(count);
        rest -= count;
    }
    Ok(())
}

/// Passes over the next `rest` bytes of a file.
pub(super) fn pass(input: &mut Inflated<'_, '_>, rest: u64) -> Result<(), Failure> {
    if input.skip(rest)? {
        Ok(())
    } else {
        Err(cut())
    }
}

/// That the stream ends where a member goes on.
pub(super) fn cut() -> Failure {
    Failure::new(
        Code::Truncated,
        "it ends before the bytes its tar header promises",
    )
}
