//! configz → what is live. A key missing there is the zero value where the kubelet omits zeros,
//! and otherwise a sign that the reply is not whole.

use super::disk::{Disk, group_unknown};
use super::gates::{self, Covered, GATES};
use super::kubelet::{Default, Form, Mode, SETTINGS, Setting};
use super::value::SettingValue;
use super::{Doubt, Source, Statement};
use crate::evidence::citation::Citation;
use crate::evidence::document::Document;
use crate::evidence::{Configz, NoReply, Refusal, epoch_seconds, json};
use crate::fleet::lend::Loan;
use crate::limits::Limits;
use crate::node::version::Minor;
use crate::problem::Code;

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
    /// configz does not speak of it: a flag alone, or off where a flag may turn it on.
    #[must_use]
    pub fn setting(
        &self,
        setting: &Setting,
        version: Option<Minor>,
    ) -> Option<Result<Statement, Doubt>> {
        match setting.form {
            Form::FlagOnly => None,
            Form::Gate => Some(self.gate(setting, version)),
            Form::Key => Some(self.key(setting)),
            Form::KeyOrFlag => Some(self.key(setting)).filter(|shown| !is_off(shown)),
        }
    }

    /// The live value of a setting of this one process: with its arguments, where configz never
    /// shows them.
    #[must_use]
    pub fn of_process(&self, setting: &Setting, disk: &Disk) -> Option<Result<Statement, Doubt>> {
        if setting.form != Form::KeyOrFlag {
            return self.setting(setting, disk.version);
        }
        let shown = self.key(setting);
        if !is_off(&shown) {
            return Some(shown);
        }
        Some(match disk.turned_on(setting) {
            Ok(None) => shown,
            Ok(Some(on)) => Ok(on),
            Err(doubt) => Err(doubt),
        })
    }

    /// One gate: configz shows those that somebody set, so one that is missing has its default.
    fn gate(&self, setting: &Setting, version: Option<Minor>) -> Result<Statement, Doubt> {
        if let Some(shown) = self.find(setting)? {
            return Ok(shown);
        }
        let doubt = |code, why| Err(Doubt::new(code, why, vec![self.citation.clone()]));
        let config = self.reply.as_ref().ok();
        let config = config.and_then(|document| document.root.get("kubeletconfig"));
        let whole = |key: &Setting| {
            let found = config.and_then(|config| config.node.toward(&key.path));
            key.always_in_configz && found.is_some()
        };
        if !SETTINGS.iter().any(whole) {
            return doubt(
                Code::ConfigzIncomplete,
                "configz shows nothing of what a kubelet always shows: the reply is not whole"
                    .to_owned(),
            );
        }
        let gates = Setting::named(GATES).and_then(|all| self.find(all).transpose());
        if let Some(Ok(Statement {
            value: SettingValue::Map(gates),
            ..
        })) = &gates
        {
            match gates::covered(gates::name(setting), gates, version) {
                Covered::No => {}
                Covered::By(group, on) => {
                    return Ok(Statement {
                        source: Source::Configz,
                        value: SettingValue::Bool(on),
                        place: format!("configz, where {group} sets it"),
                        citation: Some(self.citation.pointer(&["kubeletconfig", GATES, group])),
                    });
                }
                Covered::Unsure(group) => {
                    return doubt(Code::DefaultUnknown, group_unknown(setting, group));
                }
            }
        }
        match setting.default(Mode::WithConfig, version) {
            Default::Value(value) => Ok(Statement {
                source: Source::Configz,
                value,
                place: "configz, which names no such gate, so that its default applies".to_owned(),
                citation: Some(self.citation.pointer(&["kubeletconfig"])),
            }),
            Default::VersionUnknown => doubt(
                Code::VersionUnknown,
                format!(
                    "configz does not name {}, and its default depends on the version, which is not known",
                    setting.path
                ),
            ),
            Default::Unknown => doubt(
                Code::DefaultUnknown,
                format!(
                    "configz does not name {}, and no source says what its default is",
                    setting.path
                ),
            ),
        }
    }

    fn key(&self, setting: &Setting) -> Result<Statement, Doubt> {
        if let Some(shown) = self.find(setting)? {
            return Ok(shown);
        }
        if setting.omitted_when_zero || self.asks_for_certificate(setting) {
            let mut keys = vec!["kubeletconfig"];
            keys.extend(setting.segments());
            return Ok(Statement {
                source: Source::Configz,
                value: SettingValue::zero(setting.kind),
                place: "configz".to_owned(),
                citation: Some(self.citation.pointer(&keys)),
            });
        }
        Err(Doubt::new(
            Code::ConfigzIncomplete,
            format!(
                "configz does not show {}, which a kubelet always shows: the reply is not whole",
                setting.path
            ),
            vec![self.citation.clone()],
        ))
    }

    /// A kubelet that asks the cluster for its serving certificate shows no file of one, unless
    /// somebody set it.
    fn asks_for_certificate(&self, setting: &Setting) -> bool {
        let own_file = matches!(setting.path.as_str(), "tlsCertFile" | "tlsPrivateKeyFile");
        let asks = || Setting::named("serverTLSBootstrap").map(|asks| self.find(asks));
        own_file && matches!(asks(), Some(Ok(Some(on))) if on.value == SettingValue::Bool(true))
    }

    /// What configz shows under the setting's path; `None` where it lacks a key on the way.
    fn find(&self, setting: &Setting) -> Result<Option<Statement>, Doubt> {
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
        let mut keys = vec!["kubeletconfig"];
        keys.extend(setting.segments());
        let citation = self.citation.pointer(&keys);
        let statement = |value| Statement {
            source: Source::Configz,
            value,
            place: "configz".to_owned(),
            citation: Some(citation.clone()),
        };
        let none = || unreadable("holds no kubeletconfig");
        let config = &document.root.get("kubeletconfig").ok_or_else(none)?.node;
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

fn is_off(shown: &Result<Statement, Doubt>) -> bool {
    matches!(shown, Ok(statement) if statement.value == SettingValue::Bool(false))
}
