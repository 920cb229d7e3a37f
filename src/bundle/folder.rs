//! A folder that holds an unpacked bundle. Links below it are not followed.

use std::ffi::OsStr;
use std::fs::{self, File, FileType};
use std::io;
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};
use walkdir::WalkDir;

use super::buffer::read_full;
use super::digest::hex;
use super::failure::Failure;
use super::gather::Gather;
use super::keeping::Keeping;
use super::known_names::{MANIFEST, MARKS, MARKS_OF_OTHERS, OF_MACHINES};
use super::member::Content;
use super::name;
use super::selected::HEAD_BYTES;

pub(super) mod marks;
#[cfg(test)]
mod tests;

/// Whether a folder is a bundle, that was found below `root`.
pub(super) fn is_bundle(root: &Path, folder: &Path) -> bool {
    let below = folder.strip_prefix(root).unwrap_or(folder);
    let is_of_machine = |part: &OsStr| OF_MACHINES.iter().any(|name| part == *name);
    let is_inside = below.iter().any(is_of_machine);
    let at = |name: &str| fs::symlink_metadata(folder.join(name));
    let is_marked = |mark: &&str| match mark.strip_suffix('/') {
        Some(name) => at(name).is_ok_and(|it| it.is_dir()),
        None => at(mark).is_ok_and(|it| it.is_file()),
    };
    at(MANIFEST).is_ok_and(|it| it.is_file())
        || MARKS_OF_OTHERS.iter().any(is_marked)
        || marks::is_of_tool(folder)
        || !is_inside
            && MARKS
                .iter()
                .any(|name| at(name).is_ok_and(|it| it.is_dir()))
}

/// Reads all files below `root`; the digest over them.
pub(super) fn read(root: &Path, gather: &mut Gather<'_>) -> Result<String, Failure> {
    let mut lines = Vec::new();
    let mut reader = Reader::default();
    for found in list(root, gather)? {
        gather.room.release(found.raw.len() as u64);
        let name = gather.name(&found.raw)?;
        if !found.kind.is_file() {
            let what = if found.kind.is_symlink() {
                "symlink"
            } else {
                "special file"
            };
            if let Some(name) = name {
                gather.push(name, 0, Content::NotAFile(what));
            }
            continue;
        }
        // A file with a refused name is part of the digest all the same.
        let (size, content) = match reader.read(&found.path, name.as_deref(), gather)? {
            Ok((size, content, hash)) => {
                lines.push(line(&hash, &found.raw));
                gather.digest = gather.select.hashes_all().then_some(hash);
                (size, content)
            }
            Err(error) => (0, Content::Unreadable(error.to_string())),
        };
        if let Some(name) = name {
            gather.push(name, size, content);
        }
    }
    gather.some_member()?;
    Ok(digest(lines))
}

/// The digest of a folder, by the lines of its files.
pub(super) fn digest(mut lines: Vec<Vec<u8>>) -> String {
    lines.sort_unstable();
    let mut hash = Context::new(&SHA256);
    for line in &lines {
        hash.update(line);
    }
    hex(hash.finish().as_ref())
}

/// Reads `bundle.json` alone, if it is there.
pub(super) fn first(root: &Path, gather: &mut Gather<'_>) -> Result<(), Failure> {
    let path = root.join(MANIFEST);
    if !fs::symlink_metadata(&path).is_ok_and(|it| it.is_file()) {
        return Ok(());
    }
    match Reader::default().read(&path, Some(MANIFEST), gather)? {
        Ok((size, content, _)) => gather.push(MANIFEST.to_owned(), size, content),
        Err(error) => return Err(Failure::io(&error.to_string()).of_member(MANIFEST)),
    }
    Ok(())
}

struct Listed {
    /// Below the root, as bytes on disk.
    raw: Vec<u8>,
    path: PathBuf,
    kind: FileType,
}

/// All that is no folder: the description, then what is sorted bytewise.
fn list(root: &Path, gather: &mut Gather<'_>) -> Result<Vec<Listed>, Failure> {
    let mut listed = Vec::new();
    for entry in WalkDir::new(root).min_depth(1) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let reason = error
                    .io_error()
                    .map_or_else(|| error.to_string(), ToString::to_string);
                let below = error.path().and_then(|path| path.strip_prefix(root).ok());
                match below.map(name::path_bytes).filter(|raw| !raw.is_empty()) {
                    Some(raw) => gather.note(
                        &format!("is a folder that cannot be read ({reason})"),
                        "make it readable for this user, then run again",
                        &name::shown(&raw),
                    ),
                    None => return Err(Failure::io(&reason)),
                }
                continue;
            }
        };
        gather.count()?;
        let kind = entry.file_type();
        if kind.is_dir() {
            continue;
        }
        let raw = name::path_bytes(entry.path().strip_prefix(root).unwrap_or(entry.path()));
        gather.room.hold(raw.len() as u64)?;
        listed.push(Listed {
            raw,
            path: entry.into_path(),
            kind,
        });
    }
    // What it says of itself comes first, as in an archive.
    let key = |listed: &Listed| listed.raw != MANIFEST.as_bytes();
    listed.sort_unstable_by(|a, b| (key(a), &a.raw).cmp(&(key(b), &b.raw)));
    Ok(listed)
}

/// Reads files one after the other, and counts what they have together.
#[derive(Default)]
struct Reader {
    bytes: u64,
    buffer: Vec<u8>,
}

type FileRead = (u64, Content, String);

impl Reader {
    /// Size, content and digest of one file; its content is not wanted if it has no name.
    fn read(
        &mut self,
        path: &Path,
        name: Option<&str>,
        gather: &mut Gather<'_>,
    ) -> Result<io::Result<FileRead>, Failure> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) => return Ok(Err(error)),
        };
        let stated = file.metadata().map_or(0, |it| it.len());
        let mut hash = Context::new(&SHA256);
        let (mut size, mut content) = (0, Content::Passed);
        let mut keeping = None;
        self.buffer.resize(HEAD_BYTES, 0);
        loop {
            let count = match read_full(&mut file, &mut self.buffer) {
                Ok(count) => count,
                Err(error) => return Ok(Err(error)),
            };
            let bytes = &self.buffer[..count];
            hash.update(bytes);
            if size == 0 && name.is_some_and(|name| gather.select.wants(name, stated, bytes)) {
                content = Content::Kept(Vec::new());
                keeping = name.and_then(|name| gather.keeping(name));
            }
            size += count as u64;
            self.bytes += count as u64;
            if self.bytes > gather.limits.inflated_bytes {
                let (limit, value) = ("inflated-bytes", gather.limits.inflated_bytes);
                return Err(Failure::limit(limit, value, "it has too many bytes"));
            }
            // By the bytes that come, not by the size the system states: a file may grow.
            if let Content::Kept(kept) = &mut content {
                let name = name.unwrap_or_default();
                if size.max(stated) > gather.most(name) {
                    gather.release_content(name, size - count as u64);
                    keeping
                        .take()
                        .into_iter()
                        .for_each(|k: Keeping<'_>| k.stop(&mut gather.room));
                    content = Content::TooLarge;
                } else {
                    gather.hold_content(name, count as u64)?;
                    match &mut keeping {
                        Some(keeping) => keeping.take(bytes, &mut gather.room)?,
                        None => kept.extend_from_slice(bytes),
                    }
                }
            }
            if count < HEAD_BYTES {
                if let (Content::Kept(kept), Some(keeping)) = (&mut content, keeping) {
                    let (bytes, digest) = keeping.end(&mut gather.room)?;
                    *kept = bytes;
                    gather.digest = Some(digest);
                }
                return Ok(Ok((size, content, hex(hash.finish().as_ref()))));
            }
        }
    }
}

/// A line as `sha256sum` prints it.
pub(super) fn line(hash: &str, raw: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(hash.len() + raw.len() + 3);
    let mut escaped = Vec::new();
    for byte in raw {
        match byte {
            b'\\' => escaped.extend(b"\\\\"),
            b'\n' => escaped.extend(b"\\n"),
            b'\r' => escaped.extend(b"\\r"),
            _ => escaped.push(*byte),
        }
    }
    if escaped != raw {
        line.push(b'\\');
    }
    line.extend(hash.as_bytes());
    line.extend(b"  ");
    line.extend(escaped);
    line.push(b'\n');
    line
}
