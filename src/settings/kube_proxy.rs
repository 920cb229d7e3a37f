//! One kube-proxy process → its settings as written down. The opposite of the kubelet: with
//! `--config` the file decides and flags are ignored, but for `--hostname-override`.
//!
//! Source: facts on kube-proxy (cmd/kube-proxy/app/options.go of 1.36). It ends when its file
//! changes, so that the file is what runs.

use std::sync::LazyLock;

use super::component::Instance;
use super::config_file::{ConfigFile, Said};
use super::flag_table::FlagTable;
use super::given::Given;
use super::heard::Heard;
use super::kubelet::{Default, Form, Mode, Setting};
use super::named::{ConfigText, Reader};
use super::pflag::{self, CommandLine};
use super::seen::Line;
use super::value::{Kind, SettingValue};
use super::{Doubt, InForce, Source, Statement};
use crate::evidence::Evidence;
use crate::evidence::citation::Citation;
use crate::evidence::document::Value;
use crate::evidence::process::Process;
use crate::problem::Code;

const METRICS: &str = "metricsBindAddress";
pub(super) const HOSTNAME: &str = "hostnameOverride";

/// Every setting we know: path, flag, default.
static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    let rows = [
        (METRICS, "metrics-bind-address", "127.0.0.1:10249"),
        ("clientConnection.kubeconfig", "kubeconfig", ""),
        (HOSTNAME, "hostname-override", ""),
    ];
    let setting = |(path, flag, default): (&str, &str, &str)| Setting {
        path: path.to_owned(),
        flag: flag.to_owned(),
        kind: Kind::Text,
        form: Form::Key,
        zero_is_default: true,
        omitted_when_zero: false,
        always_in_configz: false,
        with_config: default.to_owned(),
        flags_only: default.to_owned(),
        range: String::new(),
        versions: String::new(),
    };
    rows.into_iter().map(setting).collect()
});

/// Those of the facts, and from memory the others that are common, so that none of them passes for
/// a vendor's.
static FLAGS: LazyLock<FlagTable> =
    LazyLock::new(|| FlagTable::read(include_str!("kube-proxy-flags.csv"), std::iter::empty()));

/// The setting of kube-proxy with this path.
#[must_use]
pub fn named(path: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.path == path)
}

/// What is written down for one kube-proxy process.
pub struct KubeProxy {
    /// Its arguments.
    pub line: CommandLine,
    pub(super) process: Process,
    /// The file named by `--config`.
    pub(super) file: Option<Result<ConfigFile, Doubt>>,
    pub(super) seen: Line,
}

impl KubeProxy {
    /// Reads a process and what it names; `None` where it is no kube-proxy.
    #[must_use]
    pub fn of(process: &Process, evidence: &Evidence<'_>) -> Option<Self> {
        let first = process.kube_proxy()?;
        Some(Self::read(process, first, evidence, Line::of_process()))
    }

    /// `first` is the index of its first argument.
    pub(super) fn read(
        process: &Process,
        first: usize,
        evidence: &Evidence<'_>,
        seen: Line,
    ) -> Self {
        let words = seen.words(process, first);
        let line = pflag::parse(words, seen.kind(process), process.cut, &FLAGS, None);
        let reader = Reader {
            line: &line,
            process,
            evidence,
        };
        let file = line.text("config").map(|path| {
            let file = reader
                .absolute(path)
                .and_then(|path| reader.decode(&path))?;
            match refused(&file) {
                None => Ok(file),
                Some(why) => Err(would_not_start(
                    format!("kube-proxy refuses {}: {why}", file.path),
                    &file.citation,
                )),
            }
        });
        Self {
            file,
            line,
            process: process.clone(),
            seen,
        }
    }

    /// The default; that of the metrics address follows the family of `bindAddress` in the file.
    fn default(&self, setting: &Setting, file: Option<&ConfigFile>) -> Result<Statement, Doubt> {
        let six = |file: &&ConfigFile| {
            let bound = file.document.root.get("bindAddress");
            bound.is_some_and(|entry| entry.node.holds_text(":"))
        };
        if let Some(file) = file.filter(six).filter(|_| setting.path == METRICS) {
            let why = format!(
                "nothing sets {}, and no source says what its default is beside an IPv6 bindAddress",
                setting.path
            );
            let citations = vec![file.citation.clone()];
            return Err(Doubt::new(Code::DefaultUnknown, why, citations));
        }
        let place = match file {
            Some(file) => format!("no value in {}, beside which flags are ignored", file.path),
            None => format!("no --config and no --{} among the arguments", setting.flag),
        };
        let value = match setting.default(Mode::WithConfig, None) {
            Default::Value(value) => value,
            Default::VersionUnknown | Default::Unknown => SettingValue::zero(setting.kind),
        };
        Ok(Statement {
            source: Source::Default,
            value,
            place,
            citation: None,
        })
    }

    fn in_force(
        &self,
        winner: Statement,
        losers: Vec<Statement>,
        file: Option<&ConfigFile>,
    ) -> InForce {
        let mut witnesses = vec![self.process.citation.clone()];
        witnesses.extend(file.map(|file| file.citation.clone()));
        let vendor = !self.line.unknown.is_empty();
        InForce {
            winner,
            losers,
            witnesses,
            notes: vendor.then_some(Code::UnknownFlag).into_iter().collect(),
            doubt: self.seen.doubt.clone(),
        }
    }
}

impl Instance for KubeProxy {
    fn process(&self) -> &Process {
        &self.process
    }

    fn rests_on_version(&self, _: &Setting) -> bool {
        false
    }

    fn config_text(&self) -> ConfigText<'_> {
        match &self.file {
            None => ConfigText::None,
            Some(Ok(file)) => ConfigText::Document(&file.document),
            Some(Err(doubt)) => ConfigText::of_doubt(doubt),
        }
    }

    fn folder_of<'s>(&self, _: &'s Statement) -> Result<Option<&'s str>, Doubt> {
        Ok(None)
    }

    fn planned_otherwise(&self, _: &Setting) -> Option<Vec<Citation>> {
        None
    }

    fn heard(&self, setting: &Setting) -> Vec<Heard> {
        self.told(setting)
    }

    fn merging(&self) -> Option<&'static str> {
        None
    }

    fn setting(&self, setting: &Setting) -> Result<InForce, Doubt> {
        let line = &self.process.citation;
        let doubt = |code, why: &str| Doubt::new(code, why.to_owned(), vec![line.clone()]);
        if let Some(doubt) = self.line.masked_flags(line) {
            return Err(doubt);
        }
        if let Some(why) = self.line.malformed.first() {
            let why = format!("with this argument line kube-proxy does not start: {why}");
            return Err(would_not_start(why, line));
        }
        if self.process.cut {
            let why = format!(
                "{}, so --config, which wins over flags, may stand in the part that is missing",
                self.process.cut_off()
            );
            return Err(doubt(Code::ArgumentsCutOff, &why));
        }
        let given = match self.line.given(setting) {
            Given::Value(value) => Some(Statement {
                source: self.seen.source,
                value,
                place: self.seen.place.clone(),
                citation: Some(line.clone()),
            }),
            Given::Masked if self.file.is_none() || setting.path == HOSTNAME => {
                return Err(self.line.masked(setting, line));
            }
            _ => None,
        };
        let Some(file) = &self.file else {
            if setting.path == METRICS && self.line.last("metrics-port").is_some() {
                return Err(doubt(
                    Code::DefaultUnknown,
                    "--metrics-port is given, and no source says how it and the address combine",
                ));
            }
            let winner = match given {
                Some(given) => given,
                None => self.default(setting, None)?,
            };
            return Ok(self.in_force(winner, Vec::new(), None));
        };
        let flag_wins = setting.path == HOSTNAME;
        if let (true, Some(given)) = (flag_wins, &given) {
            let (file, refused) = match file {
                Ok(file) => (Some(file), false),
                Err(doubt) => (None, doubt.code != Code::FileNotCollected),
            };
            let mut in_force = self.in_force(given.clone(), Vec::new(), file);
            in_force
                .notes
                .extend(refused.then_some(Code::NextStartFails));
            return Ok(in_force);
        }
        let file = file.as_ref().map_err(Clone::clone)?;
        let winner = match last(file, setting) {
            Err(why) => {
                let why = format!("kube-proxy refuses {}: {why}", file.path);
                return Err(would_not_start(why, &file.citation));
            }
            Ok(Some(said)) if said.redacted => {
                let citation = file.cite(&said);
                let mask = file.mask(&said).unwrap_or_default();
                let place = citation.spoken();
                let why = format!("{} is masked as {mask} in {place}", setting.path);
                return Err(Doubt::new(Code::ValueRedacted, why, vec![citation]));
            }
            Ok(Some(Said {
                value: Some(value), ..
            })) if value.is_zero() => self.default(setting, Some(file))?,
            Ok(Some(said)) => match &said.value {
                None => self.default(setting, Some(file))?,
                Some(value) => Statement {
                    source: Source::ConfigFile,
                    value: value.clone(),
                    place: file.path.clone(),
                    citation: Some(file.cite(&said)),
                },
            },
            Ok(None) => self.default(setting, Some(file))?,
        };
        Ok(self.in_force(winner, given.into_iter().collect(), Some(file)))
    }
}

fn last(file: &ConfigFile, setting: &Setting) -> Result<Option<Said>, String> {
    Ok(file.said(setting, false)?.pop())
}

fn would_not_start(why: String, citation: &Citation) -> Doubt {
    Doubt::new(Code::WouldNotStart, why, vec![citation.clone()])
}

/// Why kube-proxy would not start with a file, if it would not.
fn refused(file: &ConfigFile) -> Option<String> {
    let is = |key: &str, wanted: &str| match file.document.root.get(key).map(|e| &e.node.value) {
        Some(Value::String(text)) if text == wanted => None,
        _ => Some(format!("its {key} is not {wanted}")),
    };
    is("kind", "KubeProxyConfiguration")
        .or_else(|| is("apiVersion", "kubeproxy.config.k8s.io/v1alpha1"))
        .or_else(|| {
            SETTINGS
                .iter()
                .find_map(|setting| last(file, setting).err())
        })
}
