//! An argument line → what it says of one setting.

use super::Doubt;
use super::gates::{Covered, Gates, covered, name};
use super::kubelet::{Setting, SettingForm};
use super::pflag::CommandLine;
use super::value::SettingValue;
use crate::evidence::citation::Citation;
use crate::evidence::masks::mask_in;
use crate::problem::Code;

/// What the arguments say of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum ArgumentValue {
    /// Nothing.
    Nothing,
    /// This value.
    Value(SettingValue),
    /// A value that is masked, or a variable.
    Masked,
    /// Nothing of this gate; a gate that sets all of its stage gives it this value.
    Covered(&'static str, bool),
    /// Nothing of this gate, but something of a group of gates that may cover it.
    Group(&'static str),
}

impl CommandLine {
    /// What the arguments say of a setting. Of scalars the last one counts; lists and maps add up;
    /// of a flag that only turns on, off says nothing.
    #[must_use]
    pub fn value_of(&self, setting: &Setting) -> ArgumentValue {
        if self.mask.is_some() {
            return ArgumentValue::Masked;
        }
        match setting.form {
            SettingForm::Gate => self.gate(setting),
            SettingForm::KeyOrFlag => match self.whole(setting) {
                ArgumentValue::Value(SettingValue::Bool(false)) => ArgumentValue::Nothing,
                given => given,
            },
            SettingForm::Key | SettingForm::FlagOnly => self.whole(setting),
        }
    }

    /// Why nothing of the line is known for certain: a mask stands where flags would.
    pub(super) fn masked_flags(&self, line: &Citation) -> Option<Doubt> {
        let mask = self.mask.as_deref()?;
        let why = format!("arguments are masked as {mask}, and any of them may set it");
        Some(Doubt::new(Code::ValueRedacted, why, vec![line.clone()]))
    }

    /// Why the value of a [`ArgumentValue::Masked`] setting is not known.
    pub(super) fn masked(&self, setting: &Setting, line: &Citation) -> Doubt {
        if let Some(doubt) = self.masked_flags(line) {
            return doubt;
        }
        let flag = &setting.flag;
        let (code, why) = if let Some(mask) = self.all(flag).find_map(|a| mask_in(&a.text)) {
            (
                Code::ValueRedacted,
                format!("the value of --{flag} is masked as {mask}"),
            )
        } else {
            (
                Code::ArgumentsCutOff,
                format!("--{flag} has a variable, and nothing says what it held"),
            )
        };
        Doubt::new(code, why, vec![line.clone()])
    }

    fn whole(&self, setting: &Setting) -> ArgumentValue {
        let Some(last) = self.last(&setting.flag) else {
            return ArgumentValue::Nothing;
        };
        let mut value = SettingValue::zero(setting.kind);
        for argument in self.all(&setting.flag) {
            match (&mut value, &argument.value) {
                (SettingValue::List(all), SettingValue::List(more)) => {
                    all.extend(more.iter().cloned());
                }
                (SettingValue::Map(all), SettingValue::Map(more)) => {
                    all.extend(more.iter().map(|(k, v)| (k.clone(), v.clone())));
                }
                // A part that is masked masks the sum.
                (SettingValue::List(_) | SettingValue::Map(_), _) => return ArgumentValue::Masked,
                _ => value = argument.value.clone(),
            }
        }
        if self.hides(&last.text) {
            return ArgumentValue::Masked;
        }
        ArgumentValue::Value(value)
    }

    fn gate(&self, setting: &Setting) -> ArgumentValue {
        let mut groups = Gates::new();
        for argument in self.all(&setting.flag).rev() {
            match &argument.value {
                SettingValue::Map(gates) => {
                    if let Some(on) = gates.get(name(setting)) {
                        return ArgumentValue::Value(SettingValue::Bool(on == "true"));
                    }
                    for (gate, on) in gates {
                        groups.entry(gate.clone()).or_insert_with(|| on.clone());
                    }
                }
                _ => return ArgumentValue::Masked,
            }
        }
        match covered(name(setting), &groups, self.version) {
            Covered::No => ArgumentValue::Nothing,
            Covered::By(group, on) => ArgumentValue::Covered(group, on),
            Covered::Unsure(group) => ArgumentValue::Group(group),
        }
    }
}
