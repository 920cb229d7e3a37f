//! Why a bundle as a whole gave nothing.

use super::code::Code;
use super::failure::Failure;
use crate::limits::Limits;
use crate::problem::Problem;

/// Why a bundle as a whole gave nothing.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// The kind.
    pub code: Code,
    /// For people.
    pub problem: Problem,
    /// SHA-256 of the whole file, where that could be read at all.
    pub digest: Option<String>,
}

impl Unreadable {
    /// The same of another bundle: of one in the archive that cannot be read.
    #[must_use]
    pub fn of(&self, bundle: &str) -> Box<Self> {
        let mut own = self.clone();
        bundle.clone_into(&mut own.problem.bundle);
        own.digest = None;
        Box::new(own)
    }

    /// The archive it is in did not hold it when it was read again.
    #[must_use]
    pub fn changed(bundle: &str) -> Box<Self> {
        let what = "the archive it is in changed while it was read";
        unreadable(bundle, Failure::new(Code::Corrupt, what), None)
    }

    /// The bundles before it in its archive used up what they may inflate to together.
    #[must_use]
    pub fn over(bundle: &str, limits: &Limits) -> Box<Self> {
        let what = "the archive it is in inflates to too many times its size";
        let failure = Failure::limit("ratio", limits.ratio, what);
        unreadable(bundle, failure, None)
    }

    /// It speaks of more nodes that no other bundle is of than are judged.
    #[must_use]
    pub fn of_too_many_nodes(bundle: &str, digest: &str, limits: &Limits) -> Box<Self> {
        let what = "it has too many nodes that no other bundle is of";
        let failure = Failure::limit("nodes", limits.nodes, what);
        unreadable(bundle, failure, Some(digest.to_owned()))
    }

    /// A reader itself failed on the bundle.
    #[must_use]
    pub fn fault(bundle: &str) -> Box<Self> {
        let what = "reading it ended in a fault of nodeproof itself";
        unreadable(bundle, Failure::new(Code::Fault, what), None)
    }
}

/// What went wrong, told of a bundle.
pub(super) fn unreadable(
    bundle: &str,
    failure: Failure,
    digest: Option<String>,
) -> Box<Unreadable> {
    Box::new(Unreadable {
        code: failure.code,
        problem: Problem {
            bundle: bundle.to_owned(),
            member: failure.member,
            what: failure.what,
            next: failure.next,
        },
        digest,
    })
}
