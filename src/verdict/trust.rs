//! What a checksum mismatch or a member that stands in a bundle twice does to findings.

use super::{Finding, Verdict};
use crate::evidence::{Duplicates, Integrity};
use crate::problem::Code;

/// How far one bundle can be believed.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Its name, where it is not the row's own.
    pub bundle: Option<String>,
    /// How its members compare with its checksums.
    pub integrity: Integrity,
    /// Members that stand in it more than once.
    pub duplicates: Duplicates,
}

impl Trust {
    /// The finding as it stands, or `error` where what it rests on cannot be believed.
    #[must_use]
    pub fn settle(&self, finding: Finding) -> Finding {
        if let Integrity::Mismatch(why) = &self.integrity {
            return self.error(
                finding,
                Code::ChecksumMismatch,
                format!("{why}; the bundle was changed after it was made, so collect it again"),
            );
        }
        let cited = |member: &&String| {
            finding
                .evidence
                .iter()
                .any(|c| c.bundle == self.bundle && *c.member == ***member)
        };
        let twice = self.duplicates.of_every_verdict.as_ref();
        match twice.or_else(|| self.duplicates.others.iter().find(cited)).cloned() {
            Some(member) => self.error(
                finding,
                Code::DuplicateMember,
                format!("{member} stands in the bundle more than once, and nothing says which is meant; collect it again"),
            ),
            None => finding,
        }
    }

    fn error(&self, finding: Finding, code: Code, sentence: String) -> Finding {
        let sentence = match &self.bundle {
            Some(bundle) => format!("{bundle}: {sentence}"),
            None => sentence,
        };
        Finding {
            evidence: finding.evidence,
            ..Finding::new(Verdict::Error, code, sentence, finding.expected)
        }
    }
}
