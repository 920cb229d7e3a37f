//! One setting, read out of a base and the patch over it.

use std::collections::BTreeMap;

use super::super::config_file::ConfigFile;
use super::super::kubelet::Setting;
use super::super::merged::{Engine, Merged, NoValue, ValueOrigin, ValuePlace};
use super::super::value::{SettingValue, ValueKind};
use super::{At, KeyChange, Keys, Patch, Patched, Under};
use crate::evidence::citation::Citation;
use crate::evidence::document::{Entry, Node, Value};

/// The name that the marshalled base of 1.29 to 1.31 has for a key: that of Go's field.
fn go_field(key: &str) -> String {
    const ACRONYMS: [(&str, &str); 6] = [
        ("iptables", "IPTables"),
        ("tls", "TLS"),
        ("cpu", "CPU"),
        ("oom", "OOM"),
        ("qos", "QOS"),
        ("http", "HTTP"),
    ];
    for (lower, field) in ACRONYMS {
        if let Some(rest) = key.strip_prefix(lower)
            && !rest.starts_with(|c: char| c.is_ascii_lowercase())
        {
            return format!("{field}{rest}");
        }
    }
    let first = key.get(..1).unwrap_or_default().to_ascii_uppercase();
    first + key.get(1..).unwrap_or_default()
}

/// One setting read out of base and patch.
pub(super) struct PatchReading<'r> {
    patch: &'r Patch,
    engine: Engine,
    setting: &'r Setting,
    files: &'r [ConfigFile],
    /// What was decoded so far.
    now: Option<Result<Merged, NoValue>>,
    /// The drop-in that deleted it.
    deleted: Option<ValuePlace>,
}

impl<'r> PatchReading<'r> {
    pub(super) fn of(
        patch: &'r Patch,
        engine: Engine,
        setting: &'r Setting,
        files: &'r [ConfigFile],
    ) -> Self {
        Self {
            patch,
            engine,
            setting,
            files,
            now: None,
            deleted: None,
        }
    }

    pub(super) fn read(
        &mut self,
        base: Result<Option<Merged>, NoValue>,
    ) -> Result<Patched, NoValue> {
        let base = base.transpose();
        // 1.29 to 1.31 decode into the structure that the base is already in.
        if self.engine == Engine::Unmarshal {
            self.now.clone_from(&base);
        }
        let segments: Vec<&str> = self.setting.segments().collect();
        let patch = self.patch;
        self.walk(&patch.0, base.as_ref(), &segments, &mut Vec::new())?;
        match self.now.take() {
            Some(now) => now.map(Patched::Value),
            None => Ok(Patched::Unset(self.deleted.take())),
        }
    }

    /// Decodes what stands for the first of these keys, in all its spellings.
    fn walk(
        &mut self,
        changes: &Keys,
        base: Option<&Result<Merged, NoValue>>,
        segments: &[&str],
        keys: &mut Vec<String>,
    ) -> Result<(), NoValue> {
        let Some((segment, rest)) = segments.split_first() else {
            return Ok(());
        };
        let name_of_base = match self.engine {
            Engine::Unmarshal => go_field(segment),
            Engine::Mergo | Engine::Patch => (*segment).to_owned(),
        };
        let spelled = changes
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(segment));
        let mut all: BTreeMap<&str, Option<&KeyChange>> =
            spelled.map(|(key, c)| (key.as_str(), Some(c))).collect();
        if base.is_some() {
            all.entry(&name_of_base).or_insert(None);
        }
        for (key, changed) in all {
            let base = base.filter(|_| key == name_of_base);
            keys.push(key.to_owned());
            match changed {
                None => self.take_base(base),
                Some(changed) => self.take(changed, base, rest, keys)?,
            }
            keys.pop();
        }
        Ok(())
    }

    fn take_base(&mut self, base: Option<&Result<Merged, NoValue>>) {
        match base {
            // An empty map is null in the JSON of the base.
            Some(Ok(base)) if !base.value.is_zero() => {
                self.now = Some(Ok(base.clone().over(self.now.take())));
            }
            other => self.now = other.cloned(),
        }
    }

    fn take(
        &mut self,
        changed: &KeyChange,
        base: Option<&Result<Merged, NoValue>>,
        rest: &[&str],
        keys: &mut Vec<String>,
    ) -> Result<(), NoValue> {
        match changed {
            KeyChange::Deleted(at) => {
                if self.engine == Engine::Patch {
                    self.deleted = Some(self.place(*at, keys));
                }
            }
            KeyChange::Value(node, at) if node.mask_of_whole().is_some() => {
                self.now = Some(Err(NoValue::Redacted(self.place(*at, keys).citation)));
            }
            KeyChange::Value(node, at) if rest.is_empty() => self.value(node, *at, keys)?,
            KeyChange::Value(node, at) => {
                let why = format!("{} is a {}, not a map", keys.join("."), node.kind());
                return Err(self.refused(why, *at, keys));
            }
            KeyChange::Below(under, below, at) => {
                let masked;
                let base = match under {
                    Under::Base => base,
                    Under::Nothing(at) => {
                        if self.engine == Engine::Patch {
                            self.deleted = Some(self.place(*at, keys));
                        }
                        None
                    }
                    Under::Masked(at) => {
                        masked = Err(NoValue::Redacted(self.place(*at, keys).citation));
                        Some(&masked)
                    }
                };
                match rest.is_empty() {
                    true => self.map(below, *at, base, keys)?,
                    false if matches!(under, Under::Masked(_)) => {
                        self.now = base.cloned();
                        self.walk(below, None, rest, keys)?;
                    }
                    false => self.walk(below, base, rest, keys)?,
                }
            }
        }
        Ok(())
    }

    fn value(&mut self, node: &Node, at: At, keys: &[String]) -> Result<(), NoValue> {
        let place = self.place(at, keys);
        if node.mask().is_some() {
            self.now = Some(Err(NoValue::Redacted(place.citation)));
            return Ok(());
        }
        let decoded = SettingValue::from_node(self.setting.kind, node);
        let mut value = match decoded {
            Ok(Some(value)) => value,
            Ok(None) => return Ok(()),
            Err(why) => {
                let why = format!("{} {why}", keys.join("."));
                return Err(self.refused(why, at, keys));
            }
        };
        // Go leaves the element of the list below where one of the new list is null.
        if let (SettingValue::List(items), Value::List(nodes)) = (&mut value, &node.value)
            && let Some(Ok(Merged {
                value: SettingValue::List(before),
                ..
            })) = &self.now
        {
            for ((item, node), before) in items.iter_mut().zip(nodes).zip(before) {
                if node.value == Value::Null {
                    item.clone_from(before);
                }
            }
        }
        self.now = Some(Ok(Merged::at(value, place)));
        Ok(())
    }

    /// A map whose keys the drop-ins give.
    fn map(
        &mut self,
        below: &Keys,
        start: At,
        base: Option<&Result<Merged, NoValue>>,
        keys: &[String],
    ) -> Result<(), NoValue> {
        let values = below.iter().filter_map(|(key, change)| match change {
            KeyChange::Value(node, at) => Some((key, node.clone(), *at)),
            KeyChange::Below(_, inner, at) => {
                let value = Value::Map(entries_of(inner));
                let line = at.line;
                Some((key, Node { value, line }, *at))
            }
            KeyChange::Deleted(_) => None,
        });
        let mut given: Option<Merged> = None;
        let mut last = None;
        for (key, node, at) in values {
            if node.mask().is_some() {
                self.now = Some(Err(NoValue::Redacted(self.place(at, keys).citation)));
                return Ok(());
            }
            let entry = Entry {
                key: key.clone(),
                line: at.line,
                node,
            };
            let node = Node {
                value: Value::Map(vec![entry]),
                line: at.line,
            };
            let read = SettingValue::from_node(self.setting.kind, &node);
            let value =
                read.map_err(|why| self.refused(format!("{} {why}", keys.join(".")), at, keys))?;
            let mut path = keys.to_vec();
            path.push(key.clone());
            let place = self.place(at, &path);
            last = last.max(Some(at.file));
            let mut one = Merged::at(
                value.unwrap_or(SettingValue::zero(self.setting.kind)),
                place.clone(),
            );
            one.places.insert(key.clone(), place);
            given = Some(one.over(given.map(Ok)));
        }
        // What the base keeps of its map.
        let gone = |key: &String| matches!(below.get(key), Some(KeyChange::Deleted(_)));
        let base = base.cloned().map(|base| {
            base.map(|mut base| {
                if let SettingValue::Map(map) = &mut base.value {
                    map.retain(|key, _| !gone(key));
                    base.places.retain(|key, _| !gone(key));
                }
                base
            })
        });
        let under = match (base, self.now.take()) {
            (Some(Ok(base)), now) => Some(Ok(base.over(now))),
            (Some(unknown), _) => Some(unknown),
            (None, now) => now,
        };
        self.now = match given {
            Some(mut given) => {
                // The whole map is cited where its last drop-in has it.
                if let Some(file) = last {
                    given.origin = ValueOrigin::DropIn(file);
                }
                Some(Ok(given.over(under)))
            }
            None if matches!(
                self.setting.kind,
                ValueKind::Map | ValueKind::Gates | ValueKind::AnyMap
            ) =>
            {
                under
            }
            None => {
                let wanted = self.setting.kind.described();
                let why = format!("{} is a map, not {wanted}", keys.join("."));
                return Err(self.refused(why, start, keys));
            }
        };
        Ok(())
    }

    fn refused(&self, why: String, at: At, keys: &[String]) -> NoValue {
        NoValue::Refused(why, Some(self.place(at, keys)))
    }

    fn place(&self, at: At, keys: &[String]) -> ValuePlace {
        let file = self.files.get(at.file);
        let words: Vec<&str> = keys.iter().map(String::as_str).collect();
        let citation = file.map(|file| match at.line {
            0 => file.citation.pointer(&words),
            line => file.citation.line(line),
        });
        ValuePlace {
            origin: ValueOrigin::DropIn(at.file),
            citation: citation.unwrap_or_else(|| Citation::whole("")),
        }
    }
}

/// The entries of a map within a map.
fn entries_of(keys: &Keys) -> Vec<Entry> {
    let entries = keys.iter().filter_map(|(key, change)| {
        let (node, line) = match change {
            KeyChange::Deleted(_) => return None,
            KeyChange::Value(node, at) => (node.clone(), at.line),
            KeyChange::Below(_, below, at) => {
                let value = Value::Map(entries_of(below));
                let line = at.line;
                (Node { value, line }, line)
            }
        };
        let key = key.clone();
        Some(Entry { key, line, node })
    });
    entries.collect()
}
