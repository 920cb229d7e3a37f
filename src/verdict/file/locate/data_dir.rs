//! The folder in which k3s keeps its files: its own argument or configuration may name another than
//! the usual one.

use std::borrow::Cow;

use crate::evidence::document::Value;
use crate::evidence::process::Process;
use crate::evidence::{Evidence, NodeFile};
use crate::settings::component::Component;
use crate::verdict::subject::Subject;

const USUAL: &str = "/var/lib/rancher/k3s";
const CONFIG: &str = "/etc/rancher/k3s/config.yaml";

/// The paths, below the folder that the node's k3s names.
pub(super) fn below_own<'p>(paths: &'p [String], subject: &Subject<'_>) -> Cow<'p, [String]> {
    let is_below = |path: &String| path.starts_with(USUAL);
    let process = subject.embedding(Component::Kubelet);
    let named = process
        .filter(|_| paths.iter().any(is_below))
        .and_then(|process| argument(process).or_else(|| configured(subject.evidence?)));
    let Some(folder) = named else {
        return Cow::Borrowed(paths);
    };
    let moved = |path: &String| match path.strip_prefix(USUAL) {
        Some(rest) => format!("{}{rest}", folder.trim_end_matches('/')),
        None => path.clone(),
    };
    paths.iter().map(moved).collect()
}

fn argument(process: &Process) -> Option<String> {
    let words: Vec<&str> = process.words.iter().flat_map(|w| w.split(' ')).collect();
    let mut values = words.iter().enumerate().filter_map(|(at, word)| {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (*word, words.get(at + 1).copied()),
        };
        value.filter(|_| matches!(flag, "--data-dir" | "-d"))
    });
    let absolute = values.next_back().filter(|value| value.starts_with('/'));
    absolute.map(str::to_owned)
}

fn configured(evidence: &Evidence<'_>) -> Option<String> {
    let NodeFile::Here(member, _) = evidence.file(CONFIG) else {
        return None;
    };
    let document = evidence.document(member).ok()?;
    match &document.root.get("data-dir")?.node.value {
        Value::String(path) if path.starts_with('/') => Some(path.clone()),
        _ => None,
    }
}
