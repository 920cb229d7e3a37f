//! A citation → the words that stand there, for people: one line, secrets masked, never long.
//!
//! Collectors mask what they take; what auditors pack by hand may hold anything, and a report
//! travels further than a bundle.

use super::citation::{Citation, Place};
use super::{Evidence, REDACTED};
use crate::bundle::{Content, Member};

/// Characters of an excerpt, the mark of the cut among them.
const LONGEST: usize = 300;
/// Bytes of a JSON member that is parsed for one value of it.
const JSON_BYTES: usize = 1 << 20;

impl Evidence<'_> {
    /// The words at a place of this bundle; `None` where they are in another bundle, or the place
    /// is a member as a whole that says more than one thing.
    #[must_use]
    pub fn excerpt(&self, citation: &Citation) -> Option<String> {
        if citation.bundle.is_some() {
            return None;
        }
        let is_cited = |member: &&Member| *member.name == *citation.member;
        let member = self.bundle.members.iter().find(is_cited)?;
        let Content::Kept(bytes) = &member.content else {
            return None;
        };
        let words = match &citation.place {
            Place::Line(line) => nth_line(bytes, *line)?,
            Place::Pointer(pointer) => value_at(bytes, pointer)?,
            Place::Whole if member.name.ends_with("/cmdline") => {
                let text = String::from_utf8_lossy(bytes);
                let words: Vec<&str> = text.trim_end_matches('\0').split('\0').collect();
                return shown(&words);
            }
            Place::Whole => only_line(bytes)?,
        };
        shown(&words.split(' ').collect::<Vec<_>>())
    }
}

fn nth_line(bytes: &[u8], line: u32) -> Option<String> {
    let at = usize::try_from(line).ok()?.checked_sub(1)?;
    let line = bytes.split(|byte| *byte == b'\n').nth(at)?;
    Some(String::from_utf8_lossy(line).into_owned())
}

fn only_line(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end();
    (!text.contains('\n')).then(|| text.to_owned())
}

/// `key: value`, as the document has it.
fn value_at(bytes: &[u8], pointer: &str) -> Option<String> {
    if bytes.len() > JSON_BYTES {
        return None;
    }
    let document: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let value = document.pointer(pointer)?;
    let key = pointer.rsplit('/').next().unwrap_or_default();
    Some(format!("{key}: {value}"))
}

/// The words on one line: masked, without what a terminal would obey, cut where they are long.
fn shown(words: &[&str]) -> Option<String> {
    let text = masked(words).join(" ");
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let text = text.trim();
    if text.chars().count() <= LONGEST {
        return Some(text.to_owned()).filter(|text| !text.is_empty());
    }
    let mut cut: String = text.chars().take(LONGEST - 1).collect();
    cut.push('…');
    Some(cut)
}

/// A secret ends where the next option begins: values may hold blanks.
fn masked(words: &[&str]) -> Vec<String> {
    let mut is_secret = false;
    let mut out: Vec<String> = Vec::new();
    for word in words {
        if is_secret && !word.is_empty() && !word.starts_with('-') {
            is_secret = !is_harmless(word);
            if !is_secret {
                out.push((*word).to_owned());
            } else if out.last().is_none_or(|last| !last.ends_with(REDACTED)) {
                out.push(REDACTED.to_owned());
            }
            continue;
        }
        let shown = masked_word(word);
        let bare = word.trim_end_matches([':', '=']);
        is_secret = shown.ends_with(REDACTED) && names_secret(word)
            || names_secret(bare) && !bare.contains(['=', ':']);
        out.push(shown);
    }
    out
}

/// One word: the value behind a telling name, the user of an address, and what looks like a token.
fn masked_word(word: &str) -> String {
    if let Some(at) = word.find(['=', ':']) {
        let (name, value) = word.split_at(at);
        let (sign, value) = value.split_at(1);
        if names_secret(name) && !value.is_empty() && !is_harmless(value) {
            return format!("{name}{sign}{REDACTED}");
        }
    }
    if let Some((scheme, rest)) = word.split_once("://") {
        let host_end = rest.find('/').unwrap_or(rest.len());
        if let Some(at) = rest.get(..host_end).and_then(|host| host.rfind('@')) {
            let host = rest.get(at..).unwrap_or_default();
            return format!("{scheme}://{REDACTED}{host}");
        }
    }
    // A JSON web token, or the inside of a PEM block.
    let bare = word.trim_matches(['"', '\'', ',']);
    if bare.contains("eyJ") || bare.contains("-----BEGIN") {
        return REDACTED.to_owned();
    }
    word.to_owned()
}

/// Names whose values are secrets. Settings that only speak of tokens have harmless values.
fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // A header; `--authorization-mode` is none.
    let is_header = name.trim_matches('"') == "authorization";
    const PARTS: [&str; 14] = [
        "password",
        "passwd",
        "secret",
        "token",
        "credential",
        "private-key",
        "privatekey",
        "key-data",
        "keydata",
        "apikey",
        "api-key",
        "access-key",
        "accesskey",
        "bearer",
    ];
    is_header || PARTS.iter().any(|part| name.contains(part))
}

/// What no secret looks like: nothing, booleans, numbers and durations, paths, brackets, the mark.
fn is_harmless(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'', ',']);
    value.is_empty()
        || value.contains(REDACTED)
        || value.starts_with('/')
        || matches!(
            value.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "t" | "f" | "{" | "[" | "{}" | "[]" | "|" | ">" | "|-"
        )
        || is_short_number(value)
}

/// A number, or a duration such as `2m0s`.
fn is_short_number(value: &str) -> bool {
    value.len() <= 10
        && value.starts_with(|c: char| c.is_ascii_digit())
        && value
            .split(|c: char| c.is_ascii_digit())
            .all(|unit| matches!(unit, "" | "." | "h" | "m" | "s" | "ms" | "us" | "ns"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> String {
        shown(&text.split(' ').collect::<Vec<_>>()).unwrap_or_default()
    }

    #[test]
    fn a_secret_is_never_shown() {
        for (text, wanted) in [
            ("--token=abcdef", "--token=MARK"),
            ("--token abcdef --v=2", "--token MARK --v=2"),
            ("--password=a=b", "--password=MARK"),
            ("password: hunter two", "password: MARK"),
            ("  \"token\": \"abc\",", "\"token\": MARK"),
            ("client-key-data: LS0tLS1", "client-key-data: MARK"),
            ("Authorization: Bearer abc", "Authorization: MARK"),
            ("Authorization: Basic abc", "Authorization: MARK"),
            ("p=http://u:p@proxy:3128/x", "p=http://MARK@proxy:3128/x"),
            ("x eyJhbGciOiJIUzI1NiJ9.e30.abc", "x MARK"),
            ("K3S_TOKEN=K10abc", "K3S_TOKEN=MARK"),
        ] {
            assert_eq!(line(text).replace(REDACTED, "MARK"), wanted, "{text}");
        }
    }

    #[test]
    fn what_only_speaks_of_secrets_is_shown() {
        for text in [
            "--authentication-token-webhook=true",
            "--authorization-mode=Webhook --authorization-mode Webhook",
            "--authentication-token-webhook-cache-ttl=2m0s",
            "--service-account-private-key-file=/etc/kubernetes/pki/sa.key",
            "tokenAuthFile: /etc/tokens",
            "makeIPTablesUtilChains: false",
            "\"readOnlyPort\": 0,",
            "--image-credential-provider-config /etc/eks/x.json",
            "--image-credential-provider-bin-dir=/etc/eks/bin",
        ] {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn an_excerpt_is_one_line_and_never_long() {
        assert_eq!(line("a\tb\u{1b}[31mc\r"), "a b [31mc");
        assert_eq!(line(&"é".repeat(1000)).chars().count(), LONGEST);
    }
}
