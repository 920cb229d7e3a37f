//! A value × what a rule wants of it: the comparisons that settings and unit properties share.

use toml::Value;

use super::written::{CheckTable, Wrong, described};
use crate::settings::value::{SettingValue, ValueKind};

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// This value.
    Equals(SettingValue),
    /// Any but this.
    NotEquals(SettingValue),
    /// One of these.
    OneOf(Vec<SettingValue>),
    /// A number, this or more.
    AtLeast(i64),
    /// A number, more than this.
    MoreThan(i64),
    /// A list that is not empty and has these only.
    SubsetOf(Vec<String>),
    /// A list that has all of these.
    ContainsAll(Vec<String>),
    /// A list that has none of these.
    ContainsNone(Vec<String>),
    /// A text with this in it.
    HasPart(String),
    /// Not empty.
    IsSet,
    /// Empty.
    IsAbsent,
    /// `address:port` of the loopback interface, or empty: the service is off.
    IsLoopback,
}

const KEYS: [&str; 12] = [
    "equals",
    "not_equals",
    "one_of",
    "at_least",
    "more_than",
    "subset_of",
    "contains_all",
    "contains_none",
    "has_part",
    "is_set",
    "is_absent",
    "is_loopback",
];

impl Comparison {
    /// Whether a key of a check is a comparison.
    #[must_use]
    pub fn is_key(key: &str) -> bool {
        KEYS.contains(&key)
    }

    /// Takes the one comparison out of a check's table, of which nothing else is left; values are
    /// read as this kind.
    ///
    /// # Errors
    /// There is none, or more than one, or one that no value of this kind can meet.
    pub fn take(table: &mut CheckTable, kind: ValueKind) -> Result<Self, Wrong> {
        let mut keys = KEYS.into_iter().filter(|key| table.has(key));
        let Some(key) = keys.next() else {
            let known = KEYS.join(", ");
            return Err(match table.any() {
                Some(other) => Wrong::at(
                    other,
                    format!("`{other}` is no comparison; there are {known}"),
                ),
                None => Wrong::here(format!("a check has one of {known}")),
            });
        };
        if let Some(other) = keys.next() {
            let what = format!("a check has one comparison, not `{key}` and `{other}`");
            return Err(Wrong::at(other, what));
        }
        let value = table.take(key).unwrap_or(Value::Boolean(false));
        let wrong = |why: String| Wrong::at(key, why);
        if !fits(key, kind) {
            let what = format!("`{key}` does not fit {}", kind.described());
            return Err(wrong(what));
        }
        Ok(match key {
            "equals" => Self::Equals(typed(kind, key, value)?),
            "not_equals" => Self::NotEquals(typed(kind, key, value)?),
            "one_of" => Self::OneOf(items(key, value, |item| typed(kind, key, item))?),
            "at_least" => Self::AtLeast(number(key, &value)?),
            "more_than" => Self::MoreThan(number(key, &value)?),
            "subset_of" => Self::SubsetOf(items(key, value, |item| text(key, item))?),
            "contains_all" => Self::ContainsAll(items(key, value, |item| text(key, item))?),
            "contains_none" => Self::ContainsNone(items(key, value, |item| text(key, item))?),
            "has_part" => Self::HasPart(text(key, value)?),
            _ if value != Value::Boolean(true) => {
                return Err(wrong(format!("`{key}` is true or not there")));
            }
            "is_set" => Self::IsSet,
            "is_absent" => Self::IsAbsent,
            _ => Self::IsLoopback,
        })
    }

    /// Whether a value is as wanted.
    #[must_use]
    pub fn holds(&self, value: &SettingValue) -> bool {
        match (self, value) {
            (Self::Equals(wanted), value) => value == wanted,
            (Self::NotEquals(unwanted), value) => value != unwanted,
            (Self::OneOf(wanted), value) => wanted.contains(value),
            (Self::AtLeast(low), SettingValue::Int(number)) => number >= low,
            (Self::MoreThan(low), SettingValue::Int(number)) => number > low,
            (Self::SubsetOf(allowed), SettingValue::List(items)) => {
                !items.is_empty() && items.iter().all(|item| allowed.contains(item))
            }
            (Self::ContainsAll(wanted), SettingValue::List(items)) => {
                wanted.iter().all(|item| items.contains(item))
            }
            (Self::ContainsNone(unwanted), SettingValue::List(items)) => {
                !unwanted.iter().any(|item| items.contains(item))
            }
            (Self::HasPart(part), SettingValue::Text(text)) => text.contains(part.as_str()),
            (Self::IsSet, value) => !value.is_zero(),
            (Self::IsAbsent, value) => value.is_zero(),
            (Self::IsLoopback, SettingValue::Text(address)) => is_loopback(address),
            _ => false,
        }
    }

    /// What is wanted of the thing with this name, for people.
    #[must_use]
    pub fn expected(&self, name: &str) -> String {
        match self {
            Self::Equals(value) => format!("{name} is {value}"),
            Self::NotEquals(value) => format!("{name} is not {value}"),
            Self::OneOf(values) => {
                let shown = values.iter().map(|value| match value.to_string() {
                    text if text.is_empty() => "empty".to_owned(),
                    text => text,
                });
                format!("{name} is {}", shown.collect::<Vec<_>>().join(" or "))
            }
            Self::AtLeast(low) => format!("{name} is {low} or more"),
            Self::MoreThan(low) => format!("{name} is more than {low}"),
            Self::SubsetOf(items) => format!("{name} has only {}", items.join(", ")),
            Self::ContainsAll(items) => format!("{name} includes {}", items.join(" and ")),
            Self::ContainsNone(items) => format!("{name} includes no {}", items.join(" and no ")),
            Self::HasPart(part) => format!("{name} contains {part}"),
            Self::IsSet => format!("{name} is set"),
            Self::IsAbsent => format!("{name} is empty"),
            Self::IsLoopback => format!("{name} is a loopback address"),
        }
    }
}

/// Whether some value of a kind can meet a comparison.
fn fits(key: &str, kind: ValueKind) -> bool {
    match key {
        "at_least" | "more_than" => matches!(kind, ValueKind::Int(_)),
        "subset_of" | "contains_all" | "contains_none" => {
            matches!(kind, ValueKind::List | ValueKind::AnyList)
        }
        "is_loopback" | "has_part" => kind == ValueKind::Text,
        "is_set" | "is_absent" => true,
        _ => kind != ValueKind::AnyMap,
    }
}

fn typed(kind: ValueKind, key: &str, value: Value) -> Result<SettingValue, Wrong> {
    let text = match (kind, value) {
        (ValueKind::Bool, Value::Boolean(on)) => on.to_string(),
        (ValueKind::Int(_), Value::Integer(number)) => number.to_string(),
        (ValueKind::Bool | ValueKind::Int(_), other) => {
            return Err(unfit(key, &other, kind.described()));
        }
        (_, Value::String(text)) => text,
        (_, other) => return Err(unfit(key, &other, kind.described())),
    };
    SettingValue::from_argument(kind, &text)
        .map_err(|why| Wrong::at(key, format!("`{key}`: {why}")))
}

fn number(key: &str, value: &Value) -> Result<i64, Wrong> {
    let unfit = || unfit(key, value, ValueKind::Int(64).described());
    value.as_integer().ok_or_else(unfit)
}

fn text(key: &str, value: Value) -> Result<String, Wrong> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(unfit(key, &other, ValueKind::Text.described())),
    }
}

/// A list of what a comparison allows or asks for: an empty one could not fail, or not hold.
fn items<T>(
    key: &str,
    value: Value,
    read: impl Fn(Value) -> Result<T, Wrong>,
) -> Result<Vec<T>, Wrong> {
    let Value::Array(items) = value else {
        return Err(unfit(key, &value, ValueKind::List.described()));
    };
    if items.is_empty() {
        return Err(Wrong::at(key, format!("`{key}` is an empty list")));
    }
    let read = |(at, item): (usize, Value)| {
        read(item).map_err(|mut wrong| {
            wrong.path.push(at.into());
            wrong
        })
    };
    items.into_iter().enumerate().map(read).collect()
}

fn unfit(key: &str, value: &Value, wanted: &str) -> Wrong {
    let what = format!("`{key}` has {}, not {wanted}", described(value));
    Wrong::at(key, what)
}

fn is_loopback(text: &str) -> bool {
    if text.is_empty() || text == "localhost" {
        return true;
    }
    let address = text.parse::<std::net::SocketAddr>().map(|both| both.ip());
    match address.or_else(|_| text.parse::<std::net::IpAddr>()) {
        Ok(ip) => ip.is_loopback(),
        Err(_) => text
            .strip_prefix("localhost:")
            .is_some_and(|port| port.parse::<u16>().is_ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comparison_tells_wanted_from_unwanted() {
        let text = |text: &str| SettingValue::Text(text.to_owned());
        let list = |items: &[&str]| {
            SettingValue::List(items.iter().map(|item| (*item).to_owned()).collect())
        };
        let int = SettingValue::Int;
        for (check, kind, good, bad) in [
            ("equals = 0", ValueKind::Int(32), vec![int(0)], vec![int(1)]),
            (
                "not_equals = \"a\"",
                ValueKind::Text,
                vec![text("b"), text("")],
                vec![text("a")],
            ),
            (
                "one_of = [\"\", \"a\"]",
                ValueKind::Text,
                vec![text(""), text("a")],
                vec![text("b")],
            ),
            (
                "at_least = 0",
                ValueKind::Int(32),
                vec![int(0), int(5)],
                vec![int(-1), text("5")],
            ),
            (
                "more_than = 0",
                ValueKind::Int(64),
                vec![int(1)],
                vec![int(0), int(-1)],
            ),
            (
                "subset_of = [\"a\", \"b\"]",
                ValueKind::List,
                vec![list(&["a"]), list(&["b", "a"])],
                vec![list(&[]), list(&["a", "c"])],
            ),
            (
                "contains_all = [\"a\", \"b\"]",
                ValueKind::List,
                vec![list(&["b", "a", "c"])],
                vec![list(&["a"]), list(&[])],
            ),
            (
                "contains_none = [\"a\", \"b\"]",
                ValueKind::List,
                vec![list(&["c"]), list(&[])],
                vec![list(&["c", "a"])],
            ),
            (
                "has_part = \"b\"",
                ValueKind::Text,
                vec![text("abc")],
                vec![text("ac"), text("")],
            ),
            (
                "is_set = true",
                ValueKind::Text,
                vec![text("a")],
                vec![text("")],
            ),
            (
                "is_absent = true",
                ValueKind::Text,
                vec![text("")],
                vec![text("a")],
            ),
            (
                "is_loopback = true",
                ValueKind::Text,
                vec![
                    text(""),
                    text("127.0.0.1:10249"),
                    text("[::1]:1"),
                    text("localhost:1"),
                    text("127.8.0.1"),
                ],
                vec![
                    text("0.0.0.0:10249"),
                    text("127.0.0.1.evil:1"),
                    text(":10249"),
                    text("localhost.evil"),
                ],
            ),
        ] {
            let mut table = CheckTable::new(check.parse().unwrap());
            let comparison = Comparison::take(&mut table, kind).unwrap();
            for value in good {
                assert!(comparison.holds(&value), "{check}: {value}");
            }
            for value in bad {
                assert!(!comparison.holds(&value), "{check}: {value}");
            }
        }
    }

    #[test]
    fn a_check_has_one_comparison() {
        for wrong in [
            "",
            "equals = 1\nat_least = 1",
            "is_set = false",
            "equals = \"x\"",
        ] {
            let mut table = CheckTable::new(wrong.parse().unwrap());
            assert!(
                Comparison::take(&mut table, ValueKind::Int(32)).is_err(),
                "{wrong}"
            );
        }
    }
}
