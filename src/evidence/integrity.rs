//! Whether the members that verdicts rest on are what the collector wrote.

use super::Evidence;
use super::layout::Kind;
use crate::bundle::Content;
use crate::bundle::sums::{self, Sums};

/// What comparing the members read with `SHA256SUMS` gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// All members read are listed and match.
    Verified,
    /// There is no `SHA256SUMS`.
    NoSums,
    /// What does not match: a sentence.
    Mismatch(String),
}

impl Integrity {
    /// The word of the `integrity` column.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::NoSums => "no-sums",
            Self::Mismatch(_) => "mismatch",
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

    /// Compares the members read so far with `SHA256SUMS`.
    #[must_use]
    pub fn integrity(&self) -> Integrity {
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
        let listed = match self.sums.get_or_init(|| bytes.and_then(|b| self.listed(b))) {
            Ok(listed) => listed,
            Err(what) => return Integrity::Mismatch(format!("SHA256SUMS {what}")),
        };
        for index in self.read.borrow().iter() {
            let Some(member) = self.bundle.members.get(*index) else {
                continue;
            };
            if let Content::NotAFile(what) = member.content
                && listed.get(&member.name).is_some()
            {
                return Integrity::Mismatch(format!(
                    "{} is listed in SHA256SUMS and is a {what} now",
                    member.name
                ));
            }
            if member.name == "SHA256SUMS" || !matches!(member.content, Content::Kept(_)) {
                continue;
            }
            let digest = member.sha256().unwrap_or_default();
            match listed.get(&member.name) {
                None => {
                    return Integrity::Mismatch(format!(
                        "{} is not listed in SHA256SUMS",
                        member.name
                    ));
                }
                Some(sum) if sum != digest.as_bytes() => {
                    return Integrity::Mismatch(format!(
                        "{} has another SHA-256 than SHA256SUMS says",
                        member.name
                    ));
                }
                Some(_) => {}
            }
        }
        Integrity::Verified
    }
    /// Reads `SHA256SUMS`, and fails if it lists what is not in the bundle.
    fn listed(&self, bytes: &[u8]) -> Result<Sums, String> {
        let listed = sums::parse(bytes, self.limits)
            .map_err(|(line, what)| format!("line {line} {what}"))?;
        let members = self.bundle.members.iter();
        let mut names: Vec<&str> = members.map(|member| member.name.as_str()).collect();
        names.sort_unstable();
        let missing = listed
            .names()
            .find(|name| names.binary_search(name).is_err());
        if let Some(missing) = missing {
            return Err(format!("lists {missing}, which is not in the bundle"));
        }
        Ok(listed)
    }
}
