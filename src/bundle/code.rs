//! Why a bundle as a whole gave nothing, as a closed list.

use crate::problem::codes;

codes! {
    /// The kinds of [`super::Unreadable`].
    Code:
    Empty "empty-file" "no bytes",
    Truncated "truncated" "it ends in the middle of something",
    BadChecksum "bad-checksum" "bytes contradict a checksum: of the compressed stream or of a tar header",
    Corrupt "corrupt" "bytes that the format does not allow, or that two readers would read as two different things",
    TrailingBytes "trailing-bytes" "something follows the compressed stream",
    NotAnArchive "not-an-archive" "neither tar nor a compression of it",
    NoEndOfArchive "no-end-of-archive" "it ends between two members, but without the block of zeros that says so",
    NoMember "no-member" "an archive or folder without a single member",
    LimitPassed "limit-passed" "a limit per bundle is passed",
    UnsupportedCompression "unsupported-compression" "a compression or container that is known, but not read",
    Encrypted "encrypted" "it can be read only with a key or password",
    NestedTooDeep "nested-too-deep" "an archive of bundles inside another one",
    Io "io-error" "the system could not read it",
    EndedProgram "ended-program" "it was not opened, because reading it ended the program (`--not-opened`)",
    Fault "fault" "a reader of ours failed",
}
