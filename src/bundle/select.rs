//! Which members are kept, and of which the digest is taken.

/// As much of a member as [`Select::wants`] gets to see: enough for the head of any `ps` or YAML.
pub const HEAD_BYTES: usize = 64 << 10;

/// Which members are kept, and of which the digest is taken.
#[derive(Clone, Copy)]
pub struct Select<'a> {
    /// Decides whether a member's bytes are kept: from its normalised name, with an archive's top
    /// folder still on, its size, and its first bytes, at most [`HEAD_BYTES`].
    pub wants: &'a (dyn Fn(&str, u64, &[u8]) -> bool + Sync),
    /// Whether the digest of every member is taken, not only of those that are kept.
    pub hashes_all: bool,
}

impl<'a> Select<'a> {
    /// Keeps what `wants` says.
    pub fn of(wants: &'a (dyn Fn(&str, u64, &[u8]) -> bool + Sync)) -> Self {
        Self {
            wants,
            hashes_all: false,
        }
    }
}
