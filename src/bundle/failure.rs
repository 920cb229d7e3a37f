//! Why a bundle gave nothing, not yet told of which.

use super::Code;

/// What went wrong, not yet told of which bundle.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: Code,
    pub(super) member: Option<String>,
    pub(super) what: String,
    pub(super) next: String,
}

impl Failure {
    pub(super) fn new(code: Code, what: impl Into<String>) -> Self {
        let next = match code {
            Code::Empty | Code::Truncated | Code::NoEndOfArchive => {
                "copy it again from where it was collected, or collect again"
            }
            Code::BadChecksum | Code::Corrupt | Code::TrailingBytes => {
                "it was changed or damaged on its way: copy it again, or collect again"
            }
            Code::NotAnArchive => {
                "hand over a tar archive, plain or compressed with gzip, zstd, xz or bzip2, or a zip"
            }
            Code::Encrypted => "decrypt it, or unpack it and hand over the folder",
            Code::NoMember => "collect again: there is nothing to judge in it",
            Code::LimitPassed => "raise that limit if you trust where it comes from",
            Code::UnsupportedCompression => {
                "recompress it with gzip or zstd, or unpack it and hand over the folder"
            }
            Code::Io => "make it readable for this user, then run again",
            Code::NestedTooDeep => "unpack it, and hand over what is in it",
            Code::EndedProgram => {
                "judge it by itself where there is more memory, and report it, with the bundle if it may be shown"
            }
            Code::Fault => "report it, with the bundle if it may be shown",
        };
        Self {
            code,
            member: None,
            what: what.into(),
            next: next.to_owned(),
        }
    }

    pub(super) fn of_member(self, name: &str) -> Self {
        Self {
            member: Some(name.to_owned()),
            ..self
        }
    }

    pub(super) fn io(reason: &str) -> Self {
        Self::new(Code::Io, format!("it cannot be read ({reason})"))
    }

    /// `what` is more than the limit `name` allows, which is `value`.
    pub(super) fn limit(name: &str, value: u64, what: &str) -> Self {
        Self {
            next: format!("if you trust where it comes from, raise `--limit {name}=N`"),
            ..Self::new(
                Code::LimitPassed,
                format!("{what}: the limit `{name}` is {value}"),
            )
        }
    }
}
