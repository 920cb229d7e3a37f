//! Settings → arguments that were not typed.

use std::path::PathBuf;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::SettingsFile;
use crate::cli::args::{AnalyzeArgs, ExplainArgs, JudgingArgs};
use crate::cli::outputs::Typed;
use crate::matrix::report::Settings;

/// A file of settings on its way into the arguments.
struct Applied<'f> {
    file: &'f SettingsFile,
    typed: &'f ArgMatches,
    /// The keys that took effect.
    used: Vec<String>,
}

impl Applied<'_> {
    fn is_typed(&self, argument: &str) -> bool {
        self.typed.value_source(argument) == Some(ValueSource::CommandLine)
    }

    /// Takes a value, unless its option is typed; the two are called differently where clap's name
    /// is that of the field.
    fn set<T>(&mut self, key: &str, argument: &str, value: Option<T>, slot: &mut T) {
        if let Some(value) = value.filter(|_| !self.is_typed(argument)) {
            *slot = value;
            self.used.push(key.to_owned());
        }
    }

    fn judging(&mut self, args: &mut JudgingArgs) {
        let keys = &self.file.keys;
        let catalogs = self.file.paths(keys.catalog.as_deref());
        let signers = keys.allowed_signers.as_ref();
        let signers = signers.map(|path| Some(self.file.path(path)));
        let read_as = keys.read_as.clone().map(Some);
        self.set("catalog", "dirs", catalogs, &mut args.catalogs.dirs);
        self.set("read-as", "read_as", read_as, &mut args.read_as);
        let trust = &mut args.trust;
        self.set(
            "allowed-signers",
            "allowed_signers",
            signers,
            &mut trust.allowed_signers,
        );
        let required = keys.require_signature;
        self.set(
            "require-signature",
            "require_signature",
            required,
            &mut trust.require_signature,
        );
        self.set("verify", "verify", keys.verify, &mut args.verify);
        let limits = keys.limit.iter().flatten();
        let own = limits.map(|(name, number)| (name, format!("{name}={number}")));
        let typed = &mut args.caps.limit;
        let is_typed = |name: &String| {
            let mut names = typed.iter().filter_map(|one| one.split('=').next());
            names.any(|one| one == name)
        };
        let own = own.filter(|(name, _)| !is_typed(name));
        let own: Vec<String> = own.map(|(_, assignment)| assignment).collect();
        if !own.is_empty() {
            typed.extend(own);
            self.used.push("limit".to_owned());
        }
    }
}

impl SettingsFile {
    /// Gives an analysis what was not typed, and tells what it was.
    pub fn complete_analysis(&self, args: &mut AnalyzeArgs, typed: &ArgMatches) -> Settings {
        let keys = &self.keys;
        let path = |path: &PathBuf| Some(self.path(path));
        let mut applied = Applied {
            file: self,
            typed,
            used: Vec::new(),
        };
        // A typed list says what is judged.
        let paths = self.paths(keys.paths.as_deref());
        let paths = paths.filter(|_| args.list.is_none());
        applied.set("paths", "paths", paths, &mut args.paths);
        applied.set(
            "benchmark",
            "benchmark",
            keys.benchmark.clone(),
            &mut args.benchmark,
        );
        applied.set(
            "control",
            "control",
            keys.control.clone(),
            &mut args.control,
        );
        applied.set("roles", "roles", keys.roles, &mut args.roles);
        applied.set(
            "expect",
            "expect",
            keys.expect.as_ref().map(path),
            &mut args.expect,
        );
        applied.set(
            "max-age",
            "max_age",
            keys.max_age.map(Some),
            &mut args.max_age,
        );
        applied.set(
            "waivers",
            "waivers",
            keys.waivers.as_ref().map(path),
            &mut args.waivers,
        );
        applied.set("fail-on", "fail_on", keys.fail_on, &mut args.fail_on);
        applied.judging(&mut args.judging);
        let outputs = keys.output.as_ref().filter(|_| !applied.is_typed("format"));
        let outputs = outputs.map(|all| {
            let all = all.iter();
            Typed::named(all.map(|one| (self.path(&one.path), one.format.clone())))
        });
        applied.set("output", "output", outputs, &mut args.outputs.typed);
        Settings {
            sha256: self.sha256.clone(),
            used: applied.used,
        }
    }

    /// The same of what an explanation takes.
    pub fn complete_explanation(&self, args: &mut ExplainArgs, typed: &ArgMatches) {
        let mut applied = Applied {
            file: self,
            typed,
            used: Vec::new(),
        };
        let named = self.paths(self.keys.paths.as_deref());
        applied.set("paths", "paths", named, &mut args.paths);
        let benchmark = self.keys.benchmark.clone();
        applied.set("benchmark", "benchmark", benchmark, &mut args.benchmark);
        applied.judging(&mut args.judging);
    }
}
