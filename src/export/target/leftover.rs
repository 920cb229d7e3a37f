//! Temporary files beside outputs. A run holds its own locked; one that nobody holds is what a run
//! left that was killed, and the next run to that folder removes it.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::{Builder, TempDir, TempPath};

const PREFIX: &str = ".nodeproof-";
const SUFFIX: &str = ".part";

/// How often a new file is tried, should another run take it for a leftover before it is locked.
const TRIES: usize = 16;

/// A new temporary file in a folder, held.
pub(super) fn new_file(folder: &Path) -> io::Result<(File, TempPath)> {
    remove(folder);
    for _ in 0..TRIES {
        let (file, path) = builder(0o666).tempfile_in(folder)?.into_parts();
        if holds(&file, &path)? {
            return Ok((file, path));
        }
    }
    Err(taken())
}

/// A new temporary folder in a folder, held.
pub(super) fn new_folder(folder: &Path) -> io::Result<(File, TempDir)> {
    remove(folder);
    for _ in 0..TRIES {
        let temporary = builder(0o777).tempdir_in(folder)?;
        match File::open(temporary.path()) {
            Ok(file) if holds(&file, temporary.path())? => return Ok((file, temporary)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(taken())
}

fn taken() -> io::Error {
    io::Error::other("another run removes every temporary file; write to another folder")
}

fn builder(mode: u32) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The umask takes away from these, as for any file a program makes.
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    // There are no modes.
    #[cfg(not(unix))]
    let _ = mode;
    builder
}

/// Locks it; `false` if another run has it, or has removed it. Where the file system has no locks,
/// nothing is taken for a leftover either.
fn holds(file: &File, path: &Path) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) | Err(fs::TryLockError::Error(_)) => path.try_exists(),
        Err(fs::TryLockError::WouldBlock) => Ok(false),
    }
}

/// Removes what killed runs left in a folder. What cannot be removed stays.
fn remove(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let is_ours = name.starts_with(PREFIX.as_bytes()) && name.ends_with(SUFFIX.as_bytes());
        let Some(kind) = entry.file_type().ok().filter(|_| is_ours) else {
            continue;
        };
        if !kind.is_file() && !kind.is_dir() {
            continue;
        }
        let is_left = File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if is_left && kind.is_dir() {
            let _ = fs::remove_dir_all(entry.path());
        } else if is_left {
            let _ = fs::remove_file(entry.path());
        }
    }
}
