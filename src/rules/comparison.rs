//! A value × what a rule wants of it: the comparisons that settings and unit properties share.

use serde::Deserialize;
use toml::{Table, Value};

use crate::settings::value::{Kind, SettingValue};

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
    /// Not empty.
    IsSet,
    /// Empty.
    IsAbsent,
    /// `address:port` of the loopback interface, or empty: the service is off.
    IsLoopback,
}

/// A comparison as catalog files write it: one key.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Written {
    Equals(Value),
    NotEquals(Value),
    OneOf(Vec<Value>),
    AtLeast(i64),
    MoreThan(i64),
    SubsetOf(Vec<String>),
    ContainsAll(Vec<String>),
    IsSet(bool),
    IsAbsent(bool),
    IsLoopback(bool),
}

const KEYS: [&str; 10] = [
    "equals",
    "not_equals",
    "one_of",
    "at_least",
    "more_than",
    "subset_of",
    "contains_all",
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

    /// Takes the one comparison out of a check's table; values are read as this kind.
    ///
    /// # Errors
    /// There is none, or more than one, or a value of another kind.
    pub fn take(table: &mut Table, kind: Kind) -> Result<Self, String> {
        let mut keys = KEYS.iter().filter(|key| table.contains_key(**key));
        let (Some(key), None) = (keys.next(), keys.next()) else {
            return Err(format!("a check has one of {}", KEYS.join(", ")));
        };
        let value = table.remove(*key).unwrap_or(Value::Boolean(false));
        let one = Table::from_iter([((*key).to_owned(), value)]);
        let typed = |value: Value| {
            let text = match value {
                Value::String(text) => text,
                Value::Boolean(value) => value.to_string(),
                Value::Integer(value) => value.to_string(),
                other => return Err(format!("`{key}` cannot be a {}", other.type_str())),
            };
            SettingValue::from_argument(kind, &text).map_err(|why| format!("`{key}`: {why}"))
        };
        Ok(match super::read::<Written>(one)? {
            Written::Equals(value) => Self::Equals(typed(value)?),
            Written::NotEquals(value) => Self::NotEquals(typed(value)?),
            Written::OneOf(values) => {
                Self::OneOf(values.into_iter().map(typed).collect::<Result<_, _>>()?)
            }
            Written::AtLeast(number) => Self::AtLeast(number),
            Written::MoreThan(number) => Self::MoreThan(number),
            Written::SubsetOf(items) => Self::SubsetOf(items),
            Written::ContainsAll(items) => Self::ContainsAll(items),
            Written::IsSet(true) => Self::IsSet,
            Written::IsAbsent(true) => Self::IsAbsent,
            Written::IsLoopback(true) => Self::IsLoopback,
            Written::IsSet(_) | Written::IsAbsent(_) | Written::IsLoopback(_) => {
                return Err(format!("`{key}` is true or not there"));
            }
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
            Self::SubsetOf(items) => format!("{name} has none but {}", items.join(",")),
            Self::ContainsAll(items) => format!("{name} has {}", items.join(" and ")),
            Self::IsSet => format!("{name} is set"),
            Self::IsAbsent => format!("{name} is empty"),
            Self::IsLoopback => format!("{name} is a loopback address"),
        }
    }
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
            ("equals = 0", Kind::Int(32), vec![int(0)], vec![int(1)]),
            (
                "not_equals = \"a\"",
                Kind::Text,
                vec![text("b"), text("")],
                vec![text("a")],
            ),
            (
                "one_of = [\"\", \"a\"]",
                Kind::Text,
                vec![text(""), text("a")],
                vec![text("b")],
            ),
            (
                "at_least = 0",
                Kind::Int(32),
                vec![int(0), int(5)],
                vec![int(-1), text("5")],
            ),
            (
                "more_than = 0",
                Kind::Int(64),
                vec![int(1)],
                vec![int(0), int(-1)],
            ),
            (
                "subset_of = [\"a\", \"b\"]",
                Kind::List,
                vec![list(&["a"]), list(&["b", "a"])],
                vec![list(&[]), list(&["a", "c"])],
            ),
            (
                "contains_all = [\"a\", \"b\"]",
                Kind::List,
                vec![list(&["b", "a", "c"])],
                vec![list(&["a"]), list(&[])],
            ),
            ("is_set = true", Kind::Text, vec![text("a")], vec![text("")]),
            (
                "is_absent = true",
                Kind::Text,
                vec![text("")],
                vec![text("a")],
            ),
            (
                "is_loopback = true",
                Kind::Text,
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
            let mut table: Table = check.parse().unwrap();
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
            let mut table: Table = wrong.parse().unwrap();
            assert!(
                Comparison::take(&mut table, Kind::Int(32)).is_err(),
                "{wrong}"
            );
        }
    }
}
