//! configz → what is live. A key missing there is the zero value where the kubelet omits zeros,
//! and otherwise a sign that the reply is not whole.

use super::config_file::REDACTED;
use super::kubelet::Setting;
use super::value::SettingValue;
use super::{Doubt, Source, Statement};
use crate::evidence::citation::Citation;
use crate::evidence::document::Document;
use crate::evidence::{Configz, NoReply, epoch_seconds, json};
use crate::fleet::lend::Loan;
use crate::limits::Limits;
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
                    .map_err(|e| NoReply::Unreadable(format!("is not JSON: {}", e.what)))
            }),
            citation: Citation {
                bundle: bundle.map(str::to_owned),
                ..lent.citation.clone()
            },
            taken_at: lent.taken_at.as_deref().and_then(epoch_seconds),
        })
    }

    /// The live value of a setting.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub fn setting(&self, setting: &Setting) -> Result<Statement, Doubt> {
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
            if setting.omitted_when_zero {
                return Ok(statement(SettingValue::zero(setting.kind)));
            }
            return Err(doubt(
                Code::ConfigzIncomplete,
                format!(
                    "configz does not show {}, which a kubelet always shows: the reply is not whole",
                    setting.path
                ),
            ));
        };
        if node.holds_text(REDACTED) {
            return Err(doubt(
                Code::ValueRedacted,
                format!("{} is masked in configz", setting.path),
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
            Ok(Some(value)) => Ok(statement(value)),
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
