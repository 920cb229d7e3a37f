//! Where a format writes to: stdout, or a file that appears whole or not at all.

mod leftover;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::{TempDir, TempPath};

use super::{Export, Refused, Sink, terminal};

/// An output under way.
pub struct Target<W = Box<dyn Export>> {
    /// Its writer.
    pub export: W,
    /// What it is called in messages.
    pub name: String,
    place: OutputPlace,
}

/// Where an output is until it is complete, and the path that it gets then.
enum OutputPlace {
    /// There already: stdout, a device or a pipe.
    There,
    /// The file is held locked, which tells it from one that a killed run left.
    File(TempPath, File, PathBuf),
    Folder(TempDir, File, PathBuf),
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

/// The same of an output that is a folder.
///
/// # Errors
/// A sentence: there is something that is not an empty folder, or it lies in a folder that does not
/// exist.
pub fn resolve_folder(path: &Path) -> Result<PathBuf, String> {
    let name = path.display();
    let bytes = path.as_os_str().as_encoded_bytes();
    let plain = bytes.trim_ascii_end();
    let is_root = plain.iter().all(|byte| *byte == b'/');
    let path: PathBuf = path.components().collect();
    match fs::read_dir(&path) {
        Ok(mut there) => match there.next() {
            None if !is_root => path.canonicalize().map_err(|e| format!("{name}: {e}")),
            _ => Err(format!(
                "{name}: is a folder with something in it; choose one that is empty or not there yet"
            )),
        },
        Err(e) if e.kind() == io::ErrorKind::NotFound => resolve(&path),
        Err(e) => Err(format!(
            "{name}: {e}; choose a folder that is empty or not there yet"
        )),
    }
}

/// How long a named pipe may be without its reader: who starts both at once is not kept from it.
const READER_WITHIN: Duration = Duration::from_secs(5);
/// How often it is looked for.
const LOOKED_EVERY: Duration = Duration::from_millis(20);

/// Opens an output that is a device or pipe; `None` of a file.
///
/// # Errors
/// A sentence with the path: it cannot be written, or is a pipe that nobody reads.
pub fn special(path: &Path) -> Result<Option<File>, String> {
    let Ok(there) = fs::metadata(path) else {
        return Ok(None);
    };
    if there.is_file() || there.is_dir() {
        return Ok(None);
    }
    let name = path.display();
    opened(path, &there)
        .map(Some)
        .map_err(|e| format!("{name}: {e}; choose a file, or a device or pipe that can be written"))
}

/// Opening a pipe waits for its reader for ever; this does not.
#[cfg(unix)]
fn opened(path: &Path, there: &fs::Metadata) -> io::Result<File> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
    if !there.file_type().is_fifo() {
        return File::options().write(true).open(path);
    }
    let mut options = File::options();
    let now = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    options.write(true).custom_flags(now);
    let mut waited = Duration::ZERO;
    loop {
        match options.open(path) {
            Ok(file) => {
                let flags = fcntl_getfl(&file)?;
                fcntl_setfl(&file, flags - OFlags::NONBLOCK)?;
                return Ok(file);
            }
            Err(e) if e.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => {
                if waited >= READER_WITHIN {
                    let why = "it is a pipe that nobody reads; start its reader first";
                    return Err(io::Error::other(why));
                }
                std::thread::sleep(LOOKED_EVERY);
                waited += LOOKED_EVERY;
            }
            Err(e) => return Err(e),
        }
    }
}

#[cfg(not(unix))]
fn opened(path: &Path, _there: &fs::Metadata) -> io::Result<File> {
    File::options().write(true).open(path)
}

impl<W> Target<W> {
    /// Opens a temporary file beside `path`; what is no file is `special`, [opened](special) before.
    ///
    /// # Errors
    /// A sentence with the path: its folder does not exist or cannot be written.
    pub fn file(
        path: &Path,
        special: Option<File>,
        open: impl FnOnce(Sink) -> W,
    ) -> Result<Self, String> {
        let resolved = resolve(path)?;
        let name = path.display().to_string();
        let cannot =
            |e: io::Error| format!("{name}: {e}; choose a folder that exists and can be written");
        if let Some(file) = special {
            return Ok(Self {
                export: open(sink(terminal::safe(file))),
                name,
                place: OutputPlace::There,
            });
        }
        let folder = resolved.parent().unwrap_or(Path::new("/"));
        let (file, temporary) = leftover::new_file(folder).map_err(cannot)?;
        let held = file.try_clone().map_err(cannot)?;
        Ok(Self {
            export: open(sink(file)),
            name,
            place: OutputPlace::File(temporary, held, resolved),
        })
    }

    /// Makes a temporary folder beside `path`, which is a folder to come, or an empty one.
    ///
    /// # Errors
    /// A sentence with the path: the folder it is in does not exist or cannot be written, or there
    /// is something at the path that is not an empty folder.
    pub fn folder(path: &Path, open: impl FnOnce(&Path) -> W) -> Result<Self, String> {
        let name = path.display().to_string();
        let cannot =
            |e: io::Error| format!("{name}: {e}; choose a folder that exists and can be written");
        let resolved = resolve_folder(path)?;
        let beside = resolved.parent().unwrap_or(Path::new("/"));
        let (held, temporary) = leftover::new_folder(beside).map_err(cannot)?;
        Ok(Self {
            export: open(temporary.path()),
            name,
            place: OutputPlace::Folder(temporary, held, resolved),
        })
    }

    /// Writes to stdout.
    ///
    /// # Errors
    /// A sentence: it was closed.
    pub fn stdout(open: impl FnOnce(Sink) -> W) -> Result<Self, String> {
        let out = terminal::stdout().map_err(|e| format!("stdout: cannot be written: {e}"))?;
        Ok(Self {
            export: open(sink(out)),
            name: "stdout".to_owned(),
            place: OutputPlace::There,
        })
    }

    /// The temporary file or folder, while it is there.
    #[must_use]
    pub fn temporary(&self) -> Option<&Path> {
        match &self.place {
            OutputPlace::There => None,
            OutputPlace::File(temporary, ..) => Some(temporary),
            OutputPlace::Folder(temporary, ..) => Some(temporary.path()),
        }
    }

    /// Gives a complete file or folder its name.
    ///
    /// # Errors
    /// What the system says.
    pub fn publish(self) -> io::Result<()> {
        match self.place {
            OutputPlace::There => Ok(()),
            OutputPlace::File(temporary, _held, path) => {
                temporary.persist(path).map_err(|e| e.error)
            }
            OutputPlace::Folder(temporary, _held, path) => {
                fs::rename(temporary.path(), path)?;
                let _ = temporary.keep();
                Ok(())
            }
        }
    }
}

fn sink(to: impl io::Write + Send + 'static) -> Sink {
    Box::new(BufWriter::with_capacity(1 << 16, to))
}

/// An output that could not be written.
#[derive(Debug)]
pub struct Lost {
    name: String,
    error: io::Error,
}

impl From<io::Error> for Lost {
    fn from(error: io::Error) -> Self {
        Self::of("a temporary file", error)
    }
}

impl Lost {
    /// Of the target with this name.
    #[must_use]
    pub fn of(name: &str, error: io::Error) -> Self {
        Self {
            name: name.to_owned(),
            error,
        }
    }

    /// For people; nothing if it was people who closed it, as `| head` does.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        (self.error.kind() != io::ErrorKind::BrokenPipe).then(|| self.to_string())
    }
}

impl Lost {
    /// Whether the output cannot take what there is, so that what was typed is wrong.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let error = self.error.get_ref();
        error.is_some_and(|error| error.is::<Refused>())
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cannot = if self.is_refused() {
            ""
        } else {
            "cannot be written: "
        };
        write!(f, "{}: {cannot}{}", self.name, self.error)
    }
}

impl std::error::Error for Lost {}
