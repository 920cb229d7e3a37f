//! `api/<resource>.json` → the objects of one list, and whether these are all of them.

mod reply;
pub mod shape;
pub mod shrunk;
mod split;

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

use super::Evidence;
use super::citation::Citation;
use super::kind::Kind;
use super::manifest::{Command, Manifest};
use crate::problem::Code;

/// The objects of one list. They are read one by one whenever they are asked for, and never held.
#[derive(Clone)]
pub struct Objects<'b> {
    bytes: &'b [u8],
    list: Arc<List>,
}

/// Where the objects of a list stand, and whether these are all.
pub struct List {
    index: usize,
    spans: Vec<reply::Span>,
    /// Why there may be more of them.
    pub incomplete: Option<String>,
    /// The only namespace that was asked for.
    pub namespace: Option<String>,
    /// The member.
    pub citation: Citation,
}

impl Deref for Objects<'_> {
    type Target = List;

    fn deref(&self) -> &List {
        &self.list
    }
}

impl Objects<'_> {
    /// How many objects there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.spans.len()
    }

    /// An object, by its place in the reply.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<Value> {
        let (start, length) = *self.spans.get(at)?;
        serde_json::from_slice(self.bytes.get(start..start + length)?).ok()
    }

    /// The objects in the order of the reply, each with its place there.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Value)> {
        (0..self.spans.len()).filter_map(|at| Some((at, self.get(at)?)))
    }
}

/// Why there is no list.
#[derive(Clone)]
pub struct NoObjects {
    /// The code.
    pub code: Code,
    /// A sentence.
    pub why: String,
    /// The member, where there is one.
    pub citation: Option<Citation>,
}

/// The list of namespaces.
const NAMESPACES: &str = "namespaces";

/// Options of kubectl that say which API server is asked.
const SERVERS: [&str; 5] = ["--context", "--kubeconfig", "--cluster", "--server", "-s"];

/// Options of kubectl that make a list leave something out.
const NARROWING: [&str; 4] = ["-l", "--selector", "--field-selector", "--limit"];
/// Those that make it leave out other namespaces.
const NAMESPACE: [&str; 2] = ["-n", "--namespace"];

impl<'b> Evidence<'b> {
    /// Whether the bundle has a list of API objects beside the nodes, good or bad.
    fn has_objects(&self) -> bool {
        self.all(|kind| matches!(kind, Kind::ApiObjects(_)))
            .next()
            .is_some()
    }

    /// Whether the bundle is a cluster's, with objects to judge it by, or word that these were
    /// asked for and could not be had.
    #[must_use]
    pub fn is_of_cluster(&self) -> bool {
        let clusters = self.manifest.as_ref().filter(|m| m.kind == "cluster");
        clusters.is_some_and(|manifest| self.has_objects() || was_asked(manifest))
    }

    /// The objects of `api/<list>.json`.
    ///
    /// # Errors
    /// There is none, or it is no list.
    pub fn objects(&self, list: &str) -> Result<Objects<'b>, NoObjects> {
        let known = self.lists.borrow().get(list).cloned();
        let list = match known {
            Some(known) => known?,
            None => {
                let read = self.read_objects(list).map(Arc::new);
                let mut lists = self.lists.borrow_mut();
                lists.entry(list.to_owned()).or_insert(read).clone()?
            }
        };
        // It was read before.
        let bytes = self.bytes(list.index).unwrap_or_default();
        Ok(Objects { bytes, list })
    }

    fn read_objects(&self, list: &str) -> Result<List, NoObjects> {
        let member = format!("api/{list}.json");
        let told = self.told_of(&member);
        let Some(index) = self.first(&Kind::ApiObjects(list.to_owned())) else {
            let why = told.unwrap_or_else(|| "it is not in the bundle".to_owned());
            return Err(NoObjects {
                code: Code::ObjectsNotCollected,
                why: format!("{member}: {why}; it needs the right `list` on {list}"),
                citation: None,
            });
        };
        let citation = self.cite(index);
        let none = |code, what: String| NoObjects {
            code,
            why: format!("{member} {what}"),
            citation: Some(citation.clone()),
        };
        let bytes = self
            .bytes(index)
            .map_err(|why| none(Code::ObjectsUnreadable, why))?;
        let (mut seen, mut odd, mut of_namespace) = (0, None, None);
        let mut homes = BTreeSet::new();
        let mut show = |object: &Value| {
            if name(object).is_none() {
                odd = odd.or(Some(seen));
            }
            let home = object
                .pointer("/metadata/namespace")
                .and_then(Value::as_str);
            of_namespace = of_namespace.or(Some(home.is_some()));
            if let Some(home) = home.filter(|home| !homes.contains(*home)) {
                homes.insert(home.to_owned());
            }
            seen += 1;
        };
        let read = reply::read(bytes, self.limits(), &mut show);
        let (reply, spans) = read.map_err(|what| none(Code::ObjectsUnreadable, what))?;
        let kind = reply.text("kind").unwrap_or_default();
        let is_list = kind == "List" || kind.ends_with("List");
        if !(is_list && reply.has_list()) {
            let said = reply.text("message");
            let said = said.map(|said| format!(": {said}")).unwrap_or_default();
            let what = format!("is no list of objects{said}; it needs the right `list` on {list}");
            return Err(none(Code::ObjectsNotCollected, what));
        }
        let namespace = self.namespace_of(&member);
        let told = told.or_else(|| match &namespace {
            Some(_) => None,
            None => self.one_namespace(&member, of_namespace.unwrap_or(true)),
        });
        let incomplete = told
            .or_else(|| reply.more())
            .or_else(|| odd.map(|at: usize| format!("item {at} has no name, so it is no object")));
        let incomplete = incomplete.or_else(|| self.stranger(&homes));
        Ok(List {
            incomplete: incomplete.map(|why| format!("{member}: {why}")),
            namespace,
            index,
            spans,
            citation,
        })
    }

    /// A namespace of objects that the list of all namespaces does not have.
    fn stranger(&self, homes: &BTreeSet<String>) -> Option<String> {
        if homes.is_empty() {
            return None;
        }
        let all = self.objects(NAMESPACES).ok()?;
        if all.incomplete.is_some() || all.count() == 0 {
            return None;
        }
        let all: BTreeSet<String> = all.iter().filter_map(|(_, item)| name(&item)).collect();
        let mut strangers = homes.iter().filter(|home| !all.contains(*home));
        let first = strangers.next()?;
        // Some may have been made between the two requests.
        let are_many = (1 + strangers.count()) * 2 >= homes.len();
        are_many.then(|| format!(
            "it has objects in the namespace {first}, which api/namespaces.json does not have, so one of the two is not whole, or of another cluster"
        ))
    }

    /// The namespace that a list was asked for in.
    fn namespace_of(&self, member: &str) -> Option<String> {
        let commands = self.manifest.iter().flat_map(|m| &m.commands);
        let mut commands = commands.filter(|command| command.member == member);
        commands.find_map(|command| values(command, &NAMESPACE).pop())
    }

    /// Whether a list was asked for without the other namespaces.
    fn one_namespace(&self, member: &str, has_namespaces: bool) -> Option<String> {
        let commands = self.manifest.iter().flat_map(|m| &m.commands);
        let mut commands = commands.filter(|command| command.member == member);
        let is_narrow = |command: &Command| {
            let words: Vec<&str> = command.argv.split_whitespace().collect();
            let has = |word: &str| words.iter().any(|own| own.split('=').next() == Some(word));
            has("get") && !has("--raw") && !has("-A") && !has("--all-namespaces")
        };
        (has_namespaces && commands.any(is_narrow))
            .then(|| "its command did not ask for all namespaces".to_owned())
    }

    /// What bundle.json says against a list being whole.
    fn told_of(&self, member: &str) -> Option<String> {
        let manifest = self.manifest.as_ref()?;
        let mut skipped = manifest.skipped.iter();
        if let Some(skipped) = skipped.find(|skipped| skipped.path == member) {
            return Some(format!(
                "bundle.json says it could not be had ({} {})",
                skipped.reason, skipped.detail
            ));
        }
        let asked = |command: &&Command| !command.member.is_empty();
        let first = manifest.commands.iter().find(asked);
        let mut commands = manifest.commands.iter().filter(|c| c.member == member);
        commands.find_map(|command| match command.exit {
            Some(0) | None if first.is_some_and(|first| server(first) != server(command)) => {
                Some("its command asked another cluster than the first one did".to_owned())
            }
            Some(0) | None => {
                let mut words = command.argv.split_whitespace();
                let word = words.find(|word| {
                    let option = word.split('=').next().unwrap_or_default();
                    NARROWING.contains(&option)
                })?;
                Some(format!("`{word}` of its command leaves objects out"))
            }
            Some(exit) => Some(format!("its command ended with {exit}")),
        })
    }
}

/// What a command says of the API server it asks.
fn server(command: &Command) -> Vec<String> {
    values(command, &SERVERS)
}

/// What a command gives these options.
fn values(command: &Command, options: &[&str]) -> Vec<String> {
    let mut words = command.argv.split_whitespace();
    let mut said = Vec::new();
    while let Some(word) = words.next() {
        let (option, value) = word.split_once('=').unwrap_or((word, ""));
        if options.contains(&option) {
            let value = match value {
                "" => words.next().unwrap_or_default(),
                value => value,
            };
            said.push(value.to_owned());
        }
    }
    said
}

/// Whether lists of objects beside the nodes were asked for.
fn was_asked(manifest: &Manifest) -> bool {
    let skipped = manifest.skipped.iter().map(|skipped| &skipped.path);
    let mut members = skipped.chain(manifest.commands.iter().map(|command| &command.member));
    members.any(|member| is_list(member) && member != "api/nodes.json")
}

/// Whether a member of a cluster's bundle is a list of API objects.
#[must_use]
pub fn is_list(member: &str) -> bool {
    member.starts_with("api/")
}

/// The name of an object, with its namespace.
#[must_use]
pub fn name(item: &Value) -> Option<String> {
    let text = |pointer| item.pointer(pointer).and_then(Value::as_str);
    let name = text("/metadata/name").filter(|name| !name.is_empty())?;
    Some(match text("/metadata/namespace").unwrap_or_default() {
        "" => name.to_owned(),
        namespace => format!("{namespace}/{name}"),
    })
}
