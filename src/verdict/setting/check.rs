//! What a setting rule asks of a node.

use crate::evidence::citation::Citation;
use crate::node::version::Minor;
use crate::problem::Code;
use crate::rules::setting::{Expect, SettingRule};
use crate::settings::kubelet::Setting;
use crate::settings::{Doubt, SettingSource, Statement};
use crate::verdict::subject::Subject;

/// The live value, where there is one.
pub(super) type Live = Option<Result<Statement, Doubt>>;

/// A rule and the setting it asks about.
#[derive(Clone, Copy)]
pub(super) struct SettingCheck<'r> {
    pub(super) rule: &'r SettingRule,
    pub(super) setting: &'static Setting,
    /// The kubelet's.
    pub(super) version: Option<Minor>,
}

impl SettingCheck<'_> {
    /// Whether what a source says is as wanted. Of a value that nobody must set, a default is none.
    pub(super) fn holds(&self, statement: &Statement) -> bool {
        let is_default = statement.source == SettingSource::Default;
        match self.rule.expect {
            Expect::NotSet if is_default => true,
            Expect::Set if is_default => false,
            _ => self.rule.holds(&statement.value),
        }
    }

    pub(super) fn expected(&self) -> String {
        self.rule.expected()
    }
}

/// Where the version stands, if the live value rests on it.
pub(super) fn of_live(check: &SettingCheck<'_>, subject: &Subject<'_>) -> Option<Citation> {
    let (_, citation) = subject.version.as_ref()?;
    let alone = subject.live.as_ref()?.setting(check.setting, None);
    let unknown = |value: Result<Statement, Doubt>| {
        value.is_err_and(|doubt| doubt.code == Code::VersionUnknown)
    };
    alone.is_none_or(unknown).then(|| citation.clone())
}
