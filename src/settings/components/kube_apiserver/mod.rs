//! What kube-apiserver makes of its arguments and of the files they name: who may do what, which
//! plug-ins are on, what is encrypted.

mod admission;
mod anonymous;
mod audit;
mod audit_level;
mod authorizers;
mod encryption;
mod pod_security;

use super::derived::Derived;
use super::document::text;
use super::instance::ComponentProcess;
use crate::settings::refusal::StartRefusal;

/// Settings that follow from several arguments and files.
pub(super) fn derived() -> Vec<Derived> {
    let mut all = vec![
        authorizers::DERIVED,
        admission::CONFIGURED,
        pod_security::DERIVED,
    ];
    all.extend(audit::DERIVED);
    all.extend(audit_level::derived());
    all.extend(anonymous::DERIVED);
    all.extend(admission::derived());
    all.extend(encryption::DERIVED);
    all
}

/// Why it does not start with arguments and files that decode.
pub(super) const REFUSALS: &[fn(&ComponentProcess) -> Option<StartRefusal>] = &[
    authorizers::refused,
    anonymous::refused,
    admission::refused,
    audit::refused,
    encryption::refused,
    super::tls::refused,
];
