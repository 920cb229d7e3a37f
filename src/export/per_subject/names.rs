//! What a document is called: `<cluster>/<node>.<benchmark>.<ending>`, safe on any file system.

use std::collections::HashMap;

use super::SubjectDocument;
use crate::bundle::sha256_hex;

/// The folder of nodes of no cluster.
const NO_CLUSTER: &str = "_";
/// Stands for the node in the document of a cluster itself.
const CLUSTER: &str = "_cluster";
/// Bytes of a name's part; with benchmark and ending it stays below the 255 that file systems take.
const LONGEST: usize = 160;
/// Bytes of the digest that tells long names apart.
const DIGEST: usize = 16;

/// The names given so far.
#[derive(Default)]
pub(super) struct GivenNames {
    /// Digest of the name in small letters → how often it was given.
    given: HashMap<[u8; DIGEST], u32>,
}

impl GivenNames {
    /// The name of a document. One that differs from another by case alone, or not at all, gets `~2`
    /// behind the node, and so on.
    pub(super) fn of(&mut self, document: &SubjectDocument<'_>, ending: &str) -> String {
        let row = document.rows.first();
        let cluster = document.cluster().map_or(NO_CLUSTER.to_owned(), encoded);
        let node = row.and_then(|row| row.node);
        let node = node.map_or(CLUSTER.to_owned(), encoded);
        let benchmark = encoded(&document.benchmark.id);
        let key = format!("{cluster}/{node}.{benchmark}").to_lowercase();
        let digest = sha256_hex(key.as_bytes());
        let key = digest.as_bytes().first_chunk().copied().unwrap_or_default();
        let given = self.given.entry(key).or_default();
        *given += 1;
        match *given {
            1 => format!("{cluster}/{node}.{benchmark}.{ending}"),
            again => format!("{cluster}/{node}~{again}.{benchmark}.{ending}"),
        }
    }
}

/// Percent-encoded but for letters, digits, `-`, `_` and dots that are not first.
fn encoded(text: &str) -> String {
    let mut name = String::new();
    for (at, byte) in text.bytes().enumerate() {
        let is_plain =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte == b'.' && at > 0;
        if is_plain && !(at == 0 && byte == b'_') {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    if name.is_empty() {
        name.push_str("%00");
    }
    if name.len() > LONGEST {
        let digest = sha256_hex(text.as_bytes());
        name.truncate(LONGEST);
        name.push('~');
        name.push_str(digest.get(..DIGEST).unwrap_or_default());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_nothing_that_a_file_system_minds() {
        for (text, wanted) in [
            ("ip-10-0-1-5.eu", "ip-10-0-1-5.eu"),
            ("..", "%2E."),
            (".hidden", "%2Ehidden"),
            ("a/b", "a%2Fb"),
            ("_", "%5F"),
            ("_cluster", "%5Fcluster"),
            ("a~2", "a%7E2"),
            ("ü", "%C3%BC"),
            ("", "%00"),
        ] {
            assert_eq!(encoded(text), wanted);
        }
        let long = encoded(&"x".repeat(400));
        assert_eq!(long.len(), LONGEST + 1 + DIGEST);
        assert_ne!(long, encoded(&"x".repeat(401)));
    }
}
