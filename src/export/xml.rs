//! Text of a bundle → text that XML 1.0 may hold.

use std::borrow::Cow;

/// Characters that XML has no spelling for become U+FFFD; escaping is the writer's.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    let is_none = |c: char| {
        c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{7f}')
            || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(is_none) {
        text.replace(is_none, "\u{fffd}").into()
    } else {
        text.into()
    }
}

/// The same in an attribute, where readers make a blank of any white space: a line's end stays
/// visible as ` / `.
pub(super) fn attribute(value: &str) -> Cow<'_, str> {
    let value = text(value);
    if value.contains(['\t', '\n', '\r']) {
        let lines = value.lines().map(|line| line.replace(['\t', '\r'], " "));
        lines.collect::<Vec<_>>().join(" / ").into()
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced_and_all_else_stays() {
        for (from, to) in [
            ("plain <&> ünï \u{1f512}", "plain <&> ünï \u{1f512}"),
            ("a\tb\nc\r", "a\tb\nc\r"),
            ("a\0b\u{1b}[31m", "a\u{fffd}b\u{fffd}[31m"),
            ("\u{fffe}\u{ffff}", "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(text(from), to);
        }
        assert_eq!(attribute("one\ntwo\tthree"), "one / two three");
    }
}
