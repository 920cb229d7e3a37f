//! Arguments and files that decode → why a kubelet refuses them all the same: gates, ranges,
//! values that do not go together.
//!
//! Source: facts on the real code's start steps (validation of flags and configuration, TLS, gates).

pub(super) mod keys;
mod labels;
mod together;

use super::Doubt;
use super::argument::ArgumentValue;
use super::config_file::ConfigFile;
use super::disk::Disk;
use super::drop_in::{Engine, Merged, Origin};
use super::gates::{self, GATES, Gates};
use super::kubelet::{SETTINGS, Setting};
use super::named::{Config, DropIns};
use super::pflag::CommandLine;
use super::value::SettingValue;
use crate::evidence::citation::Citation;
use crate::evidence::document::{Entry, Value};
use crate::evidence::process::Process;
use crate::node::version::Minor;
use crate::problem::Code;
use keys::KEYS;

/// Why a kubelet refuses to start.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    /// A sentence.
    pub why: String,
    /// Where what it refuses stands.
    citations: Vec<Citation>,
    /// Nothing but arguments has a part in it.
    pub by_line: bool,
}

impl Refusal {
    /// As the reason why nothing is decided.
    pub(super) fn doubt(&self, line: &Citation) -> Doubt {
        let mut citations = self.citations.clone();
        if !citations.contains(line) {
            citations.push(line.clone());
        }
        let why = format!("a kubelet refuses this: {}", self.why);
        Doubt::new(Code::WouldNotStart, why, citations)
    }
}

/// Why a kubelet refuses single arguments that parse.
pub(super) fn of_line(line: &CommandLine, process: &Process) -> Vec<String> {
    let settings = SETTINGS.iter().chain(KEYS.iter().map(|key| &key.setting));
    let out_of_range = |setting: &Setting| match line.value_of(setting) {
        ArgumentValue::Value(value) => setting.refuses(&value),
        _ => None,
    };
    let mut all: Vec<String> = settings.filter_map(out_of_range).collect();
    let shown = |flag: &str| {
        let argument = line.last(flag)?;
        (!line.hides(&argument.text)).then_some(argument.text.as_str())
    };
    if shown("hostname-override").is_some_and(|name| !name.is_empty() && name.trim().is_empty()) {
        all.push("--hostname-override is blank, which is no name of a host".to_owned());
    }
    let gates = line.all_gates();
    let refused_gate = gates.as_ref().and_then(|gates| {
        let (_, why) = gates::refused(gates, line.version, is_fork(process))?;
        Some(why)
    });
    all.extend(refused_gate);
    // Flags are checked before any file is read: a gate in a file comes too late.
    let seccomp = gates.filter(|gates| {
        let given = Setting::named("seccompDefault").map(|setting| line.value_of(setting));
        let on = given == Some(ArgumentValue::Value(SettingValue::Bool(true)));
        on && !process.cut && together::lacks_seccomp_gate(gates, line.version)
    });
    all.extend(seccomp.map(|_| {
        "--seccomp-default needs the feature gate SeccompDefault, which is off".to_owned()
    }));
    // Up to 1.15 they were a warning.
    let is_strict = line.version.is_some_and(|version| version >= Minor(1, 16));
    if is_strict && !is_fork(process) {
        for argument in line.all("node-labels").filter(|a| !line.hides(&a.text)) {
            all.extend(labels::refused(&argument.text));
        }
    }
    all
}

impl CommandLine {
    /// All gates that the arguments set; `None` where some are masked.
    fn all_gates(&self) -> Option<Gates> {
        let mut all = Gates::new();
        for argument in self.all("feature-gates") {
            match &argument.value {
                SettingValue::Map(gates) => all.extend(gates.clone()),
                _ => return None,
            }
        }
        Some(all)
    }
}

/// Whether it is OpenShift's kubelet, which has gates and labels of its own.
fn is_fork(process: &Process) -> bool {
    let signs = ["openshift", "kubenswrapper"];
    let has_sign = |word: &String| signs.iter().any(|sign| word.contains(sign));
    process.words.iter().any(has_sign)
}

/// Where a file has the value that its reader refuses with these words.
pub(super) fn place_of_refused(file: &ConfigFile, why: &str) -> Citation {
    let says = |setting: &&Setting| {
        let refused = |any_case| file.said(setting, any_case).is_err_and(|said| said == why);
        refused(false) || refused(true)
    };
    match SETTINGS.iter().find(says) {
        Some(setting) => place_of(file, setting),
        None => file.citation.clone(),
    }
}

/// Where a file has a setting, in whatever case, as far as it has its keys.
fn place_of(file: &ConfigFile, setting: &Setting) -> Citation {
    let mut node = &file.document.root;
    let (mut keys, mut line) = (Vec::new(), 0);
    for segment in setting.segments() {
        let Value::Map(entries) = &node.value else {
            break;
        };
        let same = |entry: &&Entry| entry.key.eq_ignore_ascii_case(segment);
        let exact = entries.iter().find(|entry| entry.key == segment);
        let Some(entry) = exact.or_else(|| entries.iter().find(same)) else {
            break;
        };
        keys.push(entry.key.as_str());
        line = entry.line;
        node = &entry.node;
    }
    match (keys.is_empty(), line) {
        (true, _) => file.citation.clone(),
        (false, 0) => file.citation.pointer(&keys),
        (false, line) => file.citation.line(line),
    }
}

/// A value in force, below its own notes and doubts.
pub(super) struct Part {
    value: SettingValue,
    /// Where it stands; `None` for a default.
    citation: Option<Citation>,
    is_argument: bool,
}

impl Part {
    fn is_set(&self) -> bool {
        self.is_argument || self.citation.is_some()
    }
}

impl Disk {
    /// Why a kubelet refuses what is written down, of whatever setting.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        self.refusal.get_or_init(|| self.find_refusal()).as_ref()
    }

    fn find_refusal(&self) -> Option<Refusal> {
        // What follows a cut may win over all of it.
        if self.process.cut || self.not_this_line().is_some() || self.refused_files() {
            return None;
        }
        (self.out_of_range())
            .or_else(|| self.refused_gate())
            .or_else(|| together::refused(self))
    }

    /// A value in a file of the wrong type or out of the range a kubelet takes.
    fn out_of_range(&self) -> Option<Refusal> {
        let of_version = KEYS.iter().filter(|key| key.is_of(self.version));
        let keys = of_version.map(|key| (&key.setting, key.has_range(self.version), key.pointer));
        let settings = SETTINGS.iter().filter(|setting| setting.has_range());
        let settings = settings.map(|setting| (setting, true, false));
        // A default is in its range: only what some file has can be refused.
        let written = self.written_keys();
        let is_written = |setting: &Setting| {
            let own = setting.segments().next().unwrap_or_default();
            (written.iter()).any(|key| !key.is_ascii() || key.eq_ignore_ascii_case(own))
        };
        (settings.chain(keys))
            .filter(|(setting, ..)| is_written(setting))
            .find_map(|(setting, ranged, pointer)| match self.local(setting) {
                Ok(merged) if ranged && self.line.last(&setting.flag).is_none() => Some(Refusal {
                    why: setting.refuses(&merged.value)?,
                    citations: merged.citation.into_iter().collect(),
                    by_line: false,
                }),
                Err(doubt) if doubt.code == Code::WouldNotStart => self.mistyped(setting, pointer),
                _ => None,
            })
    }

    /// What a decoder refuses of a key; null of a `pointer` it takes.
    fn mistyped(&self, setting: &Setting, pointer: bool) -> Option<Refusal> {
        let files = self.named.drop_ins.files();
        let merges = |engine: &Engine| engine.strictness().any_case;
        let alone = match Engine::of(self.version).iter().all(merges) {
            true => {
                let found = self.named.drop_ins.patch()?.mistyped([setting], files);
                if let Some((place, why)) = found {
                    return Some(Refusal {
                        why: format!("{why} in {}", place.path(files)),
                        citations: vec![place.citation],
                        by_line: false,
                    });
                }
                &[]
            }
            false => files,
        };
        let files = alone.iter().rev().chain(self.base_file());
        files.into_iter().find_map(|file| {
            let why = file.said(setting, false).err()?;
            let root = &file.document.root;
            let is_null = |entry: &Entry| matches!(entry.node.value, Value::Null);
            if pointer && root.at(&setting.path).is_some_and(is_null) {
                return None;
            }
            Some(Refusal {
                why: format!("{why} in {}", file.path),
                citations: vec![place_of(file, setting)],
                by_line: false,
            })
        })
    }

    /// The keys that stand at the top of the file and of drop-ins.
    fn written_keys(&self) -> Vec<&str> {
        let files = self.named.drop_ins.files().iter().chain(self.base_file());
        let entries = files.flat_map(|file| match &file.document.root.value {
            Value::Map(entries) => entries.as_slice(),
            _ => &[],
        });
        entries.map(|entry| entry.key.as_str()).collect()
    }

    fn base_file(&self) -> Option<&ConfigFile> {
        match &self.named.config {
            Config::Decoded(file) => Some(file),
            _ => None,
        }
    }

    fn refused_gate(&self) -> Option<Refusal> {
        let gates = self.gates()?;
        let (key, why) = gates::refused(&gates, self.version, is_fork(&self.process))?;
        let named = |argument: &super::pflag::Argument| matches!(&argument.value, SettingValue::Map(gates) if gates.contains_key(&key));
        let by_line = self.line.all("feature-gates").any(named);
        let all = self.local(Setting::named(GATES)?).ok();
        let place = all.and_then(|mut all| all.places.remove(&key));
        let place = place.map(|place| place.citation);
        Some(Refusal {
            why,
            citations: place.filter(|_| !by_line).into_iter().collect(),
            by_line,
        })
    }

    /// All gates that somebody sets; `None` where nobody knows.
    fn gates(&self) -> Option<Gates> {
        match self.part(Setting::named(GATES)?)?.value {
            SettingValue::Map(gates) => Some(gates),
            _ => None,
        }
    }

    /// Whether a gate is on; `None` where nobody knows.
    fn gate_is_on(&self, name: &str) -> Option<bool> {
        gates::is_on(name, &self.gates()?, self.version)
    }

    /// The value of a setting; `None` where it cannot be told.
    fn part(&self, setting: &Setting) -> Option<Part> {
        let below = self.local(setting);
        let mut value = match self.line.value_of(setting) {
            ArgumentValue::Value(value) => value,
            ArgumentValue::Nothing => {
                let merged = below.ok().filter(|merged| merged.hole.is_none())?;
                let is_default = merged.origin == Origin::Default;
                return Some(Part {
                    value: merged.value,
                    citation: merged.citation.filter(|_| !is_default),
                    is_argument: false,
                });
            }
            _ => return None,
        };
        // Gates are merged with those of files.
        if setting.path == GATES
            && let SettingValue::Map(gates) = &mut value
            && let Merged {
                value: SettingValue::Map(below),
                hole: None,
                ..
            } = below.ok()?
        {
            for (gate, on) in below {
                gates.entry(gate).or_insert(on);
            }
        }
        Some(Part {
            value,
            citation: None,
            is_argument: true,
        })
    }

    /// The value of the setting or other key of this path.
    fn part_named(&self, path: &str) -> Option<Part> {
        let key = || KEYS.iter().find(|key| key.setting.path == path);
        match Setting::named(path) {
            Some(setting) => self.part(setting),
            None => self.part(&key().filter(|key| key.is_of(self.version))?.setting),
        }
    }

    /// Whether no file has a part in what is in force.
    fn names_no_file(&self) -> bool {
        let DropIns::Listed { files, .. } = &self.named.drop_ins else {
            return false;
        };
        matches!(self.named.config, Config::None) && files.is_empty()
    }
}
