//! Where a format writes to: stdout, or a file that appears whole or not at all.

use std::fs::Permissions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::{Export, Format};

/// An output under way.
pub struct Target {
    /// Its writer.
    pub export: Box<dyn Export>,
    file: Option<(TempPath, PathBuf)>,
}

impl Target {
    /// Opens a temporary file beside `path`.
    ///
    /// # Errors
    /// A sentence with the path: its folder does not exist or cannot be written.
    pub fn file(path: &Path, format: &Format) -> Result<Self, String> {
        let cannot = |what: &dyn std::fmt::Display| {
            format!(
                "{}: {what}; choose a folder that exists and can be written",
                path.display()
            )
        };
        if path.is_dir() {
            return Err(cannot(&"is a folder"));
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".nodeproof-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // The umask takes away from these, as for any file a program makes.
            builder.permissions(Permissions::from_mode(0o666));
        }
        let (file, temporary) = builder
            .tempfile_in(folder)
            .map_err(|e| cannot(&e))?
            .into_parts();
        Ok(Self {
            export: (format.open)(Box::new(BufWriter::with_capacity(1 << 16, file))),
            file: Some((temporary, path.to_owned())),
        })
    }

    /// Writes to stdout.
    #[must_use]
    pub fn stdout(format: &Format) -> Self {
        let sink: Box<dyn Write + Send> = Box::new(BufWriter::with_capacity(1 << 16, io::stdout()));
        Self {
            export: (format.open)(sink),
            file: None,
        }
    }

    /// Gives a complete file its name.
    ///
    /// # Errors
    /// A sentence with the path.
    pub fn publish(self) -> Result<(), String> {
        match self.file {
            None => Ok(()),
            Some((temporary, path)) => temporary
                .persist(&path)
                .map_err(|e| format!("{}: {}", path.display(), e.error)),
        }
    }
}
