//! `-o` and `--format` as typed → the outputs of a run.

use std::fs::File;
use std::path::PathBuf;

use crate::export::target::{self, Target};
use crate::export::{Format, Plan};

/// Where the matrix goes.
pub struct Outputs {
    files: Vec<(PathBuf, &'static Format)>,
    stdout: Option<&'static Format>,
    plan: Plan,
}

impl Outputs {
    /// Settles what was typed.
    ///
    /// # Errors
    /// A sentence: there is no such format, an ending names none, a format has not that layout, or
    /// a file is named twice.
    pub fn settle(output: &[PathBuf], format: Option<&str>, plan: Plan) -> Result<Self, String> {
        let named = format
            .map(|name| {
                Format::named(name).ok_or_else(|| {
                    format!(
                        "there is no format `{name}`; the formats are {}",
                        Format::names()
                    )
                })
            })
            .transpose()?;
        let mut files: Vec<(PathBuf, &Format)> = Vec::new();
        let mut seen = Vec::new();
        for path in output {
            let ending = path.extension().and_then(|ending| ending.to_str());
            let format = ending.and_then(Format::named).or(named).ok_or_else(|| {
                format!(
                    "{}: the ending names no format; add --format, or end it in one of: {}",
                    path.display(),
                    Format::names()
                )
            })?;
            let resolved = target::resolve(path).unwrap_or_else(|_| path.clone());
            if seen.contains(&resolved) {
                return Err(format!("{}: is named as output twice", path.display()));
            }
            seen.push(resolved);
            files.push((path.clone(), format));
        }
        let stdout = files
            .is_empty()
            .then(|| named.or_else(|| Format::named("csv")))
            .flatten();
        for format in files.iter().map(|(_, format)| *format).chain(stdout) {
            format.has(&plan.layout)?;
        }
        Ok(Self {
            files,
            stdout,
            plan,
        })
    }

    /// Whether any shows the words at the place that decided.
    pub fn show_excerpts(&self) -> bool {
        let files = self.files.iter().map(|(_, format)| *format);
        files.chain(self.stdout).any(|format| format.shows_excerpts)
    }

    /// Opens those that are devices or pipes, which may have to wait: before there is any temporary
    /// file that a signal would have to remove.
    ///
    /// # Errors
    /// A sentence with the path of the first that cannot be written.
    pub fn special(&self) -> Result<Vec<Option<File>>, String> {
        let paths = self.files.iter().map(|(path, _)| path);
        paths.map(|path| target::special(path)).collect()
    }

    /// Opens all of them; `special` are those that are open already.
    ///
    /// # Errors
    /// A sentence with the path of the first that cannot be written.
    pub fn open(&self, special: Vec<Option<File>>) -> Result<Vec<Target>, String> {
        let files = self.files.iter().zip(special);
        let files = files.map(|((path, format), special)| {
            Target::file(path, special, |sink| format.open(sink, &self.plan))
        });
        let stdout = self.stdout;
        let stdout = stdout.map(|format| Target::stdout(|sink| format.open(sink, &self.plan)));
        files.chain(stdout).collect()
    }

    /// The files that are written.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().map(|(path, _)| path.clone())
    }
}
