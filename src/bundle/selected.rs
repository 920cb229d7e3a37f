//! What is kept of the members of a bundle: all bytes, none, or in their place what is read of them.

/// Decides what is kept of members.
pub type Select<'a> = dyn Selector + 'a;

/// As much of a member as [`Select`] gets to see: enough for the head of any `ps` or YAML.
pub const HEAD_BYTES: usize = 64 << 10;

/// Decides what is kept of members.
pub trait Selector: Sync {
    /// Whether a member's bytes are kept: from its normalised name, with an archive's top folder
    /// still on, its size, and its first bytes, at most [`HEAD_BYTES`].
    fn wants(&self, name: &str, size: u64, head: &[u8]) -> bool;

    /// Whether the digest of every member is taken, not only of those that are kept.
    fn hashes_all(&self) -> bool {
        false
    }

    /// What takes the bytes of a list of API objects, by the list's name, in the place of keeping
    /// them.
    fn shrink(&self, _list: &str) -> Option<Box<dyn Shrink + '_>> {
        None
    }
}

impl<F: Fn(&str, u64, &[u8]) -> bool + Sync> Selector for F {
    fn wants(&self, name: &str, size: u64, head: &[u8]) -> bool {
        self(name, size, head)
    }
}

/// Takes the bytes of a member, and keeps what is read of them.
pub trait Shrink {
    /// The next bytes.
    fn take(&mut self, bytes: &[u8]);

    /// How many bytes are held by now.
    fn held(&self) -> u64;

    /// What stands for the member.
    fn end(self: Box<Self>) -> Vec<u8>;
}
