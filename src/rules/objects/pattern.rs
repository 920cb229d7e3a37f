//! What must stand at paths of an object: the conditions of rules about API objects.

use serde_json::Value as Json;
use toml::{Table, Value};

use super::super::written::{CheckTable, Wrong, described};

/// Conditions that hold together.
#[derive(Clone, Debug)]
pub struct ObjectPattern(Vec<(Vec<Path>, Condition)>);

/// Where a condition looks.
#[derive(Clone, Debug)]
struct Path {
    from: From,
    keys: Vec<String>,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum From {
    /// At the element at hand.
    Element,
    /// At the object it is in: `^`
    Object,
    /// At the object that the rule joins: `@`
    Joined,
}

/// What must stand there.
#[derive(Clone, Debug)]
enum Condition {
    /// One of these.
    OneOf(Vec<Json>),
    /// Something else than these, or nothing.
    NoneOf(Vec<Json>),
    /// A list with this item.
    Has(Json),
    /// No list, or one without any of these items.
    Lacks(Vec<Json>),
    /// A list with an item that is none of these.
    HasOtherThan(Vec<Json>),
    /// A number below this one.
    Below(i64),
    /// A text that begins so.
    Begins(String),
    /// Something, or nothing.
    IsSet(bool),
}

/// What conditions are looked up in.
pub struct Around<'v> {
    /// The object that holds the element.
    pub object: &'v Json,
    /// The object that the rule joins; `None` where it is not known.
    pub joined: Option<&'v Json>,
    /// Knows values that were taken out.
    pub is_masked: &'v dyn Fn(&str) -> bool,
}

impl ObjectPattern {
    /// Whether any of these holds; `None` where what would decide is masked or not known.
    #[must_use]
    pub fn any(all: &[Self], element: &Json, around: &Around<'_>) -> Option<bool> {
        let mut any = Some(false);
        for pattern in all {
            match pattern.holds(element, around) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => any = None,
            }
        }
        any
    }

    fn holds(&self, element: &Json, around: &Around<'_>) -> Option<bool> {
        let mut all = Some(true);
        for (paths, condition) in &self.0 {
            match condition.holds_at(paths, element, around) {
                Some(false) => return Some(false),
                Some(true) => {}
                None => all = None,
            }
        }
        all
    }

    /// Whether it may hold of an element that has nothing of what it looks at.
    pub(super) fn may_hold_of_nothing(&self) -> bool {
        let of_nothing = |condition: &Condition| match condition {
            Condition::NoneOf(_) | Condition::Lacks(_) | Condition::IsSet(false) => true,
            Condition::OneOf(_)
            | Condition::Has(_)
            | Condition::HasOtherThan(_)
            | Condition::Below(_)
            | Condition::Begins(_)
            | Condition::IsSet(true) => false,
        };
        let here = |path: &Path| matches!(path.from, From::Element);
        self.0.iter().all(|(paths, condition)| {
            of_nothing(condition) || !paths.iter().any(here) || paths.iter().any(|p| !here(p))
        })
    }

    /// The paths that it looks at, and whether at what stands there or only whether something does.
    pub(super) fn paths(&self) -> impl Iterator<Item = (From, &[String], bool)> {
        let paths = self.0.iter().flat_map(|(paths, condition)| {
            let at_value = !matches!(condition, Condition::IsSet(_));
            paths.iter().map(move |path| (path, at_value))
        });
        paths.map(|(path, at_value)| (path.from, path.keys.as_slice(), at_value))
    }

    /// Whether a path of it looks at the joined object.
    #[must_use]
    pub fn joins(&self) -> bool {
        let mut paths = self.0.iter().flat_map(|(paths, _)| paths);
        paths.any(|path| matches!(path.from, From::Joined))
    }

    /// Reads a list of tables of paths and conditions.
    ///
    /// # Errors
    /// It is something else.
    pub fn list(table: &mut CheckTable, key: &str) -> Result<Vec<Self>, Wrong> {
        let items = match table.take(key) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(other) => return Err(no_list(key, &other)),
        };
        let one = |(at, item): (usize, Value)| match item {
            Value::Table(table) if !table.is_empty() => {
                Self::settle(table).map_err(|wrong| wrong.below([key.into(), at.into()]))
            }
            other => Err(no_list(key, &other)),
        };
        items.into_iter().enumerate().map(one).collect()
    }

    fn settle(table: Table) -> Result<Self, Wrong> {
        let one = |(path, value): (String, Value)| {
            let paths = path.split(" | ").map(Path::parse).collect();
            Condition::settle(value)
                .map(|condition| (paths, condition))
                .map_err(|what| Wrong::at(&path, what))
        };
        table
            .into_iter()
            .map(one)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn no_list(key: &str, found: &Value) -> Wrong {
    let what = format!(
        "`{key}` is a list of tables of paths and conditions, not {}",
        described(found)
    );
    Wrong::at(key, what)
}

impl Path {
    fn parse(text: &str) -> Self {
        let text = text.trim();
        let (from, text) = match (text.strip_prefix('^'), text.strip_prefix('@')) {
            (Some(rest), _) => (From::Object, rest),
            (_, Some(rest)) => (From::Joined, rest),
            _ => (From::Element, text),
        };
        Self {
            from,
            keys: keys(text),
        }
    }

    /// What stands there; `None` where that is not known.
    fn find<'v>(&self, element: &'v Json, around: &Around<'v>) -> Option<Option<&'v Json>> {
        let start = match self.from {
            From::Element => element,
            From::Object => around.object,
            From::Joined => around.joined?,
        };
        let mut at = start;
        for key in &self.keys {
            at = match at {
                Json::Object(map) => match map.get(key) {
                    Some(below) => below,
                    None => return Some(None),
                },
                Json::Null => return Some(None),
                // A mask, or what the API never gives: what it stands for is not known.
                _ => return None,
            };
        }
        Some(Some(at).filter(|value| !value.is_null()))
    }
}

/// The keys of a path: apart by points, and in quotes where they have some.
#[must_use]
pub fn keys(text: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut is_quoted = false;
    for c in text.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            '.' if !is_quoted => keys.push(String::new()),
            c => keys.iter_mut().last().into_iter().for_each(|k| k.push(c)),
        }
    }
    keys.retain(|key| !key.is_empty());
    keys
}

impl Condition {
    fn settle(value: Value) -> Result<Self, String> {
        let Value::Table(table) = value else {
            return Ok(Self::OneOf(vec![json(value)?]));
        };
        let mut words = table.into_iter();
        let (Some((word, value)), None) = (words.next(), words.next()) else {
            return Err("a condition is a value, or a table of one word".to_owned());
        };
        let list = |value: Value| match value {
            Value::Array(items) => items.into_iter().map(json).collect(),
            other => json(other).map(|one| vec![one]),
        };
        Ok(match (word.as_str(), value) {
            ("one_of", value) => Self::OneOf(list(value)?),
            ("none_of", value) => Self::NoneOf(list(value)?),
            ("has", value) => Self::Has(json(value)?),
            ("lacks", value) => Self::Lacks(list(value)?),
            ("has_other_than", value) => Self::HasOtherThan(list(value)?),
            ("below", Value::Integer(most)) => Self::Below(most),
            ("begins", Value::String(start)) => Self::Begins(start),
            ("is_set", Value::Boolean(is)) => Self::IsSet(is),
            (word, _) => {
                return Err(format!(
                    "there is no condition `{word}` of this kind; there are one_of, none_of, has, lacks, has_other_than, below, begins, is_set"
                ));
            }
        })
    }

    /// The first path where something stands counts.
    fn holds_at(&self, paths: &[Path], element: &Json, around: &Around<'_>) -> Option<bool> {
        let mut found = None;
        for path in paths {
            found = path.find(element, around)?;
            if found.is_some() {
                break;
            }
        }
        self.holds(found, around.is_masked)
    }

    fn holds(&self, found: Option<&Json>, is_masked: &dyn Fn(&str) -> bool) -> Option<bool> {
        let items = found.and_then(Json::as_array).map(Vec::as_slice);
        let hidden = |value: &Json| value.as_str().is_some_and(is_masked);
        let is_hidden = found.is_some_and(hidden) || items.is_some_and(|i| i.iter().any(hidden));
        // What is of another type than the API gives decides nothing.
        let is_odd = found.is_some() && items.is_none();
        let known = |held: bool| (!is_hidden).then_some(held);
        let is_of_type = |wanted: &[Json]| {
            let same =
                |one: &Json, found| std::mem::discriminant(one) == std::mem::discriminant(found);
            found.is_none_or(|found| wanted.iter().any(|one| same(one, found)))
        };
        match self {
            Self::OneOf(wanted) | Self::NoneOf(wanted) if !is_of_type(wanted) => None,
            Self::OneOf(wanted) => known(found.is_some_and(|found| wanted.contains(found))),
            Self::NoneOf(others) => known(!found.is_some_and(|found| others.contains(found))),
            Self::IsSet(is) => Some(found.is_some() == *is),
            Self::Below(most) => match found {
                None => Some(false),
                Some(found) => found.as_i64().map(|n| n < *most),
            },
            Self::Begins(start) => known(
                found
                    .and_then(Json::as_str)
                    .is_some_and(|text| text.starts_with(start)),
            ),
            _ if is_odd => None,
            Self::Has(item) => match items.is_some_and(|items| items.contains(item)) {
                true => Some(true),
                false => known(false),
            },
            Self::Lacks(others) => {
                let mut items = items.into_iter().flatten();
                match items.any(|item| others.contains(item)) {
                    true => Some(false),
                    false => known(true),
                }
            }
            Self::HasOtherThan(others) => {
                let items = items.into_iter().flatten();
                let mut seen = items.filter(|item| !hidden(item));
                match seen.any(|item| !others.contains(item)) {
                    true => Some(true),
                    false => known(false),
                }
            }
        }
    }
}

fn json(value: Value) -> Result<Json, String> {
    match value {
        Value::String(text) => Ok(Json::from(text)),
        Value::Boolean(on) => Ok(Json::from(on)),
        Value::Integer(n) => Ok(Json::from(n)),
        other => Err(format!(
            "a value is a text, a number or true or false, not {}",
            described(&other)
        )),
    }
}
