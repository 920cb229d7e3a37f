//! Names: of members, made uniform or refused; of anything, made UTF-8.

use std::path::{Component, Path};

/// Why a member's name is not used. It is never used as a path, but a reader of the report would
/// take it for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadName {
    Absolute,
    Parent,
    Nul,
    TooLong,
    Empty,
}

impl BadName {
    /// What is wrong with the name, as the end of a sentence about its member.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Absolute => "has an absolute path for a name and is not read",
            Self::Parent => "has `..` in its name and is not read",
            Self::Nul => "has a NUL byte in its name and is not read",
            Self::TooLong => "has a name longer than the limit `path-length` and is not read",
            Self::Empty => "has an empty name and is not read",
        }
    }

    pub(super) fn next(self) -> &'static str {
        match self {
            Self::Absolute => "pack it again with relative names, as `tar -C / -c etc …` does",
            Self::TooLong => "if the archive is trusted, raise `--limit path-length=N`",
            Self::Parent | Self::Nul | Self::Empty => {
                "no collector writes such a name: find out who made this archive"
            }
        }
    }
}

/// The one spelling of a member's name: `./a//b` is `a/b`. At most `longest` bytes before encoding.
pub(super) fn normalise(raw: &[u8], longest: u64) -> Result<String, BadName> {
    let name = components(raw, longest)?;
    Ok(String::from_utf8(name).unwrap_or_else(|error| encode(error.as_bytes())))
}

/// The same before it is made UTF-8.
pub(super) fn components(raw: &[u8], longest: u64) -> Result<Vec<u8>, BadName> {
    if raw.len() as u64 > longest {
        return Err(BadName::TooLong);
    }
    if raw.contains(&0) {
        return Err(BadName::Nul);
    }
    if raw.first() == Some(&b'/') {
        return Err(BadName::Absolute);
    }
    let mut name = Vec::with_capacity(raw.len());
    for component in raw.split(|byte| *byte == b'/') {
        match component {
            b"" | b"." => {}
            b".." => return Err(BadName::Parent),
            _ => {
                if !name.is_empty() {
                    name.push(b'/');
                }
                name.extend_from_slice(component);
            }
        }
    }
    if name.is_empty() {
        return Err(BadName::Empty);
    }
    Ok(name)
}

/// The bytes as UTF-8, those that are none percent-encoded.
pub(super) fn encode(raw: &[u8]) -> String {
    let mut text = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// A refused name, short enough for a message.
pub(super) fn shown(raw: &[u8]) -> String {
    const LONGEST: usize = 120;
    if raw.is_empty() {
        return "\"\"".to_owned();
    }
    let text = encode(raw.get(..LONGEST).unwrap_or(raw)).replace('\0', "%00");
    if raw.len() > LONGEST {
        text + "…"
    } else {
        text
    }
}

/// A relative path, `/`-separated on every system, as the bytes it has on disk.
pub(super) fn path_bytes(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for component in path.components() {
        if let Component::Normal(component) = component {
            if !bytes.is_empty() {
                bytes.push(b'/');
            }
            bytes.extend_from_slice(component.as_encoded_bytes());
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_spelling_or_none() {
        for (raw, wanted) in [
            (&b"a/b"[..], Ok("a/b")),
            (b"./a//b", Ok("a/b")),
            (b"a/./b/", Ok("a/b")),
            (b"a%FF", Ok("a%FF")),
            (b"a\xff/\xc3\xa9\xc3", Ok("a%FF/\u{e9}%C3")),
            (b"a b\n..c", Ok("a b\n..c")),
            (b"...", Ok("...")),
            (b"/etc/passwd", Err(BadName::Absolute)),
            (b"a/../b", Err(BadName::Parent)),
            (b"..", Err(BadName::Parent)),
            (b"a\0b", Err(BadName::Nul)),
            (b"", Err(BadName::Empty)),
            (b"./", Err(BadName::Empty)),
            (b"aaaaaaaaaaaaaaaaa", Err(BadName::TooLong)),
        ] {
            let got = normalise(raw, 16);
            assert_eq!(got.as_deref(), wanted.as_ref().map(|name| *name), "{raw:?}");
        }
    }

    #[test]
    fn a_refused_name_is_shown_short_and_without_nul() {
        assert_eq!(shown(b"a\0b"), "a%00b");
        assert_eq!(shown(b""), "\"\"");
        assert!(shown(&[b'x'; 9000]).len() < 130);
    }
}
