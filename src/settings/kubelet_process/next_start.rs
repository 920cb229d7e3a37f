//! The unit that started a kubelet, with its drop-ins and environment files → the argument line of
//! its next start. What is planned decides nothing; where nobody can tell for certain, there is none.
//!
//! Source: systemd.service (COMMAND LINES), systemd.exec (Environment=, EnvironmentFile=),
//! systemd.unit (drop-ins).

use std::collections::BTreeMap;

use super::process::{KubeletProcess, NextStart};
use crate::bundle::Content;
use crate::evidence::citation::Citation;
use crate::evidence::process::{Process, Program};
use crate::evidence::unit_file::{environment, is_name, service, words};
use crate::evidence::{Evidence, NodeFile, NodeFolder};
use crate::node::version::Minor;

/// Where units are, the first one wins.
const UNIT_FOLDERS: [&str; 5] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// Programs that put themselves before a kubelet and become it (facts on OpenShift).
const WRAPPERS: [&str; 1] = ["kubenswrapper"];

/// A text with its place.
type Placed = (String, Citation);

impl NextStart {
    /// In place of a running kubelet; `None` where it cannot be told.
    #[must_use]
    pub fn planned(
        process: &Process,
        evidence: &Evidence<'_>,
        version: Option<Minor>,
    ) -> Option<Self> {
        let mut unit = UnitAssignments::default();
        for path in unit_files(process.pid?, evidence)? {
            unit.read(&path, evidence)?;
        }
        let [(line, place)] = unit.starts.as_slice() else {
            return None;
        };
        let variables = unit.variables(evidence)?;
        let mut all = arguments(line, place, &variables)?;
        let wrapped = all.first().is_some_and(|(word, _)| {
            let base = word.rsplit('/').next().unwrap_or_default();
            WRAPPERS.contains(&base)
        });
        if wrapped {
            all.remove(0);
        }
        // The same words give the same values.
        let arguments = all.iter().map(|(word, _)| word).skip(1);
        if process.exact && !process.cut && process.words.iter().skip(1).eq(arguments) {
            return None;
        }
        let planned = Process {
            words: all.iter().map(|(word, _)| word.clone()).collect(),
            exact: true,
            cut: false,
            citation: place.clone(),
            started_at: None,
            ..process.clone()
        };
        let Some(Program::Kubelet(first)) = planned.program() else {
            return None;
        };
        Some(Self {
            process: KubeletProcess::new(&planned, first, evidence, version),
            origins: all.into_iter().skip(first).map(|(_, at)| at).collect(),
            line: place.clone(),
        })
    }
}

/// The files of the unit whose main process this is, in the order systemd reads them.
fn unit_files(pid: u32, evidence: &Evidence<'_>) -> Option<Vec<String>> {
    let unit = evidence.unit_of_process(pid)?;
    let property = |name| unit.property(name).map(|(text, _)| text);
    let fragment = property("FragmentPath").filter(|path| path.starts_with('/'))?;
    if property("NeedDaemonReload") != Some("no") {
        return on_disk(fragment.rsplit('/').next()?, evidence);
    }
    let limits = evidence.limits();
    let drop_ins = property("DropInPaths")?;
    let drop_ins = words(Some(drop_ins).filter(|all| all.len() as u64 <= limits.argument_bytes)?)?;
    if drop_ins.len() as u64 > limits.drop_ins {
        return None;
    }
    Some([fragment.to_owned()].into_iter().chain(drop_ins).collect())
}

/// The same as a reload would find them.
fn on_disk(unit: &str, evidence: &Evidence<'_>) -> Option<Vec<String>> {
    let mut fragment = None;
    let mut drop_ins: BTreeMap<String, String> = BTreeMap::new();
    for folder in UNIT_FOLDERS {
        let path = format!("{folder}/{unit}");
        match evidence.file(&path) {
            NodeFile::Here(..) => fragment = fragment.or(Some(path.clone())),
            NodeFile::Absent(_) => {}
            NodeFile::Unusable(..) | NodeFile::NotCollected(_) if fragment.is_some() => {}
            NodeFile::Unusable(..) | NodeFile::NotCollected(_) => return None,
        }
        let below = format!("{path}.d/");
        match evidence.folder(below.trim_end_matches('/')) {
            NodeFolder::Absent => {}
            NodeFolder::NotCollected(_) => return None,
            NodeFolder::Listed(paths) => {
                if paths.len() as u64 > evidence.limits().drop_ins {
                    return None;
                }
                for path in paths {
                    let name = path.strip_prefix(&below).unwrap_or_default();
                    if name.ends_with(".conf") && !name.contains('/') {
                        drop_ins.entry(name.to_owned()).or_insert(path.clone());
                    }
                }
            }
        }
    }
    Some(
        [fragment?]
            .into_iter()
            .chain(drop_ins.into_values())
            .collect(),
    )
}

/// What a unit and its drop-ins assign, as far as it makes an argument line.
#[derive(Default)]
struct UnitAssignments {
    starts: Vec<Placed>,
    variables: BTreeMap<String, Placed>,
    files: Vec<Placed>,
}

impl UnitAssignments {
    /// Reads one more file of the unit.
    fn read(&mut self, path: &str, evidence: &Evidence<'_>) -> Option<()> {
        let (text, citation) = text(path, evidence)??;
        for assignment in service(&text) {
            let at = citation.line(assignment.line);
            let value = assignment.value;
            match (assignment.key.as_str(), value.is_empty()) {
                ("ExecStart", true) => self.starts.clear(),
                ("ExecStart", false) => self.starts.push((value, at)),
                ("Environment", true) => self.variables.clear(),
                ("Environment", false) => {
                    for word in words(&unspecified(&value)?)? {
                        let (name, value) = word.split_once('=')?;
                        let placed = (value.to_owned(), at.clone());
                        self.variables.insert(name.to_owned(), placed);
                    }
                }
                ("EnvironmentFile", true) => self.files.clear(),
                ("EnvironmentFile", false) => self.files.push((unspecified(&value)?, at)),
                ("PassEnvironment" | "UnsetEnvironment" | "RootDirectory" | "RootImage", _) => {
                    return None;
                }
                _ => {}
            }
        }
        Some(())
    }

    /// The variables; those of files win, the last file first.
    fn variables(&self, evidence: &Evidence<'_>) -> Option<BTreeMap<String, Placed>> {
        let mut all = self.variables.clone();
        for (path, _) in &self.files {
            let (path, may_be_missing) = match path.strip_prefix('-') {
                Some(path) => (path, true),
                None => (path.as_str(), false),
            };
            if !path.starts_with('/') || path.contains(['*', '?', '[', '\\', '"', '\'']) {
                return None;
            }
            let Some((text, citation)) = text(path, evidence)? else {
                if may_be_missing {
                    continue;
                }
                return None;
            };
            for assignment in environment(&text)? {
                let placed = (assignment.value, citation.line(assignment.line));
                all.insert(assignment.key, placed);
            }
        }
        Some(all)
    }
}

/// A file's text; `Some(None)` where it is not on the node, `None` where nobody knows.
fn text(path: &str, evidence: &Evidence<'_>) -> Option<Option<Placed>> {
    match evidence.file(path) {
        NodeFile::Here(member, citation) => match &member.content {
            // No unit and no environment file is that long; nobody can tell then.
            Content::Kept(bytes) if bytes.len() as u64 > evidence.limits().argument_bytes => None,
            Content::Kept(bytes) => Some(Some((
                std::str::from_utf8(bytes).ok()?.to_owned(),
                citation,
            ))),
            _ => None,
        },
        NodeFile::Absent(_) => Some(None),
        NodeFile::Unusable(..) | NodeFile::NotCollected(_) => None,
    }
}

/// A text whose `%` stand for themselves; `None` where one is a specifier.
fn unspecified(text: &str) -> Option<String> {
    let plain = text.replace("%%", "\0");
    (!plain.contains('%')).then(|| plain.replace('\0', "%"))
}

/// The words of a line that starts a program, variables replaced, each with where it comes from.
fn arguments(
    line: &str,
    place: &Citation,
    variables: &BTreeMap<String, Placed>,
) -> Option<Vec<Placed>> {
    // `@` and `:` mean other words than those that are there.
    let line = line.trim_start_matches(['-', '+', '!']);
    let mut all = Vec::new();
    for (at, word) in words(&unspecified(line)?)?.into_iter().enumerate() {
        if (at == 0 && !word.starts_with('/')) || word == ";" {
            return None;
        }
        match word.strip_prefix('$') {
            // A variable that is a word of its own is split; an unset one is no word at all.
            Some(name) if !name.starts_with(['{', '$']) => {
                if !is_name(name) {
                    return None;
                }
                if let Some((value, origin)) = variables.get(name) {
                    all.extend(words(value)?.into_iter().map(|w| (w, origin.clone())));
                }
            }
            _ => all.push(replaced(&word, place, variables)?),
        }
    }
    Some(all)
}

/// A word with its `${…}` replaced, and where the last of them comes from.
fn replaced(word: &str, place: &Citation, variables: &BTreeMap<String, Placed>) -> Option<Placed> {
    let mut text = String::new();
    let mut origin = place;
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            text.push('$');
            rest = after;
        } else if let Some(after) = after.strip_prefix('{') {
            let (name, after) = after.split_once('}')?;
            if !is_name(name) {
                return None;
            }
            if let Some((value, at)) = variables.get(name) {
                text.push_str(value);
                origin = at;
            }
            rest = after;
        } else {
            text.push('$');
            rest = after;
        }
    }
    text.push_str(rest);
    Some((text, origin.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_expanded_as_systemd_does() {
        let unit = Citation::whole("files/u");
        let file = Citation::whole("files/e");
        let placed = |value: &str| (value.to_owned(), file.clone());
        let variables = BTreeMap::from([
            ("A".to_owned(), placed("--x  '--y z'")),
            ("E".to_owned(), placed("")),
        ]);
        for (line, expected) in [
            ("/k $A", Some(vec!["/k", "--x", "--y z"])),
            ("/k \"$A\"", Some(vec!["/k", "--x", "--y z"])),
            ("/k ${A}", Some(vec!["/k", "--x  '--y z'"])),
            ("/k --n=${E}b ${E}", Some(vec!["/k", "--n=b", ""])),
            ("/k $E $NONE ${NONE}", Some(vec!["/k", ""])),
            ("/k --n=$A $$A", Some(vec!["/k", "--n=$A", "$A"])),
            ("-/k 100%%", Some(vec!["/k", "100%"])),
            ("/k --hostname-override=%H", None),
            ("@/k kubelet", None),
            (":/k $A", None),
            ("/k ; /l", None),
            ("/k ${A:-b}", None),
            ("k", None),
        ] {
            let got = arguments(line, &unit, &variables);
            let words: Option<Vec<&str>> = got
                .as_ref()
                .map(|all| all.iter().map(|(word, _)| word.as_str()).collect());
            assert_eq!(words, expected, "{line}");
        }
        let places = arguments("/k $A --c", &unit, &variables).unwrap();
        let places: Vec<&Citation> = places.iter().map(|(_, at)| at).collect();
        assert_eq!(places, [&unit, &file, &file, &unit]);
    }
}
