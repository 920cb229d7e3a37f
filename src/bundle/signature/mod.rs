//! `SHA256SUMS.sig` → who signed the checksums of a bundle.
//!
//! The signature is what `ssh-keygen -Y sign -n nodeproof` writes ([`sshsig`]); who is known is
//! what a file of allowed signers says ([`allowed_signers`]). What it covers is `SHA256SUMS`, which
//! must list `bundle.json`, so that nobody swaps the name of a node.

mod allowed_signers;
mod check;
mod pattern;
mod signer;
mod sshsig;

pub use allowed_signers::AllowedSigners;
pub use check::check;
pub use signer::Signature;
pub use sshsig::NAMESPACE;
