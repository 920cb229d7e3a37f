//! What a checksum mismatch, a member that stands in a bundle twice, or metadata that contradict a
//! member do to findings.

use super::{Decision, Verdict};
use crate::bundle::Signature;
use crate::evidence::citation::{Citation, MemberPlace};
use crate::evidence::{Contradiction, Duplicates, Integrity};
use crate::problem::Code;

/// How far one bundle can be believed.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Its name, where it is not the row's own.
    pub bundle: Option<String>,
    /// How its members compare with its checksums.
    pub integrity: Integrity,
    /// Why it is refused for want of a good signature, where one is required.
    pub unsigned: Option<(Code, String)>,
    /// Members that stand in it more than once.
    pub duplicates: Duplicates,
    /// Files of which its metadata say something else than their members.
    pub contradictions: Vec<Contradiction>,
}

/// Why a bundle is refused where a good signature is required.
#[must_use]
pub fn refused(signature: &Signature) -> Option<(Code, String)> {
    match signature {
        Signature::Good { .. } => None,
        Signature::Bad(why) => Some((Code::SignatureBad, why.clone())),
        Signature::UnknownSigner { key, why } => Some((
            Code::SignerUnknown,
            format!("the bundle is signed with {key}, and {why}"),
        )),
        Signature::Unsigned => Some((
            Code::NotSigned,
            "the bundle is not signed, and a signature is required".to_owned(),
        )),
    }
}

impl Trust {
    /// The finding as it stands, or `error` where what it rests on cannot be believed.
    #[must_use]
    pub fn settle(&self, decision: Decision) -> Decision {
        if let Integrity::Mismatch(why) = &self.integrity {
            return self.error(
                decision,
                Code::ChecksumMismatch,
                format!("{why}; the bundle was changed after it was made, so collect it again"),
            );
        }
        if let Integrity::NotAsPacked(why) = &self.integrity {
            return self.error(
                decision,
                Code::ChecksumMismatch,
                format!("{why}; the pack was changed after it was made, so pack its bundles again"),
            );
        }
        if let Integrity::SignatureBad(why) = &self.integrity {
            return self.error(
                decision,
                Code::SignatureBad,
                format!("{why}; the bundle was changed after it was signed, so collect it again"),
            );
        }
        if let Some((code, why)) = &self.unsigned {
            return self.error(decision, *code, why.clone());
        }
        let cited = |member: &&String| {
            decision
                .evidence
                .iter()
                .any(|c| c.bundle == self.bundle && *c.member == ***member)
        };
        let twice = self.duplicates.of_every_verdict.as_ref();
        match twice.or_else(|| self.duplicates.others.iter().find(cited)).cloned() {
            Some(member) => self.error(
                decision,
                Code::DuplicateMember,
                format!("{member} stands in the bundle more than once, and nothing says which is meant; collect it again"),
            ),
            None => self.beside_metadata(decision),
        }
    }

    /// Whoever changed a file may have forgotten what stat.tsv says of it. A failure stays one: it
    /// must not go away because somebody changed a row.
    fn beside_metadata(&self, mut decision: Decision) -> Decision {
        let rests_on = |wrong: &&Contradiction| {
            let (metadata, lines) = &wrong.metadata;
            let is_it = |cited: &Citation| match &cited.place {
                _ if cited.bundle != self.bundle => false,
                MemberPlace::Line(line) if *cited.member == **metadata => lines.contains(line),
                _ => wrong.members.iter().any(|member| *cited.member == **member),
            };
            decision.evidence.iter().any(is_it)
        };
        let Some(wrong) = self.contradictions.iter().find(rests_on) else {
            return decision;
        };
        let next = "the bundle was changed after it was made, or the file while it was collected, so collect it again";
        let sentence = format!("{}; {next}", wrong.why);
        match decision.verdict {
            Verdict::Pass | Verdict::NotApplicable if wrong.is_digest => {
                self.error(decision, Code::ChecksumMismatch, sentence)
            }
            Verdict::Pass | Verdict::NotApplicable => Decision {
                evidence: decision.evidence,
                ..Decision::new(
                    Verdict::Unknown,
                    Code::MetadataContradicts,
                    sentence,
                    decision.expected,
                )
            },
            Verdict::Fail => {
                decision.note(Code::MetadataContradicts);
                decision
            }
            Verdict::Unknown | Verdict::Error | Verdict::Manual => decision,
        }
    }

    fn error(&self, decision: Decision, code: Code, sentence: String) -> Decision {
        let sentence = match &self.bundle {
            Some(bundle) => format!("{bundle}: {sentence}"),
            None => sentence,
        };
        Decision {
            evidence: decision.evidence,
            ..Decision::new(Verdict::Error, code, sentence, decision.expected)
        }
    }
}
