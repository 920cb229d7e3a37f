//! A member of a bundle → the shell command that prints its bytes, so that a person can walk from
//! a finding back to them with `tar` or `unzip` alone.
//!
//! Archives are read once more for it: names are extracted as they were packed (`./n/files/x`),
//! and members are kept under one spelling.

use std::sync::Arc;

use super::archive::{self, Reach};
use super::failure::Failure;
use super::format::FileFormat;
use super::open::Inflated;
use super::place::last;
use super::stream;
use super::tar::BLOCK;
use super::visit::Visit;
use super::{Code, Place, Source, name};
use crate::limits::Limits;

/// How the bytes of a member can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is a file: its path, quoted for a shell.
    File(String),
    /// A command prints it.
    Command(String),
}

impl Way {
    /// The command that prints the header of the member in place of its bytes, where a tar has one.
    #[must_use]
    pub fn listing(&self) -> Option<String> {
        let Self::Command(command) = self else {
            return None;
        };
        let (before, extraction) = match command.rsplit_once(" | ") {
            Some((before, last)) => (format!("{before} | "), last),
            None => (String::new(), command.as_str()),
        };
        let (filter, from) = extraction.strip_prefix("tar -x")?.split_once("Of ")?;
        Some(format!("{before}tar -tv{filter}f {from}"))
    }
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
        Source::NotOpened => None,
    };
    let found = from.and_then(|from| commands(&place.source, &from, inner, members, limits));
    let found = found.unwrap_or_else(|| vec![None; members.len()]);
    found.into_iter().map(|way| way.map(Way::Command)).collect()
}

/// A member as it was packed: how many folders were taken off its name, and the command.
type Packed = (usize, String);

fn commands(
    source: &Source,
    from: &str,
    inner: Option<&str>,
    members: &[&str],
    limits: &Limits,
) -> Option<Vec<Option<String>>> {
    let mut head = [0; BLOCK];
    let count = super::buffer::read_full(&mut archive::open(source).ok()?, &mut head).ok()?;
    let format = FileFormat::of(head.get(..count).unwrap_or_default())?;
    let mut search = Search {
        inner,
        members,
        limits,
        extraction: &|raw| extraction(format, from, raw),
        raw: None,
        found: vec![None; members.len()],
        held: None,
    };
    // What was found before a broken place is found.
    archive::walk(source, Reach::Bundles, limits, &mut search);
    let Some((raw, source)) = search.held else {
        let found = search.found.into_iter();
        return Some(found.map(|slot| Some(slot?.1)).collect());
    };
    let outer = extraction(format, from, &raw)?;
    let inside = commands(&source, "-", None, members, limits)?.into_iter();
    Some(
        inside
            .map(|way| Some(format!("{outer} | {}", way?)))
            .collect(),
    )
}

/// Looks for members, or for the archive they are in.
struct Search<'s> {
    inner: Option<&'s str>,
    members: &'s [&'s str],
    limits: &'s Limits,
    extraction: &'s dyn Fn(&str) -> Option<String>,
    /// The name at hand as it was packed.
    raw: Option<String>,
    found: Vec<Option<Packed>>,
    /// The archive they are in, and its name as it was packed.
    held: Option<(String, Source)>,
}

impl Search<'_> {
    fn member(&mut self, path: &str, raw: &str) {
        let below = match self.inner {
            Some(folder) => path.strip_prefix(folder).and_then(|p| p.strip_prefix('/')),
            None => Some(path),
        };
        let Some(below) = below else { return };
        for (member, slot) in self.members.iter().zip(&mut self.found) {
            let Some(around) = below.strip_suffix(*member) else {
                continue;
            };
            // Folders around a bundle are taken off its names: the fewer the better.
            let folders = around.matches('/').count();
            let is_member = around.is_empty() || around.ends_with('/');
            let better = slot.as_ref().is_none_or(|(other, _)| folders < *other);
            if is_member && better {
                *slot = (self.extraction)(raw).map(|way| (folders, way));
            }
        }
    }
}

impl Visit for Search<'_> {
    fn count(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn name(&mut self, raw: &[u8]) -> Result<Option<String>, Failure> {
        self.raw = String::from_utf8(raw.to_vec()).ok();
        Ok(name::normalise(raw, self.limits.path_length).ok())
    }

    fn folder(&mut self, _raw: &[u8]) {}

    fn file(
        &mut self,
        input: &mut Inflated<'_, '_>,
        path: String,
        size: u64,
    ) -> Result<(), Failure> {
        let Some(raw) = self.raw.take() else {
            return stream::pass(input, size);
        };
        if self.inner == Some(path.as_str()) && size <= self.limits.nested_bytes {
            let mut bytes = Vec::new();
            stream::take(input, size, &mut bytes)?;
            let (file, bytes) = (last(&path).to_owned(), Arc::from(bytes));
            self.held = Some((raw, Source::Bytes { file, bytes }));
            return Err(Failure::new(Code::Fault, "it is found"));
        }
        self.member(&path, &raw);
        stream::pass(input, size)
    }

    fn other(&mut self, _path: String, _size: u64, _kind: &'static str) -> Result<(), Failure> {
        Ok(())
    }

    fn note(&mut self, _what: &str, _next: &'static str) {}

    fn end(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

fn extraction(format: FileFormat, from: &str, raw: &str) -> Option<String> {
    let name = quoted(raw);
    Some(match format {
        FileFormat::Gzip => format!("tar -xzOf {from} {name}"),
        FileFormat::Zstd => format!("zstd -dcq {from} | tar -xOf - {name}"),
        FileFormat::Xz => format!("tar -xJOf {from} {name}"),
        FileFormat::Bzip2 => format!("tar -xjOf {from} {name}"),
        FileFormat::Tar => format!("tar -xOf {from} {name}"),
        FileFormat::Zip => {
            let mut pattern = String::new();
            for c in raw.chars() {
                if "*?[]\\".contains(c) {
                    pattern.push('\\');
                }
                pattern.push(c);
            }
            let pattern = quoted(&pattern);
            match from {
                // It is read from its end, which a pipe has not.
                "-" => format!(
                    "(zip=$(mktemp) && cat >\"$zip\" && unzip -p \"$zip\" {pattern}; rm -f \"$zip\")"
                ),
                from => format!("unzip -p {from} {pattern}"),
            }
        }
        FileFormat::Encrypted(_) | FileFormat::Unsupported(_) => return None,
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
