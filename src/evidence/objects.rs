//! `api/<resource>.json` → the objects of one list, and whether these are all of them.

mod reply;

use std::sync::Arc;

use serde_json::Value;

use super::Evidence;
use super::citation::Citation;
use super::layout::Kind;
use super::manifest::Manifest;
use crate::problem::Code;

/// The objects of one list.
pub struct Objects {
    /// The objects, in the order of the reply.
    pub items: Vec<Value>,
    /// Why there may be more of them.
    pub incomplete: Option<String>,
    /// The member.
    pub citation: Citation,
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

/// Options of kubectl that make a list leave something out.
const NARROWING: [&str; 6] = [
    "-n",
    "--namespace",
    "-l",
    "--selector",
    "--field-selector",
    "--limit",
];

impl Evidence<'_> {
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
    pub fn objects(&self, list: &str) -> Result<Arc<Objects>, NoObjects> {
        let mut lists = self.lists.borrow_mut();
        let read = || self.read_objects(list).map(Arc::new);
        let known = lists.entry(list.to_owned()).or_insert_with(read);
        known.clone()
    }

    fn read_objects(&self, list: &str) -> Result<Objects, NoObjects> {
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
        let reply = reply::read(bytes, self.limits())
            .map_err(|what| none(Code::ObjectsUnreadable, what))?;
        let kind = reply.text("kind").unwrap_or_default();
        let is_list = kind == "List" || kind.ends_with("List");
        let (true, Some(items)) = (is_list, &reply.items) else {
            let said = reply.text("message");
            let said = said.map(|said| format!(": {said}")).unwrap_or_default();
            let what = format!("is no list of objects{said}; it needs the right `list` on {list}");
            return Err(none(Code::ObjectsNotCollected, what));
        };
        let told = told.or_else(|| self.one_namespace(&member, items));
        let incomplete = told.or_else(|| reply.more()).or_else(|| {
            let odd = items.iter().position(|item| name(item).is_none());
            odd.map(|at| format!("item {at} has no name, so it is no object"))
        });
        Ok(Objects {
            incomplete: incomplete.map(|why| format!("{member}: {why}")),
            items: reply.items.unwrap_or_default(),
            citation,
        })
    }

    /// Whether a list was asked for without the other namespaces.
    fn one_namespace(&self, member: &str, items: &[Value]) -> Option<String> {
        let commands = self.manifest.iter().flat_map(|m| &m.commands);
        let mut commands = commands.filter(|command| command.member == member);
        let has_namespaces = items
            .first()
            .is_none_or(|item| item.pointer("/metadata/namespace").is_some());
        let is_narrow = |command: &super::manifest::Command| {
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
        let mut commands = manifest.commands.iter().filter(|c| c.member == member);
        commands.find_map(|command| match command.exit {
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
