//! Machine ids and system UUIDs that tell machines apart.

use crate::evidence::masks::unmasked;

/// An id that is one: no mask, and not and what machine-id(5) has for a system that was never started.
pub(super) fn usable(id: &str) -> Option<&str> {
    unmasked(id.trim()).filter(|id| !id.is_empty() && *id != "uninitialized")
}
