//! `bundle.json`: what a collector says of its own bundle. Every key may be missing or wrong in
//! what auditors hand over, so nothing here is required.

mod redacted;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::epoch_seconds;
use super::masks::unmasked;
use crate::limits::NAME_BYTES;

pub use redacted::RedactedFrom;

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
    /// The members in which something was masked.
    pub redacted: Vec<String>,
    /// What was masked, by kind, and how often.
    pub masked: Vec<(String, u64)>,
    /// What was asked for and not taken.
    pub skipped: Vec<Skipped>,
    /// Who collected it.
    pub operator: Option<String>,
    /// What it was collected for.
    pub assessment: Option<String>,
    /// The bundle that it was masked from afterwards.
    pub redacted_from: Option<RedactedFrom>,
    /// Keys that are missing or hold nothing that can be used.
    pub lacks: Vec<&'static str>,
    /// Lists with entries that cannot be used, and how many; the others are read.
    pub partial: Vec<(&'static str, usize)>,
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
    /// The operating system's own name, as `/etc/os-release` has it.
    #[serde(deserialize_with = "lenient")]
    pub os: Option<String>,
    /// /etc/machine-id
    #[serde(deserialize_with = "lenient")]
    pub machine_id: Option<String>,
    /// DMI product UUID
    #[serde(deserialize_with = "lenient")]
    pub system_uuid: Option<String>,
    /// The PID namespace that the collector ran in, as its link in /proc names it.
    pub pid_namespace: Option<String>,
}

/// The number that the kernel gives to the PID namespace of the host.
const HOST_PID_NAMESPACE: &str = "pid:[4026531836]";

impl Host {
    /// Whether the collector ran among the processes of a container.
    #[must_use]
    pub fn is_in_container(&self) -> bool {
        let namespace = self.pid_namespace.as_deref();
        namespace.is_some_and(|name| name != HOST_PID_NAMESPACE)
    }
}

/// One command the collector ran.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Command {
    /// The words, joined by blanks.
    #[serde(deserialize_with = "lenient")]
    pub argv: String,
    /// The member that holds what it printed; empty where it gave nothing.
    #[serde(deserialize_with = "lenient")]
    pub member: String,
    /// Its exit code.
    #[serde(deserialize_with = "lenient")]
    pub exit: Option<i64>,
    /// RFC 3339.
    #[serde(deserialize_with = "lenient")]
    pub at: Option<String>,
}

/// The members that entries of `redactions` name.
fn masked(redactions: &[Value]) -> Vec<String> {
    let member = |entry: &Value| Some(entry.get("member")?.as_str()?.to_owned());
    redactions.iter().filter_map(member).collect()
}

/// A value, or nothing where it is null or of another type: a wrong one costs itself alone.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    json: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(json)?;
    Ok(T::deserialize(value).unwrap_or_default())
}

/// One path that was asked for and not taken.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Skipped {
    /// The absolute path; of a cluster bundle the member it would have been.
    pub path: String,
    /// `absent`, `unreadable`, `too-large` or `private-key`.
    #[serde(deserialize_with = "lenient")]
    pub reason: String,
    /// What the one who was asked said.
    #[serde(deserialize_with = "lenient")]
    pub detail: String,
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
            partial: Vec::new(),
        };
        let kind = keys.text("kind");
        let redactions: Vec<Value> = keys.all("redactions");
        let manifest = Self {
            source: keys.text("source"),
            cluster: keys.text("cluster"),
            node: keys.text("node"),
            collected_at: keys.text("collected_at"),
            collector: keys.one("collector"),
            host: keys.one("host").unwrap_or_default(),
            uid: keys.one("uid"),
            commands: keys.all("commands"),
            masked: redacted::kinds(&redactions),
            redacted: masked(&redactions),
            skipped: keys.all("skipped"),
            operator: keys.text("operator"),
            assessment: keys.text("assessment"),
            redacted_from: keys.one("redacted_from"),
            kind: kind.unwrap_or_default(),
            lacks: keys.lacks,
            partial: keys.partial,
        };
        Ok(manifest.checked())
    }

    /// Without blank and masked texts, and knowing what it lacks.
    fn checked(mut self) -> Self {
        self.kind = self.kind.trim().to_ascii_lowercase();
        let is_node = self.kind != "cluster";
        if !matches!(self.kind.as_str(), "node" | "cluster") {
            self.kind.clear();
        }
        for text in [
            &mut self.source,
            &mut self.cluster,
            &mut self.node,
            &mut self.collected_at,
            &mut self.operator,
            &mut self.assessment,
            &mut self.host.os,
            &mut self.host.machine_id,
            &mut self.host.system_uuid,
            &mut self.host.pid_namespace,
        ] {
            let is_text =
                |t: &String| !t.trim().is_empty() && t.len() <= NAME_BYTES && unmasked(t).is_some();
            *text = text.take().filter(is_text);
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
    redactions: Option<Vec<Value>>,
    skipped: Option<Vec<SkippedAsWritten>>,
    operator: Option<String>,
    assessment: Option<String>,
    redacted_from: Option<RedactedFrom>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandAsWritten {
    argv: String,
    member: Option<String>,
    exit: Option<i64>,
    at: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SkippedAsWritten {
    path: String,
    reason: String,
    #[serde(default)]
    detail: String,
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
                os: machine("os"),
                machine_id: machine("machine_id"),
                system_uuid: machine("system_uuid"),
                pid_namespace: machine("pid_namespace"),
            },
            uid: self.uid,
            commands: (self.commands.into_iter().flatten())
                .map(|c| Command {
                    argv: c.argv,
                    member: c.member.unwrap_or_default(),
                    exit: c.exit,
                    at: c.at,
                })
                .collect(),
            masked: redacted::kinds(self.redactions.as_deref().unwrap_or_default()),
            redacted: masked(self.redactions.as_deref().unwrap_or_default()),
            skipped: (self.skipped.into_iter().flatten())
                .map(|s| Skipped {
                    path: s.path,
                    reason: s.reason,
                    detail: s.detail,
                })
                .collect(),
            operator: self.operator,
            assessment: self.assessment,
            redacted_from: self.redacted_from,
            lacks: Vec::new(),
            partial: Vec::new(),
        })
    }
}

/// The keys of a description, taken out one by one.
struct Keys<'k> {
    keys: &'k Map<String, Value>,
    /// Those of a wrong type.
    lacks: Vec<&'static str>,
    /// Lists with items of a wrong type, and how many.
    partial: Vec<(&'static str, usize)>,
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
        match items.len() - read.len() {
            0 => {}
            _ if read.is_empty() => self.lacks.push(key),
            some => self.partial.push((key, some)),
        }
        read
    }
}

#[cfg(test)]
mod tests;
