//! A rule about API objects: which lists, which of their objects, which elements of these, and what
//! must not be there.

pub mod admission;
pub mod defaults;
pub mod namespaces;
pub mod pattern;
pub mod read;
pub mod rights;
pub mod shared;

use serde_json::Value as Json;
use toml::Value;

use super::written::{CheckTable, Wrong, described};
use pattern::{Around, ObjectPattern, keys};

/// The list of namespaces, and the label of theirs that says what is let in.
pub const NAMESPACES: &str = "namespaces";
/// The label that Kubernetes itself reads there.
pub const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// What no object of some lists may have.
#[derive(Clone, Debug)]
pub struct ObjectsRule {
    /// The lists: `clusterrolebindings`. All must be there, and whole, to pass.
    pub lists: Vec<String>,
    /// What is to be true, for people.
    pub expected: String,
    /// What an offender is called, for people.
    pub offender: String,
    /// Whether objects in the system's namespaces are left out.
    pub leaves_system_out: bool,
    /// The namespace that it is about: a list that was asked for there alone is whole.
    pub namespace: Option<String>,
    /// The level of pod security that forbids it.
    pub admission: Option<PodSecurityLevel>,
    /// Whether one object that has nothing of it is enough.
    pub one_is_enough: bool,
    /// Whether what Kubernetes itself makes is no offender.
    pub knows_defaults: bool,
    /// What joins another object to each.
    pub join: Option<ObjectJoin>,
    only: Vec<ObjectPattern>,
    skip: Vec<ObjectPattern>,
    each: Vec<Vec<String>>,
    offends: Vec<ObjectPattern>,
    except: Vec<ObjectPattern>,
}

/// Another object that a path may look at.
#[derive(Clone, Debug)]
pub struct ObjectJoin {
    /// Its list.
    pub list: String,
    /// Where its name stands.
    pub name: Vec<String>,
    /// Its name where none stands there.
    pub otherwise: String,
}

/// A level of pod security, the laxest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodSecurityLevel {
    /// Everything is let in.
    Privileged,
    /// Known ways out of a container are not.
    Baseline,
    /// Only what is hardened is.
    Restricted,
}

impl PodSecurityLevel {
    /// The level that a namespace's label names; what it does not know, Kubernetes takes for the
    /// strictest.
    #[must_use]
    pub fn of_label(label: Option<&str>) -> Self {
        match label {
            None | Some("privileged") => Self::Privileged,
            Some("baseline") => Self::Baseline,
            Some(_) => Self::Restricted,
        }
    }
}

/// What of one object must not be there.
#[derive(Debug, Default, PartialEq)]
pub struct ObjectFault {
    /// The segments of the pointer to each.
    pub offenders: Vec<Vec<String>>,
    /// Something needed is masked, missing or of another type.
    pub is_undecided: bool,
    /// It is an object that the rule asks about.
    pub is_asked: bool,
}

impl ObjectsRule {
    /// Reads the check of a catalog file.
    ///
    /// # Errors
    /// A key it must not have, or one that is missing.
    pub fn settle(table: &mut CheckTable) -> Result<Self, Wrong> {
        let lists = texts(table, "lists")?;
        if lists.is_empty() {
            return Err(Wrong::at("lists", "`lists` is a list of names"));
        }
        let admission = match table.text("admission")?.as_deref() {
            None => None,
            Some("baseline") => Some(PodSecurityLevel::Baseline),
            Some("restricted") => Some(PodSecurityLevel::Restricted),
            Some(_) => {
                let what = "`admission` is baseline or restricted";
                return Err(Wrong::at("admission", what));
            }
        };
        let mut each: Vec<Vec<String>> = texts(table, "each")?
            .iter()
            .map(|path| keys(path))
            .collect();
        if each.is_empty() {
            each.push(Vec::new());
        }
        let rule = Self {
            lists,
            expected: table.needed("expected")?,
            offender: table.needed("offender")?,
            leaves_system_out: table.flag("leaves_system_out")?,
            one_is_enough: table.flag("one_is_enough")?,
            knows_defaults: table.flag("knows_defaults")?,
            namespace: table.text("namespace")?.filter(|name| !name.is_empty()),
            admission,
            join: ObjectJoin::settle(table)?,
            only: ObjectPattern::list(table, "only")?,
            skip: ObjectPattern::list(table, "skip")?,
            offends: ObjectPattern::list(table, "offends")?,
            except: ObjectPattern::list(table, "except")?,
            each,
        };
        let patterns = [&rule.only, &rule.skip, &rule.offends, &rule.except];
        if rule.join.is_none() && patterns.into_iter().flatten().any(ObjectPattern::joins) {
            return Err(Wrong::at("join", "a path with `@` needs `join`"));
        }
        Ok(rule)
    }

    /// The same for whom only what is there counts, whatever would be let in.
    #[must_use]
    pub fn to_the_letter(&self) -> Self {
        Self {
            admission: None,
            ..self.clone()
        }
    }

    /// What of an object must not be there; `exempts` knows elements that are no offenders.
    #[must_use]
    pub fn look_at(
        &self,
        around: &Around<'_>,
        exempts: &dyn Fn(&[String], &Json) -> bool,
    ) -> ObjectFault {
        let mut found = ObjectFault::default();
        let item = around.object;
        if ObjectPattern::any(&self.skip, item, around) == Some(true) {
            return found;
        }
        let asked = match self.only.is_empty() {
            true => Some(true),
            false => ObjectPattern::any(&self.only, item, around),
        };
        let home = item.pointer("/metadata/namespace").and_then(Json::as_str);
        let is_elsewhere = (self.namespace.as_deref()).is_some_and(|own| home != Some(own));
        if asked == Some(false) || is_elsewhere {
            return found;
        }
        found.is_asked = true;
        let mut places = Vec::new();
        for path in &self.each {
            found.is_undecided |= !walk(item, path, &mut Vec::new(), &mut places);
        }
        for (pointer, element) in places {
            let offends = match self.offends.is_empty() {
                true => Some(true),
                false => ObjectPattern::any(&self.offends, element, around),
            };
            let is_let = ObjectPattern::any(&self.except, element, around);
            if offends == Some(false) || is_let == Some(true) || exempts(&pointer, element) {
                continue;
            }
            match (asked, offends, is_let) {
                (Some(true), Some(true), Some(false)) => found.offenders.push(pointer),
                _ => found.is_undecided = true,
            }
        }
        found
    }
}

impl ObjectJoin {
    fn settle(table: &mut CheckTable) -> Result<Option<Self>, Wrong> {
        let below = match table.take("join") {
            None => return Ok(None),
            Some(Value::Table(below)) => below,
            Some(other) => {
                let what = format!("`join` is a table, not {}", described(&other));
                return Err(Wrong::at("join", what));
            }
        };
        let here = |wrong: Wrong| wrong.below(["join".into()]);
        let mut below = CheckTable::new(below);
        let join = Self {
            list: below.needed("list").map_err(here)?,
            name: keys(&below.needed("name").map_err(here)?),
            otherwise: below.needed("otherwise").map_err(here)?,
        };
        below.finish("join").map_err(here)?;
        Ok(Some(join))
    }
}

/// Collects what stands at a path, through every list on the way; false where something on the way
/// is neither list nor map.
fn walk<'v>(
    value: &'v Json,
    path: &[String],
    at: &mut Vec<String>,
    found: &mut Vec<(Vec<String>, &'v Json)>,
) -> bool {
    match (value, path.split_first()) {
        (Json::Null, _) => true,
        (Json::Array(items), _) => {
            let mut is_known = true;
            for (n, item) in items.iter().enumerate() {
                at.push(n.to_string());
                is_known &= walk(item, path, at, found);
                at.pop();
            }
            is_known
        }
        (_, None) => {
            found.push((at.clone(), value));
            true
        }
        (Json::Object(map), Some((key, rest))) => map.get(key).is_none_or(|below| {
            at.push(key.clone());
            let is_known = walk(below, rest, at, found);
            at.pop();
            is_known
        }),
        _ => false,
    }
}

/// A list of texts; empty where the key is not there.
pub(super) fn texts(table: &mut CheckTable, key: &str) -> Result<Vec<String>, Wrong> {
    let wrong = |other: &Value| {
        let what = format!("`{key}` is a list of texts, not {}", described(other));
        Wrong::at(key, what)
    };
    match table.take(key) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .into_iter()
            .map(|item| match item {
                Value::String(text) => Ok(text),
                other => Err(wrong(&other)),
            })
            .collect(),
        Some(other) => Err(wrong(&other)),
    }
}
