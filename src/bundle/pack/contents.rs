//! The bytes of one bundle of a pack.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::PathBuf;

use super::super::Digesting;
use super::{NotPacked, evidence, folder};

/// Where the bytes of a bundle come from.
#[derive(Debug)]
pub(super) enum PackedSource {
    /// An archive, taken as it is.
    Archive(PathBuf),
    /// An unpacked bundle, of which an archive is made.
    Folder(PathBuf),
}

/// What was copied.
pub(super) struct Copied {
    pub(super) size: u64,
    pub(super) sha256: String,
    /// Of a folder, the digest that it has itself.
    pub(super) folder_sha256: Option<String>,
}

impl PackedSource {
    /// As the index has it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Archive(_) => "archive",
            Self::Folder(_) => "folder",
        }
    }

    /// What a bundle is called in a pack.
    pub(super) fn name(&self, bundle: &str) -> String {
        match self {
            Self::Archive(_) => bundle.to_owned(),
            Self::Folder(_) => format!("{bundle}{}", folder::ENDING),
        }
    }

    /// Copies all of it, a piece at a time. `name` is what it is called in the pack.
    pub(super) fn copy(&self, name: &str, to: &mut dyn Write) -> Result<Copied, NotPacked> {
        let mut to = Hashed {
            to,
            hash: Digesting::default(),
            size: 0,
            failed: None,
        };
        let copied = match self {
            Self::Archive(path) => archive(path, &mut to).map(|()| None),
            Self::Folder(path) => folder::archived(name, path, &mut to).map(Some),
        };
        match (copied, to.failed) {
            (_, Some(error)) => Err(NotPacked::Output(error)),
            (Err(error), None) => Err(evidence(
                name,
                format!("cannot be read ({error})"),
                "make it readable for this user, or leave it out",
            )),
            (Ok(folder_sha256), None) => Ok(Copied {
                size: to.size,
                sha256: to.hash.hex(),
                folder_sha256,
            }),
        }
    }
}

fn archive(path: &std::path::Path, to: &mut Hashed<'_>) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => to.write_all(buffer.get(..count).unwrap_or_default())?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Counts and hashes what goes through it, and remembers whether writing failed, and not reading.
struct Hashed<'w> {
    to: &'w mut dyn Write,
    hash: Digesting,
    size: u64,
    failed: Option<io::Error>,
}

impl Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(error) = self.to.write_all(bytes) {
            let again = io::Error::from(error.kind());
            self.failed = Some(error);
            return Err(again);
        }
        self.hash.add(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
