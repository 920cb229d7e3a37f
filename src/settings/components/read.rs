//! A process and what it names → [`ComponentProcess`].

use std::collections::BTreeMap;

use super::super::gates::PREFIXED_GATES;
use super::super::named::NamedFileReader;
use super::super::pflag::{self, CommandLine};
use super::super::seen::ArgumentLine;
use super::super::value::SettingValue;
use super::super::{Doubt, SettingSource};
use super::about::Parser;
use super::environment::{Variables, variable};
use super::flag_file::FlagFile;
use super::instance::ComponentProcess;
use super::{Described, go_flag};
use crate::evidence::process::Process;
use crate::evidence::static_pod::Planned;
use crate::evidence::{Evidence, NodeFile};
use crate::node::version::Minor;
use crate::problem::Code;
use crate::settings::refusal::StartRefusal;

impl ComponentProcess {
    /// Reads a process and what it names; `None` where it is none of this component.
    #[must_use]
    pub fn of(
        described: &'static Described,
        process: &Process,
        evidence: &Evidence<'_>,
        version: Option<Minor>,
    ) -> Option<Self> {
        let (name, first) = process.component()?;
        if name != described.name() {
            return None;
        }
        let line = ArgumentLine::of_process();
        Some(Self::read(
            described, process, first, evidence, version, line, None,
        ))
    }

    /// Reads what a manifest plans; `None` where it plans none of this component.
    #[must_use]
    pub fn planned(
        described: &'static Described,
        planned: &Planned,
        evidence: &Evidence<'_>,
        version: Option<Minor>,
    ) -> Option<Self> {
        let process = &planned.process;
        let (name, first) = process.component()?;
        if name != described.name() {
            return None;
        }
        let variables = match &planned.variables {
            Some(all) => Variables::Shown(all.clone(), process.citation.clone()),
            None => Variables::NotCollected(process.citation.clone()),
        };
        let line = ArgumentLine::of_manifest(process);
        let variables = Some(variables);
        Some(Self::read(
            described, process, first, evidence, version, line, variables,
        ))
    }

    /// The same, with what is to start next.
    #[must_use]
    pub fn with_plan(self, plan: Option<Self>) -> Self {
        Self {
            plan: plan.map(Box::new),
            ..self
        }
    }

    /// `first` is the index of its first argument.
    pub(in crate::settings) fn read(
        described: &'static Described,
        process: &Process,
        first: usize,
        evidence: &Evidence<'_>,
        version: Option<Minor>,
        seen: ArgumentLine,
        planned: Option<Variables>,
    ) -> Self {
        let (words, kind) = (seen.words(process, first), seen.kind(process));
        let flags = &described.flags;
        let mut line = match described.about.parser {
            Parser::Pflag => pflag::parse(words, kind, process.cut, flags, version),
            Parser::GoFlag => go_flag::parse(words, kind, process.cut, flags),
        };
        with_newest_names(described, &mut line);
        for data in &described.about.flag_file {
            if data.program.is_some() && !data.is_of(&process.words) {
                line.forget(&data.flag);
            }
        }
        without_prefix(&mut line, version);
        line.other_version.retain(|flag| !seen.keeps(flag));
        let ends = line.prints_and_ends();
        line.malformed.extend(ends);
        let variables = described.about.environment.as_ref().map(|_| {
            if let Some(variables) = planned {
                return variables;
            }
            let pid = process
                .pid
                .filter(|_| seen.source == SettingSource::Argument);
            match pid.and_then(|pid| evidence.environment(pid)) {
                Some((all, citation)) => Variables::Shown(all, citation),
                None => Variables::NotCollected(process.citation.clone()),
            }
        });
        let reader = NamedFileReader {
            line: &line,
            process,
            evidence,
        };
        let decode = |path: &str| {
            let path = reader.absolute(path)?;
            reader.decode(&path)
        };
        let mut changed = BTreeMap::new();
        let mut config = None;
        if let Some(data) = &described.about.config {
            let by_flag = line.text(&data.flag).map(str::to_owned);
            let prefix = described.about.environment.as_deref().unwrap_or_default();
            let by_variable = || {
                let name = variable(prefix, &data.flag);
                variables.as_ref()?.text(&name).map(str::to_owned)
            };
            let path = by_flag.or_else(by_variable);
            config = path.map(|path| decode(&path));
            let reloads = described.about.reloads.contains_key(&data.flag);
            if let (Some(Ok(file)), false) = (&config, reloads) {
                let doubt = changed_after_start(&file.path, process, evidence, described.name());
                changed.extend(doubt.map(|doubt| (data.flag.as_str(), doubt)));
            }
        }
        let mut all = described.about.flag_file.iter();
        let data = all.find(|data| match data.program {
            Some(_) => data.is_of(&process.words),
            None => line.text(&data.flag).is_some(),
        });
        let flag_file = data.map(|data| {
            let file = match line.text(&data.flag) {
                Some(path) => decode(path),
                None => Err(nothing_named(process)),
            };
            if let Ok(file) = &file {
                let doubt = changed_after_start(&file.path, process, evidence, described.name());
                changed.extend(doubt.map(|doubt| (data.flag.as_str(), doubt)));
            }
            (data, file)
        });
        let own = line.arguments.len();
        let mut flag_file =
            flag_file.map(|(data, file)| FlagFile::read(data, &file?, &mut line, flags, version));
        with_newest_names(described, &mut line);
        if let Some(Ok(file)) = &mut flag_file {
            for (older, newest) in &described.about.aliases {
                let place = file.places.remove(older);
                file.places
                    .extend(place.map(|place| (newest.clone(), place)));
            }
        }
        let reader = NamedFileReader {
            line: &line,
            process,
            evidence,
        };
        let decode = |path: &str| {
            let path = reader.absolute(path)?;
            reader.decode(&path)
        };
        let mut files = BTreeMap::new();
        for flag in &described.about.files {
            let Some(path) = line.text(flag) else {
                continue;
            };
            let inline = flag_file.as_ref().and_then(|file| file.as_ref().ok());
            if let Some(own) = inline.and_then(|file| file.inline.get(flag.as_str())) {
                files.insert(flag.as_str(), Ok(own.clone()));
                continue;
            }
            let file = decode(path);
            let reloads = match described.about.reloads.get(flag).map(String::as_str) {
                None => false,
                Some("") => true,
                Some(asked) => line
                    .last(asked)
                    .is_some_and(|argument| argument.text == "true"),
            };
            if let (Ok(file), false) = (&file, reloads) {
                let doubt = changed_after_start(&file.path, process, evidence, described.name());
                changed.extend(doubt.map(|doubt| (flag.as_str(), doubt)));
            }
            files.insert(flag.as_str(), file);
        }
        for within in &described.about.within {
            let Some(Ok(outer)) = files.get(within.flag.as_str()) else {
                continue;
            };
            let Some(path) = within.named_by(outer) else {
                continue;
            };
            let file = decode(&path);
            if let Ok(file) = &file {
                let own = changed_after_start(&file.path, process, evidence, described.name());
                let doubt = own.or_else(|| changed.get(within.flag.as_str()).cloned());
                changed.extend(doubt.map(|doubt| (within.called.as_str(), doubt)));
            }
            files.insert(within.called.as_str(), file);
        }
        let gone = described.about.must_exist.iter().find_map(|flag| {
            let path = reader.absolute(line.text(flag)?).ok()?;
            match evidence.file(&path) {
                NodeFile::Absent(Some(citation)) => {
                    let why = format!("{path}, which --{flag} names, is not on the node");
                    Some(StartRefusal::by_file(why, &citation))
                }
                _ => None,
            }
        });
        let mut instance = Self {
            gone,
            described,
            process: process.clone(),
            version,
            variables,
            config,
            own,
            flag_file,
            files,
            changed,
            seen,
            refusal: None,
            plan: None,
            line,
        };
        instance.refusal = instance.find_refusal();
        instance
    }
}

/// Names gates without their component, as `kube:` stands for the one that reads them.
fn without_prefix(line: &mut CommandLine, version: Option<Minor>) {
    if version.is_some_and(|version| version < PREFIXED_GATES) {
        return;
    }
    let arguments = line.arguments.iter_mut();
    for argument in arguments.filter(|argument| argument.name == "feature-gates") {
        if let SettingValue::Map(gates) = &mut argument.value {
            let own = |(gate, on): (String, String)| match gate.strip_prefix("kube:") {
                Some(own) => (own.to_owned(), on),
                None => (gate, on),
            };
            *gates = std::mem::take(gates).into_iter().map(own).collect();
        }
    }
}

/// Names flags by the newest of their names.
fn with_newest_names(described: &Described, line: &mut CommandLine) {
    for argument in &mut line.arguments {
        if let Some(name) = described.about.aliases.get(&argument.name) {
            argument.name.clone_from(name);
        }
    }
}

/// That a program which takes its flags from a file names none.
fn nothing_named(process: &Process) -> Doubt {
    let why = "the process names no file, and makes its configuration itself".to_owned();
    Doubt::new(Code::FileNotCollected, why, vec![process.citation.clone()])
}

fn changed_after_start(
    path: &str,
    process: &Process,
    evidence: &Evidence<'_>,
    name: &str,
) -> Option<Doubt> {
    let started = process.started_at?;
    let mut rows = evidence.hops(path).into_iter();
    let (row, citation) = rows.find(|(row, _)| row.ctime.is_some_and(|at| at > started))?;
    let why = format!(
        "{} changed after the process started, and {name} reads it only when it starts",
        row.path
    );
    Some(Doubt::new(Code::RestartPending, why, vec![citation]))
}
