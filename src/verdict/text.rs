//! The published check to the letter: the argument's text if it is found, else the file's key,
//! else absent. As kube-bench reads it (facts on its evaluation, run against its code): the first
//! match of a flag in the joined argument lines, a bare flag as `true`, null as found.

use super::Verdict;
use super::subject::Subject;
use crate::benchmark::{Join, Test, Text};
use crate::evidence::document::{Node, Value};
use crate::settings::disk::Disk;
use crate::settings::named::ConfigText;

/// What the letter says; `None` where the evidence it reads is not there.
#[must_use]
pub fn read(text: &Text, subject: &Subject<'_>) -> Option<Verdict> {
    if subject.disks.is_empty() {
        return None;
    }
    let lines: Vec<String> = subject
        .disks
        .iter()
        .map(|disk| disk.process().words.join(" "))
        .collect();
    let lines = lines.join("\n");
    let mut results = Vec::with_capacity(text.tests.len());
    for test in &text.tests {
        results.push(holds(test, &lines, subject.disks.first()?)?);
    }
    let holds = match text.join {
        Join::Or => results.contains(&true),
        Join::And => !results.contains(&false),
    };
    Some(if holds { Verdict::Pass } else { Verdict::Fail })
}

/// Whether one test holds; `None` where the file it needs was not collected.
fn holds(test: &Test, lines: &str, disk: &Disk) -> Option<bool> {
    let compare = |found: Option<String>| match (&test.equals, found) {
        (Some(wanted), Some(found)) => found == *wanted,
        (Some(_), None) => false,
        (None, found) => found.is_none() == test.absent,
    };
    if let Some(found) = test
        .flag
        .as_deref()
        .and_then(|flag| flag_value(flag, lines))
    {
        return Some(compare(Some(found)));
    }
    if disk.process().cut {
        return None;
    }
    let Some(path) = &test.path else {
        return Some(compare(None));
    };
    match disk.config_text() {
        ConfigText::None => Some(compare(None)),
        ConfigText::NotSeen => None,
        ConfigText::Broken => Some(false),
        ConfigText::Document(document) => Some(compare(
            document.root.at(path).map(|entry| shown(&entry.node)),
        )),
    }
}

/// `(--flag)(=|: *)*([^\s]*)`: the first match's text; `true` where there is none.
fn flag_value(flag: &str, lines: &str) -> Option<String> {
    let at = lines.find(flag)?;
    let mut rest = lines.get(at + flag.len()..)?;
    loop {
        if let Some(after) = rest.strip_prefix('=') {
            rest = after;
        } else if let Some(after) = rest.strip_prefix(':') {
            rest = after.trim_start_matches(' ');
        } else {
            break;
        }
    }
    let value: String = rest.chars().take_while(|c| !c.is_whitespace()).collect();
    if value.is_empty() {
        return Some("true".to_owned());
    }
    let lower = value.to_lowercase();
    Some(if matches!(lower.as_str(), "true" | "false") {
        lower
    } else {
        value
    })
}

fn shown(node: &Node) -> String {
    match &node.value {
        Value::Null => "<nil>".to_owned(),
        _ => node.to_string(),
    }
}
