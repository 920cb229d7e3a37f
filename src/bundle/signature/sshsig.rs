//! Signatures as OpenSSH's PROTOCOL.sshsig and PROTOCOL.u2f describe them.
//!
//! `ssh-key` reads the formats; `ring`, which hashes everything else here, checks the signatures.
//! P-521 is the one curve that it lacks.

use ring::digest::{SHA256, digest};
use ring::signature::{
    self as keys, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use ssh_key::public::{EcdsaPublicKey, KeyData, RsaPublicKey};
use ssh_key::{Algorithm, HashAlg, Mpint, PublicKey, Signature, SshSig};

/// What the signature must be made for.
pub const NAMESPACE: &str = "nodeproof";

/// Flags and counter of a security key, behind its signature.
const TRAILER: usize = 5;

/// The least bits of an RSA key, as the checker of signatures takes them.
const RSA_BITS: usize = 2048;

/// The key that signed `message` for our namespace.
///
/// # Errors
/// What is wrong with the signature, as a phrase.
pub(super) fn verified(armored: &[u8], message: &[u8]) -> Result<KeyData, String> {
    let signature = SshSig::from_pem(armored)
        .map_err(|error| format!("is no signature as ssh-keygen writes it ({error})"))?;
    if signature.namespace() != NAMESPACE {
        return Err(format!(
            "is made for the namespace `{}`, not for `{NAMESPACE}`",
            signature.namespace()
        ));
    }
    let signed = SshSig::signed_data(NAMESPACE, signature.hash_alg(), message)
        .map_err(|error| format!("cannot be checked ({error})"))?;
    let key = signature.public_key();
    let checked = match key {
        KeyData::Ecdsa(EcdsaPublicKey::NistP521(_)) => {
            let key = PublicKey::new(key.clone(), "");
            Ok(key.verify(NAMESPACE, message, &signature).is_ok())
        }
        key => is_right(key, signature.signature(), &signed),
    };
    match checked {
        Ok(true) => Ok(key.clone()),
        Ok(false) => Err("is not of this SHA256SUMS: one of them was changed".to_owned()),
        Err(why) => Err(why),
    }
}

/// # Errors
/// Keys of this kind are not taken: a phrase.
fn is_right(key: &KeyData, signature: &Signature, signed: &[u8]) -> Result<bool, String> {
    let bytes = signature.as_bytes();
    Ok(match (key, signature.algorithm()) {
        (KeyData::Ed25519(key), Algorithm::Ed25519) => {
            verifies(&keys::ED25519, &key.0, signed, bytes)
        }
        (KeyData::Ecdsa(key), Algorithm::Ecdsa { curve }) if curve == key.curve() => {
            ecdsa(key, signed, bytes)
        }
        (KeyData::Rsa(key), Algorithm::Rsa { hash: Some(hash) }) => rsa(key, hash, signed, bytes)?,
        (KeyData::SkEd25519(key), Algorithm::SkEd25519) => {
            let Some((bytes, signed)) = of_security_key(key.application(), signed, bytes) else {
                return Ok(false);
            };
            verifies(&keys::ED25519, &key.public_key().0, &signed, bytes)
        }
        (KeyData::SkEcdsaSha2NistP256(key), Algorithm::SkEcdsaSha2NistP256) => {
            let Some((bytes, signed)) = of_security_key(key.application(), signed, bytes) else {
                return Ok(false);
            };
            let point = EcdsaPublicKey::NistP256(*key.ec_point());
            two_numbers(bytes, 32).is_some_and(|numbers| {
                verifies(
                    &keys::ECDSA_P256_SHA256_FIXED,
                    point.as_sec1_bytes(),
                    &signed,
                    &numbers,
                )
            })
        }
        (
            KeyData::Ed25519(_)
            | KeyData::Ecdsa(_)
            | KeyData::Rsa(_)
            | KeyData::SkEd25519(_)
            | KeyData::SkEcdsaSha2NistP256(_),
            other,
        ) => {
            return Err(format!(
                "is of the kind {other}, which does not go with its key"
            ));
        }
        (key, _) => {
            return Err(format!(
                "is of a key of the kind {}, which is not taken: sign with ed25519, ECDSA, RSA, or a security key",
                key.algorithm()
            ));
        }
    })
}

fn verifies(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
    signed: &[u8],
    bytes: &[u8],
) -> bool {
    UnparsedPublicKey::new(algorithm, key)
        .verify(signed, bytes)
        .is_ok()
}

fn ecdsa(key: &EcdsaPublicKey, signed: &[u8], bytes: &[u8]) -> bool {
    let point = key.as_sec1_bytes();
    let fixed = |algorithm, size| {
        two_numbers(bytes, size).is_some_and(|bytes| verifies(algorithm, point, signed, &bytes))
    };
    match key {
        EcdsaPublicKey::NistP256(_) => fixed(&keys::ECDSA_P256_SHA256_FIXED, 32),
        EcdsaPublicKey::NistP384(_) => fixed(&keys::ECDSA_P384_SHA384_FIXED, 48),
        // `verified` asks another crate.
        EcdsaPublicKey::NistP521(_) => false,
    }
}

fn rsa(key: &RsaPublicKey, hash: HashAlg, signed: &[u8], bytes: &[u8]) -> Result<bool, String> {
    let (Some(n), Some(e)) = (key.n.as_positive_bytes(), key.e.as_positive_bytes()) else {
        return Ok(false);
    };
    if n.len() < RSA_BITS / 8 {
        return Err(format!(
            "is of an RSA key of fewer than {RSA_BITS} bits, which is not taken"
        ));
    }
    let algorithm = match hash {
        HashAlg::Sha256 => &keys::RSA_PKCS1_2048_8192_SHA256,
        HashAlg::Sha512 => &keys::RSA_PKCS1_2048_8192_SHA512,
        _ => return Err("is of RSA with a hash that is not taken".to_owned()),
    };
    // OpenSSH leaves out zeros that a signature begins with.
    let missing = n.len().saturating_sub(bytes.len());
    let mut padded = vec![0; missing];
    padded.extend_from_slice(bytes);
    let key = RsaPublicKeyComponents { n, e };
    Ok(key.verify(algorithm, signed, &padded).is_ok())
}

/// The signature of a security key, and what it is of.
fn of_security_key<'s>(
    application: &str,
    signed: &[u8],
    bytes: &'s [u8],
) -> Option<(&'s [u8], Vec<u8>)> {
    let (signature, trailer) = bytes.split_at_checked(bytes.len().checked_sub(TRAILER)?)?;
    let mut message = digest(&SHA256, application.as_bytes()).as_ref().to_vec();
    message.extend_from_slice(trailer);
    message.extend_from_slice(digest(&SHA256, signed).as_ref());
    Some((signature, message))
}

/// Two numbers of SSH, each as so many bytes.
fn two_numbers(mut bytes: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut numbers = Vec::with_capacity(2 * size);
    for _ in 0..2 {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (number, rest) = rest.split_at_checked(length)?;
        let number = Mpint::from_bytes(number).ok()?;
        let number = number.as_positive_bytes()?;
        numbers.resize(numbers.len() + size.checked_sub(number.len())?, 0);
        numbers.extend_from_slice(number);
        bytes = rest;
    }
    bytes.is_empty().then_some(numbers)
}
