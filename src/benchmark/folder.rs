//! A folder of catalog files on disk → their names and texts, bounded.

use std::borrow::Cow;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::bundle::sha256_hex;
use crate::limits::{CATALOG_FILE_BYTES, CATALOG_FILES};

/// A catalog file.
#[derive(Clone, Debug)]
pub struct File {
    /// As messages name it.
    pub name: String,
    /// All of it.
    pub text: Cow<'static, str>,
    /// What it says as JSON, where the build has read it.
    pub json: Option<&'static str>,
}

/// What was read, with the file it is from.
pub type Sourced<'f, T> = (T, &'f File);

/// The files of one catalog.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// `rules/*.toml` and `rules/*/rule.toml`, by name.
    pub rules: Vec<File>,
    /// `benchmarks/*.toml`, by name.
    pub benchmarks: Vec<File>,
    /// `files.toml`.
    pub files: Option<File>,
    /// `published.toml`.
    pub published: Option<File>,
    /// `cluster.toml`.
    pub cluster: Option<File>,
    /// SHA-256 of its sorted `digest  path` lines; `None` for what is built in.
    pub digest: Option<String>,
}

const RULES: &str = "rules";
const RULE: &str = "rule.toml";
const CASES: &str = "cases.toml";
const BENCHMARKS: &str = "benchmarks";
const FILES: &str = "files.toml";
const PUBLISHED: &str = "published.toml";
const CLUSTER: &str = "cluster.toml";

impl Folder {
    /// Reads a folder. A file that is a link is followed. What does not end in `.toml` is no
    /// catalog file; what does and lies where it is not read is a mistake.
    ///
    /// # Errors
    /// A sentence that names the file or folder: it cannot be read, is too large, is no UTF-8, or
    /// lies in the wrong place; or there is no catalog file at all.
    pub fn read(path: &Path) -> Result<Self, String> {
        let mut folder = Self::default();
        let mut reader = Reader::default();
        for (name, entry) in listed(path)? {
            match name.as_str() {
                RULES => folder.rules = reader.all(&entry, RULES)?,
                BENCHMARKS => folder.benchmarks = reader.all(&entry, BENCHMARKS)?,
                FILES => folder.files = Some(reader.file(&entry, FILES)?),
                PUBLISHED => folder.published = Some(reader.file(&entry, PUBLISHED)?),
                CLUSTER => folder.cluster = Some(reader.file(&entry, CLUSTER)?),
                other if is_toml(other) => return Err(misplaced(&entry)),
                _ => {}
            }
        }
        if reader.lines.is_empty() {
            return Err(format!(
                "{}: there is no catalog file in it; it needs {RULES}/*.toml, {BENCHMARKS}/*.toml, {FILES}, {PUBLISHED} or {CLUSTER}",
                path.display()
            ));
        }
        reader.lines.sort_unstable();
        folder.digest = Some(sha256_hex(reader.lines.concat().as_bytes()));
        Ok(folder)
    }
}

/// Takes in files, and notes their digests.
#[derive(Default)]
struct Reader {
    lines: Vec<String>,
}

impl Reader {
    /// The `.toml` files of a folder, by name.
    fn all(&mut self, folder: &Path, below: &str) -> Result<Vec<File>, String> {
        let mut files = Vec::new();
        for (name, entry) in listed(folder)? {
            if is_toml(&name) {
                files.push(self.toml(&entry, below, &name)?);
            } else if entry.is_dir() && !name.starts_with('.') {
                if below != RULES {
                    return Err(format!(
                        "{}: folders in {below}/ are not read; put the files into {below}/ itself",
                        entry.display()
                    ));
                }
                files.push(self.rule(&entry, &format!("{below}/{name}"))?);
            }
        }
        Ok(files)
    }

    /// The rule of a folder of its own. Its cases are part of the catalog and judge nothing.
    fn rule(&mut self, folder: &Path, below: &str) -> Result<File, String> {
        let mut rule = None;
        for (name, entry) in listed(folder)? {
            if name == RULE {
                rule = Some(self.toml(&entry, below, &name)?);
            } else if name == CASES {
                self.toml(&entry, below, &name)?;
            } else if is_toml(&name) {
                return Err(format!(
                    "{}: is read from nowhere; the folder of a rule has {RULE} and {CASES}",
                    entry.display()
                ));
            }
        }
        rule.ok_or_else(|| format!("{}: there is no {RULE} in it", folder.display()))
    }

    fn toml(&mut self, path: &Path, below: &str, name: &str) -> Result<File, String> {
        if !name.ends_with(".toml") {
            return Err(format!("{}: the ending is `.toml`", path.display()));
        }
        self.file(path, &format!("{below}/{name}"))
    }

    fn file(&mut self, path: &Path, name: &str) -> Result<File, String> {
        let wrong = |what: &str| format!("{}: {what}", path.display());
        let unreadable = |error: std::io::Error| wrong(&format!("cannot be read ({error})"));
        if self.lines.len() >= CATALOG_FILES {
            return Err(wrong(&format!(
                "a catalog has {CATALOG_FILES} files or fewer"
            )));
        }
        // Opening a pipe would wait for its writer.
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(wrong("is no regular file"));
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(path).map_err(unreadable)?;
        let mut bounded = file.take(CATALOG_FILE_BYTES + 1);
        bounded.read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > CATALOG_FILE_BYTES {
            return Err(wrong(&format!(
                "is larger than {} KiB, so it is no catalog file",
                CATALOG_FILE_BYTES >> 10
            )));
        }
        self.lines.push(format!("{}  {name}\n", sha256_hex(&bytes)));
        let text = String::from_utf8(bytes).map_err(|error| {
            let line = error.as_bytes().get(..error.utf8_error().valid_up_to());
            let line = line
                .unwrap_or_default()
                .split(|byte| *byte == b'\n')
                .count();
            format!("{}:{line}: is no UTF-8", path.display())
        })?;
        Ok(File {
            name: path.display().to_string(),
            text: Cow::Owned(text),
            json: None,
        })
    }
}

/// What lies in a folder, by name.
fn listed(folder: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let unreadable = |error| {
        format!(
            "{}: cannot be read ({error}); check the path after --catalog",
            folder.display()
        )
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        found.push((name, entry.path()));
    }
    found.sort();
    Ok(found)
}

fn is_toml(name: &str) -> bool {
    !name.starts_with('.') && name.to_ascii_lowercase().ends_with(".toml")
}

fn misplaced(path: &Path) -> String {
    format!(
        "{}: is read from nowhere; a rule goes into {RULES}/, a benchmark into {BENCHMARKS}/, roles of files into {FILES}, published checks into {PUBLISHED}, what rules about clusters share into {CLUSTER}",
        path.display()
    )
}
