//! A citation → the words that stand there, for people: one line, secrets masked, never long.
//!
//! Collectors mask what they take; what auditors pack by hand may hold anything, and a report
//! travels further than a bundle.

use super::citation::{Citation, MemberPlace};
use super::{Evidence, REDACTED, secrets};
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
            MemberPlace::Line(line) => nth_line(bytes, *line)?,
            MemberPlace::Pointer(pointer) => value_at(bytes, pointer)?,
            MemberPlace::Whole if member.name.ends_with("/cmdline") => {
                let text = String::from_utf8_lossy(bytes);
                text.trim_end_matches('\0').replace('\0', " ")
            }
            MemberPlace::Whole => only_line(bytes)?,
        };
        shown(&words)
    }
}

fn nth_line(bytes: &[u8], line: u32) -> Option<String> {
    let at = usize::try_from(line).ok()?.checked_sub(1)?;
    let lines = bytes.split(|byte| *byte == b'\n').take(at + 1);
    let mut lines: Vec<_> = lines.map(String::from_utf8_lossy).collect();
    let line = lines.pop().filter(|_| lines.len() == at)?;
    if secrets::is_below_secret(lines.iter().map(|line| &**line), &line) {
        return Some(REDACTED.to_owned());
    }
    Some(line.into_owned())
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
    let mut keys = pointer.rsplit('/');
    let key = keys.next().unwrap_or_default();
    if keys.any(secrets::is_secret) {
        return Some(format!("{key}: {REDACTED}"));
    }
    Some(format!("{key}: {value}"))
}

/// The words on one line: masked, without what a terminal would obey, cut where they are long.
fn shown(words: &str) -> Option<String> {
    let text = secrets::masked(words);
    let text = text.trim();
    if text.chars().count() <= LONGEST {
        return Some(text.to_owned()).filter(|text| !text.is_empty());
    }
    let mut cut: String = text.chars().take(LONGEST - 1).collect();
    cut.push('…');
    Some(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> String {
        shown(text).unwrap_or_default()
    }

    #[test]
    fn an_excerpt_is_one_line_and_never_long() {
        assert_eq!(line("a\tb\u{1b}[31mc\r"), "a b [31mc");
        assert_eq!(line(&"é".repeat(1000)).chars().count(), LONGEST);
    }
}
