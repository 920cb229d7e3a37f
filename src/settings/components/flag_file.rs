//! A file that a component turns into flags at its start, as those of OpenShift do: what its flags
//! are. They are read behind the arguments, so that of scalars the file's one counts and lists add up.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::Doubt;
use super::super::config_file::ConfigFile;
use super::super::flag_table::FlagTable;
use super::super::pflag::{self, CommandLine, Words};
use super::document::text;
use crate::evidence::citation::Citation;
use crate::evidence::document::{Entry, Node, Value};
use crate::node::version::Minor;
use crate::problem::Code;

/// Which file it is, and what in it becomes flags.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlagFileData {
    /// The flag that names it.
    pub flag: String,
    /// Its `kind`.
    kind: String,
    /// The key of its map of flags.
    arguments: String,
    /// Keys that give a flag which the map does not: by key.
    #[serde(default)]
    unset: BTreeMap<String, String>,
    /// The key of an address and port, and the flags of both.
    bind: Option<(String, String, String)>,
}

/// The flags of such a file.
pub(super) struct FlagFile {
    /// Its path.
    pub path: String,
    /// The file as a whole.
    pub whole: Citation,
    /// Where each flag stands in it, by the flag's name.
    pub places: BTreeMap<String, Citation>,
}

impl FlagFile {
    /// Reads the flags of a file and puts them behind those of a line.
    ///
    /// # Errors
    /// Why nothing is known of them.
    pub fn read(
        data: &FlagFileData,
        file: &ConfigFile,
        line: &mut CommandLine,
        table: &FlagTable,
        version: Option<Minor>,
    ) -> Result<Self, Doubt> {
        let root = &file.document.root;
        let whole = file.citation.clone();
        let doubt = |code, why: String| Doubt::new(code, why, vec![whole.clone()]);
        let kind = text(root, "kind").unwrap_or("missing");
        if kind != data.kind {
            // Components of one node may see different files under one path.
            let why = format!(
                "what was collected as {} is of kind {kind}, not {}: it is another component's",
                file.path, data.kind
            );
            return Err(doubt(Code::FileNotCollected, why));
        }
        let mut flags: BTreeMap<String, (Vec<String>, Citation)> = BTreeMap::new();
        let refused = |key: &str| {
            let why = format!("{key} in {} is no list of texts", file.path);
            doubt(Code::WouldNotStart, why)
        };
        if let Some(entry) = root.get(&data.arguments) {
            match &entry.node.value {
                _ if entry.node.mask().is_some() => {
                    let why = format!("{} is masked in {}", data.arguments, file.path);
                    return Err(doubt(Code::ValueRedacted, why));
                }
                Value::Null => {}
                Value::Map(entries) => {
                    for entry in entries {
                        let values = list(&entry.node).ok_or_else(|| refused(&entry.key))?;
                        let at = cite(&whole, entry, &[&data.arguments, &entry.key]);
                        flags.insert(entry.key.clone(), (values, at));
                    }
                }
                _ => return Err(refused(&data.arguments)),
            }
        }
        for (key, flag) in &data.unset {
            let Some(entry) = root.at(key) else {
                continue;
            };
            let values = match &entry.node.value {
                Value::String(text) => vec![text.clone()],
                _ => list(&entry.node).ok_or_else(|| refused(key))?,
            };
            if !values.concat().is_empty() {
                let keys: Vec<&str> = key.split('.').collect();
                let at = cite(&whole, entry, &keys);
                flags.entry(flag.clone()).or_insert((values, at));
            }
        }
        if let Some((key, address, port)) = &data.bind
            && let Some(entry) = root.at(key)
            && let Value::String(text) = &entry.node.value
            && let Some((host, number)) = text.rsplit_once(':')
        {
            let keys: Vec<&str> = key.split('.').collect();
            let at = cite(&whole, entry, &keys);
            for (flag, part) in [(address, host.trim_matches(['[', ']'])), (port, number)] {
                let value = (vec![part.to_owned()], at.clone());
                flags.entry(flag.clone()).or_insert(value);
            }
        }
        let words = flags.iter().flat_map(|(flag, (values, _))| {
            let word = move |value: &String| format!("--{flag}={value}");
            values.iter().map(word)
        });
        let words: Vec<String> = words.collect();
        let more = pflag::parse(&words, Words::Exact, false, table, version);
        line.arguments.extend(more.arguments);
        line.malformed.extend(more.malformed);
        line.other_version.extend(more.other_version);
        line.unknown.extend(more.unknown);
        line.mask = line.mask.take().or(more.mask);
        let places = flags.into_iter().map(|(flag, (_, at))| (flag, at));
        Ok(Self {
            path: file.path.clone(),
            places: places.collect(),
            whole,
        })
    }
}

/// The texts of a list; `None` where it is none.
fn list(node: &Node) -> Option<Vec<String>> {
    let text = |item: &Node| match &item.value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    match &node.value {
        Value::Null => Some(Vec::new()),
        Value::List(items) => items.iter().map(text).collect(),
        _ if node.mask().is_some() => text(node).map(|mask| vec![mask]),
        _ => None,
    }
}

fn cite(whole: &Citation, entry: &Entry, keys: &[&str]) -> Citation {
    match entry.line {
        0 => whole.pointer(keys),
        line => whole.line(line),
    }
}
