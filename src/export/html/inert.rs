//! Text of a bundle → text that is never markup.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// JSON in which nothing can end a `<script>` element or begin a tag: `<`, `>`, `&` and the line
/// separators of JavaScript are escapes. They stand in strings alone.
struct Inert;

impl Formatter for Inert {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        let is_active = |c: char| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
        while let Some(at) = rest.find(is_active) {
            let (before, after) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            let mut after = after.chars();
            if let Some(c) = after.next() {
                write!(writer, "\\u{:04x}", u32::from(c))?;
            }
            rest = after.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

/// Writes a value as JSON that may stand in a page.
///
/// # Errors
/// When the target cannot be written.
pub(super) fn json(to: &mut dyn io::Write, value: &impl Serialize) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(to, Inert))?)
}

/// Characters that change how others are shown are named instead: a reader is to see what is there.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let is_hidden = c.is_control()
            || matches!(
                c,
                '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            )
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
        if is_hidden {
            shown.push_str(&format!("[U+{:04X}]", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_holds_no_markup_and_reads_back() {
        for text in [
            "</script><img src=x onerror=alert(1)>",
            "<!--<script>",
            "a&amp;\u{2028}\u{2029}\u{202e}\0\u{1f512}\"\\",
            "",
        ] {
            let mut written = Vec::new();
            json(&mut written, &[text]).unwrap();
            let written = String::from_utf8(written).unwrap();
            assert!(!written.contains(['<', '>', '&', '\u{2028}']), "{written}");
            let read: Vec<String> = serde_json::from_str(&written).unwrap();
            assert_eq!(read, [text]);
        }
    }

    #[test]
    fn what_hides_is_named() {
        assert_eq!(visible("a\u{202e}b\0"), "a[U+202E]b[U+0000]");
        assert_eq!(visible("ünï-\u{1f512}"), "ünï-\u{1f512}");
    }
}
