//! `nodeproof.toml`: what a run is asked to do where the command line does not say. Its keys are the
//! names of the options, its paths are from its own folder, and an option that is typed wins.

mod applied;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use clap::ValueEnum;
use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::args::{self, FailOn, Roles, SettingsArgs, Verify};
use crate::benchmark::place;
use crate::bundle::sha256_hex;
use crate::export::terminal;
use crate::limits::Limits;

/// What it is called where it is looked for.
const NAME: &str = "nodeproof.toml";
/// Bytes that are read of one: a person writes it.
const MOST: u64 = 1 << 20;

/// A file of settings, read.
pub struct SettingsFile {
    /// Its path, for messages.
    pub name: String,
    /// Its digest.
    pub sha256: String,
    /// What its paths are from.
    folder: PathBuf,
    /// Nobody named it: it was there.
    is_found: bool,
    /// What it says.
    pub keys: Keys,
}

/// What a file may say: each key is an option of `analyze`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Keys {
    /// The bundles, and folders of them.
    pub paths: Option<Vec<PathBuf>>,
    pub benchmark: Option<Vec<String>>,
    pub control: Option<Vec<String>>,
    #[serde(deserialize_with = "word")]
    pub roles: Option<Roles>,
    pub expect: Option<PathBuf>,
    #[serde(deserialize_with = "age")]
    pub max_age: Option<SignedDuration>,
    pub waivers: Option<PathBuf>,
    #[serde(deserialize_with = "word")]
    pub fail_on: Option<FailOn>,
    pub catalog: Option<Vec<PathBuf>>,
    pub read_as: Option<String>,
    pub allowed_signers: Option<PathBuf>,
    pub require_signature: Option<bool>,
    #[serde(deserialize_with = "word")]
    pub verify: Option<Verify>,
    #[serde(deserialize_with = "limits")]
    pub limit: Option<BTreeMap<String, u64>>,
    pub output: Option<Vec<Output>>,
}

/// One output.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// The file, or folder.
    pub path: PathBuf,
    /// Its format, where the ending is not to pick it.
    pub format: Option<String>,
}

/// The file that is named, or else the first of its name in the working folder and those above it.
///
/// # Errors
/// A sentence: it cannot be read, or `file:line:column` of what is wrong in it.
pub fn find(typed: &SettingsArgs) -> Result<Option<SettingsFile>, String> {
    if typed.no_settings {
        return Ok(None);
    }
    if let Some(path) = &typed.settings {
        return read(path).map(Some);
    }
    let here = std::env::current_dir().unwrap_or_default();
    let above = here.ancestors().skip(1).map(|folder| folder.join(NAME));
    let mut places = std::iter::once(PathBuf::from(NAME)).chain(above);
    let Some(path) = places.find(|path| path.is_file()) else {
        return Ok(None);
    };
    let found = SettingsFile {
        is_found: true,
        ..read(&path)?
    };
    found.stays_in_its_folder()?;
    Ok(Some(found))
}

fn read(path: &Path) -> Result<SettingsFile, String> {
    let name = terminal::line(&path.display().to_string()).into_owned();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes))
        .map_err(|e| format!("{name}: cannot be read ({e}); check the path after --settings"))?;
    if bytes.len() as u64 > MOST {
        return Err(format!(
            "{name}: is larger than {MOST} bytes, which no settings are"
        ));
    }
    let sha256 = sha256_hex(&bytes);
    let text = String::from_utf8(bytes).map_err(|e| format!("{name}: is not UTF-8: {e}"))?;
    let keys = toml::from_str(&text).map_err(|e| place::in_text(&name, &text, &e))?;
    Ok(SettingsFile {
        folder: path.parent().unwrap_or(Path::new("")).to_owned(),
        is_found: false,
        name,
        sha256,
        keys,
    })
}

impl SettingsFile {
    /// Whether a run that says nothing says where it is from: nobody asked for it.
    pub fn is_told(&self, quiet: bool) -> bool {
        self.is_found || !quiet
    }

    /// Who made the evidence does not say how it is judged, nor which files are written over.
    ///
    /// # Errors
    /// A sentence: nobody named it, and it lies in what is judged.
    pub fn is_no_evidence(&self, judged: &[PathBuf]) -> Result<(), String> {
        let own = Path::new(&self.folder).join(NAME).canonicalize().ok();
        let own = own.filter(|_| self.is_found);
        let holds = |path: &PathBuf| {
            let path = path.canonicalize().ok();
            path.zip(own.as_ref())
                .is_some_and(|(path, own)| own.starts_with(path))
        };
        match judged.iter().find(|path| holds(path)) {
            Some(path) => Err(format!(
                "{}: lies in {}, which is judged; if it is yours, name it with --settings, else add --no-settings",
                self.name,
                path.display()
            )),
            None => Ok(()),
        }
    }

    fn stays_in_its_folder(&self) -> Result<(), String> {
        let outputs = self.keys.output.iter().flatten();
        let climbs = |path: &Path| {
            let mut parts = path.components();
            !parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        };
        match outputs.map(|output| &output.path).find(|path| climbs(path)) {
            Some(path) => Err(format!(
                "{}: writes to {}, which is not in its folder; if it is yours, name it with --settings, else add --no-settings",
                self.name,
                path.display()
            )),
            None => Ok(()),
        }
    }

    /// A path that it names. `-` is stdin, wherever the file is.
    pub fn path(&self, named: &Path) -> PathBuf {
        if named == Path::new("-") {
            return named.to_owned();
        }
        // Joined to an absolute path, nothing is left of the folder; a slash at the end stays.
        self.folder.join(named)
    }

    /// All paths of a list.
    fn paths(&self, named: Option<&[PathBuf]>) -> Option<Vec<PathBuf>> {
        let all = named?.iter().map(|path| self.path(path));
        Some(all.collect())
    }
}

/// A word of an option that has a list of them.
fn word<'de, D: Deserializer<'de>, T: ValueEnum>(from: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    T::from_str(&text, false).map(Some).map_err(|_| {
        let names = T::value_variants().iter().filter_map(T::to_possible_value);
        let names: Vec<String> = names.map(|word| word.get_name().to_owned()).collect();
        D::Error::custom(format!("`{text}` is none of {}", names.join(", ")))
    })
}

fn age<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SignedDuration>, D::Error> {
    let text = String::deserialize(from)?;
    args::age(&text).map(Some).map_err(D::Error::custom)
}

fn limits<'de, D: Deserializer<'de>>(from: D) -> Result<Option<BTreeMap<String, u64>>, D::Error> {
    let all = BTreeMap::<String, u64>::deserialize(from)?;
    for (name, number) in &all {
        let set = Limits::default().set(&format!("{name}={number}"));
        set.map_err(D::Error::custom)?;
    }
    Ok(Some(all))
}
