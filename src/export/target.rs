//! Where a format writes to: stdout, or a file that appears whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::{Export, Sink};

/// An output under way.
pub struct Target<W = Box<dyn Export>> {
    /// Its writer.
    pub export: W,
    /// What it is called in messages.
    pub name: String,
    file: Option<(TempPath, PathBuf)>,
}

/// The path that an output is written to: absolute, with links resolved, so that two spellings of
/// one file are equal. A device or pipe keeps its spelling.
///
/// # Errors
/// A sentence: it is a folder, names no file, or lies in a folder that does not exist.
pub fn resolve(path: &Path) -> Result<PathBuf, String> {
    let cannot = |what: &dyn std::fmt::Display| {
        format!(
            "{}: {what}; choose a folder that exists and can be written",
            path.display()
        )
    };
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => return Err(cannot(&"is a folder")),
        Ok(there) if there.is_file() => return path.canonicalize().map_err(|e| cannot(&e)),
        Ok(_) => return Ok(path.to_owned()),
        Err(_) if path.is_symlink() => return Err(cannot(&"is a link to nothing")),
        Err(_) => {}
    }
    // `file_name` passes over a slash at the end, where no file can be meant.
    let names_folder = path.as_os_str().as_encoded_bytes().ends_with(b"/");
    let Some(name) = path.file_name().filter(|_| !names_folder) else {
        return Err(cannot(&"names no file"));
    };
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(|e| cannot(&e))?;
    Ok(folder.join(name))
}

impl<W> Target<W> {
    /// Opens a temporary file beside `path`; of a device or pipe, itself.
    ///
    /// # Errors
    /// A sentence with the path: its folder does not exist or cannot be written.
    pub fn file(path: &Path, open: impl FnOnce(Sink) -> W) -> Result<Self, String> {
        let resolved = resolve(path)?;
        let name = path.display().to_string();
        let cannot =
            |e: io::Error| format!("{name}: {e}; choose a folder that exists and can be written");
        let is_special = fs::metadata(&resolved).is_ok_and(|there| !there.is_file());
        if is_special {
            let file = File::options()
                .write(true)
                .open(&resolved)
                .map_err(cannot)?;
            return Ok(Self {
                export: open(sink(file)),
                name,
                file: None,
            });
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".nodeproof-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // The umask takes away from these, as for any file a program makes.
            builder.permissions(Permissions::from_mode(0o666));
        }
        let folder = resolved.parent().unwrap_or(Path::new("/"));
        let (file, temporary) = builder.tempfile_in(folder).map_err(cannot)?.into_parts();
        Ok(Self {
            export: open(sink(file)),
            name,
            file: Some((temporary, resolved)),
        })
    }

    /// Writes to stdout.
    #[must_use]
    pub fn stdout(open: impl FnOnce(Sink) -> W) -> Self {
        Self {
            export: open(sink(io::stdout())),
            name: "stdout".to_owned(),
            file: None,
        }
    }

    /// The temporary file, while it is there.
    #[must_use]
    pub fn temporary(&self) -> Option<&Path> {
        self.file.as_ref().map(|(temporary, _)| &**temporary)
    }

    /// Gives a complete file its name.
    ///
    /// # Errors
    /// What the system says.
    pub fn publish(self) -> io::Result<()> {
        match self.file {
            None => Ok(()),
            Some((temporary, path)) => temporary.persist(path).map_err(|e| e.error),
        }
    }
}

fn sink(to: impl io::Write + Send + 'static) -> Sink {
    Box::new(BufWriter::with_capacity(1 << 16, to))
}
