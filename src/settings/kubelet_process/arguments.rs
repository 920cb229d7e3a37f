//! Arguments that parse → why a kubelet refuses one of them all the same.
//!
//! Source: facts on the real code's start steps (validation of flags, gates).

use super::labels;
use crate::evidence::process::Process;
use crate::node::version::Minor;
use crate::settings::argument::ArgumentValue;
use crate::settings::gates::{self, Gates};
use crate::settings::keys::KEYS;
use crate::settings::kubelet::{SETTINGS, Setting};
use crate::settings::pflag::CommandLine;
use crate::settings::value::SettingValue;

/// Why a kubelet refuses single arguments that parse.
pub(super) fn refused(line: &CommandLine, process: &Process) -> Vec<String> {
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
        on && !process.cut && lacks_seccomp_gate(gates, line.version)
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
pub(super) fn is_fork(process: &Process) -> bool {
    let signs = ["openshift", "kubenswrapper"];
    let has_sign = |word: &String| signs.iter().any(|sign| word.contains(sign));
    process.words.iter().any(has_sign)
}

/// Whether the gate of seccompDefault is off. Up to 1.24 it is, unless somebody turns it on.
pub(super) fn lacks_seccomp_gate(gates: &Gates, version: Option<Minor>) -> bool {
    let version = version.map(|version| version.max(Minor(1, 24)));
    version.is_some() && gates::is_on("SeccompDefault", gates, version) == Some(false)
}
