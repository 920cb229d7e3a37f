//! Where an argument line was seen, and what that means for its words.

use super::pflag::Words;
use super::{Doubt, SettingSource};
use crate::evidence::process::Process;
use crate::problem::Code;

/// Arguments of the line that k3s and RKE2 log which they keep for themselves (facts on RKE2).
const KEPT_BY_PROGRAM: [&str; 5] = [
    "alsologtostderr",
    "log-file",
    "log-file-max-size",
    "logtostderr",
    "stderrthreshold",
];

/// Where an argument line was seen.
pub(super) struct ArgumentLine {
    /// The word for it.
    pub source: SettingSource,
    /// For a sentence.
    pub place: String,
    /// Why it may not be the line of what runs.
    pub doubt: Option<Doubt>,
}

impl ArgumentLine {
    /// The line of a process that the evidence shows.
    pub(super) fn of_process() -> Self {
        Self {
            source: SettingSource::Argument,
            place: "the arguments".to_owned(),
            doubt: None,
        }
    }

    /// The line that a manifest plans.
    pub(super) fn of_manifest(process: &Process) -> Self {
        let manifest = process.citation.spoken();
        let why =
            format!("nothing shows the process, and {manifest} says what will run, not what does");
        Self {
            source: SettingSource::Manifest,
            place: manifest,
            doubt: Some(Doubt::new(
                Code::ManifestAlone,
                why,
                vec![process.citation.clone()],
            )),
        }
    }

    /// The whole words from this one on: the last word of a line that was cut may itself be a part.
    pub(super) fn words<'p>(&self, process: &'p Process, first: usize) -> &'p [String] {
        let words = process.words.get(first..).unwrap_or_default();
        match (process.cut, words.split_last()) {
            (true, Some((_, whole))) => whole,
            _ => words,
        }
    }

    /// How exact they are.
    pub(super) fn kind(&self, process: &Process) -> Words {
        match (self.source, process.exact) {
            (SettingSource::ArgsFile | SettingSource::Manifest, _) => Words::Unexpanded,
            (_, true) => Words::Exact,
            (_, false) => Words::Split,
        }
    }

    /// Whether the program that logged the line takes this flag off before the kubelet sees it.
    pub(super) fn keeps(&self, flag: &str) -> bool {
        self.source == SettingSource::Journal && KEPT_BY_PROGRAM.contains(&flag)
    }
}
