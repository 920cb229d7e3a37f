//! The room that a bundle has for what is kept of it: the limit `kept-bytes`.

use super::failure::Failure;
use crate::limits::Limits;

/// What is taken of it.
pub(super) struct Room<'a> {
    limits: &'a Limits,
    kept: u64,
}

impl<'a> Room<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { limits, kept: 0 }
    }

    /// Takes so many bytes of the room this bundle has, before they are taken in.
    pub(super) fn hold(&mut self, bytes: u64) -> Result<(), Failure> {
        self.kept = self.kept.saturating_add(bytes);
        if self.kept > self.limits.kept_bytes {
            let value = self.limits.kept_bytes;
            let what = "its evidence and names are too many bytes";
            return Err(Failure::limit("kept-bytes", value, what));
        }
        Ok(())
    }

    /// The bytes of that room that are taken.
    pub(super) fn kept(&self) -> u64 {
        self.kept
    }

    /// Gives back what was [held](Self::hold) for content that is not kept after all.
    pub(super) fn release(&mut self, bytes: u64) {
        self.kept = self.kept.saturating_sub(bytes);
    }
}
