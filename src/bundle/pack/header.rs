//! What stands before a member of a pack.

use tar::Header;

/// A header that tells nothing of who packs, and when.
pub(super) fn plain_header() -> Header {
    let mut header = Header::new_ustar();
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}
