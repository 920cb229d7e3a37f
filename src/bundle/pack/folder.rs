//! An unpacked bundle → an archive of it. The same files give the same bytes.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType};
use walkdir::WalkDir;

use super::super::folder::{digest, line};
use super::super::known_names::{MANIFEST, NO_TOP};
use super::super::place::last;
use super::super::{Digesting, name};
use super::header::plain_header;

/// What is added to a folder's name.
pub(super) const ENDING: &str = ".tar.gz";

/// The folder that the members are in, which is told from theirs by its name alone.
///
/// # Errors
/// A phrase: it cannot be told.
pub(super) fn top<'n>(bundle: &'n str, path: &Path) -> Result<&'n str, &'static str> {
    let top = last(bundle);
    let is_told = !NO_TOP.contains(&top) || path.join(MANIFEST).is_file();
    match is_told && top != "." {
        true => Ok(top),
        false => Err("is a folder whose name would be taken for a part of its files; rename it"),
    }
}

/// Writes the archive; the digest of the folder. `name` is the archive's.
pub(super) fn archived(name: &str, root: &Path, to: &mut dyn Write) -> io::Result<String> {
    let top = PathBuf::from(last(name.strip_suffix(ENDING).unwrap_or(name)));
    let mut archive = Builder::new(GzEncoder::new(to, Compression::default()));
    let mut lines = Vec::new();
    for (raw, path) in listed(root)? {
        let member = top.join(path.strip_prefix(root).unwrap_or(&path));
        if let Some(hash) = append(&mut archive, &member, &path)? {
            lines.push(line(&hash, &raw));
        }
    }
    archive.into_inner()?.finish()?;
    Ok(digest(lines))
}

/// All that is no folder, in the order in which a folder is read: its description first.
fn listed(root: &Path) -> io::Result<Vec<(Vec<u8>, PathBuf)>> {
    let mut listed = Vec::new();
    for entry in WalkDir::new(root).min_depth(1) {
        let entry = entry?;
        if !entry.file_type().is_dir() {
            let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
            listed.push((name::path_bytes(below), entry.into_path()));
        }
    }
    let key = |raw: &[u8]| raw != MANIFEST.as_bytes();
    listed.sort_unstable_by(|(a, _), (b, _)| (key(a), a).cmp(&(key(b), b)));
    Ok(listed)
}

/// The digest of what is a file.
fn append(
    archive: &mut Builder<impl Write>,
    member: &Path,
    path: &Path,
) -> io::Result<Option<String>> {
    let of =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let kind = path.symlink_metadata().map_err(of)?.file_type();
    let mut header = plain_header();
    if kind.is_symlink() {
        header.set_size(0);
        header.set_entry_type(EntryType::Symlink);
        archive.append_link(&mut header, member, path.read_link().map_err(of)?)?;
        return Ok(None);
    }
    if !kind.is_file() {
        header.set_size(0);
        header.set_entry_type(EntryType::Fifo);
        archive.append_data(&mut header, member, io::empty())?;
        return Ok(None);
    }
    let file = File::open(path).map_err(of)?;
    let size = file.metadata().map_err(of)?.len();
    let mut file = Hashing {
        file: file.take(size),
        hash: Digesting::default(),
        left: size,
    };
    header.set_size(size);
    archive
        .append_data(&mut header, member, &mut file)
        .map_err(of)?;
    match file.left {
        0 => Ok(Some(file.hash.hex())),
        _ => Err(of(io::Error::other("it became shorter meanwhile"))),
    }
}

struct Hashing {
    file: io::Take<File>,
    hash: Digesting,
    left: u64,
}

impl Read for Hashing {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        self.hash.add(into.get(..count).unwrap_or_default());
        self.left -= count as u64;
        Ok(count)
    }
}
