//! What bundles must show to be believed.

use crate::bundle::Signature;
use crate::bundle::signature::AllowedSigners;
use crate::problem::Code;
use crate::verdict::trust;

/// What bundles must show to be believed.
#[derive(Clone, Debug, Default)]
pub struct Trusted {
    /// Whose signatures are good, where somebody listed them.
    pub signers: Option<AllowedSigners>,
    /// Whether a bundle without a good signature is refused.
    pub requires_signature: bool,
    /// Whether all members are compared with the checksums, not only those that verdicts rest on.
    pub verifies_all: bool,
}

impl Trusted {
    /// Why a bundle is refused for want of a good signature.
    pub(super) fn unsigned(&self, signature: &Signature) -> Option<(Code, String)> {
        let is_required = self.requires_signature;
        is_required.then(|| trust::refused(signature)).flatten()
    }
}
