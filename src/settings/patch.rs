//! Drop-ins → the one merge patch (RFC 7386) that they are together, and what it makes of a
//! setting of the base.
//!
//! Source: facts on `--config-dir`. From 1.29 on, drop-ins are merged as JSON into that of the
//! base and decoded once, at the end: null deletes, what a later one writes over is never decoded,
//! and keys match in any case, of which the last in byte order counts.

use std::collections::BTreeMap;

use super::config_file::ConfigFile;
use super::kubelet::{SETTINGS, Setting};
use super::merged::{Engine, Merged, NoValue, ValuePlace};
use crate::evidence::document::{Entry, Node, Value};

mod reading;

use reading::PatchReading;

type Keys = BTreeMap<String, KeyChange>;

/// What the drop-ins do to one key.
#[derive(Clone, Debug)]
enum KeyChange {
    /// They delete it, with all below it.
    Deleted(At),
    /// They give it this value.
    Value(Node, At),
    /// They change what is below it.
    Below(Under, Keys, At),
}

/// What changes are made to.
#[derive(Clone, Debug)]
enum Under {
    /// What the base has there.
    Base,
    /// Nothing: a drop-in deleted or replaced it.
    Nothing(At),
    /// What an earlier drop-in has there, and a mask hides.
    Masked(At),
}

/// Where a drop-in says something.
#[derive(Clone, Copy, Debug)]
struct At {
    /// The drop-in's index.
    file: usize,
    /// The line; 0 in JSON.
    line: u32,
}

/// All drop-ins of a folder, in the order a kubelet reads them, as one patch.
#[derive(Clone, Debug, Default)]
pub struct Patch(Keys);

impl Patch {
    /// Folds them.
    #[must_use]
    pub fn of(files: &[ConfigFile]) -> Self {
        let mut keys = Keys::new();
        for (file, config) in files.iter().enumerate() {
            if let Value::Map(entries) = &config.document.root.value {
                change(&mut keys, entries, file);
            }
        }
        Self(keys)
    }

    /// The drop-in with a value that the decoder refuses of one of these settings, its place, and
    /// why.
    pub(super) fn mistyped<'s>(
        &self,
        settings: impl IntoIterator<Item = &'s Setting>,
        files: &[ConfigFile],
    ) -> Option<(ValuePlace, String)> {
        settings.into_iter().find_map(|setting| {
            let mut reading = PatchReading::of(self, Engine::Patch, setting, files);
            match reading.read(Ok(None)) {
                Err(NoValue::Refused(why, place)) => Some((place?, why)),
                _ => None,
            }
        })
    }

    /// The drop-in with a value that the decoder refuses of any setting of the table.
    pub(super) fn refused(&self, files: &[ConfigFile]) -> Option<(ValuePlace, String)> {
        self.mistyped(SETTINGS.iter(), files)
    }

    /// What the patch makes of a setting that the base gives as `base`; `None`: the JSON of the
    /// base does not have the key.
    ///
    /// # Errors
    /// Why no value can be told.
    pub(super) fn over(
        &self,
        engine: Engine,
        base: Result<Option<Merged>, NoValue>,
        setting: &Setting,
        files: &[ConfigFile],
    ) -> Result<Patched, NoValue> {
        PatchReading::of(self, engine, setting, files).read(base)
    }
}

/// What a patch makes of a setting.
pub(super) enum Patched {
    /// This value.
    Value(Merged),
    /// Nobody sets it; a drop-in deleted it here.
    Unset(Option<ValuePlace>),
}

fn change(keys: &mut Keys, entries: &[Entry], file: usize) {
    for entry in entries {
        let at = At {
            file,
            line: entry.line,
        };
        let new = match &entry.node.value {
            Value::Null => KeyChange::Deleted(at),
            Value::Map(inner) if entry.node.mask_of_whole().is_none() => {
                let under = match keys.get_mut(&entry.key) {
                    Some(KeyChange::Below(_, below, _)) => {
                        change(below, inner, file);
                        continue;
                    }
                    Some(KeyChange::Value(node, at)) if node.mask_of_whole().is_some() => {
                        Under::Masked(*at)
                    }
                    Some(KeyChange::Value(..) | KeyChange::Deleted(_)) => Under::Nothing(at),
                    None => Under::Base,
                };
                let mut below = Keys::new();
                change(&mut below, inner, file);
                KeyChange::Below(under, below, at)
            }
            _ => KeyChange::Value(as_rewritten(&entry.node), at),
        };
        keys.insert(entry.key.clone(), new);
    }
}

/// A number that goes through Go's float64 is written again: a whole one without a point.
fn as_rewritten(node: &Node) -> Node {
    /// From here on Go writes an exponent.
    const EXPONENT: f64 = 1e21;
    let value = match &node.value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < EXPONENT => {
            // Past 64 bits the cast saturates, where no setting's range ends.
            Value::Int(*number as i64)
        }
        value => value.clone(),
    };
    Node {
        value,
        line: node.line,
    }
}
