//! Text of a bundle → text that the fields of OSCAL may hold.

use serde_json::{Value, json};

use crate::export::xml;

/// Whose names the properties have.
pub(super) const NAMESPACE: &str = "https://github.com/nodeproof/ns/oscal";

/// How long a property may be; a longer value is in the remarks alone.
const LONGEST: usize = 400;

/// One line, never empty.
pub(super) fn line(text: &str) -> String {
    let text = xml::text(text);
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    let text = text.replace(is_break, " ");
    match text.trim() {
        "" => "-".to_owned(),
        text => text.to_owned(),
    }
}

/// Several lines.
pub(super) fn lines(text: &str) -> String {
    xml::text(text).into_owned()
}

/// A property; `None` where its value is no short line.
pub(super) fn prop(name: &str, value: &str) -> Option<Value> {
    let is_line = line(value) == value && value.len() <= LONGEST;
    is_line.then(|| json!({"name": name, "ns": NAMESPACE, "value": value}))
}

/// A name for readers that take letters, digits, `.`, `-` and `_` alone.
fn token(text: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let token: String = text
        .chars()
        .map(|c| if fits(c) { c } else { '_' })
        .collect();
    match token.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        true => token,
        false => format!("_{token}"),
    }
}

/// The id of a control of NIST SP 800-53 in its OSCAL catalog: `AC-2(1)` is `ac-2.1`.
pub(super) fn control_id(control: &str) -> String {
    let id = control.to_lowercase().replace('(', ".").replace(')', "");
    token(&id)
}

/// A relative reference to a file.
pub(super) fn path(name: &str) -> String {
    let mut path = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' => path.push(byte.into()),
            byte if byte.is_ascii_alphanumeric() => path.push(byte.into()),
            byte => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_what_the_fields_may_hold() {
        for (text, one_line) in [
            ("a b", "a b"),
            (" a\nb\u{1} ", "a b\u{fffd}"),
            ("\n", "-"),
            ("", "-"),
            ("a\u{2028}b", "a b"),
        ] {
            assert_eq!(line(text), one_line);
        }
        assert!(prop("actual", "two\nlines").is_none());
        assert!(prop("actual", "").is_none());
        assert_eq!(prop("actual", "[a]").unwrap()["value"], "[a]");
        for (control, id) in [
            ("AC-2(1)", "ac-2.1"),
            ("SC-8", "sc-8"),
            ("<1", "_1"),
            ("1", "_1"),
            ("", "_"),
        ] {
            assert_eq!(control_id(control), id);
        }
        assert_eq!(path("a b%/c:d"), "a%20b%25/c%3Ad");
    }
}
