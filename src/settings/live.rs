//! configz → what is live. A key missing there is the zero value where the kubelet omits zeros,
//! says nothing where the kubelet's version has no such key, and is otherwise a sign that the reply
//! is not whole.

use super::flag_table::KUBELET_FLAGS;
use super::gates::{self, Covered, GATES, group_unknown};
use super::kubelet::{DefaultValue, SETTINGS, Setting, SettingForm, StartMode};
use super::kubelet_process::KubeletProcess;
use super::value::SettingValue;
use super::{Doubt, SettingSource, Statement};
use crate::evidence::citation::Citation;
use crate::evidence::configz::{BARE, CONFIGZ_KEYS, kubelet_part};
use crate::evidence::document::{Document, Node};
use crate::evidence::{Configz, NoReply, Refusal, epoch_seconds, json};
use crate::fleet::lend::Loan;
use crate::limits::Limits;
use crate::node::version::Minor;
use crate::problem::Code;

/// Up to 1.9 the configuration was an alpha one, which shows zeros too.
const OMITS_ZEROS: Minor = Minor(1, 10);

/// The last version whose reply calls the configuration `componentconfig`.
const LAST_COMPONENT_CONFIG: Minor = Minor(1, 7);

/// Keys that a whole reply always shows, and that tell from which version on it may be.
fn telling() -> impl Iterator<Item = (&'static Setting, Minor)> {
    let always = SETTINGS.iter().filter(|setting| setting.always_in_configz);
    always.filter_map(|setting| Some((setting, setting.first_version()?)))
}

/// The paths of the keys that tell of which version a reply may be.
pub fn telling_keys() -> impl Iterator<Item = &'static str> {
    telling().map(|(setting, _)| setting.path.as_str())
}

/// What configz says, owned: a cluster bundle's outlives the bundle.
#[derive(Clone, Debug)]
pub struct Live {
    /// The reply, or why there is none to go by.
    pub reply: Result<Document, NoReply>,
    /// Where it stands.
    pub citation: Citation,
    /// When it was taken, in seconds since 1970.
    pub taken_at: Option<i64>,
}

impl From<Configz> for Live {
    fn from(configz: Configz) -> Self {
        Self {
            reply: configz.reply,
            citation: configz.citation,
            taken_at: configz.taken_at.as_deref().and_then(epoch_seconds),
        }
    }
}

impl Live {
    /// What a cluster bundle lends; `bundle` names it where the row is of another one. `None` where
    /// it has no reply of the node.
    #[must_use]
    pub fn of(loan: &Loan, bundle: Option<&str>, limits: &Limits) -> Option<Self> {
        let lent = loan.configz.as_ref()?;
        Some(Self {
            reply: lent.reply.clone().and_then(|text| {
                json::parse(text.as_bytes(), limits)
                    .map_err(|e| NoReply::Unreadable(e.phrase("is not JSON")))
            }),
            citation: Citation {
                bundle: bundle.map(str::to_owned),
                ..lent.citation.clone()
            },
            taken_at: lent.taken_at.as_deref().and_then(epoch_seconds),
        })
    }

    /// Why it was not handed out, if it was not: it says nothing then.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.reply {
            Err(NoReply::Refused(refusal)) => Some(refusal),
            _ => None,
        }
    }

    /// The live value of a setting, for what is known of the node but its processes; `None` where
    /// configz does not speak of it: a flag alone, off where a flag may turn it on, or a key that
    /// the version does not have.
    #[must_use]
    pub fn setting(
        &self,
        setting: &Setting,
        version: Option<Minor>,
    ) -> Option<Result<Statement, Doubt>> {
        match setting.form {
            SettingForm::FlagOnly => None,
            SettingForm::Gate => Some(self.gate(setting, version)),
            SettingForm::Key => self.key(setting, version),
            SettingForm::KeyOrFlag => self.key(setting, version).filter(|shown| !is_off(shown)),
        }
    }

    /// The live value of a setting of this one process: with its arguments, where configz never
    /// shows them.
    #[must_use]
    pub fn of_process(
        &self,
        setting: &Setting,
        kubelet: &KubeletProcess,
    ) -> Option<Result<Statement, Doubt>> {
        if setting.form != SettingForm::KeyOrFlag {
            return self.setting(setting, kubelet.version);
        }
        let shown = self.key(setting, kubelet.version)?;
        if !is_off(&shown) {
            return Some(shown);
        }
        Some(match kubelet.turned_on(setting) {
            Ok(None) => shown,
            Ok(Some(on)) => Ok(on),
            Err(doubt) => Err(doubt),
        })
    }

    /// One gate: configz shows those that somebody set, so one that is missing has its default.
    fn gate(&self, setting: &Setting, version: Option<Minor>) -> Result<Statement, Doubt> {
        if let Some(shown) = self.find(setting, version)? {
            return Ok(shown);
        }
        let doubt = |code, why| Err(Doubt::new(code, why, vec![self.citation.clone()]));
        let whole = |key: &Setting| key.always_in_configz && self.shows(key);
        if !SETTINGS.iter().any(whole) {
            return doubt(
                Code::ConfigzIncomplete,
                "configz shows nothing of what a kubelet always shows: the reply is not whole"
                    .to_owned(),
            );
        }
        let gates = Setting::named(GATES).and_then(|all| self.find(all, version).transpose());
        if let Some(Ok(Statement {
            value: SettingValue::Map(gates),
            ..
        })) = &gates
        {
            match gates::covered(gates::name(setting), gates, version) {
                Covered::No => {}
                Covered::By(group, on) => {
                    return Ok(Statement {
                        source: SettingSource::Configz,
                        value: SettingValue::Bool(on),
                        place: format!("configz, where {group} sets it"),
                        citation: Some(self.cite(&[GATES, group])),
                    });
                }
                Covered::Unsure(group) => {
                    return doubt(Code::DefaultUnknown, group_unknown(setting, group));
                }
            }
        }
        match setting.default(StartMode::WithConfig, version) {
            DefaultValue::Value(value) => Ok(Statement {
                source: SettingSource::Configz,
                value,
                place: "configz, which names no such gate, so that its default applies".to_owned(),
                citation: Some(self.cite(&[])),
            }),
            DefaultValue::VersionUnknown => doubt(
                Code::VersionUnknown,
                format!(
                    "configz does not name {}, and its default depends on the version, which is not known",
                    setting.path
                ),
            ),
            DefaultValue::Unknown => doubt(
                Code::DefaultUnknown,
                format!(
                    "configz does not name {}, and no source says what its default is",
                    setting.path
                ),
            ),
        }
    }

    /// `None`: the reply lacks the key, as every reply of its version does.
    fn key(&self, setting: &Setting, version: Option<Minor>) -> Option<Result<Statement, Doubt>> {
        if let Some(shown) = self.find(setting, version).transpose() {
            return Some(shown);
        }
        let version = version.or_else(|| self.of_old_shape().then_some(LAST_COMPONENT_CONFIG));
        let lacks = !setting.is_key_of(version.or_else(|| self.least_version()));
        if lacks && !is_zero_before_its_key(setting) {
            return None;
        }
        let shows_zeros = version.is_some_and(|version| version < OMITS_ZEROS);
        let omits = lacks || setting.path == GATES || !shows_zeros;
        if (setting.omitted_when_zero && omits) || self.asks_for_certificate(setting) {
            let keys: Vec<&str> = setting.segments().collect();
            return Some(Ok(Statement {
                source: SettingSource::Configz,
                value: SettingValue::zero(setting.kind),
                place: "configz".to_owned(),
                citation: Some(self.cite(&keys)),
            }));
        }
        Some(Err(Doubt::new(
            Code::ConfigzIncomplete,
            format!(
                "configz does not show {}, which a kubelet always shows: the reply is not whole",
                setting.path
            ),
            vec![self.citation.clone()],
        )))
    }

    /// Why configz says nothing of a setting, where no reply of its version would.
    #[must_use]
    pub fn silence(&self, setting: &Setting, version: Option<Minor>) -> Option<Doubt> {
        let has_key = matches!(setting.form, SettingForm::Key | SettingForm::KeyOrFlag);
        if !has_key || self.key(setting, version).is_some() {
            return None;
        }
        let path = &setting.path;
        let (code, why) = match version {
            Some(version) => (
                Code::NoProcessEvidence,
                format!(
                    "configz of Kubernetes {version} has no {path}, and nothing on disk was collected"
                ),
            ),
            None => (
                Code::VersionUnknown,
                format!(
                    "configz does not show {path}, which not every version has, and the version is not known"
                ),
            ),
        };
        Some(Doubt::new(code, why, vec![self.citation.clone()]))
    }

    /// The key that holds the configuration.
    fn top(&self) -> &'static str {
        let part = |document: &Document| kubelet_part(&document.root).map(|(key, _)| key);
        let [usual, _] = CONFIGZ_KEYS;
        self.reply.as_ref().ok().and_then(part).unwrap_or(usual)
    }

    /// Where a key of the configuration stands.
    fn cite(&self, keys: &[&str]) -> Citation {
        let top = [self.top()].into_iter().filter(|top| *top != BARE);
        let all: Vec<&str> = top.chain(keys.iter().copied()).collect();
        match all.is_empty() {
            true => self.citation.clone(),
            false => self.citation.pointer(&all),
        }
    }

    fn of_old_shape(&self) -> bool {
        let [_, old] = CONFIGZ_KEYS;
        self.top() == old
    }

    fn config(&self) -> Option<&Node> {
        let (_, config) = kubelet_part(&self.reply.as_ref().ok()?.root)?;
        Some(config)
    }

    fn shows(&self, setting: &Setting) -> bool {
        let found = self
            .config()
            .and_then(|config| config.toward(&setting.path));
        found.is_some_and(|(depth, _)| depth == setting.segments().count())
    }

    /// The oldest version that shows what the reply shows: no younger key is missed in it.
    fn least_version(&self) -> Option<Minor> {
        let shown = telling().filter(|(setting, _)| self.shows(setting));
        shown.map(|(_, first)| first).max()
    }

    /// A kubelet that asks the cluster for its serving certificate shows no file of one, unless
    /// somebody set it.
    fn asks_for_certificate(&self, setting: &Setting) -> bool {
        let own_file = matches!(setting.path.as_str(), "tlsCertFile" | "tlsPrivateKeyFile");
        let asks = || Setting::named("serverTLSBootstrap").map(|asks| self.find(asks, None));
        own_file && matches!(asks(), Some(Ok(Some(on))) if on.value == SettingValue::Bool(true))
    }

    /// What configz shows under the setting's path; `None` where it lacks a key on the way.
    fn find(&self, setting: &Setting, version: Option<Minor>) -> Result<Option<Statement>, Doubt> {
        let doubt = |code, why: String| Doubt {
            unreadable: code == Code::ConfigzUnreadable,
            ..Doubt::new(code, why, vec![self.citation.clone()])
        };
        let unreadable = |why: &str| {
            doubt(
                Code::ConfigzUnreadable,
                format!("{} {why}", self.citation.member),
            )
        };
        let document = match &self.reply {
            Ok(document) => document,
            Err(NoReply::Unreadable(why)) => return Err(unreadable(why)),
            Err(NoReply::Refused(refusal)) => {
                return Err(doubt(
                    Code::ConfigzRefused,
                    format!("configz was refused ({})", refusal.what),
                ));
            }
            Err(NoReply::Ambiguous(why)) => {
                return Err(doubt(
                    Code::ConfigzAmbiguous,
                    format!("{} {why}", self.citation.member),
                ));
            }
        };
        let none = || unreadable("holds no kubeletconfig");
        let (top, config) = kubelet_part(&document.root).ok_or_else(none)?;
        let [_, old] = CONFIGZ_KEYS;
        if let Some(version) = version.filter(|v| top == old && *v > LAST_COMPONENT_CONFIG) {
            return Err(doubt(
                Code::ConfigzAmbiguous,
                format!(
                    "{} holds {old}, which no kubelet writes since Kubernetes 1.8, and the node's is of {version}",
                    self.citation.member
                ),
            ));
        }
        let keys: Vec<&str> = setting.segments().collect();
        let citation = self.cite(&keys);
        let statement = |value| Statement {
            source: SettingSource::Configz,
            value,
            place: "configz".to_owned(),
            citation: Some(citation.clone()),
        };
        let Some((depth, node)) = config.toward(&setting.path) else {
            return Ok(None);
        };
        if let Some(mask) = node.mask() {
            return Err(doubt(
                Code::ValueRedacted,
                format!("{} is masked as {mask} in configz", setting.path),
            ));
        }
        if depth == 0 {
            return Err(none());
        }
        if depth + 1 < keys.len() {
            return Err(doubt(
                Code::ConfigzIncomplete,
                format!(
                    "what should hold {} is a {} in configz, which no kubelet writes",
                    setting.path,
                    node.kind()
                ),
            ));
        }
        match SettingValue::from_node(setting.kind, node) {
            Ok(Some(value)) => match setting.refuses(&value) {
                None => Ok(Some(statement(value))),
                Some(why) => Err(doubt(
                    Code::ConfigzIncomplete,
                    format!("{why}: no kubelet shows that in configz"),
                )),
            },
            Ok(None) => Err(doubt(
                Code::ConfigzIncomplete,
                format!(
                    "{} is null in configz, which no kubelet writes",
                    setting.path
                ),
            )),
            Err(why) => Err(doubt(
                Code::ConfigzIncomplete,
                format!("{} {why} in configz, which no kubelet writes", setting.path),
            )),
        }
    }
}

/// Whether a version that lacks the key has no flag for it either: then it is zero there too.
fn is_zero_before_its_key(setting: &Setting) -> bool {
    let is_older = |first| KUBELET_FLAGS.is_older(&setting.flag, first);
    setting.omitted_when_zero && !setting.first_version().is_none_or(is_older)
}

fn is_off(shown: &Result<Statement, Doubt>) -> bool {
    matches!(shown, Ok(statement) if statement.value == SettingValue::Bool(false))
}
