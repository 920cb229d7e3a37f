//! One kubelet process → its settings as written down: last argument > drop-ins > `--config`
//! file > default of the version and start-up mode.

use super::process::KubeletProcess;
use crate::problem::Code;
use crate::settings::argument::ArgumentValue;
use crate::settings::gates::{self, GATES, group_unknown};
use crate::settings::kubelet::{Setting, SettingForm};
use crate::settings::merged::{Merged, ValueOrigin};
use crate::settings::named::Config;
use crate::settings::value::{SettingValue, ValueKind};
use crate::settings::{Doubt, InForce, SettingSource, Statement};

impl KubeletProcess {
    fn decided_by_argument(
        &self,
        setting: &Setting,
        mut value: SettingValue,
        below: Result<Merged, Doubt>,
    ) -> InForce {
        let line = &self.process.citation;
        let mut notes = self.line_notes();
        if setting.flag_deprecated() {
            notes.push(Code::FlagDeprecated);
        }
        let fails = |doubt: &Doubt| {
            doubt.code != Code::FileNotCollected
                && doubt.code != Code::VersionUnknown
                && doubt.code != Code::ValueRedacted
                && doubt.code != Code::DefaultUnknown
                && doubt.code != Code::DynamicConfig
        };
        let refused = below.as_ref().is_err_and(fails)
            || (setting.form == SettingForm::FlagOnly && self.refused_files());
        if refused || self.refusal().is_some() {
            notes.push(Code::NextStartFails);
        }
        // Gates that no argument names stay as the files have them.
        if let (SettingValue::Map(gates), ValueKind::Gates, Ok(merged)) =
            (&mut value, setting.kind, &below)
            && let SettingValue::Map(kept) = &merged.value
        {
            for (gate, on) in kept {
                gates.entry(gate.clone()).or_insert_with(|| on.clone());
            }
        }
        let losers = match &below {
            Ok(merged) if merged.origin != ValueOrigin::Default => {
                vec![self.statement(setting, merged)]
            }
            _ => Vec::new(),
        };
        let all_gates = setting.kind == ValueKind::Gates;
        let (witnesses, unknown_rest) = match below {
            Err(doubt) => (doubt.citations.clone(), Some(doubt).filter(|_| all_gates)),
            Ok(_) => (Vec::new(), None),
        };
        // What is on by its flag stays on, whatever follows.
        let later_may_win = self.process.cut && setting.form != SettingForm::KeyOrFlag;
        let doubt = later_may_win.then(|| {
            Doubt::new(
                Code::ArgumentsCutOff,
                self.may_follow("a later ", setting),
                vec![line.clone()],
            )
        });
        InForce {
            winner: Statement {
                source: self.seen.source,
                value,
                place: self.seen.place.clone(),
                citation: Some(line.clone()),
            },
            losers,
            witnesses,
            notes,
            doubt: doubt.or_else(|| self.seen.doubt.clone()).or(unknown_rest),
        }
    }

    fn in_force(&self, setting: &Setting, merged: Merged) -> InForce {
        let mut witnesses = vec![self.process.citation.clone()];
        if setting.form == SettingForm::FlagOnly {
            return InForce {
                winner: self.statement(setting, &merged),
                losers: Vec::new(),
                witnesses,
                notes: self.line_notes(),
                doubt: None,
            };
        }
        if let Config::Decoded(file) = &self.named.config {
            witnesses.push(file.citation.clone());
        }
        let drop_ins = self.named.drop_ins.files();
        witnesses.extend(drop_ins.iter().map(|file| file.citation.clone()));
        witnesses.extend(self.named.folder.clone());
        InForce {
            winner: self.statement(setting, &merged),
            losers: Vec::new(),
            witnesses,
            notes: self.line_notes(),
            doubt: None,
        }
    }

    fn statement(&self, setting: &Setting, merged: &Merged) -> Statement {
        let (source, file) = match &merged.origin {
            ValueOrigin::ConfigFile => (
                SettingSource::ConfigFile,
                match &self.named.config {
                    Config::Decoded(file) => Some(file),
                    _ => None,
                },
            ),
            ValueOrigin::DropIn(index) => (
                SettingSource::DropIn,
                self.named.drop_ins.files().get(*index),
            ),
            ValueOrigin::Default => (SettingSource::Default, None),
        };
        let mut place = match source {
            SettingSource::Default => self.default_place(setting),
            _ => file.map(|file| file.path.clone()).unwrap_or_default(),
        };
        if let Some(group) = merged.group {
            place = format!("{place}, where {group} sets it");
        }
        Statement {
            source,
            value: merged.value.clone(),
            place,
            citation: merged.citation.clone(),
        }
    }

    /// What was silent, for the sentence that names a default.
    fn default_place(&self, setting: &Setting) -> String {
        let mut silent = Vec::new();
        if !setting.flag.is_empty() {
            silent.push(format!("no --{} among the arguments", setting.flag));
        }
        if setting.form == SettingForm::FlagOnly {
            return silent.join(", ");
        }
        match &self.named.config {
            Config::None => silent.push("no --config file".to_owned()),
            Config::Decoded(file) => silent.push(format!("no value in {}", file.path)),
            Config::Refused(..) | Config::Unusable(_) => {}
        }
        match self.named.drop_ins.files() {
            [] => {}
            files => silent.push(format!("none in {} drop-ins", files.len())),
        }
        silent.join(", ")
    }

    /// That a flag may stand where the line is cut.
    pub(super) fn may_follow(&self, which: &str, setting: &Setting) -> String {
        let (cut, flag) = (self.process.cut_off(), &setting.flag);
        format!("{cut}, so {which}--{flag} may stand in the part that is missing")
    }

    fn line_notes(&self) -> Vec<Code> {
        if self.line.unknown.is_empty() {
            Vec::new()
        } else {
            vec![Code::UnknownFlag]
        }
    }
}

impl KubeletProcess {
    /// What the arguments give, over what is below them.
    pub(super) fn over(
        &self,
        setting: &Setting,
        below: Result<Merged, Doubt>,
    ) -> Result<InForce, Doubt> {
        let line = &self.process.citation;
        let doubt = |code, why: String| Doubt::new(code, why, vec![line.clone()]);
        let given = self.line.value_of(setting);
        match given {
            ArgumentValue::Value(value) => {
                return Ok(self.decided_by_argument(setting, value, below));
            }
            ArgumentValue::Masked => return Err(self.line.masked(setting, line)),
            ArgumentValue::Covered(group, on) => {
                // A gate that a file names is not what nobody names.
                let all = Setting::named(GATES).map(|all| self.merged(all));
                let named = match all {
                    Some(Ok(Merged {
                        value: SettingValue::Map(gates),
                        ..
                    })) => gates.contains_key(gates::name(setting)),
                    Some(Err(doubt)) => return Err(doubt),
                    _ => false,
                };
                if !named {
                    let value = SettingValue::Bool(on);
                    let mut in_force = self.decided_by_argument(setting, value, below);
                    in_force.winner.place = format!("{}, where {group} sets it", self.seen.place);
                    return Ok(in_force);
                }
            }
            ArgumentValue::Nothing | ArgumentValue::Group(_) => {}
        }
        let on = matches!(&below, Ok(merged) if merged.value == SettingValue::Bool(true));
        if self.process.cut && !(on && setting.form == SettingForm::KeyOrFlag) {
            return Err(doubt(Code::ArgumentsCutOff, self.may_follow("", setting)));
        }
        let merged = below?;
        if let ArgumentValue::Group(gate) = given
            && merged.origin == ValueOrigin::Default
        {
            return Err(doubt(Code::DefaultUnknown, group_unknown(setting, gate)));
        }
        let mut in_force = self.in_force(setting, merged);
        if setting.form == SettingForm::FlagOnly {
            in_force.doubt.clone_from(&self.seen.doubt);
            if self.refused_files() || self.refusal().is_some() {
                in_force.notes.push(Code::NextStartFails);
            }
            return Ok(in_force);
        }
        in_force.doubt = self.seen.doubt.clone();
        in_force.doubt = in_force.doubt.or_else(|| self.named.changed.clone());
        if let Some(refusal) = self.refusal() {
            return Err(refusal.doubt("a kubelet", line));
        }
        Ok(in_force)
    }
}
