//! `bundle.json`: what a collector says of its own bundle. Every key may be missing or wrong in
//! what auditors hand over, so nothing here is required.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::epoch_seconds;
use crate::limits::NAME_BYTES;

/// `bundle.json`, format 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `node` or `cluster`; empty where it does not say.
    pub kind: String,
    /// `host`, `image` or `api`
    pub source: Option<String>,
    /// The cluster's name; an empty one is none.
    pub cluster: Option<String>,
    /// The node's name; an empty one is none.
    pub node: Option<String>,
    /// RFC 3339.
    pub collected_at: Option<String>,
    /// The script that made it.
    pub collector: Option<Collector>,
    /// Where the bundle was made.
    pub host: Host,
    /// The user the collector ran as.
    pub uid: Option<u32>,
    /// The commands whose output is in the bundle.
    pub commands: Vec<Command>,
    /// What was asked for and not taken.
    pub skipped: Vec<Skipped>,
    /// Keys that are missing or hold nothing that can be used.
    pub lacks: Vec<&'static str>,
}

/// The script that made a bundle.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(default)]
pub struct Collector {
    /// Its file name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its digest.
    pub sha256: Option<String>,
}

/// Identity of the machine.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Host {
    /// /etc/machine-id
    pub machine_id: Option<String>,
    /// DMI product UUID
    pub system_uuid: Option<String>,
}

/// One command the collector ran.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Command {
    /// The words, joined by blanks.
    pub argv: String,
    /// The member that holds what it printed.
    pub member: String,
    /// Its exit code.
    pub exit: Option<i64>,
    /// RFC 3339.
    pub at: Option<String>,
}

/// One path that was asked for and not taken.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Skipped {
    /// The absolute path.
    pub path: String,
    /// `absent`, `unreadable`, `too-large` or `private-key`.
    pub reason: String,
}

impl Manifest {
    /// Reads `bundle.json`. A wrong key costs that key alone.
    ///
    /// # Errors
    /// What is wrong with it as a whole, as a phrase.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let read = serde_json::from_slice::<AsWritten>(bytes).ok();
        match read.and_then(AsWritten::manifest) {
            Some(manifest) => Ok(manifest.checked()),
            None => Self::key_by_key(bytes),
        }
    }

    fn key_by_key(bytes: &[u8]) -> Result<Self, String> {
        let value: Value =
            serde_json::from_slice(bytes).map_err(|e| format!("is no bundle description: {e}"))?;
        let keys = value
            .as_object()
            .ok_or("is no bundle description: it is no JSON object")?;
        match keys.get("format").and_then(Value::as_str) {
            Some("nodeproof-bundle") => {}
            other => {
                return Err(format!(
                    "has format `{}`, not `nodeproof-bundle`",
                    other.unwrap_or_default()
                ));
            }
        }
        match keys.get("version") {
            Some(version) if version.as_u64() == Some(1) => {}
            Some(other) => {
                return Err(format!(
                    "is of bundle format {other}, and this nodeproof reads format 1"
                ));
            }
            None => return Err("says no version of the bundle format".to_owned()),
        }
        let mut keys = Keys {
            keys,
            lacks: Vec::new(),
        };
        let kind = keys.text("kind");
        let manifest = Self {
            source: keys.text("source"),
            cluster: keys.text("cluster"),
            node: keys.text("node"),
            collected_at: keys.text("collected_at"),
            collector: keys.one("collector"),
            host: keys.one("host").unwrap_or_default(),
            uid: keys.one("uid"),
            commands: keys.all("commands"),
            skipped: keys.all("skipped"),
            kind: kind.unwrap_or_default(),
            lacks: keys.lacks,
        };
        Ok(manifest.checked())
    }

    /// Without blank texts, and knowing what it lacks.
    fn checked(mut self) -> Self {
        let is_node = self.kind != "cluster";
        if !matches!(self.kind.as_str(), "node" | "cluster") {
            self.kind.clear();
        }
        for text in [
            &mut self.source,
            &mut self.cluster,
            &mut self.node,
            &mut self.collected_at,
            &mut self.host.machine_id,
            &mut self.host.system_uuid,
        ] {
            *text = (text.take()).filter(|t| !t.trim().is_empty() && t.len() <= NAME_BYTES);
        }
        let time = self.collected_at.as_deref().and_then(epoch_seconds);
        for (key, missing) in [
            ("kind", self.kind.is_empty()),
            ("node", is_node && self.node.is_none()),
            ("uid", is_node && self.uid.is_none()),
            ("collected_at", time.is_none()),
        ] {
            if missing && !self.lacks.contains(&key) {
                self.lacks.push(key);
            }
        }
        self
    }

    /// Whether the bundle is of a whole cluster.
    #[must_use]
    pub fn is_cluster(&self) -> bool {
        self.kind == "cluster"
    }

    /// When a member's command ran, else when the bundle was collected.
    #[must_use]
    pub fn taken_at(&self, member: &str) -> Option<&str> {
        self.commands
            .iter()
            .find(|command| command.member == member)
            .and_then(|command| command.at.as_deref())
            .or(self.collected_at.as_deref())
    }
}

/// A description as our collectors write it, every key of the type it should have. Anything else,
/// an unknown key too, is for [`Keys`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AsWritten {
    format: String,
    version: u64,
    kind: Option<String>,
    source: Option<String>,
    cluster: Option<String>,
    node: Option<String>,
    collected_at: Option<String>,
    collector: Option<Collector>,
    host: Option<BTreeMap<String, Option<String>>>,
    uid: Option<u32>,
    commands: Option<Vec<CommandAsWritten>>,
    #[serde(rename = "redactions")]
    _redactions: Option<Vec<Value>>,
    skipped: Option<Vec<SkippedAsWritten>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandAsWritten {
    argv: String,
    member: String,
    exit: Option<i64>,
    at: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SkippedAsWritten {
    path: String,
    reason: String,
}

impl AsWritten {
    /// `None` unless it is of our format.
    fn manifest(self) -> Option<Manifest> {
        let mut host = self.host.unwrap_or_default();
        let mut machine = |key| host.remove(key).flatten();
        (self.format == "nodeproof-bundle" && self.version == 1).then(|| Manifest {
            kind: self.kind.unwrap_or_default(),
            source: self.source,
            cluster: self.cluster,
            node: self.node,
            collected_at: self.collected_at,
            collector: self.collector,
            host: Host {
                machine_id: machine("machine_id"),
                system_uuid: machine("system_uuid"),
            },
            uid: self.uid,
            commands: (self.commands.into_iter().flatten())
                .map(|c| Command {
                    argv: c.argv,
                    member: c.member,
                    exit: c.exit,
                    at: c.at,
                })
                .collect(),
            skipped: (self.skipped.into_iter().flatten())
                .map(|s| Skipped {
                    path: s.path,
                    reason: s.reason,
                })
                .collect(),
            lacks: Vec::new(),
        })
    }
}

/// The keys of a description, taken out one by one.
struct Keys<'k> {
    keys: &'k Map<String, Value>,
    /// Those of a wrong type.
    lacks: Vec<&'static str>,
}

impl Keys<'_> {
    fn one<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        let value = self.keys.get(key).filter(|value| !value.is_null())?;
        let read = T::deserialize(value).ok();
        if read.is_none() {
            self.lacks.push(key);
        }
        read
    }

    /// A text; a blank one is none.
    fn text(&mut self, key: &'static str) -> Option<String> {
        self.one(key)
            .filter(|text: &String| !text.trim().is_empty())
    }

    /// A list, without the items that cannot be read.
    fn all<T: DeserializeOwned>(&mut self, key: &'static str) -> Vec<T> {
        let items: Vec<Value> = self.one(key).unwrap_or_default();
        let read: Vec<T> = items
            .iter()
            .filter_map(|i| T::deserialize(i).ok())
            .collect();
        if read.len() < items.len() {
            self.lacks.push(key);
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_key_costs_itself_alone() {
        let manifest = Manifest::parse(
            br#"{"format":"nodeproof-bundle","version":1,"kind":"node","node":7,"uid":"root",
                "collected_at":"2026-11-20T12:00:00Z","host":{"machine_id":" "},
                "skipped":[{"path":"/a","reason":"absent"},7]}"#,
        )
        .unwrap();
        assert_eq!(manifest.lacks, ["node", "uid", "skipped"]);
        assert_eq!(manifest.skipped.len(), 1);
        assert_eq!(manifest.host.machine_id, None);
    }

    #[test]
    fn a_description_as_written_reads_as_it_does_key_by_key() {
        let whole = r#"{"format":"nodeproof-bundle","version":1,"kind":"node","source":" ",
            "cluster":"c","node":"n","collected_at":"2026-11-20T12:00:00Z",
            "collector":{"name":"x","sha256":null},"host":{"os":"o","machine_id":"m","system_uuid":""},
            "uid":0,"commands":[{"argv":"ps -efww","member":"a","exit":1,"at":"t"}],
            "redactions":[],"skipped":[{"path":"/a","reason":"absent"}]}"#;
        let typed = serde_json::from_str::<AsWritten>(whole).ok();
        assert!(typed.and_then(AsWritten::manifest).is_some());
        for (old, new) in [
            ("", ""),
            (r#""node","source""#, r#""cluster","source""#),
            (r#""node","source""#, r#""x","source""#),
            (r#""node","source""#, r#"" ","source""#),
            (r#""uid":0"#, r#""uid":null"#),
            (r#""uid":0"#, r#""uid":1e999"#),
            (r#""uid":0"#, r#""uid":0,"uid":1"#),
            (r#""uid":0"#, r#""uid":0,"more":1e999"#),
            (r#""uid":0"#, r#""uid":0,"more":[]"#),
            (r#""os":"o""#, r#""os":7"#),
            (r#""os":"o""#, r#""os":"o","machine_id":"other""#),
            (r#""exit":1,"#, r#""more":1,"#),
            (r#""argv":"ps -efww","#, ""),
            (r#""version":1"#, r#""version":2"#),
            ("2026-11-20T", "yesterday "),
        ] {
            let text = whole.replacen(old, new, 1);
            let read = Manifest::parse(text.as_bytes());
            assert_eq!(read, Manifest::key_by_key(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_description_may_lack_anything_but_its_format() {
        let manifest =
            Manifest::parse(br#"{"format":"nodeproof-bundle","version":1,"node":"","x":[]}"#)
                .unwrap();
        assert_eq!(manifest.node, None);
        assert_eq!(manifest.lacks, ["kind", "node", "uid", "collected_at"]);
        for wrong in [
            "{}",
            "[]",
            "{",
            r#"{"format":"nodeproof-bundle","version":2}"#,
            r#"{"format":"nodeproof-bundle","version":"1"}"#,
        ] {
            assert!(Manifest::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
