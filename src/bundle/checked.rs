//! Members against `SHA256SUMS`.

use std::collections::HashSet;

use super::sums::{self, Sums};
use super::{Bundle, Content, Member};
use crate::limits::Limits;

/// The member that lists the digests of the others.
pub const SUMS: &str = "SHA256SUMS";
/// Its signature, which it does not list.
pub const SIGNATURE: &str = "SHA256SUMS.sig";

/// Reads `SHA256SUMS`, and fails if it lists what is not in the bundle.
///
/// # Errors
/// What is wrong with it, as a phrase.
pub fn listed(bundle: &Bundle, bytes: &[u8], limits: &Limits) -> Result<Sums, String> {
    let listed =
        sums::parse(bytes, limits).map_err(|(line, what)| format!("line {line} {what}"))?;
    let missing = missing(bundle, &listed).next().map(str::to_owned);
    match missing {
        Some(missing) => Err(format!("lists {missing}, which is not in the bundle")),
        None => Ok(listed),
    }
}

/// What is listed and not in the bundle.
pub fn missing<'l>(bundle: &Bundle, listed: &'l Sums) -> impl Iterator<Item = &'l str> {
    let members = bundle.members.iter();
    let names: HashSet<&str> = members.map(|member| member.name.as_str()).collect();
    let names = listed.names().filter(|name| !names.contains(name));
    names.collect::<Vec<_>>().into_iter()
}

/// What a member has against its line in `SHA256SUMS`, as a sentence. One whose bytes are not known
/// has nothing.
#[must_use]
pub fn against(member: &Member, listed: &Sums) -> Option<String> {
    let sum = listed.get(&member.name);
    let name = &member.name;
    if let Content::NotAFile(what) = member.content {
        return sum.map(|_| format!("{name} is listed in {SUMS} and is a {what} now"));
    }
    if [SUMS, SIGNATURE].contains(&name.as_str()) {
        return None;
    }
    let digest = member.sha256()?;
    match sum {
        None => Some(format!("{name} is not listed in {SUMS}")),
        Some(sum) if sum != digest.as_bytes() => {
            Some(format!("{name} has another SHA-256 than {SUMS} says"))
        }
        Some(_) => None,
    }
}
