//! The manifests of static pods → the components of a control plane that will run by them.

use std::collections::BTreeMap;

use super::Evidence;
use super::citation::Citation;
use super::document::{Node, Value};
use super::kind::Kind;
use super::process::{Process, control_plane};
use super::unit_file;

/// Where kubelets are told to look for manifests, by the distributions that are known.
const FOLDERS: [&str; 5] = [
    "/etc/kubernetes/manifests",
    "/etc/origin/node/pods",
    "/etc/kubernetes/static-pod-resources",
    "/var/lib/rancher/rke2/agent/pod-manifests",
    "/var/lib/rancher/k3s/agent/pod-manifests",
];

/// A component as a manifest has it.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its words, as of a process that nothing shows to run.
    pub process: Process,
    /// What its name and version are: the image.
    pub image: Option<String>,
    /// The variables that the manifest sets; `None` where it takes some from elsewhere.
    pub variables: Option<BTreeMap<String, String>>,
}

impl Evidence<'_> {
    /// The components that manifests in a folder of static pods have; `own` is the folder that the
    /// kubelet of the node names.
    #[must_use]
    pub fn planned_components(&self, own: Option<&str>) -> Vec<Planned> {
        let mut all = Vec::new();
        for (kind, index) in self.all(|kind| matches!(kind, Kind::File(_))) {
            let Kind::File(path) = kind else {
                continue;
            };
            let Some((folder, name)) = path.rsplit_once('/') else {
                continue;
            };
            let of_folder = match own {
                Some(own) => own.trim_end_matches('/') == folder,
                None => FOLDERS.contains(&folder),
            };
            let is_read = [".yaml", ".yml", ".json", ".manifest"];
            let is_hidden = name.starts_with('.');
            if !of_folder || is_hidden || !is_read.iter().any(|end| name.ends_with(end)) {
                continue;
            }
            let Some(member) = self.bundle.members.get(index) else {
                continue;
            };
            if !self.bytes(index).is_ok_and(may_name_component) {
                continue;
            }
            let Ok(document) = self.document(member) else {
                continue;
            };
            let citation = self.cite(index);
            let items = list(&document.root, "spec.containers");
            if text(&document.root, "kind") == Some("Pod") {
                let of = |container| planned(container, &citation);
                all.extend(items.iter().filter_map(of));
            }
        }
        all
    }
}

/// What the words have of one of which [`control_plane`] knows which component it runs.
const NAMED: [&[u8]; 6] = [
    b"kube-apiserver",
    b"kube-controller-manager",
    b"kube-scheduler",
    b"etcd",
    b"hyperkube",
    b"openshift",
];

/// Whether a manifest may name a component of a control plane, so that it has to be parsed: most
/// static pods are of something else. Quotes may stand within a name; escapes, tags, variables and
/// other encodings than UTF-8 may spell one otherwise.
fn may_name_component(manifest: &[u8]) -> bool {
    let has = |text: &[u8], part: &[u8]| memchr::memmem::find(text, part).is_some();
    let is_plain = !manifest.iter().any(|b| matches!(b, b'\\' | b'!' | 0));
    if !is_plain || has(manifest, b"$(") {
        return true;
    }
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'');
    let bare: Vec<u8> = { manifest.iter().copied() }
        .filter(|b| !is_quote(b))
        .collect();
    NAMED.iter().any(|part| has(&bare, part))
}

pub(super) fn planned(container: &Node, manifest: &Citation) -> Option<Planned> {
    let mut words: Vec<String> = Vec::new();
    let mut line = container.line;
    for key in ["command", "args"] {
        let entry = container.get(key);
        if words.is_empty() {
            line = entry.map_or(line, |entry| entry.line);
        }
        for word in list(container, key) {
            match &word.value {
                Value::String(text) => words.push(text.clone()),
                _ => return None,
            }
        }
    }
    let words = of_shell(words)?;
    let image = text(container, "image").map(str::to_owned);
    // Without a command the image's own entry point runs, which is what the image is named after.
    let words = match (words.first(), image.as_deref().and_then(program_of)) {
        (Some(first), Some(program)) if first.starts_with('-') => {
            std::iter::once(program.to_owned()).chain(words).collect()
        }
        _ => words,
    };
    control_plane(words.iter().map(String::as_str))?;
    let mut variables = Some(BTreeMap::new());
    for entry in list(container, "env") {
        match (text(entry, "name"), text(entry, "value")) {
            (Some(name), Some(value)) => {
                if let Some(all) = &mut variables {
                    all.insert(name.to_owned(), value.to_owned());
                }
            }
            _ => variables = None,
        }
    }
    if !list(container, "envFrom").is_empty() {
        variables = None;
    }
    let own = variables.as_ref();
    let words = words.into_iter().map(|word| match own {
        Some(variables) => expanded(&word, variables),
        None => word,
    });
    let words: Vec<String> = words.collect();
    let citation = match line {
        0 => manifest.clone(),
        line => manifest.line(line),
    };
    Some(Planned {
        process: Process::planned(words, citation),
        image,
        variables,
    })
}

/// A word with the variables in it that the manifest sets; of others nothing is known.
fn expanded(word: &str, variables: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    let mut rest = word;
    while let Some((before, after)) = rest.split_once("$(") {
        let named = after.split_once(')').filter(|_| !before.ends_with('$'));
        let value = named.and_then(|(name, _)| variables.get(name));
        text.push_str(before);
        match (value, named) {
            (Some(value), Some((_, after))) => {
                text.push_str(value);
                rest = after;
            }
            _ => {
                text.push_str("$(");
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// What a shell is told to run, where it is one command; the words themselves where none is asked.
fn of_shell(words: Vec<String>) -> Option<Vec<String>> {
    let (Some(shell), Some((at, script))) = (words.first(), script_of(&words)) else {
        return Some(words);
    };
    let is_shell = ["sh", "bash"]
        .iter()
        .any(|name| shell == name || shell.ends_with(&format!("/{name}")));
    if !is_shell
        || words
            .iter()
            .skip(1)
            .take(at)
            .any(|word| !word.starts_with(['-', '+']))
    {
        return Some(words);
    }
    let all = unit_file::words(script)?;
    let mut parts = all.split(|word| matches!(word.as_str(), "&&" | ";" | "exec"));
    let is_component = |part: &&[String]| control_plane(part.iter().map(String::as_str)).is_some();
    let part = parts.find(is_component)?;
    let end = part.iter().position(|word| {
        word.starts_with(['>', '|', '&', '<']) || word.starts_with("1>") || word.starts_with("2>")
    });
    Some(part.get(..end.unwrap_or(part.len()))?.to_vec())
}

/// The script among the words of a shell, and how many words stand between the two: the one behind
/// an option that ends with `c`, as in `-c` and `-ec`.
fn script_of(words: &[String]) -> Option<(usize, &String)> {
    let is_option = |word: &&String| {
        let letters = word.strip_prefix('-').unwrap_or_default();
        letters.ends_with('c') && letters.bytes().all(|b| b.is_ascii_lowercase())
    };
    let at = words.iter().skip(1).position(|word| is_option(&word))?;
    Some((at, words.get(at + 2)?))
}

/// The program that an image of the project is for.
fn program_of(image: &str) -> Option<&'static str> {
    let name = image.rsplit('/').next()?.split([':', '@']).next()?;
    control_plane(std::iter::once(name)).map(|(program, _)| program)
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    match &node.get(key)?.node.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn list<'n>(node: &'n Node, path: &str) -> &'n [Node] {
    match node.at(path).map(|entry| &entry.node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_parsed_however_it_spells_a_component() {
        for named in [
            "image: registry.k8s.io/kube-scheduler:v1.31.0",
            "command: [etcd, --data-dir=/var/lib/etcd]",
            "command: [hyperkube, apiserver]",
            "command: [openshift, start, master]",
            "args: [-c, exec kube-'api'server]",
            "command: [\"kube-\\x61piserver\"]",
            "command: [!!binary a3ViZS1hcGlzZXJ2ZXI=]",
            "command: [\"$(PROGRAM)\"]",
            "k\0u\0b\0e\0",
        ] {
            assert!(may_name_component(named.as_bytes()), "{named}");
        }
        for other in [
            "command: [kube-proxy, --config=/var/lib/kube-proxy/config.conf]",
            "args: [--tls-cert-file=/etc/kubernetes/pki/apiserver.crt]",
            "",
        ] {
            assert!(!may_name_component(other.as_bytes()), "{other}");
        }
    }
}
