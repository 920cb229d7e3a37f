//! The files a kubelet process names with `--config` and `--config-dir`, read.

use std::sync::Arc;

use super::Doubt;
use super::config_file::{ConfigFile, LENIENT};
use super::merged::Engine;
use super::patch::Patch;
use super::pflag::CommandLine;
use super::repeated::decoded;
use crate::evidence::citation::Citation;
use crate::evidence::document::Document;
use crate::evidence::folder::tidy;
use crate::evidence::masks::mask_in;
use crate::evidence::process::Process;
use crate::evidence::{Evidence, NodeFile, NodeFolder};
use crate::limits::passed;
use crate::node::version::Minor;
use crate::problem::Code;

/// What a process names.
pub struct NamedFiles {
    /// The file named by `--config`.
    pub config: Config,
    /// The folder named by `--config-dir`.
    pub drop_ins: DropIns,
    /// The metadata of that folder.
    pub folder: Option<Citation>,
    /// A file or folder of these that changed after the process started.
    pub changed: Option<Doubt>,
}

/// The file named by `--config`.
pub enum Config {
    /// There is no `--config`.
    None,
    /// A kubelet can read it.
    Decoded(ConfigFile),
    /// It is YAML or JSON that a kubelet refuses.
    Refused(ConfigFile, Doubt),
    /// Its content is not known.
    Unusable(Doubt),
}

/// The configuration file as a text that a published check reads.
pub enum ConfigText<'d> {
    /// The process names none, or none is there.
    None,
    /// It was not collected.
    NotSeen,
    /// It is neither YAML nor JSON.
    Broken,
    /// Its content.
    Document(&'d Document),
}

impl Config {
    /// As a published check reads it.
    #[must_use]
    pub fn text(&self) -> ConfigText<'_> {
        match self {
            Self::None => ConfigText::None,
            Self::Decoded(file) | Self::Refused(file, _) => ConfigText::Document(&file.document),
            Self::Unusable(doubt) => ConfigText::of_doubt(doubt),
        }
    }
}

impl ConfigText<'_> {
    /// Of a file that cannot be used for this reason.
    pub(super) fn of_doubt(doubt: &Doubt) -> Self {
        match doubt.code {
            Code::ConfigFileMissing => Self::None,
            Code::ConfigFileUnparseable => Self::Broken,
            _ => Self::NotSeen,
        }
    }
}

/// The folder named by `--config-dir`.
pub enum DropIns {
    /// Its files, in the order the kubelet reads them.
    Listed {
        /// All that are YAML or JSON.
        files: Vec<ConfigFile>,
        /// What they are together.
        patch: Patch,
        /// Engines that refuse one of them, and why.
        refused: Vec<(Engine, Doubt)>,
    },
    /// Its content is not known.
    Unusable(Doubt),
}

impl DropIns {
    /// The files, as far as they are known.
    #[must_use]
    pub fn files(&self) -> &[ConfigFile] {
        match self {
            Self::Listed { files, .. } => files,
            Self::Unusable(_) => &[],
        }
    }

    /// What they are together, where they are known.
    pub(super) fn patch(&self) -> Option<&Patch> {
        match self {
            Self::Listed { patch, .. } => Some(patch),
            Self::Unusable(_) => None,
        }
    }
}

/// Reads for one process.
pub(super) struct NamedFileReader<'r> {
    pub(super) line: &'r CommandLine,
    pub(super) process: &'r Process,
    pub(super) evidence: &'r Evidence<'r>,
}

impl NamedFiles {
    /// Reads what the argument line of a process names.
    #[must_use]
    pub fn of(
        line: &CommandLine,
        process: &Process,
        evidence: &Evidence<'_>,
        version: Option<Minor>,
    ) -> Self {
        let reader = NamedFileReader {
            line,
            process,
            evidence,
        };
        let config = match line.text("config") {
            None => Config::None,
            Some(path) => reader.config(path),
        };
        let drop_ins = match line.text("config-dir").map(|path| reader.drop_ins(path)) {
            None => DropIns::Listed {
                files: Vec::new(),
                patch: Patch::default(),
                refused: Vec::new(),
            },
            Some(Err(doubt)) => DropIns::Unusable(doubt),
            Some(Ok(files)) => {
                let patch = Patch::of(&files);
                DropIns::Listed {
                    refused: refusals(&files, &patch, version),
                    files,
                    patch,
                }
            }
        };
        let changed = reader.changed_after_start(&config, &drop_ins);
        let folder = line.text("config-dir");
        let folder = folder.and_then(|path| reader.absolute(path).ok());
        let folder = folder.and_then(|path| evidence.metadata(&path));
        Self {
            config,
            drop_ins,
            folder: folder.map(|(_, citation)| citation),
            changed,
        }
    }
}

fn refusals(files: &[ConfigFile], patch: &Patch, version: Option<Minor>) -> Vec<(Engine, Doubt)> {
    let merged = patch.refused(files);
    let refusal = |engine: &Engine| {
        let alone = files.iter().find_map(|file| {
            let why = file.refused(engine.strictness())?;
            Some((*engine, refused(file, &why)))
        });
        alone.or_else(|| {
            let (place, why) = merged.as_ref().filter(|_| engine.strictness().any_case)?;
            let path = place.path(files);
            let why = format!("a kubelet refuses {path}: {why}");
            let at = vec![place.citation.clone()];
            Some((*engine, Doubt::new(Code::WouldNotStart, why, at)))
        })
    };
    Engine::of(version).iter().filter_map(refusal).collect()
}

fn refused(file: &ConfigFile, why: &str) -> Doubt {
    Doubt::new(
        Code::WouldNotStart,
        format!("a kubelet refuses {}: {why}", file.path),
        vec![file.place_of_refused(why)],
    )
}

impl<'r> NamedFileReader<'r> {
    pub(super) fn absolute(&self, path: &str) -> Result<String, Doubt> {
        if let Some(why) = self.process.elsewhere {
            return Err(Doubt::new(
                Code::FileNotCollected,
                format!("the process names {path}: {why}"),
                vec![self.process.citation.clone()],
            ));
        }
        if let Some(mask) = mask_in(path) {
            return Err(Doubt::new(
                Code::ValueRedacted,
                format!("the path of its configuration is masked as {mask} in the argument line"),
                vec![self.process.citation.clone()],
            ));
        }
        if self.line.hides(path) {
            return Err(Doubt::new(
                Code::FileNotCollected,
                format!("nothing says what the variable in {path} held"),
                vec![self.process.citation.clone()],
            ));
        }
        if path.starts_with('/') {
            return Ok(tidy(path));
        }
        match &self.process.cwd {
            Some(cwd) => Ok(tidy(&format!("{cwd}/{path}"))),
            None => Err(Doubt::new(
                Code::FileNotCollected,
                format!(
                    "{path} is relative, and the working directory of the process is not in the bundle"
                ),
                vec![self.process.citation.clone()],
            )),
        }
    }

    fn config(&self, path: &str) -> Config {
        match self.absolute(path).and_then(|path| self.decode(&path)) {
            Err(doubt) => Config::Unusable(doubt),
            Ok(file) => match file.refused(LENIENT) {
                Some(why) => {
                    let doubt = refused(&file, &why);
                    Config::Refused(file, doubt)
                }
                None => Config::Decoded(file),
            },
        }
    }

    /// A file's document; nothing is judged of it yet.
    pub(super) fn decode(&self, path: &str) -> Result<ConfigFile, Doubt> {
        let unreadable = |why: String, citation: Citation| Doubt {
            unreadable: true,
            ..Doubt::new(
                Code::ConfigFileUnparseable,
                format!("{path} {why}"),
                vec![citation],
            )
        };
        let line = self.process.citation.clone();
        match self.evidence.file(path) {
            NodeFile::Here(member, citation) => match self.evidence.document(member) {
                Ok(document) => Ok(ConfigFile {
                    path: path.to_owned(),
                    citation,
                    document: decoded(&document).map_or(document, Arc::new),
                }),
                Err(e) => Err(unreadable(
                    e.phrase("is neither YAML nor JSON"),
                    citation.line(e.line),
                )),
            },
            NodeFile::Unusable(why, citation) => Err(unreadable(why, citation)),
            NodeFile::Absent(citation) => Err(Doubt::new(
                Code::ConfigFileMissing,
                format!("the process names {path}, which is not on the node"),
                citation.into_iter().chain([line]).collect(),
            )),
            NodeFile::NotCollected(why) => Err(Doubt::new(
                Code::FileNotCollected,
                format!("the process names {path}: {why}"),
                vec![line],
            )),
        }
    }

    fn drop_ins(&self, path: &str) -> Result<Vec<ConfigFile>, Doubt> {
        let folder = self.absolute(path)?;
        let doubt = |code, why| Doubt::new(code, why, vec![self.process.citation.clone()]);
        // A link as the folder itself loads nothing, silently, unless something follows its name.
        let name_is_last = path.ends_with(folder.rsplit('/').next().unwrap_or_default());
        if name_is_last && self.evidence.is_link(&folder) {
            return Ok(Vec::new());
        }
        let mut paths = match self.evidence.folder(&folder) {
            NodeFolder::Listed(paths) => paths,
            NodeFolder::Absent => {
                return Err(doubt(
                    Code::ConfigFileMissing,
                    format!("the process names the folder {folder}, which is not on the node"),
                ));
            }
            NodeFolder::NotCollected(why) => {
                return Err(doubt(
                    Code::FileNotCollected,
                    format!("the process names the folder {folder}: {why}"),
                ));
            }
        };
        paths.retain(|path| path.ends_with(".conf"));
        let most = self.evidence.limits().drop_ins;
        if paths.len() as u64 > most {
            let why = format!("{folder} {}", passed("drop-ins", most, "files"));
            return Err(Doubt {
                unreadable: true,
                ..doubt(Code::TooMuchEvidence, why)
            });
        }
        // Go's WalkDir: names in each folder in byte order.
        paths.sort_by(|a, b| a.split('/').cmp(b.split('/')));
        paths.iter().map(|path| self.decode(path)).collect()
    }

    fn changed_after_start(&self, config: &Config, drop_ins: &DropIns) -> Option<Doubt> {
        let started = self.process.started_at?;
        let mut paths: Vec<String> = Vec::new();
        if let Config::Decoded(file) = config {
            paths.push(file.path.clone());
        }
        paths.extend(drop_ins.files().iter().map(|file| file.path.clone()));
        if let Some(Ok(folder)) = self.line.text("config-dir").map(|path| self.absolute(path)) {
            paths.extend(self.evidence.folders(&folder));
        }
        let mut rows = paths.iter().flat_map(|path| self.evidence.hops(path));
        rows.find_map(|(row, citation)| {
            let path = &row.path;
            (row.ctime? > started).then(|| {
                Doubt::new(
                    Code::RestartPending,
                    format!("{path} changed after the process started, and a kubelet reads it only when it starts"),
                    vec![citation],
                )
            })
        })
    }
}
