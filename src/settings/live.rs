//! configz → what is live. A key missing there is the zero value where the kubelet omits zeros,
//! and otherwise a sign that the reply is not whole.

use super::config_file::REDACTED;
use super::kubelet::Setting;
use super::value::SettingValue;
use super::{Doubt, Source, Statement};
use crate::evidence::citation::Citation;
use crate::evidence::document::{Document, Value};
use crate::evidence::{Configz, epoch_seconds, json};
use crate::fleet::lend::Loan;
use crate::limits::Limits;
use crate::problem::Code;

/// What configz says, owned: a cluster bundle's outlives the bundle.
#[derive(Clone, Debug)]
pub struct Live {
    /// The reply, or why it cannot be read.
    pub reply: Result<Document, String>,
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
    /// What a cluster bundle lends; `bundle` names it where the row is of another one.
    #[must_use]
    pub fn of(loan: &Loan, bundle: Option<&str>, limits: &Limits) -> Self {
        Self {
            reply: loan.reply.clone().and_then(|text| {
                json::parse(text.as_bytes(), limits).map_err(|e| format!("is not JSON: {}", e.what))
            }),
            citation: Citation {
                bundle: bundle.map(str::to_owned),
                ..loan.citation.clone()
            },
            taken_at: loan.taken_at.as_deref().and_then(epoch_seconds),
        }
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
        let document = self.reply.as_ref().map_err(|why| {
            doubt(
                Code::ConfigzUnreadable,
                format!("{} {why}", self.citation.member),
            )
        })?;
        let mut keys = vec!["kubeletconfig"];
        keys.extend(setting.segments());
        let citation = self.citation.pointer(&keys);
        let statement = |value| Statement {
            source: Source::Configz,
            value,
            place: "configz".to_owned(),
            citation: Some(citation.clone()),
        };
        let Some(root) = document.root.get("kubeletconfig") else {
            return Err(doubt(
                Code::ConfigzUnreadable,
                format!("{} holds no kubeletconfig", self.citation.member),
            ));
        };
        let Some(entry) = root.node.at(&setting.path) else {
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
        if matches!(&entry.node.value, Value::String(text) if text.contains(REDACTED)) {
            return Err(doubt(
                Code::ValueRedacted,
                format!("{} is masked in configz", setting.path),
            ));
        }
        match SettingValue::from_node(setting.kind, &entry.node) {
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
