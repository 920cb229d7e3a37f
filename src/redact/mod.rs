//! A text → the same text without secrets, by the rules of the collectors (`redact` in
//! collect-node.sh, `checked` in collect-cluster.sh).
//!
//! Evidence stays: what rules read is shown, and a value that is masked is the mark, so that a judge
//! says `value-redacted` and never guesses.

mod api;
mod arguments;
mod json;
mod masker;
mod member;
mod names;
mod pairs;
mod pattern;
mod process;
mod shapes;
mod text;
mod unit;

use std::collections::BTreeMap;

use crate::evidence::REDACTED;
use masker::Masker;
use names::has;
use pattern::MaskPattern;
use unit::{Environment, UnitPlace};

pub use member::{KnownSecrets, Masked, member};
pub use names::Kind;

/// How the text of a member is masked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MaskForm {
    /// YAML, and files of settings.
    #[default]
    Text,
    /// Unit files.
    Unit,
    /// Files of variables.
    Env,
    /// JSON.
    Json,
    /// JSON of which little is shown: a network's configuration.
    Cni,
    /// JSON of the API.
    Api,
    /// `bundle.json`, which holds the arguments of commands.
    Description,
    /// Arguments, each behind a NUL.
    Args,
    /// Variables, each behind a NUL.
    Variables,
    /// Lines of arguments joined by blanks, as in a journal.
    Line,
    /// What `systemctl show` prints.
    Show,
    /// A process list.
    Ps,
}

/// A text that is masked.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Clean {
    /// It.
    pub bytes: Vec<u8>,
    /// How often what was masked.
    pub counts: BTreeMap<Kind, u64>,
}

/// A line that is longer is masked whole: nothing of a configuration is.
const LINE_BYTES: usize = 256 << 10;

/// Masks a text; `pids` are the components' processes. `None` where it cannot be followed.
#[must_use]
pub fn clean(form: MaskForm, text: &[u8], pids: &[u32]) -> Option<Clean> {
    let mut masker = Masker {
        form,
        pids,
        ..Masker::default()
    };
    let bytes = match form {
        MaskForm::Json | MaskForm::Cni | MaskForm::Description => masker.json(text)?,
        MaskForm::Api => masker.api(text)?,
        MaskForm::Args => masker.arguments(text),
        MaskForm::Variables => masker.variables_of_process(text),
        _ => masker.lines(text),
    };
    Some(Clean {
        bytes,
        counts: masker.counts,
    })
}

impl<'t> Masker<'t> {
    /// Lines, each by itself or in the light of those around it.
    fn lines(&mut self, text: &'t [u8]) -> Vec<u8> {
        let (text, end) = match text.strip_suffix(b"\n") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
        let (mut unit, mut file) = (UnitPlace::default(), Environment::default());
        let around = matches!(self.form, MaskForm::Text | MaskForm::Unit | MaskForm::Env);
        if around {
            let speaks = |line: &&[u8]| has(line, b"k3s") || has(line, b"rke2");
            self.is_rancher = lines.iter().any(speaks);
            self.has_users = lines.iter().any(|line| line.starts_with(b"users:"));
            self.has_secret = lines.iter().any(|line| SECRET.is_in(line));
            self.lines.clone_from(&lines);
        }
        let header = lines.iter().position(|line| is_header(line));
        let mut out = Vec::with_capacity(text.len());
        for (number, line) in lines.iter().enumerate() {
            if number > 0 {
                out.push(b'\n');
            }
            if line.len() > LINE_BYTES {
                self.hit("line", &mut out);
                continue;
            }
            let shown = match self.form {
                MaskForm::Unit => self.unit(&mut unit, line, number),
                MaskForm::Env => self.environment(&mut file, line),
                MaskForm::Show => self.property(line),
                MaskForm::Ps if header.is_some_and(|header| number >= header) => {
                    self.process(line, Some(number) == header)
                }
                MaskForm::Ps | MaskForm::Line => {
                    self.is_rancher = has(line, b"k3s") || has(line, b"rke2");
                    self.plain(line, None)
                }
                _ => self.text(line, number),
            };
            out.extend_from_slice(&shown);
        }
        if end {
            out.push(b'\n');
        }
        out
    }

    /// Arguments behind NULs; a line break in one is no end of it.
    fn arguments(&mut self, text: &[u8]) -> Vec<u8> {
        let first = text.split(|b| *b == 0).next().unwrap_or_default();
        self.is_rancher = RANCHER.is_in(first);
        self.words(text, |masker, word| masker.argument(word))
    }

    fn variables_of_process(&mut self, text: &[u8]) -> Vec<u8> {
        self.words(text, |masker, word| {
            let Some(at) = word.iter().position(|b| *b == b'=') else {
                return word.to_vec();
            };
            let (name, value) = (&word[..at], &word[at + 1..]);
            if unit::is_read(name, value) {
                masker.plain(word, None)
            } else if names::harmless(value, "") {
                word.to_vec()
            } else {
                masker.behind(&word[..=at], "env-value")
            }
        })
    }

    fn words(
        &mut self,
        text: &[u8],
        mut shown: impl FnMut(&mut Self, &[u8]) -> Vec<u8>,
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        for (number, word) in text.split(|b| *b == 0).enumerate() {
            if number > 0 {
                out.push(0);
            }
            if word.len() > LINE_BYTES {
                self.hit("line", &mut out);
                continue;
            }
            let swap = |from: u8, to: u8, word: &[u8]| -> Vec<u8> {
                let swapped = |b: &u8| if *b == from { to } else { *b };
                word.iter().map(swapped).collect()
            };
            let word = shown(self, &swap(b'\n', 1, word));
            out.extend_from_slice(&swap(1, b'\n', &word));
        }
        out
    }
}

static SECRET: MaskPattern = MaskPattern::of("^kind:[ \t]*[\"]?Secret");
static RANCHER: MaskPattern = MaskPattern::of("(k3s|rke2)( |$)");

/// Whether a line names the columns of a process list.
fn is_header(line: &[u8]) -> bool {
    let mut words = line.split(|b| b" \t".contains(b));
    words.any(|word| word == b"PID")
}
