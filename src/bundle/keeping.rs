//! A list of API objects on its way: its digest, and what is kept of it.

use ring::digest::{Context, SHA256};

use super::digest::hex;
use super::failure::Failure;
use super::room::Room;
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
    pub(super) fn take(&mut self, bytes: &[u8], room: &mut Room<'_>) -> Result<(), Failure> {
        self.hash.update(bytes);
        self.shrink.take(bytes);
        let held = self.shrink.held();
        room.release(self.held);
        self.held = held;
        room.hold(held)
    }

    /// Gives the room back.
    pub(super) fn stop(self, room: &mut Room<'_>) {
        room.release(self.held);
    }

    /// What stands for the member that comes next, and the digest of all that was handed in.
    pub(super) fn end(self, room: &mut Room<'_>) -> Result<(Vec<u8>, String), Failure> {
        let digest = hex(self.hash.finish().as_ref());
        room.release(self.held);
        let bytes = self.shrink.end();
        room.hold(bytes.len() as u64)?;
        Ok((bytes, digest))
    }
}
