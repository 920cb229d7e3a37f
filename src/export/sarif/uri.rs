//! A place of evidence → a relative URI and a line.

use std::fmt::Write as _;

use crate::evidence::citation::Citation;

/// The URI of a text of the `evidence` column, relative to where bundles are; of the bundle where
/// the text is empty.
pub(super) fn of(bundle: &str, text: &str) -> String {
    let mut uri = String::new();
    let file = Citation::file_of(text);
    match file.rsplit_once('!') {
        Some((other, member)) => {
            encode(other, true, &mut uri);
            uri.push('/');
            encode(member, true, &mut uri);
        }
        None => {
            encode(bundle, false, &mut uri);
            if !file.is_empty() {
                uri.push('/');
                encode(file, true, &mut uri);
            }
        }
    }
    uri
}

/// Its line; 1 where it has none, since importers need one.
pub(super) fn line(text: &str) -> u32 {
    let file = Citation::file_of(text);
    let rest = text.get(file.len()..).unwrap_or_default();
    let line = rest.strip_prefix(':').and_then(|line| line.parse().ok());
    line.unwrap_or(1)
}

/// Percent-encodes what no path may hold, and colons, which could begin a scheme.
fn encode(text: &str, is_encoded: bool, uri: &mut String) {
    for (at, byte) in text.bytes().enumerate() {
        let is_escape = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
        let digits = text.as_bytes().get(at + 1..at + 3);
        let is_kept = match byte {
            b'%' => is_encoded && digits.is_some_and(is_escape),
            b'-' | b'.' | b'_' | b'~' | b'/' | b'!' | b'+' | b',' | b'=' | b'@' => true,
            _ => byte.is_ascii_alphanumeric(),
        };
        if is_kept {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_relative_uris_with_a_line() {
        for (text, uri, number) in [
            (
                "files/etc/a%20b.yaml:3",
                "a%20b.tgz/files/etc/a%20b.yaml",
                3,
            ),
            ("files/etc/a:b", "a%20b.tgz/files/etc/a%3Ab", 1),
            ("c.tgz!configz/n.json#/a/b", "c.tgz/configz/n.json", 1),
            ("f%zz<\"", "a%20b.tgz/f%25zz%3C%22", 1),
            ("", "a%20b.tgz", 1),
        ] {
            assert_eq!((of("a b.tgz", text).as_str(), line(text)), (uri, number));
        }
        assert_eq!(of("a%20b", ""), "a%2520b");
    }
}
