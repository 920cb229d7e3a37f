//! A file that a component turns into flags at its start, as those of OpenShift do: what its flags
//! are. They are read behind the arguments, so that of scalars the file's one counts and lists add up.

mod data;
mod sections;

use std::collections::BTreeMap;

use super::super::Doubt;
use super::super::config_file::ConfigFile;
use super::super::flag_table::FlagTable;
use super::super::pflag::{self, CommandLine, Words};
use super::document::text;
use crate::evidence::citation::Citation;
use crate::evidence::document::{Entry, Node, Value};
use crate::node::version::Minor;
use crate::problem::Code;
pub(super) use data::FlagFileData;
use sections::Untold;

/// The flags of such a file.
pub(super) struct FlagFile {
    /// The flag that names it.
    pub flag: &'static str,
    /// Its path.
    pub path: String,
    /// The file as a whole.
    pub whole: Citation,
    /// Where each flag stands in it, by the flag's name.
    pub places: BTreeMap<String, Citation>,
    /// Whether admission plug-ins of any name may be switched on and off.
    pub any_plugin: bool,
    /// What stands in it in the place of a file, by the flag that would name that.
    pub inline: BTreeMap<&'static str, ConfigFile>,
}

/// The flags while they are read: values, and the place of those that stand in the file.
type Flags = BTreeMap<String, (Vec<String>, Option<Citation>)>;

impl FlagFile {
    /// Reads the flags of a file and puts them behind those of a line.
    ///
    /// # Errors
    /// Why nothing is known of them.
    pub fn read(
        data: &'static FlagFileData,
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
        let mut flags = Flags::new();
        let refused = |key: &str| {
            let why = format!("{key} in {} is no list of texts", file.path);
            doubt(Code::WouldNotStart, why)
        };
        let masked = |key: &str| {
            let why = format!("{key} is masked in {}", file.path);
            doubt(Code::ValueRedacted, why)
        };
        let keys: Vec<&str> = data.arguments.split('.').collect();
        if let Some((depth, node)) = root.toward(&data.arguments) {
            match &node.value {
                _ if node.mask_of_whole().is_some() => return Err(masked(&data.arguments)),
                Value::Null => {}
                _ if depth < keys.len() => {}
                Value::Map(entries) => {
                    for entry in entries {
                        let values = list(&entry.node).ok_or_else(|| refused(&entry.key))?;
                        let place = [keys.as_slice(), &[&entry.key]].concat();
                        let at = cite(&whole, entry, &place);
                        flags.insert(entry.key.clone(), (values, Some(at)));
                    }
                }
                _ => return Err(refused(&data.arguments)),
            }
        }
        for (key, flag) in &data.unset {
            let Some(entry) = root.at(key) else {
                continue;
            };
            let values =
                scalar(&entry.node).map_or_else(|| list(&entry.node), |one| Some(vec![one]));
            let values = values.ok_or_else(|| refused(key))?;
            if !values.concat().is_empty() {
                let keys: Vec<&str> = key.split('.').collect();
                let at = cite(&whole, entry, &keys);
                flags.entry(flag.clone()).or_insert((values, Some(at)));
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
                let value = (vec![part.to_owned()], Some(at.clone()));
                flags.entry(flag.clone()).or_insert(value);
            }
        }
        let untold = |untold: Untold| match untold {
            Untold::Masked(key) => masked(&key),
            Untold::Odd(key) => refused(&key),
        };
        let inline = match &data.audit {
            None => BTreeMap::new(),
            Some(key) => sections::audit(key, file, &mut flags).map_err(untold)?,
        };
        if let Some(key) = &data.plugins {
            sections::plugins(key, file, &data.plugins_on, &mut flags).map_err(untold)?;
        }
        for (flag, values) in &data.fixed {
            flags.entry(flag.clone()).or_insert((values.clone(), None));
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
        line.unknown.retain(|flag| !data.own_flags.contains(flag));
        line.mask = line.mask.take().or(more.mask);
        let places = flags
            .into_iter()
            .filter_map(|(flag, (_, at))| Some((flag, at?)));
        Ok(Self {
            flag: &data.flag,
            path: file.path.clone(),
            places: places.collect(),
            whole,
            any_plugin: data.plugins.is_some(),
            inline,
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

/// A text or a whole number.
fn scalar(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

fn cite(whole: &Citation, entry: &Entry, keys: &[&str]) -> Citation {
    match entry.line {
        0 => whole.pointer(keys),
        line => whole.line(line),
    }
}
