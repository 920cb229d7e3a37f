//! `bundle.json`: what a collector says of its own bundle. Every key may be missing or wrong in
//! what auditors hand over, so nothing here is required.

use serde::Deserialize;

/// `bundle.json`, format 1.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Manifest {
    /// `nodeproof-bundle`
    pub format: String,
    /// 1
    pub version: u32,
    /// `node` or `cluster`
    pub kind: String,
    /// `host`, `image` or `api`
    pub source: Option<String>,
    /// The cluster's name; an empty one is none.
    pub cluster: Option<String>,
    /// The node's name; an empty one is none.
    pub node: Option<String>,
    /// RFC 3339.
    pub collected_at: Option<String>,
    /// Where the bundle was made.
    pub host: Host,
    /// The user the collector ran as.
    pub uid: Option<u32>,
    /// The commands whose output is in the bundle.
    pub commands: Vec<Command>,
    /// What was asked for and not taken.
    pub skipped: Vec<Skipped>,
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
    /// Reads `bundle.json`.
    ///
    /// # Errors
    /// What is wrong with it, as a phrase.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut manifest: Self =
            serde_json::from_slice(bytes).map_err(|e| format!("is no bundle description: {e}"))?;
        if manifest.format != "nodeproof-bundle" {
            return Err(format!(
                "has format `{}`, not `nodeproof-bundle`",
                manifest.format
            ));
        }
        if manifest.version != 1 {
            return Err(format!(
                "is of bundle format {}, and this nodeproof reads format 1",
                manifest.version
            ));
        }
        for text in [
            &mut manifest.cluster,
            &mut manifest.node,
            &mut manifest.host.machine_id,
            &mut manifest.host.system_uuid,
        ] {
            *text = text.take().filter(|t| !t.trim().is_empty());
        }
        Ok(manifest)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_may_lack_anything_but_its_format() {
        let manifest =
            Manifest::parse(br#"{"format":"nodeproof-bundle","version":1,"node":"","x":[]}"#)
                .unwrap();
        assert_eq!(manifest.node, None);
        for wrong in [
            "{}",
            "[]",
            "{",
            r#"{"format":"nodeproof-bundle","version":2}"#,
            r#"{"format":"nodeproof-bundle","version":1,"node":7}"#,
        ] {
            assert!(Manifest::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
