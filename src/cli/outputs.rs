//! `-o` and `--format` as typed → the outputs of a run.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use crate::export::target::{self, Target};
use crate::export::{Compose, Format, Plan};
use crate::matrix::custody::MadeWith;

/// `-o` and `--format` in the order in which they were typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The paths, each with the format that follows it.
    outputs: Vec<(PathBuf, Option<String>)>,
    /// The format before the first path: of stdout, or of files whose ending names none.
    first: Option<String>,
}

impl Typed {
    /// Whether neither was typed.
    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty() && self.first.is_none()
    }

    /// The one file, where that is all.
    pub fn only(&self) -> Option<&Path> {
        match (&self.outputs[..], &self.first) {
            ([(path, None)], None) => Some(path),
            _ => None,
        }
    }

    /// Outputs, each with its format where it has one.
    pub fn named(outputs: impl Iterator<Item = (PathBuf, Option<String>)>) -> Self {
        Self {
            outputs: outputs.collect(),
            first: None,
        }
    }

    /// Of a subcommand's arguments `output` and `format`.
    ///
    /// # Errors
    /// A sentence: a format follows another one.
    pub fn of(matches: &ArgMatches) -> Result<Self, String> {
        let paths = matches.get_many::<PathBuf>("output").into_iter().flatten();
        let places = matches.indices_of("output").into_iter().flatten();
        let mut outputs: Vec<(usize, PathBuf, Option<String>)> = { places.zip(paths) }
            .map(|(at, path)| (at, path.clone(), None))
            .collect();
        let names = matches.get_many::<String>("format").into_iter().flatten();
        let places = matches.indices_of("format").into_iter().flatten();
        let mut first = None;
        for (at, name) in places.zip(names) {
            let before = outputs.iter_mut().rev().find(|(place, ..)| *place < at);
            let of = before.map_or(&mut first, |(_, _, format)| format);
            if let Some(other) = of.replace(name.clone()) {
                return Err(format!(
                    "--format {other} and --format {name} are of one output; give each after the -o it is of"
                ));
            }
        }
        let outputs = outputs.into_iter();
        Ok(Self {
            outputs: outputs.map(|(_, path, format)| (path, format)).collect(),
            first,
        })
    }
}

/// Where the matrix goes.
pub struct Outputs {
    files: Vec<(PathBuf, OutputKind, &'static Format)>,
    stdout: Option<&'static Format>,
    plan: Plan,
}

/// What an output is.
#[derive(Clone, Copy)]
enum OutputKind {
    File,
    /// A document per node and benchmark.
    Folder(Compose),
    /// The same in a zip.
    Zip(Compose),
}

impl OutputKind {
    fn of(path: &Path, format: &Format) -> Result<Self, String> {
        let name = path.as_os_str().as_encoded_bytes();
        let is_folder = name.ends_with(b"/");
        if !is_folder && !name.to_ascii_lowercase().ends_with(b".zip") {
            return Ok(Self::File);
        }
        match format.per_subject() {
            Some(compose) if is_folder => Ok(Self::Folder(compose)),
            Some(compose) => Ok(Self::Zip(compose)),
            None => Err(format!(
                "{}: {} is one file for the whole run, and this is a folder or a zip of one for each node; end the path in .{}",
                path.display(),
                format.name,
                format.ending
            )),
        }
    }
}

impl Outputs {
    /// Settles what was typed.
    ///
    /// # Errors
    /// A sentence: there is no such format, an ending names none, a format has not that layout or
    /// makes no folder, or a file is named twice.
    pub fn settle(typed: &Typed, plan: Plan) -> Result<Self, String> {
        let named = |name: &String| {
            Format::named(name).ok_or_else(|| {
                let names = Format::names();
                format!("there is no format `{name}`; the formats are {names}")
            })
        };
        let first = typed.first.as_ref().map(named).transpose()?;
        let mut files: Vec<(PathBuf, OutputKind, &Format)> = Vec::new();
        let mut seen = Vec::new();
        for (path, own) in &typed.outputs {
            let name = path.display();
            let own = own.as_ref().map(named).transpose()?;
            let format = own.or_else(|| Format::of_path(path)).or(first);
            let format = format.ok_or_else(|| {
                let names = Format::names();
                format!("{name}: the ending names no format; add --format with one of: {names}")
            })?;
            let kind = OutputKind::of(path, format)?;
            let resolved = match kind {
                OutputKind::Folder(_) => target::resolve_folder(path),
                OutputKind::File | OutputKind::Zip(_) => target::resolve(path),
            };
            let resolved = resolved.unwrap_or_else(|_| path.clone());
            if seen.contains(&resolved) {
                return Err(format!("{name}: is named as output twice"));
            }
            seen.push(resolved);
            files.push((path.clone(), kind, format));
        }
        let stdout = files
            .is_empty()
            .then(|| first.or_else(|| Format::named("csv")))
            .flatten();
        for format in files.iter().map(|(_, _, format)| *format).chain(stdout) {
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
        let files = self.files.iter().map(|(_, _, format)| *format);
        files.chain(self.stdout).any(|format| format.shows_excerpts)
    }

    /// Whether any says how the run was made.
    pub fn tell_the_run(&self) -> bool {
        let files = self.files.iter().map(|(_, _, format)| *format);
        let mut formats = files.chain(self.stdout);
        formats.any(|format| format.name == "json")
    }

    /// Says what the run is made with.
    pub fn made_with(&mut self, made_with: MadeWith) {
        self.plan.run.made_with = made_with;
    }

    /// Opens those that are devices or pipes, which may have to wait: before there is any temporary
    /// file that a signal would have to remove.
    ///
    /// # Errors
    /// A sentence with the path of the first that cannot be written.
    pub fn special(&self) -> Result<Vec<Option<File>>, String> {
        let files = self.files.iter();
        files
            .map(|(path, kind, _)| match kind {
                OutputKind::Folder(_) => Ok(None),
                OutputKind::File | OutputKind::Zip(_) => target::special(path),
            })
            .collect()
    }

    /// Opens all of them; `special` are those that are open already.
    ///
    /// # Errors
    /// A sentence with the path of the first that cannot be written.
    pub fn open(&self, special: Vec<Option<File>>) -> Result<Vec<Target>, String> {
        let plan = &self.plan;
        let files = self.files.iter().zip(special);
        let files = files.map(|((path, kind, format), special)| match kind {
            OutputKind::File => Target::file(path, special, |sink| format.open(sink, plan)),
            OutputKind::Zip(compose) => {
                Target::file(path, special, |sink| compose.open_zip(sink, plan))
            }
            OutputKind::Folder(compose) => {
                Target::folder(path, |folder| compose.open_folder(folder, plan))
            }
        });
        let stdout = self.stdout;
        let stdout = stdout.map(|format| Target::stdout(|sink| format.open(sink, plan)));
        files.chain(stdout).collect()
    }

    /// The files that are written.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().map(|(path, _, _)| path.clone())
    }
}
