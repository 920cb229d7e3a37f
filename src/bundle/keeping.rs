//! A list of API objects on its way: its digest, and what is kept of it.

use ring::digest::{Context, SHA256};

use super::gather::Gather;
use super::hex;
use super::open::Failure;
use super::selected::Shrink;

/// A list of which not all bytes are kept.
pub(super) struct Keeping<'s> {
    shrink: Box<dyn Shrink + 's>,
    hash: Context,
    held: u64,
}

impl<'s> Keeping<'s> {
    pub(super) fn of(shrink: Box<dyn Shrink + 's>) -> Self {
        Self {
            shrink,
            hash: Context::new(&SHA256),
            held: 0,
        }
    }

    /// Takes the next bytes, and room for what is kept of them.
    pub(super) fn take(&mut self, bytes: &[u8], gather: &mut Gather<'_>) -> Result<(), Failure> {
        self.hash.update(bytes);
        self.shrink.take(bytes);
        let held = self.shrink.held();
        gather.release(self.held);
        self.held = held;
        gather.hold(held)
    }

    /// Gives the room back.
    pub(super) fn stop(self, gather: &mut Gather<'_>) {
        gather.release(self.held);
    }

    /// What stands for the member that comes next.
    pub(super) fn end(self, gather: &mut Gather<'_>) -> Result<Vec<u8>, Failure> {
        gather.digest = Some(hex(self.hash.finish().as_ref()));
        gather.release(self.held);
        let bytes = self.shrink.end();
        gather.hold(bytes.len() as u64)?;
        Ok(bytes)
    }
}
