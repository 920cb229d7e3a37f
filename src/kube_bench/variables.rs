//! `$apiserverbin`, `$kubeletconf` … → what kube-bench puts in their place on a node (cmd/util.go).

use super::folder::{ComponentPaths, Section};
use super::host::AuditHost;
use super::stop::AuditStop;
use crate::evidence::citation::Citation;
use crate::evidence::printed::PrintedProcess;
use crate::evidence::stat::FileType;

/// What stands for each variable of a section on one node.
pub struct AuditVariables {
    values: Vec<Variable>,
    /// What was put in for programs anywhere in the file.
    pub programs: Vec<String>,
}

struct Variable {
    /// With its `$`.
    name: String,
    /// Or why nobody can tell it.
    value: Result<String, AuditStop>,
    /// What shows it.
    cited: Vec<Citation>,
}

impl AuditVariables {
    /// Of a section on a node.
    #[must_use]
    pub fn of(section: &Section, host: &AuditHost<'_>) -> Self {
        let mut values = programs(&section.components, host);
        let used = values
            .iter()
            .filter(|one| section.text.contains(one.name.as_str()));
        let programs = used.filter_map(|one| one.value.clone().ok()).collect();
        let endings = section.components.first().map_or(&[][..], |one| &one.files);
        for (at, (ending, ..)) in endings.iter().enumerate() {
            for component in &section.components {
                let Some((_, candidates, usual)) = component.files.get(at) else {
                    continue;
                };
                let (found, cited) = host.noted(|| first_there(candidates, host));
                let otherwise = || usual.clone().unwrap_or_else(|| component.name.clone());
                values.push(Variable {
                    name: format!("${}{ending}", component.name),
                    value: found.map(|path| path.unwrap_or_else(otherwise)),
                    cited,
                });
            }
        }
        values.retain(|one| one.value.as_ref().map_or(true, |value| !value.is_empty()));
        Self { values, programs }
    }

    /// A text with its variables replaced; `host` notes what shows them.
    ///
    /// # Errors
    /// One of them cannot be told from the evidence.
    pub fn replaced(&self, text: &str, host: &AuditHost<'_>) -> Result<String, AuditStop> {
        if !text.contains('$') {
            return Ok(text.to_owned());
        }
        let mut text = text.to_owned();
        for one in &self.values {
            if !text.contains(one.name.as_str()) {
                continue;
            }
            let value = one.value.clone()?;
            one.cited.iter().cloned().for_each(|place| host.cite(place));
            let is_of_words = value.split_whitespace().count() > 1;
            let value = if is_of_words {
                format!("'{value}'")
            } else {
                value
            };
            text = text.replace(one.name.as_str(), &value);
        }
        Ok(text)
    }
}

/// The program of each component that runs; none at all where one that must run does not.
fn programs(components: &[ComponentPaths], host: &AuditHost<'_>) -> Vec<Variable> {
    let with = components.iter().filter(|one| !one.bins.is_empty());
    let variable = |component: &ComponentPaths, value, cited| Variable {
        name: format!("${}bin", component.name),
        value,
        cited,
    };
    let processes = match host.processes() {
        Ok(processes) => processes,
        Err(why) => {
            let unknown = |one| variable(one, Err(why.clone()), Vec::new());
            return with.map(unknown).collect();
        }
    };
    let mut found = Vec::new();
    for component in with {
        let mut bins = component.bins.iter();
        let running = bins.find_map(|bin| Some((bin, running(bin, processes)?)));
        match running {
            Some((bin, process)) => {
                let cited = vec![process.citation.clone()];
                found.push(variable(component, Ok(bin.clone()), cited));
            }
            None if component.optional => {
                found.push(variable(component, Ok(component.name.clone()), Vec::new()));
            }
            None => return Vec::new(),
        }
    }
    found
}

/// A process of the program's name whose command begins with it, maybe behind a folder.
fn running<'p>(bin: &str, processes: &'p [PrintedProcess]) -> Option<&'p PrintedProcess> {
    let bin = bin.trim_matches(['\'', '"']);
    let program = bin.split_whitespace().next()?;
    let short = |text: &str| -> String { text.chars().take(15).collect() };
    let begins = regex::Regex::new(&format!(r"^([^ \t\n\r\x0C]*/)*{bin}")).ok()?;
    let mut named = processes
        .iter()
        .filter(|one| short(&one.comm) == short(program));
    named.find(|one| begins.is_match(one.command()))
}

/// The first of these paths that is there, links followed.
fn first_there(paths: &[String], host: &AuditHost<'_>) -> Result<Option<String>, AuditStop> {
    for path in paths {
        let Some(row) = host.looked_at(path)? else {
            continue;
        };
        if row.kind != FileType::Symlink || host.end_of(path)?.is_some() {
            return Ok(Some(path.clone()));
        }
    }
    Ok(None)
}
