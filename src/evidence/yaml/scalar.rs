//! The text of a YAML scalar → its value, by the rules of go.yaml.in/yaml/v2 (its `resolve.go`):
//! YAML 1.1 booleans, octal by a leading 0, `_` in numbers, no base 60.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::evidence::document::{Node, Value};

/// What every tag of YAML itself starts with.
const YAML_TAG: &str = "tag:yaml.org,2002:";

/// The value of a plain scalar without a tag. Floats are kept as such, infinite ones too.
pub(super) fn resolve_plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Value::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Value::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let number = match text.as_bytes().first() {
        Some(b'.') => float(text),
        Some(b'+' | b'-' | b'0'..=b'9') => {
            let digits = text.replace('_', "");
            integer(&digits).or_else(|| float(&digits))
        }
        _ => None,
    };
    number.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The value of a scalar with a tag, given as its whole URI.
///
/// # Errors
/// The tag names a type that the text is not of, or one that JSON has not.
pub(super) fn resolve_tagged(text: &str, tag: &str) -> Result<Value, String> {
    let untagged = || resolve_plain(text);
    let value = match tag.strip_prefix(YAML_TAG) {
        Some("bool") => Some(untagged()).filter(|value| matches!(value, Value::Bool(_))),
        Some("null") => Some(untagged()).filter(|value| matches!(value, Value::Null)),
        Some("int") => {
            Some(untagged()).filter(|value| matches!(value, Value::Int(_) | Value::Uint(_)))
        }
        Some("float") => match untagged() {
            Value::Int(value) => Some(Value::Float(value as f64)),
            value => Some(value).filter(|value| matches!(value, Value::Float(_))),
        },
        // Go's decoder reads over line breaks.
        Some("binary") => {
            let text = text.replace(['\r', '\n'], "");
            let bytes = STANDARD.decode(text).ok();
            bytes.map(|bytes| Value::String(String::from_utf8_lossy(&bytes).into_owned()))
        }
        Some("timestamp") => {
            return Err(format!("`{}` values are not read", short(tag)));
        }
        _ => Some(Value::String(text.to_owned())),
    };
    value.ok_or_else(|| format!("`{text}` is no {}", short(tag)))
}

/// Whether a tag is `!!merge`.
pub(super) fn is_merge_tag(tag: &str) -> bool {
    tag.strip_prefix(YAML_TAG) == Some("merge")
}

fn short(tag: &str) -> String {
    match tag.strip_prefix(YAML_TAG) {
        Some(name) => format!("!!{name}"),
        None => tag.to_owned(),
    }
}

/// The value as it stands in the JSON that the kubelet decodes; JSON has no infinite number.
pub(super) fn into_json(value: Value) -> Value {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    let Value::Float(number) = value else {
        return value;
    };
    if number.fract() != 0.0 {
        Value::Float(number)
    } else if (-TWO_TO_63..TWO_TO_63).contains(&number) {
        Value::Int(number as i64)
    } else if (TWO_TO_63..2.0 * TWO_TO_63).contains(&number) {
        Value::Uint(number as u64)
    } else {
        Value::Float(number)
    }
}

/// The line of a number that JSON has not.
pub(super) fn infinite(node: &Node) -> Option<u32> {
    match &node.value {
        Value::Float(number) if !number.is_finite() => Some(node.line),
        Value::List(items) => items.iter().find_map(infinite),
        Value::Map(entries) => entries.iter().find_map(|entry| infinite(&entry.node)),
        _ => None,
    }
}

/// The type of a key, which tells keys apart that are the same text in JSON (`1` and `"1"`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    Text,
    Bool,
    Int,
    Float,
}

/// A key as sigs.k8s.io/yaml writes it into JSON.
///
/// # Errors
/// A key that it refuses (null, an integer above `i64::MAX`), or writes with an exponent.
pub(super) fn key(value: Value) -> Result<(String, KeyKind), String> {
    match value {
        Value::String(text) => Ok((text, KeyKind::Text)),
        Value::Bool(value) => Ok((value.to_string(), KeyKind::Bool)),
        Value::Int(value) => Ok((value.to_string(), KeyKind::Int)),
        // It rounds to 32 bits, and writes an exponent outside of this range.
        Value::Float(value) if value == 0.0 || (1e-4..999_999.0).contains(&value.abs()) => {
            Ok(((value as f32).to_string(), KeyKind::Float))
        }
        Value::Null => Err("a key is null or empty".to_owned()),
        Value::Uint(_) | Value::Float(_) => Err("a key is a number out of range".to_owned()),
        Value::List(_) | Value::Map(_) => Err("a key is a list or a map".to_owned()),
    }
}

/// Go's `strconv.ParseInt(text, 0, 64)`, and `ParseUint` where that is out of range.
fn integer(text: &str) -> Option<Value> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", text.get(1..)?),
        b'+' => ("+", text.get(1..)?),
        _ => ("", text),
    };
    let prefix = digits.get(..2).filter(|_| digits.len() > 2);
    let (radix, digits) = match prefix {
        Some("0x" | "0X") => (16, digits.get(2..)?),
        Some("0o" | "0O") => (8, digits.get(2..)?),
        Some("0b" | "0B") => (2, digits.get(2..)?),
        _ if digits.len() > 1 && digits.starts_with('0') => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    // from_str_radix would take a second sign.
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    if let Ok(value) = i64::from_str_radix(&format!("{sign}{digits}"), radix) {
        return Some(Value::Int(value));
    }
    let unsigned = u64::from_str_radix(digits, radix).ok();
    unsigned.filter(|_| sign.is_empty()).map(Value::Uint)
}

/// Decimal floats alone: Rust reads `inf` and `nan` too, Go hexadecimal ones.
fn float(text: &str) -> Option<Value> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_reads = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    if !(exponent_reads && all_digits(whole) && all_digits(fraction))
        || whole.is_empty() && fraction.is_empty()
    {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    number.is_finite().then_some(Value::Float(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Value {
        Value::String(value.to_owned())
    }

    #[test]
    fn plain_scalars_resolve_as_in_yaml_v2() {
        for word in [
            "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE",
        ] {
            assert_eq!(resolve_plain(word), Value::Bool(true), "{word}");
        }
        for word in [
            "n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE",
        ] {
            assert_eq!(resolve_plain(word), Value::Bool(false), "{word}");
        }
        for word in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(resolve_plain(word), Value::Null, "{word}");
        }
        for (word, value) in [
            ("0", 0),
            ("-0", 0),
            ("+5", 5),
            ("0x10", 16),
            ("0X1f", 31),
            ("-0x1f", -31),
            ("010", 8),
            ("0o10", 8),
            ("0b11", 3),
            ("1_000", 1000),
            ("0_1_0", 8),
            ("00", 0),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(resolve_plain(word), Value::Int(value), "{word}");
        }
        assert_eq!(resolve_plain("9223372036854775808"), Value::Uint(1 << 63));
        for (word, value) in [
            ("1e3", 1000.0),
            ("10255.0", 10255.0),
            (".5", 0.5),
            ("-.5", -0.5),
            ("1.", 1.0),
            ("08", 8.0),
            ("1_0.5", 10.5),
            ("18446744073709551616", 18_446_744_073_709_551_616.0),
            ("-9223372036854775809", -9_223_372_036_854_775_808.0),
        ] {
            assert_eq!(resolve_plain(word), Value::Float(value), "{word}");
        }
        for word in [
            "tRue",
            "yEs",
            "nULL",
            "_1",
            "0x",
            "0xg",
            "0b",
            "0b12",
            "0o8",
            "+-5",
            "--5",
            "+",
            "-",
            ".",
            "1e",
            "1e+",
            ".5_0",
            "1e999",
            "1:30",
            "190:20:30",
            "2001-12-14",
            "inf",
            "nan",
            "Infinity",
            "0x-5",
            "5m",
            "4h0m0s",
            "1.2.3",
            "<<",
            "0xFFFFFFFFFFFFFFFFF",
        ] {
            assert_eq!(resolve_plain(word), text(word), "{word}");
        }
    }

    #[test]
    fn tags_are_honoured_or_refused() {
        for (word, tag, value) in [
            ("yes", "str", text("yes")),
            ("yes", "bool", Value::Bool(true)),
            ("0x10", "int", Value::Int(16)),
            ("5", "float", Value::Float(5.0)),
            ("~", "null", Value::Null),
            ("5", "map", text("5")),
            ("aG\nk=", "binary", text("hi")),
        ] {
            let tag = format!("{YAML_TAG}{tag}");
            assert_eq!(resolve_tagged(word, &tag), Ok(value), "{word} {tag}");
        }
        for (word, tag) in [
            ("5", "bool"),
            ("1.5", "int"),
            ("x", "null"),
            ("aGk", "binary"),
        ] {
            assert!(
                resolve_tagged(word, &format!("{YAML_TAG}{tag}")).is_err(),
                "{word} {tag}"
            );
        }
        assert_eq!(resolve_tagged("5", "!"), Ok(text("5")));
        assert_eq!(resolve_tagged("5", "!own"), Ok(text("5")));
    }

    #[test]
    fn whole_floats_become_integers_as_in_the_json_go_writes() {
        for (number, value) in [
            (1000.0, Value::Int(1000)),
            (-0.0, Value::Int(0)),
            (1.5, Value::Float(1.5)),
            (9_223_372_036_854_775_808.0, Value::Uint(1 << 63)),
            (1e20, Value::Float(1e20)),
        ] {
            assert_eq!(into_json(Value::Float(number)), value, "{number}");
        }
    }

    #[test]
    fn keys_become_text_as_in_sigs_yaml() {
        for (word, expected) in [("yes", "true"), ("010", "8"), ("1.50", "1.5"), ("2.0", "2")] {
            assert_eq!(key(resolve_plain(word)).unwrap().0, expected, "{word}");
        }
        for word in ["~", "1e7", "0.00001", ".inf", "18446744073709551615"] {
            assert!(key(resolve_plain(word)).is_err(), "{word}");
        }
    }
}
