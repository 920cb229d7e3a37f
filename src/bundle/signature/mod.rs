//! `SHA256SUMS.sig` → who signed the checksums of a bundle.
//!
//! The signature is what `ssh-keygen -Y sign -n nodeproof` writes ([`sshsig`]); who is known is
//! what a file of allowed signers says ([`allowed_signers`]). What it covers is `SHA256SUMS`, which
//! must list `bundle.json`, so that nobody swaps the name of a node.

mod allowed_signers;
mod pattern;
mod sshsig;

use serde::Deserialize;

use super::checked::{SIGNATURE, SUMS};
use super::folder::MANIFEST;
use super::{Bundle, Content, Member, sums};
use crate::limits::Limits;

pub use allowed_signers::AllowedSigners;

/// What the signature must be made for.
pub const NAMESPACE: &str = "nodeproof";

/// What is known of who signed a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Signature {
    /// Nobody did.
    #[default]
    Unsigned,
    /// Somebody did who is known.
    Good {
        /// Who, as the file of allowed signers names him.
        signer: String,
        /// The fingerprint of the key.
        key: String,
    },
    /// The signature is right, and the key is nobody's that is known for this time and use.
    UnknownSigner {
        /// The fingerprint of the key.
        key: String,
        /// Why it is not known, as a sentence.
        why: String,
    },
    /// The signature is not of these checksums, or cannot be read: a sentence.
    Bad(String),
}

impl Signature {
    /// The word of reports.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Good { .. } => "good",
            Self::UnknownSigner { .. } => "unknown-signer",
            Self::Bad(_) => "bad",
        }
    }

    /// Who signed, where that is known.
    #[must_use]
    pub fn signer(&self) -> Option<&str> {
        match self {
            Self::Good { signer, .. } => Some(signer),
            _ => None,
        }
    }

    /// The fingerprint of the key, where the signature is right.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Good { key, .. } | Self::UnknownSigner { key, .. } => Some(key),
            Self::Unsigned | Self::Bad(_) => None,
        }
    }

    /// Why it is not good, where it is there.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::UnknownSigner { why, .. } | Self::Bad(why) => Some(why),
            Self::Unsigned | Self::Good { .. } => None,
        }
    }
}

/// What a bundle says of itself that a signer is looked up by.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Description {
    collected_at: Option<String>,
    operator: Option<String>,
}

/// Checks the signature of a bundle; without `signers` nobody is known.
#[must_use]
pub fn check(bundle: &Bundle, signers: Option<&AllowedSigners>, limits: &Limits) -> Signature {
    let named = |name: &str| bundle.members.iter().find(|member| member.name == name);
    let Some(signature) = named(SIGNATURE) else {
        return Signature::Unsigned;
    };
    let Some(sums) = named(SUMS) else {
        return bad(format!("{SUMS} is not in the bundle, so nothing is signed"));
    };
    let (Some(armored), Some(signed)) = (bytes(signature), bytes(sums)) else {
        return bad(format!("{SIGNATURE} or {SUMS} cannot be read"));
    };
    if signature.copies > 1 || sums.copies > 1 {
        return bad(format!(
            "{SIGNATURE} or {SUMS} stands in the bundle more than once"
        ));
    }
    let key = match sshsig::verified(armored, signed) {
        Ok(key) => key,
        Err(why) => return bad(format!("{SIGNATURE} {why}")),
    };
    match sums::parse(signed, limits) {
        Ok(listed) if listed.get(MANIFEST).is_some() => {}
        Ok(_) => {
            return bad(format!(
                "{SUMS} does not list {MANIFEST}, so whose evidence it is is not signed"
            ));
        }
        Err((line, what)) => return bad(format!("{SUMS} line {line} {what}")),
    }
    let description = named(MANIFEST).and_then(bytes);
    let description: Description = description
        .and_then(|bytes| serde_json::from_slice(bytes).ok())
        .unwrap_or_default();
    let fingerprint = key.fingerprint(ssh_key::HashAlg::Sha256).to_string();
    let Some(signers) = signers else {
        return Signature::UnknownSigner {
            key: fingerprint,
            why: "no allowed signers were named (--allowed-signers FILE)".to_owned(),
        };
    };
    let (at, by) = (&description.collected_at, &description.operator);
    match signers.signer(&key, at.as_deref(), by.as_deref()) {
        Ok(signer) => Signature::Good {
            signer,
            key: fingerprint,
        },
        Err(why) => Signature::UnknownSigner {
            key: fingerprint,
            why,
        },
    }
}

fn bytes(member: &Member) -> Option<&[u8]> {
    match &member.content {
        Content::Kept(bytes) => Some(bytes),
        _ => None,
    }
}

fn bad(why: String) -> Signature {
    Signature::Bad(why)
}
