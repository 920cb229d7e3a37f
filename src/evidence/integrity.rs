//! Whether the members that verdicts rest on are what the collector wrote.

use super::Evidence;
use super::kind::Kind;
use crate::bundle::{Signature, checked};

/// What comparing the members read with `SHA256SUMS` gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// All members read are listed and match.
    Verified,
    /// There is no `SHA256SUMS`.
    NoSums,
    /// The same, and somebody who is known signed the checksums.
    Signed,
    /// The same, and somebody who is not known signed the checksums.
    UnknownSigner,
    /// The same, and the signature is not of these checksums: a sentence.
    SignatureBad(String),
    /// What does not match: a sentence.
    Mismatch(String),
    /// The index of the pack that it is in says otherwise: a sentence.
    NotAsPacked(String),
}

impl Integrity {
    /// The word of the `integrity` column.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::NoSums => "no-sums",
            Self::Signed => "signed",
            Self::UnknownSigner => "unknown-signer",
            Self::SignatureBad(_) => "signature-bad",
            Self::Mismatch(_) | Self::NotAsPacked(_) => "mismatch",
        }
    }
}

/// Members that stand in a bundle more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// One that every verdict rests on: the description, processes, metadata, versions.
    pub of_every_verdict: Option<String>,
    /// The others.
    pub others: Vec<String>,
}

impl Evidence<'_> {
    /// Members that stand in the bundle more than once.
    #[must_use]
    pub fn duplicates(&self) -> Duplicates {
        let mut duplicates = Duplicates::default();
        for (kind, index) in self.all(|_| true) {
            let Some(member) = self.bundle.members.get(index).filter(|m| m.copies > 1) else {
                continue;
            };
            match kind {
                // Findings name the files they rest on; on what else is read, all rest.
                Kind::File(_)
                | Kind::LooseKubeletConfig
                | Kind::Configz(_)
                | Kind::ApiObjects(_)
                | Kind::Other => {
                    duplicates.others.push(member.name.clone());
                }
                _ => duplicates.of_every_verdict = Some(member.name.clone()),
            }
        }
        duplicates
    }

    /// Compares the members read so far with `SHA256SUMS`; all of them, where the digests of all
    /// were taken. What is signed is told where all is well.
    #[must_use]
    pub fn integrity(&self) -> Integrity {
        match (self.checksums(), &self.bundle.signature) {
            (Integrity::Verified, Signature::Good { .. }) => Integrity::Signed,
            (Integrity::Verified, Signature::UnknownSigner { .. }) => Integrity::UnknownSigner,
            (Integrity::Verified, Signature::Bad(why)) => Integrity::SignatureBad(why.clone()),
            (integrity, _) => integrity,
        }
    }

    fn checksums(&self) -> Integrity {
        if let Some(why) = &self.bundle.not_as_packed {
            return Integrity::NotAsPacked(format!("the bundle {why}"));
        }
        let Some(index) = self.first(&Kind::Sums) else {
            let members = self.bundle.members.iter();
            let mut signed = members.filter(|member| member.name.starts_with("SHA256SUMS."));
            return match signed.next() {
                None => Integrity::NoSums,
                Some(left) => Integrity::Mismatch(format!(
                    "SHA256SUMS is not in the bundle, and {} is",
                    left.name
                )),
            };
        };
        let bytes = self.bytes(index);
        let listed = self.sums.get_or_init(|| {
            bytes.and_then(|bytes| checked::listed(self.bundle, bytes, self.limits))
        });
        let listed = match listed {
            Ok(listed) => listed,
            Err(what) => return Integrity::Mismatch(format!("SHA256SUMS {what}")),
        };
        let read = self.read.borrow();
        let members = self.bundle.members.iter().enumerate();
        let mut members =
            members.filter(|(index, _)| self.bundle.is_hashed || read.contains(index));
        match members.find_map(|(_, member)| checked::against(member, listed)) {
            Some(why) => Integrity::Mismatch(why),
            None => Integrity::Verified,
        }
    }
}
