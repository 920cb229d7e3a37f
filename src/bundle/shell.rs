//! A member of a bundle → the shell command that prints its bytes, so that a person can walk from
//! a finding back to them with `tar` alone.
//!
//! Archives are read once more for it: names are extracted as they were packed (`./n/files/x`),
//! and members are kept under one spelling.

use std::io::{self, Read};
use std::sync::Arc;

use super::format::Format;
use super::open::{Digesting, Inflated, inflate};
use super::tar::BLOCK;
use super::{Place, Source, last, name, open_stream};
use crate::limits::Limits;

/// How the bytes of a member can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is a file: its path, quoted for a shell.
    File(String),
    /// A command prints it.
    Command(String),
}

/// The ways to members of one bundle, in their order; `None` where there is none to be had.
/// `inner` is the bundle's path in an archive of bundles.
#[must_use]
pub fn ways(
    place: &Place,
    inner: Option<&str>,
    members: &[&str],
    limits: &Limits,
) -> Vec<Option<Way>> {
    let from = match &place.source {
        Source::Folder(path) => {
            let file = |member: &&str| path.join(member).to_str().map(quoted).map(Way::File);
            return members.iter().map(file).collect();
        }
        Source::File(path) => path.to_str().map(quoted),
        Source::Stdin(_) | Source::Bytes { .. } => Some("-".to_owned()),
    };
    let found = from.and_then(|from| commands(&place.source, &from, inner, members, limits));
    let found = found.unwrap_or_else(|| vec![None; members.len()]);
    found.into_iter().map(|way| way.map(Way::Command)).collect()
}

/// A member as it was packed: whether its top folder was taken off, and the command.
type Packed = (bool, String);

fn commands(
    source: &Source,
    from: &str,
    inner: Option<&str>,
    members: &[&str],
    limits: &Limits,
) -> Option<Vec<Option<String>>> {
    let mut head = [0; BLOCK];
    let count = super::open::read_full(&mut open_stream(source).ok()?, &mut head).ok()?;
    let format = Format::of(head.get(..count).unwrap_or_default())?;
    let mut file = Digesting::peek(open_stream(source).ok()?);
    let input = inflate(&mut file, limits).ok()?;
    let input = if inner.is_some() {
        input.of_many()
    } else {
        input
    };
    let mut archive = ::tar::Archive::new(Stream(input));
    let mut found: Vec<Option<Packed>> = vec![None; members.len()];
    for entry in archive.entries().ok()? {
        let Ok(mut entry) = entry else { break };
        let raw = entry.path_bytes().into_owned();
        let (Ok(path), Ok(raw)) = (
            name::normalise(&raw, limits.path_length),
            String::from_utf8(raw),
        ) else {
            continue;
        };
        if !entry.header().entry_type().is_file() {
            continue;
        }
        if inner == Some(path.as_str()) {
            let mut bytes = Vec::new();
            let mut held = (&mut entry).take(limits.nested_bytes);
            held.read_to_end(&mut bytes).ok()?;
            let file = last(&path).to_owned();
            let bytes = Arc::from(bytes);
            let source = Source::Bytes { file, bytes };
            let outer = extraction(format, from, &raw)?;
            let inside = commands(&source, "-", None, members, limits)?.into_iter();
            return Some(
                inside
                    .map(|way| Some(format!("{outer} | {}", way?)))
                    .collect(),
            );
        }
        let below = match inner {
            Some(folder) => path.strip_prefix(folder).and_then(|p| p.strip_prefix('/')),
            None => Some(path.as_str()),
        };
        let Some(below) = below else { continue };
        let without_top = below.split_once('/').map(|(_, rest)| rest);
        for (member, slot) in members.iter().zip(&mut found) {
            let is_whole = below == *member;
            let may_be = is_whole || (inner.is_none() && without_top == Some(*member));
            let better = slot.as_ref().is_none_or(|(topped, _)| *topped && is_whole);
            if may_be && better {
                *slot = extraction(format, from, &raw).map(|way| (!is_whole, way));
            }
        }
    }
    Some(found.into_iter().map(|slot| Some(slot?.1)).collect())
}

/// Inflated bytes as any reader wants them.
struct Stream<'a, 'b>(Inflated<'a, 'b>);

impl Read for Stream<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let failed = |failure: super::open::Failure| io::Error::other(failure.what);
        let there = self.0.fill().map_err(failed)?;
        let count = there.len().min(into.len());
        into[..count].copy_from_slice(&there[..count]);
        self.0.consume(count);
        Ok(count)
    }
}

fn extraction(format: Format, from: &str, raw: &str) -> Option<String> {
    let name = quoted(raw);
    Some(match format {
        Format::Gzip => format!("tar -xzOf {from} {name}"),
        Format::Zstd => format!("zstd -dcq {from} | tar -xOf - {name}"),
        Format::Xz => format!("tar -xJOf {from} {name}"),
        Format::Bzip2 => format!("tar -xjOf {from} {name}"),
        Format::Tar => format!("tar -xOf {from} {name}"),
        Format::Unsupported(_) => return None,
    })
}

/// One word for a POSIX shell.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    // What steers a terminal is not shown by it, so the command writes it in octal.
    if word
        .chars()
        .any(|c| c.is_control() || !c.is_ascii() && !c.is_alphanumeric())
    {
        let octal = |byte: u8| match byte {
            b'\'' => r"'\''".to_owned(),
            b'%' => "%%".to_owned(),
            b'\\' => r"\\".to_owned(),
            b' '..=b'~' => char::from(byte).to_string(),
            byte => format!("\\{byte:03o}"),
        };
        let octal: String = word.bytes().map(octal).collect();
        return format!("\"$(printf '{octal}')\"");
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word() {
        for (word, wanted) in [
            ("a/b.tar.gz", "a/b.tar.gz"),
            ("a b", "'a b'"),
            ("", "''"),
            ("it's", r"'it'\''s'"),
            ("$(x)", "'$(x)'"),
            ("\u{e9}t\u{e9} x", "'\u{e9}t\u{e9} x'"),
            ("a\u{1b}'%\\", r#""$(printf 'a\033'\''%%\\')""#),
            ("\u{202e}", r#""$(printf '\342\200\256')""#),
        ] {
            assert_eq!(quoted(word), wanted);
        }
    }
}
