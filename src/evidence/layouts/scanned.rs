//! What a scanner of hosts reports: argument lines, files with their modes, and the bytes of some,
//! all in one document. Each is made a member of its own, so that it is read as any other.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{files, yaml};
use crate::bundle::{Attributes, Bundle, Member};
use crate::evidence::head;
use crate::evidence::host_report::{GROUP, is_of_kubescape};
use crate::evidence::kind::Kind;

/// Levels of a report below which nothing is looked for.
const DEPTH: usize = 8;

/// One report on one host.
pub(super) struct HostReport {
    /// The number of its member.
    pub(super) index: usize,
    /// Where it stands in that.
    pub(super) pointer: String,
    /// The node that it names.
    pub(super) node: Option<String>,
    /// When it was made, RFC 3339.
    pub(super) made_at: Option<String>,
    /// What it says of the host.
    data: Value,
}

impl HostReport {
    /// The argument line that it has at its top.
    pub(super) fn line(&self) -> Option<&str> {
        self.data.get("cmdLine")?.as_str()
    }

    /// The program that it is about; empty where it is about several.
    pub(super) fn program(&self) -> &str {
        let first = self.line().and_then(|line| line.split(' ').next());
        let name = first.and_then(|path| path.rsplit('/').next());
        name.unwrap_or_default()
    }
}

/// The reports of an archive, in its order.
pub(super) fn reports(bundle: &Bundle) -> Vec<HostReport> {
    let is_part = |member: &Member| member.name.contains("#/");
    let members =
        files(bundle).filter(|(_, member)| is_of_kubescape(head(member)) && !is_part(member));
    let documents = members.filter_map(|(index, member)| Some((index, yaml(member)?)));
    documents
        .flat_map(|(index, document)| of_document(index, document))
        .collect()
}

/// The reports of a document: of a list, of an array, or the one that it is.
fn of_document(index: usize, mut document: Value) -> Vec<HostReport> {
    let (items, around) = match document.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => (items, "/items"),
        _ => match document {
            Value::Array(items) => (items, ""),
            one => return report(index, String::new(), one).into_iter().collect(),
        },
    };
    let items = items.into_iter().enumerate();
    items
        .filter_map(|(at, item)| report(index, format!("{around}/{at}"), item))
        .collect()
}

fn report(index: usize, pointer: String, mut item: Value) -> Option<HostReport> {
    let text = |item: &Value, at: &str| Some(item.pointer(at)?.as_str()?.to_owned());
    let is_of_group = text(&item, "/apiVersion").is_some_and(|group| group.starts_with(GROUP));
    if !is_of_group {
        let is_bare = item.get("cmdLine").is_some() || item.get("APIServerInfo").is_some();
        return is_bare.then_some(HostReport {
            index,
            pointer,
            node: None,
            made_at: None,
            data: item,
        });
    }
    let node = text(&item, "/spec/nodeName").or_else(|| text(&item, "/metadata/name"));
    let failed = text(&item, "/status/error").is_some_and(|error| !error.is_empty());
    let made_at = text(&item, "/status/lastSensed");
    let within = if item.get("data").is_some() {
        "data"
    } else {
        "spec"
    };
    // Where it could not be looked at, what stands there is of another time.
    let data = item.get_mut(within).map(Value::take);
    Some(HostReport {
        index,
        pointer: format!("{pointer}/{within}"),
        node,
        made_at: made_at.filter(|time| time.parse::<jiff::Timestamp>().is_ok()),
        data: data.filter(|_| !failed).unwrap_or_default(),
    })
}

/// What a report holds, as members of its own.
pub(super) fn parts(bundle: &Bundle) -> Vec<Member> {
    let mut parts = Vec::new();
    for report in reports(bundle) {
        if let Some(member) = bundle.members.get(report.index) {
            walk(
                &report.data,
                &report.pointer,
                0,
                &mut |pointer, bytes, of| {
                    parts.push(member.part(pointer, bytes, of));
                },
            );
        }
    }
    parts
}

/// Whether a part of a report speaks of a folder.
pub(super) fn is_folder(name: &str) -> bool {
    let within = name.split_once("#/").map(|(_, pointer)| pointer);
    within.is_some_and(|pointer| pointer.ends_with("Dir"))
}

/// What a part of a report is.
pub(super) fn kind(report: &HostReport, pointer: &str) -> Option<Kind> {
    let below = pointer.strip_prefix(&report.pointer)?;
    let below = Some(below).filter(|below| below.starts_with('/'))?;
    if below.ends_with("/cmdLine") {
        return Some(Kind::Arguments);
    }
    let path = below.strip_suffix("/content").unwrap_or(below);
    let path = report.data.pointer(path)?.get("path")?.as_str()?;
    path.starts_with('/').then(|| Kind::File(path.to_owned()))
}

type Found<'f> = dyn FnMut(&str, Option<Vec<u8>>, Option<Attributes>) + 'f;

fn walk(value: &Value, pointer: &str, depth: usize, found: &mut Found<'_>) {
    if depth > DEPTH {
        return;
    }
    if let Some(line) = value.get("cmdLine").and_then(Value::as_str) {
        found(
            &format!("{pointer}/cmdLine"),
            Some(line.as_bytes().to_vec()),
            None,
        );
    }
    if value.get("path").is_some_and(Value::is_string) {
        let content = value.get("content").and_then(Value::as_str);
        let bytes = content.and_then(|text| STANDARD.decode(text.trim()).ok());
        match bytes.filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => found(
                &format!("{pointer}/content"),
                Some(bytes),
                Some(attributes(value)),
            ),
            None => found(pointer, None, Some(attributes(value))),
        }
        return;
    }
    let mut below = |key: &str, value: &Value| {
        walk(value, &format!("{pointer}/{key}"), depth + 1, found);
    };
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| below(key, value)),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(at, value)| below(&at.to_string(), value));
        }
        _ => {}
    }
}

/// What is said of a file: the mode is a decimal number. Owners are judged by number, as names are
/// those of the scanner's own list, or missing.
fn attributes(file: &Value) -> Attributes {
    let number = |at: &str| u32::try_from(file.pointer(at)?.as_u64()?).ok();
    let is_known = |id: &u32| {
        let error = file.pointer("/ownership/err").and_then(Value::as_str);
        error.is_none_or(str::is_empty) && *id != u32::MAX
    };
    Attributes {
        mode: number("/permissions").filter(|mode| *mode <= 0o7777),
        uid: number("/ownership/uid").filter(is_known),
        gid: number("/ownership/gid").filter(is_known),
        ..Attributes::default()
    }
}
