//! The index of a pack: what it holds, as it was made.

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};

use super::super::Bundle;
use super::super::name::normalise;
use crate::problem::Problem;

/// The member that it is; the first of a pack.
pub(in super::super) const INDEX: &str = "pack.json";

/// What to do about a pack that its index contradicts.
pub(in super::super) const NEXT: &str =
    "get a whole copy of the pack, or pack its bundles again from where they were collected";

const FORMAT: &str = "nodeproof-pack/1";

/// A bundle of a pack.
#[derive(Debug, Serialize)]
pub(super) struct Indexed {
    /// Its member in the pack.
    pub(super) name: String,
    /// Where its bytes begin, counted from the first of the pack.
    pub(super) offset: u64,
    /// How many they are.
    pub(super) size: u64,
    /// Their digest.
    pub(super) sha256: String,
    /// `archive`: they are that archive's own. `folder`: a tar archive of it, compressed with gzip.
    pub(super) found_as: &'static str,
    /// The digest of that folder, as the rows of an analysis of it have it.
    pub(super) folder_sha256: Option<String>,
}

#[derive(Serialize)]
pub(super) struct IndexDocument<'i> {
    format: &'static str,
    tool: &'static str,
    version: &'static str,
    bundles: &'i [&'i Indexed],
}

impl<'i> IndexDocument<'i> {
    pub(super) fn of(bundles: &'i [&'i Indexed]) -> Self {
        Self {
            format: FORMAT,
            tool: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            bundles,
        }
    }

    /// As it is written.
    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// Whether a member of that name is one, by its first bytes.
pub(in super::super) fn is_index(head: &[u8]) -> bool {
    memchr::memmem::find(head, b"nodeproof-pack/").is_some()
}

/// The digests that an index gives, by name.
pub(in super::super) type Listed = BTreeMap<Box<str>, Box<str>>;

/// Reads an index; `longest` is how many bytes a name may have.
///
/// # Errors
/// What is wrong with it, as the end of a sentence about it.
pub(in super::super) fn read(bytes: &[u8], longest: u64) -> Result<Listed, String> {
    #[derive(Deserialize)]
    struct Head {
        format: String,
    }
    #[derive(Deserialize)]
    struct Body {
        bundles: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        name: Box<str>,
        sha256: Box<str>,
    }
    let wrong = |error: serde_json::Error| format!("is no index of a pack ({error})");
    let head: Head = serde_json::from_slice(bytes).map_err(wrong)?;
    if head.format != FORMAT {
        return Err(format!(
            "is of the format `{}`, and this version reads `{FORMAT}`",
            head.format
        ));
    }
    let body: Body = serde_json::from_slice(bytes).map_err(wrong)?;
    let mut listed = Listed::new();
    for Entry { name, sha256 } in body.bundles {
        match normalise(name.as_bytes(), longest) {
            Err(bad) => return Err(format!("lists `{name}`, which {}", bad.what())),
            Ok(plain) if *plain != *name => {
                return Err(format!("lists `{name}`, where `{plain}` is meant"));
            }
            Ok(_) => {}
        }
        let is_digest = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_digest {
            return Err(format!("has no SHA-256 of `{name}`"));
        }
        if listed.contains_key(&name) {
            return Err(format!("lists `{name}` twice"));
        }
        listed.insert(name, sha256.to_ascii_lowercase().into());
    }
    Ok(listed)
}

/// What the index of a pack says of a bundle in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IndexClaim {
    /// The archive that the bundle is in has no index.
    #[default]
    Nothing,
    /// It has this digest.
    Sha256(Box<str>),
    /// It says nothing that could be compared: the end of a sentence about the bundle.
    Against(Box<str>),
}

impl IndexClaim {
    /// What an index that was read, or is wrong, says of the bundle of that name.
    pub(in super::super) fn of(index: &Result<Listed, String>, name: &str) -> Self {
        match index.as_ref().map(|listed| listed.get(name)) {
            Ok(Some(sha256)) => Self::Sha256(sha256.clone()),
            Ok(None) => {
                Self::Against(format!("is in the pack, and {INDEX} does not list it").into())
            }
            Err(why) => Self::Against(format!("is in a pack whose {INDEX} {why}").into()),
        }
    }

    /// Compares a bundle with it.
    pub(in super::super) fn compare(&self, bundle: &mut Bundle) {
        let why = match self {
            Self::Nothing => return,
            Self::Sha256(sha256) if **sha256 == bundle.digest => return,
            Self::Sha256(_) => format!("has another SHA-256 than {INDEX} says"),
            Self::Against(why) => why.to_string(),
        };
        bundle.problems.push(Problem {
            bundle: bundle.name.clone(),
            member: None,
            what: why.clone(),
            next: NEXT.to_owned(),
        });
        bundle.not_as_packed = Some(why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bundles: &str) -> Result<Listed, String> {
        let text = format!(r#"{{"format":"nodeproof-pack/1","bundles":{bundles}}}"#);
        read(text.as_bytes(), 16)
    }

    #[test]
    fn an_index_says_each_bundle_once_by_its_one_name() {
        let hex = "AB".repeat(32);
        let one = |name: &str| format!(r#"{{"name":"{name}","sha256":"{hex}","more":[1]}}"#);
        let listed = of(&format!("[{},{}]", one("a/b"), one("c"))).unwrap();
        assert_eq!(listed["a/b"], hex.to_lowercase().into());
        for (bundles, what) in [
            (format!("[{},{}]", one("a"), one("a")), "twice"),
            (format!("[{}]", one("../a")), "`..`"),
            (format!("[{}]", one("/a")), "absolute"),
            (format!("[{}]", one("a//b")), "`a/b` is meant"),
            (format!("[{}]", one("aaaaaaaaaaaaaaaaa")), "path-length"),
            (r#"[{"name":"a","sha256":"ab"}]"#.to_owned(), "no SHA-256"),
            (r#"[{"name":"a"}]"#.to_owned(), "no index"),
            ("7".to_owned(), "no index"),
        ] {
            let why = of(&bundles).unwrap_err();
            assert!(why.contains(what), "{bundles}: {why}");
        }
        let next = read(br#"{"format":"nodeproof-pack/2"}"#, 16).unwrap_err();
        assert!(next.contains("nodeproof-pack/2"), "{next}");
    }
}
