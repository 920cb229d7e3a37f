//! `$apiserverbin`, `$kubeletconf` … → what kube-bench puts in their place on a node (cmd/util.go).

use super::folder::{Component, Section};
use super::stop::Stop;
use crate::evidence::Evidence;
use crate::evidence::printed::PrintedProcess;
use crate::evidence::stat::Kind;

/// What stands for each variable of a section on one node.
pub struct Variables {
    /// Name with its `$`, and its value, or why nobody can tell it.
    values: Vec<(String, Result<String, String>)>,
    /// What was put in for programs anywhere in the file.
    pub programs: Vec<String>,
}

impl Variables {
    /// Of a section on a node.
    #[must_use]
    pub fn of(section: &Section, evidence: &Evidence<'_>) -> Self {
        let mut values: Vec<(String, Result<String, String>)> = Vec::new();
        for (name, value) in programs(&section.components, evidence) {
            values.push((format!("${name}bin"), value));
        }
        let used = values
            .iter()
            .filter(|(name, _)| section.text.contains(name.as_str()));
        let programs = used.filter_map(|(_, value)| value.clone().ok()).collect();
        let endings = section.components.first().map_or(&[][..], |one| &one.files);
        for (at, (ending, ..)) in endings.iter().enumerate() {
            for component in &section.components {
                let Some((_, candidates, usual)) = component.files.get(at) else {
                    continue;
                };
                let value = match first_there(candidates, evidence) {
                    Ok(Some(path)) => Ok(path),
                    Ok(None) => Ok(usual.clone().unwrap_or_else(|| component.name.clone())),
                    Err(why) => Err(why),
                };
                values.push((format!("${}{ending}", component.name), value));
            }
        }
        values.retain(|(_, value)| value.as_ref().map_or(true, |value| !value.is_empty()));
        Self { values, programs }
    }

    /// A text with its variables replaced.
    ///
    /// # Errors
    /// One of them cannot be told from the evidence.
    pub fn replaced(&self, text: &str) -> Result<String, Stop> {
        if !text.contains('$') {
            return Ok(text.to_owned());
        }
        let mut text = text.to_owned();
        for (name, value) in &self.values {
            if !text.contains(name.as_str()) {
                continue;
            }
            let value = value.clone().map_err(Stop::Missing)?;
            let is_of_words = value.split_whitespace().count() > 1;
            let value = if is_of_words {
                format!("'{value}'")
            } else {
                value
            };
            text = text.replace(name.as_str(), &value);
        }
        Ok(text)
    }

    /// What stands for each, as far as it can be told.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let known = self.values.iter();
        known.filter_map(|(name, value)| Some((name.as_str(), value.as_deref().ok()?)))
    }
}

/// The program of each component that runs; none at all where one that must run does not.
fn programs(
    components: &[Component],
    evidence: &Evidence<'_>,
) -> Vec<(String, Result<String, String>)> {
    let with = components.iter().filter(|one| !one.bins.is_empty());
    let processes = match evidence.printed_processes() {
        Ok(processes) => processes,
        Err(why) => {
            return with
                .map(|one| (one.name.clone(), Err(why.clone())))
                .collect();
        }
    };
    let mut found = Vec::new();
    for component in with {
        let running = component.bins.iter().find(|bin| runs(bin, &processes));
        match running {
            Some(bin) => found.push((component.name.clone(), Ok(bin.clone()))),
            None if component.optional => {
                found.push((component.name.clone(), Ok(component.name.clone())));
            }
            None => return Vec::new(),
        }
    }
    found
}

/// Whether a process of the program's name has a command that begins with it, maybe behind a folder.
fn runs(bin: &str, processes: &[PrintedProcess]) -> bool {
    let bin = bin.trim_matches(['\'', '"']);
    let Some(program) = bin.split_whitespace().next() else {
        return false;
    };
    let short = |text: &str| -> String { text.chars().take(15).collect() };
    let Ok(begins) = regex::Regex::new(&format!(r"^([^ \t\n\r\x0C]*/)*{bin}")) else {
        return false;
    };
    let mut named = processes
        .iter()
        .filter(|one| short(&one.comm) == short(program));
    named.any(|one| begins.is_match(one.command()))
}

/// The first of these paths that is there, links followed.
fn first_there(paths: &[String], evidence: &Evidence<'_>) -> Result<Option<String>, String> {
    for path in paths {
        let Some(row) = evidence.looked_at(path)? else {
            continue;
        };
        if row.kind != Kind::Symlink {
            return Ok(Some(path.clone()));
        }
        match evidence.hops(path).last().map(|(row, _)| row.kind) {
            Some(Kind::Absent) => {}
            Some(Kind::File | Kind::Dir) => return Ok(Some(path.clone())),
            _ => return Err(format!("what {path} links to is not in the evidence")),
        }
    }
    Ok(None)
}
