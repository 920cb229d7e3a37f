//! Why a bundle as a whole gave nothing, as a closed list.

/// The kinds of [`super::Unreadable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// No bytes.
    Empty,
    /// It ends in the middle of something.
    Truncated,
    /// Bytes contradict a checksum: of the compressed stream or of a tar header.
    BadChecksum,
    /// Bytes that the format does not allow, or that two readers would read as two different things.
    Corrupt,
    /// Something follows the compressed stream.
    TrailingBytes,
    /// Neither tar nor a compression of it.
    NotAnArchive,
    /// It ends between two members, but without the block of zeros that says so.
    NoEndOfArchive,
    /// An archive or folder without a single member.
    NoMember,
    /// A limit per bundle is passed.
    LimitPassed,
    /// A compression or container that is known, but not read.
    UnsupportedCompression,
    /// It can be read only with a key or password.
    Encrypted,
    /// An archive of bundles inside another one.
    NestedTooDeep,
    /// The system could not read it.
    Io,
    /// A reader of ours failed.
    Fault,
}

impl Code {
    /// Every code, as reports name it, and what it says.
    pub const ALL: [(Self, &'static str, &'static str); 14] = [
        (Self::Empty, "empty-file", "no bytes"),
        (
            Self::Truncated,
            "truncated",
            "it ends in the middle of something",
        ),
        (
            Self::BadChecksum,
            "bad-checksum",
            "bytes contradict a checksum: of the compressed stream or of a tar header",
        ),
        (
            Self::Corrupt,
            "corrupt",
            "bytes that the format does not allow, or that two readers would read as two different things",
        ),
        (
            Self::TrailingBytes,
            "trailing-bytes",
            "something follows the compressed stream",
        ),
        (
            Self::NotAnArchive,
            "not-an-archive",
            "neither tar nor a compression of it",
        ),
        (
            Self::NoEndOfArchive,
            "no-end-of-archive",
            "it ends between two members, but without the block of zeros that says so",
        ),
        (
            Self::NoMember,
            "no-member",
            "an archive or folder without a single member",
        ),
        (
            Self::LimitPassed,
            "limit-passed",
            "a limit per bundle is passed",
        ),
        (
            Self::UnsupportedCompression,
            "unsupported-compression",
            "a compression or container that is known, but not read",
        ),
        (
            Self::Encrypted,
            "encrypted",
            "it can be read only with a key or password",
        ),
        (
            Self::NestedTooDeep,
            "nested-too-deep",
            "an archive of bundles inside another one",
        ),
        (Self::Io, "io-error", "the system could not read it"),
        (Self::Fault, "fault", "a reader of ours failed"),
    ];

    /// As reports name it.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(code, _, _)| *code == self)
            .map_or("", |(_, word, _)| word)
    }
}
