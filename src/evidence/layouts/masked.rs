//! Archives that were masked afterwards: they describe themselves, whatever their layout is.

use super::by_name;
use crate::bundle::{Bundle, Content};
use crate::evidence::manifest::Manifest;

/// The layout of an archive that was masked afterwards and is not laid out as ours.
pub fn before_masking(bundle: &Bundle) -> Option<&'static str> {
    Some(by_name(&masked(bundle)?.redacted_from?.layout?)?.name)
}

/// What an archive says of itself in which something was masked afterwards.
pub fn masked(bundle: &Bundle) -> Option<Manifest> {
    let mut members = bundle.members.iter();
    let description = members.find(|member| member.name == "bundle.json")?;
    let Content::Kept(bytes) = &description.content else {
        return None;
    };
    let is_said = memchr::memmem::find(bytes, b"redacted_from").is_some();
    is_said.then(|| Manifest::parse(bytes).ok()).flatten()
}
