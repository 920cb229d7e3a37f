//! Where a fact stands: the member, the place in it, and the digest of its bytes.

use std::fmt::{self, Write as _};
use std::sync::Arc;

/// A place in a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberPlace {
    /// The member as a whole.
    Whole,
    /// A line, counted from 1.
    Line(u32),
    /// A JSON pointer (RFC 6901).
    Pointer(String),
}

/// A fact's place, from the matrix back to the bytes. Every finding that rests on a member has a
/// copy, so copies share the texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Citation {
    /// The bundle, where it is another than the row's.
    pub bundle: Option<String>,
    /// The member, below the bundle's top folder.
    pub member: Arc<str>,
    /// Where in it.
    pub place: MemberPlace,
    /// SHA-256 of the member's bytes, hexadecimal; empty where there are none.
    pub sha256: Arc<str>,
}

impl Citation {
    /// A member as a whole, its digest not known yet.
    #[must_use]
    pub fn whole(member: &str) -> Self {
        Self {
            bundle: None,
            member: member.into(),
            place: MemberPlace::Whole,
            sha256: Arc::default(),
        }
    }

    /// The same member, at a line; 0 is no line.
    #[must_use]
    pub fn line(&self, line: u32) -> Self {
        let place = if line == 0 {
            MemberPlace::Whole
        } else {
            MemberPlace::Line(line)
        };
        Self {
            place,
            ..self.clone()
        }
    }

    /// The same member, at the value a dotted path leads to.
    #[must_use]
    pub fn pointer(&self, segments: &[&str]) -> Self {
        let mut pointer = String::new();
        for segment in segments {
            pointer.push('/');
            if segment.contains(['~', '/']) {
                pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
            } else {
                pointer.push_str(segment);
            }
        }
        Self {
            place: MemberPlace::Pointer(pointer),
            ..self.clone()
        }
    }

    /// The `bundle!member` or `member` of a text of the `evidence` column, still encoded.
    #[must_use]
    pub fn file_of(text: &str) -> &str {
        if let Some((file, _)) = text.split_once("#/") {
            return file;
        }
        match text.rsplit_once(':') {
            Some((file, line)) if !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()) => {
                file
            }
            _ => text,
        }
    }

    /// The member and the place in it, blanks as they are: for sentences.
    #[must_use]
    pub fn spoken(&self) -> String {
        let member = &self.member;
        match &self.place {
            MemberPlace::Line(line) => format!("{member} line {line}"),
            MemberPlace::Whole | MemberPlace::Pointer(_) => member.to_string(),
        }
    }
}

/// As the `evidence` column has it: `bundle!member:line` or `member#/pointer`, blanks
/// percent-encoded because CSV joins several by a blank.
impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(bundle) = &self.bundle {
            encode(bundle, f)?;
            f.write_char('!')?;
        }
        encode(&self.member, f)?;
        match &self.place {
            MemberPlace::Whole => Ok(()),
            MemberPlace::Line(line) => write!(f, ":{line}"),
            MemberPlace::Pointer(pointer) => {
                f.write_char('#')?;
                encode(pointer, f)
            }
        }
    }
}

fn encode(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let is_encoded = |c: char| c.is_whitespace() || c.is_control();
    for part in text.split_inclusive(is_encoded) {
        let plain = part.trim_end_matches(is_encoded);
        f.write_str(plain)?;
        for byte in part.bytes().skip(plain.len()) {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_name_bundle_member_and_place() {
        let member = Citation::whole("files/etc/a b.yaml");
        assert_eq!(member.line(3).to_string(), "files/etc/a%20b.yaml:3");
        assert_eq!(member.line(0).to_string(), "files/etc/a%20b.yaml");
        let lent = Citation {
            bundle: Some("cluster.tgz".into()),
            ..Citation::whole("configz/n.json").pointer(&["kubeletconfig", "a/b~c"])
        };
        assert_eq!(
            lent.to_string(),
            "cluster.tgz!configz/n.json#/kubeletconfig/a~1b~0c"
        );
        for (text, file) in [
            ("files/etc/a%20b.yaml:3", "files/etc/a%20b.yaml"),
            ("files/etc/a:b.yaml", "files/etc/a:b.yaml"),
            ("files/etc/a:", "files/etc/a:"),
            ("c.tgz!configz/n.json#/a:1/b", "c.tgz!configz/n.json"),
        ] {
            assert_eq!(Citation::file_of(text), file);
        }
    }
}
