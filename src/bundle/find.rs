//! PATHs as typed → the places where evidence lies.

use std::collections::HashSet;
use std::fs::{self, File, Metadata};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::buffer::read_full;
use super::folder::{is_bundle, marks};
use super::format::{self, FileFormat};
use super::open::holds_tar_or_is_broken;
use super::tally::ProblemTally;
use super::{Found, Place, Source, Spool, name, tar};
use crate::problem::Problem;

mod listed;
mod name_list;
mod never;
mod not_opened;
#[cfg(test)]
mod tests;

pub use listed::find_listed;
pub use not_opened::NotOpened;

use never::Never;

/// Checks that every PATH is there, which can be told before anything else is done.
///
/// # Errors
/// A sentence that names the first PATH that is not.
pub fn exist(paths: &[PathBuf]) -> Result<(), String> {
    let mut typed = paths.iter().filter(|path| path.as_os_str() != "-");
    typed.try_for_each(|path| match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(missing(path)),
        _ => Ok(()),
    })
}

fn missing(path: &Path) -> String {
    format!("`{}` does not exist; check the path", path.display())
}

/// Finds all bundles below `paths`; `-` is stdin, taken in at once. `never` are the files this run
/// writes: they are no evidence, whatever they hold.
///
/// # Errors
/// A sentence that names the PATH, and what to do: it does not exist, is a folder that cannot be
/// read, or neither file nor folder; or one of `never` is an archive or lies inside a bundle.
pub fn find(paths: &[PathBuf], never: &[PathBuf]) -> Result<Found, String> {
    find_but(paths, never, NotOpened::default())
}

/// The same, where some bundles are not opened.
///
/// # Errors
/// As [`find`]; and one that is not to be opened is none of those found.
pub fn find_but(
    paths: &[PathBuf],
    never: &[PathBuf],
    not_opened: NotOpened,
) -> Result<Found, String> {
    find_with(paths, never, not_opened, &mut || {
        let stdin = io::stdin().lock();
        if stdin.is_terminal() {
            return Err("stdin is a terminal: pipe a bundle into it, or name a PATH".to_owned());
        }
        spool(stdin)
    })
}

fn spool(mut source: impl io::Read) -> Result<Spool, String> {
    Spool::new(&mut source).map_err(|error| {
        format!("stdin cannot be taken in ({error}); save the bundle to a file and name that")
    })
}

fn find_with(
    paths: &[PathBuf],
    never: &[PathBuf],
    not_opened: NotOpened,
    stdin: &mut dyn FnMut() -> Result<Spool, String>,
) -> Result<Found, String> {
    let mut finder = Finder {
        never: Never::new(never),
        not_opened,
        ..Finder::default()
    };
    let mut stdin_is_read = false;
    for (typed, path) in paths.iter().enumerate() {
        finder.typed = typed;
        if path.as_os_str() != "-" {
            finder.path(path)?;
        } else if !stdin_is_read {
            stdin_is_read = true;
            finder.push("-".to_owned(), Source::Stdin(stdin()?), None);
        }
    }
    finder.finish()
}

#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

/// What two names of one file have in common.
#[cfg(unix)]
fn identity(metadata: &Metadata, _: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// What two names of one file have in common.
#[cfg(not(unix))]
fn identity(_: &Metadata, path: &Path) -> Option<Identity> {
    path.canonicalize().ok()
}

struct Met {
    place: Place,
    identity: Option<Identity>,
    /// Which PATH led to it.
    typed: usize,
}

#[derive(Default)]
struct Finder {
    met: Vec<Met>,
    /// The PATH at hand, counted from 0.
    typed: usize,
    skipped: u64,
    /// Whether a file below the PATH at hand is called as people call evidence of a node.
    by_hand: bool,
    never: Never,
    not_opened: NotOpened,
    tally: ProblemTally,
}

impl Finder {
    fn push(&mut self, name: String, source: Source, identity: Option<Identity>) {
        self.met.push(Met {
            place: Place { name, source },
            identity,
            typed: self.typed,
        });
    }

    fn path(&mut self, path: &Path) -> Result<(), String> {
        let shown = path.display();
        let unreadable = |error: &io::Error| match error.kind() {
            io::ErrorKind::NotFound => missing(path),
            _ => format!("`{shown}` cannot be read ({error}); make it readable or leave it out"),
        };
        let metadata = fs::metadata(path).map_err(|error| unreadable(&error))?;
        let place = |source: Source| (typed_name(path), source, identity(&metadata, path));
        let (name, source, identity) = if metadata.is_dir() {
            if !is_bundle(path, path) {
                let before = (self.met.len(), self.skipped);
                self.by_hand = false;
                self.search(path).map_err(|error| unreadable(&error))??;
                if self.met.len() > before.0 || !self.by_hand {
                    return Ok(());
                }
                // Files that somebody put together are read as they would be in an archive.
                self.skipped = before.1;
            }
            self.never.inside(path)?;
            place(
                self.not_opened
                    .or(&typed_name(path), Source::Folder(path.to_owned())),
            )
        } else if metadata.is_file() {
            if self.never.holds(path) {
                return Err(both(path));
            }
            if self.not_opened.has(&typed_name(path)) {
                self.push(typed_name(path), Source::NotOpened, None);
                return Ok(());
            }
            // One that cannot be opened was named as evidence, so it gets its error row.
            let holds = File::open(path).and_then(|mut file| holds_archive(path, &mut file));
            if holds.is_ok_and(|holds| !holds) {
                self.skipped += 1;
                return Ok(());
            }
            place(Source::File(path.to_owned()))
        } else {
            return Err(format!(
                "`{shown}` is neither a file nor a folder; pipe it in and name `-` instead"
            ));
        };
        self.push(name, source, identity);
        Ok(())
    }

    /// Looks for bundles below a folder. The outer error is the folder's own, the inner one that
    /// of an output in it.
    fn search(&mut self, root: &Path) -> io::Result<Result<(), String>> {
        let mut walk = WalkDir::new(root).min_depth(1).into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().map(Path::to_owned);
                    let reason = error.to_string();
                    let error = error.into_io_error().unwrap_or(io::Error::other(reason));
                    match path.filter(|path| path != root) {
                        // What it holds is not known, and may be evidence: an error row says so.
                        Some(path) => {
                            self.push(name_below(root, &path), Source::Folder(path), None);
                        }
                        None => return Err(error),
                    }
                    continue;
                }
            };
            let kind = entry.file_type();
            if kind.is_symlink() {
                self.tally.add(
                    "is a link and is not followed",
                    "name what it points to as a PATH of its own if it is evidence",
                    &name_below(root, entry.path()),
                );
            } else if kind.is_dir() {
                if is_bundle(root, entry.path()) {
                    if let Err(why) = self.never.inside(entry.path()) {
                        return Ok(Err(why));
                    }
                    walk.skip_current_dir();
                    self.found(root, entry, Source::Folder);
                }
            } else if !kind.is_file() {
                self.skipped += 1;
            } else {
                let written = self.never.holds(entry.path());
                self.by_hand |= marks::is_by_hand(entry.file_name());
                let is_closed = self.not_opened.has_below(root, entry.path());
                match is_closed || self.is_archive(root, &entry) {
                    true if written => return Ok(Err(both(entry.path()))),
                    true => self.found(root, entry, Source::File),
                    false => self.skipped += u64::from(!written),
                }
            }
        }
        Ok(Ok(()))
    }

    fn found(&mut self, root: &Path, entry: DirEntry, source: fn(PathBuf) -> Source) {
        let name = name_below(root, entry.path());
        let identity = entry
            .metadata()
            .ok()
            .and_then(|metadata| identity(&metadata, entry.path()));
        let source = self.not_opened.or(&name, source(entry.into_path()));
        self.push(name, source, identity);
    }

    fn is_archive(&mut self, root: &Path, entry: &DirEntry) -> bool {
        // What ends like an archive is one even where it cannot be opened: an error row says so.
        let path = entry.path();
        if format::ends_like_archive(entry.file_name()) {
            let mut head = [0; 4];
            let read = File::open(path).and_then(|mut file| read_full(&mut file, &mut head));
            return read.is_err() || !format::is_of_mac(entry.file_name(), &head);
        }
        match File::open(path).and_then(|mut file| holds_archive(path, &mut file)) {
            Ok(is_archive) => is_archive,
            Err(error) => {
                self.tally.add(
                    &format!("cannot be read ({error}), so whether it is a bundle is not known"),
                    "make it readable for this user, then run again",
                    &name_below(root, path),
                );
                false
            }
        }
    }

    fn finish(mut self) -> Result<Found, String> {
        self.not_opened.all_met()?;
        // Two names may be encoded alike; then the bytes on disk decide, not the file system.
        self.met.sort_by(|a, b| {
            row_order(&a.place.name, &b.place.name)
                .then(a.typed.cmp(&b.typed))
                .then_with(|| a.place.source.path().cmp(&b.place.source.path()))
        });
        let mut seen = HashSet::with_capacity(self.met.len());
        let mut places = Vec::with_capacity(self.met.len());
        for Met {
            place, identity, ..
        } in self.met
        {
            if identity.is_none_or(|identity| seen.insert(identity)) {
                places.push(place);
            } else {
                self.tally.add(
                    "is the same file as one that comes before it, and is read once",
                    "nothing, unless two bundles were meant to be there",
                    &place.name,
                );
            }
        }
        let problems = self.tally.into_problems("").map(|problem| Problem {
            bundle: problem.member.unwrap_or_default(),
            member: None,
            ..problem
        });
        Ok(Found {
            places,
            skipped: self.skipped,
            problems: problems.collect(),
        })
    }
}

fn both(path: &Path) -> String {
    format!(
        "`{}` is to be read and to be written; name another output",
        path.display()
    )
}

/// Whether a file ends like an archive or begins like one.
fn holds_archive(path: &Path, file: &mut File) -> io::Result<bool> {
    if path.file_name().is_some_and(format::ends_like_archive) {
        return Ok(true);
    }
    let mut head = [0; tar::BLOCK];
    let count = read_full(file, &mut head)?;
    Ok(
        match FileFormat::by_magic(head.get(..count).unwrap_or_default()) {
            None => false,
            Some(
                FileFormat::Tar
                | FileFormat::Zip
                | FileFormat::Encrypted(_)
                | FileFormat::Unsupported(_),
            ) => true,
            Some(FileFormat::Gzip | FileFormat::Zstd | FileFormat::Xz | FileFormat::Bzip2) => {
                holds_tar_or_is_broken(path)
            }
        },
    )
}

/// By component, bytewise: `a/z` before `a.tar`.
pub(super) fn row_order(a: &str, b: &str) -> std::cmp::Ordering {
    a.split('/').cmp(b.split('/'))
}

fn name_below(root: &Path, path: &Path) -> String {
    name::encode(&name::path_bytes(path.strip_prefix(root).unwrap_or(path)))
}

/// The last component of a PATH, also of `.` and `..`.
fn typed_name(path: &Path) -> String {
    let name = match path.file_name() {
        Some(name) => Some(name.to_owned()),
        None => path
            .canonicalize()
            .ok()
            .and_then(|path| path.file_name().map(ToOwned::to_owned)),
    };
    name.map_or_else(
        || ".".to_owned(),
        |name| name::encode(name.as_encoded_bytes()),
    )
}
