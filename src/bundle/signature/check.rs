//! The signature of a bundle → who signed its checksums.

use serde::Deserialize;

use super::allowed_signers::AllowedSigners;
use super::signer::Signature;
use super::sshsig;
use crate::bundle::checked::{SIGNATURE, SUMS};
use crate::bundle::known_names::MANIFEST;
use crate::bundle::member::{Bundle, Content, Member};
use crate::bundle::sums;
use crate::limits::Limits;

/// What a bundle says of itself that a signer is looked up by.
#[derive(Default, Deserialize)]
#[serde(default)]
struct SignedDescription {
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
    let description: SignedDescription = description
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
