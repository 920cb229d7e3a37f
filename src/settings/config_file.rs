//! One KubeletConfiguration document → what it says of each setting, or why a kubelet refuses it.
//!
//! Source: facts on decoding (run against the real code of six versions): strict first, lenient
//! after for the main file; drop-ins are merged by three different engines.

use std::sync::Arc;

use super::kubelet::{SETTINGS, Setting};
use super::value::SettingValue;
use crate::evidence::citation::Citation;
use crate::evidence::document::{Document, Entry, Node, Value};

/// The file's role, which decides what the kubelet forgives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strictness {
    /// A `kind` must be there, whichever, and no `apiVersion`.
    pub any_kind: bool,
    /// A key twice is fatal.
    pub duplicates: bool,
    /// Keys match in any case, and values are decoded once all files are merged.
    pub any_case: bool,
}

/// How the main file and drop-ins of 1.28 are read.
pub const LENIENT: Strictness = Strictness {
    any_kind: false,
    duplicates: false,
    any_case: false,
};

/// A configuration file that decodes.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    /// Its absolute path on the node.
    pub path: String,
    /// Where it stands.
    pub citation: Citation,
    /// Its content.
    pub document: Arc<Document>,
}

/// What a file says of a setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The keys as written, outermost first; below what is masked as a whole, as they should be.
    pub keys: Vec<String>,
    /// How many of the keys are written.
    pub written: usize,
    /// The value; `None` is null.
    pub value: Option<SettingValue>,
    /// Whether the value is masked.
    pub redacted: bool,
    /// The line; 0 in JSON.
    pub line: u32,
}

impl ConfigFile {
    /// Why a kubelet would not start with this file, if it would not.
    #[must_use]
    pub fn refused(&self, how: Strictness) -> Option<String> {
        let root = &self.document.root;
        if !matches!(root.value, Value::Map(_)) {
            return Some(match root.value {
                Value::Null => "it is empty".to_owned(),
                _ => format!("it is a {}, not a KubeletConfiguration", root.kind()),
            });
        }
        let text = |key: &str| match root.get(key).map(|entry| &entry.node.value) {
            Some(Value::String(text)) => Some(text.as_str()),
            _ => None,
        };
        match text("kind") {
            None | Some("") => return Some("it has no kind".to_owned()),
            Some("KubeletConfiguration") => {}
            Some(_) if how.any_kind => {}
            Some(other) => return Some(format!("its kind is {other}")),
        }
        match text("apiVersion") {
            _ if how.any_kind => {}
            Some("kubelet.config.k8s.io/v1beta1") => {}
            Some(other) => return Some(format!("its apiVersion is {other}")),
            None => return Some("it has no apiVersion".to_owned()),
        }
        if how.duplicates
            && let Some(twice) = self.document.duplicates.first()
        {
            return Some(format!("key {} stands twice", twice.path));
        }
        if how.any_case {
            return None;
        }
        SETTINGS
            .iter()
            .find_map(|setting| self.said(setting, false).err())
    }

    /// The mask that stands in place of a value.
    #[must_use]
    pub fn mask(&self, said: &Said) -> Option<&str> {
        let mut node = &self.document.root;
        for key in said.keys.iter().take(said.written) {
            node = &node.get(key)?.node;
        }
        node.mask()
    }

    /// Where it says that.
    #[must_use]
    pub fn cite(&self, said: &Said) -> Citation {
        if said.line > 0 {
            self.citation.line(said.line)
        } else {
            let keys = said.keys.iter().take(said.written).map(String::as_str);
            self.citation.pointer(&keys.collect::<Vec<_>>())
        }
    }

    /// Where one key of what it says of a map stands.
    #[must_use]
    pub fn cite_key(&self, said: &Said, key: &str) -> Citation {
        let mut node = Some(&self.document.root);
        for step in said.keys.iter().take(said.written) {
            node = node.and_then(|node| Some(&node.get(step)?.node));
        }
        let entry = node.and_then(|node| node.get(key));
        match entry.map_or(0, |entry| entry.line) {
            0 => {
                let keys = said.keys.iter().take(said.written).map(String::as_str);
                self.citation
                    .pointer(&keys.chain([key]).collect::<Vec<_>>())
            }
            line => self.citation.line(line),
        }
    }

    /// What the file says of a setting: one entry per spelling of its keys, sorted, none if it is
    /// silent.
    ///
    /// # Errors
    /// Why the decoder refuses the value.
    pub fn said(&self, setting: &Setting, any_case: bool) -> Result<Vec<Said>, String> {
        let segments: Vec<&str> = setting.segments().collect();
        let mut found = Vec::new();
        look(
            &self.document.root,
            &segments,
            any_case,
            &mut Vec::new(),
            setting,
            &mut found,
        )?;
        found.sort_by(|a, b| a.keys.cmp(&b.keys));
        Ok(found)
    }

    /// Where it has the value that its reader refuses with these words.
    pub(super) fn place_of_refused(&self, why: &str) -> Citation {
        let says = |setting: &&Setting| {
            let refused = |any_case| self.said(setting, any_case).is_err_and(|said| said == why);
            refused(false) || refused(true)
        };
        match SETTINGS.iter().find(says) {
            Some(setting) => self.place_of(setting),
            None => self.citation.clone(),
        }
    }

    /// Where it has a setting, in whatever case, as far as it has the keys.
    pub(super) fn place_of(&self, setting: &Setting) -> Citation {
        let mut node = &self.document.root;
        let (mut keys, mut line) = (Vec::new(), 0);
        for segment in setting.segments() {
            let Value::Map(entries) = &node.value else {
                break;
            };
            let same = |entry: &&Entry| entry.key.eq_ignore_ascii_case(segment);
            let exact = entries.iter().find(|entry| entry.key == segment);
            let Some(entry) = exact.or_else(|| entries.iter().find(same)) else {
                break;
            };
            keys.push(entry.key.as_str());
            line = entry.line;
            node = &entry.node;
        }
        match (keys.is_empty(), line) {
            (true, _) => self.citation.clone(),
            (false, 0) => self.citation.pointer(&keys),
            (false, line) => self.citation.line(line),
        }
    }
}

fn look(
    node: &Node,
    segments: &[&str],
    any_case: bool,
    keys: &mut Vec<String>,
    setting: &Setting,
    found: &mut Vec<Said>,
) -> Result<(), String> {
    let Some((segment, rest)) = segments.split_first() else {
        return Ok(());
    };
    let map = Some(&node.value).filter(|_| node.mask_of_whole().is_none());
    let Some(Value::Map(entries)) = map else {
        return match &node.value {
            Value::Null => Ok(()),
            // Masked as a whole, with the value somewhere in it.
            _ if node.mask_of_whole().is_some() => {
                let below = segments.iter().map(|key| (*key).to_owned());
                found.push(Said {
                    keys: keys.iter().cloned().chain(below).collect(),
                    written: keys.len(),
                    value: None,
                    redacted: true,
                    line: node.line,
                });
                Ok(())
            }
            _ => {
                let what = match keys.as_slice() {
                    [] => "it".to_owned(),
                    keys => keys.join("."),
                };
                Err(format!("{what} is a {}, not a map", node.kind()))
            }
        };
    };
    for entry in entries {
        let same = entry.key == *segment || (any_case && entry.key.eq_ignore_ascii_case(segment));
        if !same {
            continue;
        }
        keys.push(entry.key.clone());
        if rest.is_empty() {
            let redacted = entry.node.mask().is_some();
            // In what is merged as JSON a null deletes, of whatever type the key is.
            let is_deleted = any_case && entry.node.value == Value::Null;
            let value = if redacted || is_deleted {
                None
            } else {
                SettingValue::from_node(setting.kind, &entry.node)
                    .map_err(|why| format!("{} {why}", keys.join(".")))?
            };
            found.push(Said {
                keys: keys.clone(),
                written: keys.len(),
                value,
                redacted,
                line: entry.line,
            });
        } else {
            look(&entry.node, rest, any_case, keys, setting, found)?;
        }
        keys.pop();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::yaml_or_json;
    use crate::limits::Limits;

    fn file(text: &str) -> ConfigFile {
        ConfigFile {
            path: "/k".to_owned(),
            citation: Citation::whole("files/k"),
            document: yaml_or_json::parse(text.as_bytes(), &Limits::default())
                .unwrap()
                .into(),
        }
    }

    #[test]
    fn what_holds_no_map_is_named() {
        let asked = Setting::named("authentication.anonymous.enabled").unwrap();
        for (text, why) in [
            ("- a\n", "it is a list, not a map"),
            (
                "authentication: 1\n",
                "authentication is a number, not a map",
            ),
        ] {
            assert_eq!(file(text).said(asked, false).unwrap_err(), why);
        }
    }

    #[test]
    fn what_is_masked_as_a_whole_masks_what_is_in_it() {
        let text = "{\"authentication\":\"REDACTED-BY-NODEPROOF\",\"readOnlyPort\":0}";
        let file = file(text);
        let said = |path: &str| {
            let all = file.said(Setting::named(path).unwrap(), true).unwrap();
            all.into_iter().next().unwrap()
        };
        let masked = said("authentication.anonymous.enabled");
        assert!(masked.redacted && masked.keys.len() == 3);
        assert_eq!(file.cite(&masked).to_string(), "files/k#/authentication");
        assert!(!said("readOnlyPort").redacted);
    }
}
