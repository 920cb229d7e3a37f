//! Texts → what a cell can hold, and how its XML is written.

use std::borrow::Cow;

/// A text of at most `most` UTF-16 units, as spreadsheets count; a longer one is cut and ends in
/// the mark.
pub(super) fn cut<'t>(text: &'t str, most: usize, mark: &dyn Fn() -> String) -> Cow<'t, str> {
    // A character has at least as many bytes as units.
    if text.len() <= most || text.encode_utf16().count() <= most {
        return Cow::Borrowed(text);
    }
    let mark = mark();
    let room = most.saturating_sub(mark.encode_utf16().count());
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= room
    };
    let mut kept: String = text.chars().take_while(fits).collect();
    kept.push_str(&mark);
    Cow::Owned(kept)
}

/// Adds the content of a `<t>` element. What XML cannot hold is `_xHHHH_`, which ECMA-376 (ST_Xstring)
/// reads as one character; a text that looks like that by itself keeps its first letter so.
pub(super) fn escape(text: &str, into: &mut Vec<u8>) {
    for (at, c) in text.char_indices() {
        match c {
            '&' => into.extend_from_slice(b"&amp;"),
            '<' => into.extend_from_slice(b"&lt;"),
            '>' => into.extend_from_slice(b"&gt;"),
            c if is_escaped(c) => {
                into.extend_from_slice(format!("_x{:04X}_", u32::from(c)).as_bytes());
            }
            '_' if looks_escaped(text.get(at..).unwrap_or_default()) => {
                into.extend_from_slice(b"_x005F_");
            }
            c => into.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Characters that no XML document may hold, and the carriage return, which readers turn into a
/// line feed.
fn is_escaped(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Whether it begins like `_xHHHH_` once what follows is escaped.
fn looks_escaped(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("_x") else {
        return false;
    };
    let digits = rest.bytes().take(4).filter(u8::is_ascii_hexdigit).count();
    let next = rest.get(4..).and_then(|rest| rest.chars().next());
    digits == 4 && next.is_some_and(|c| c == '_' || is_escaped(c))
}

/// Whether readers would drop blanks of it.
pub(super) fn has_outer_blanks(text: &str) -> bool {
    let blank = |c: char| c.is_ascii_whitespace();
    text.starts_with(blank) || text.ends_with(blank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escaped(text: &str) -> String {
        let mut bytes = Vec::new();
        escape(text, &mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn texts_are_cut_as_spreadsheets_count() {
        let mark = || "…[cut]".to_owned();
        assert_eq!(cut("abcdefgh", 8, &mark), "abcdefgh");
        assert_eq!(cut("abcdefghi", 8, &mark), "ab…[cut]");
        assert_eq!(cut("äöüäöüäö", 8, &mark), "äöüäöüäö");
        assert_eq!(cut("😀😀😀😀", 8, &mark), "😀😀😀😀");
        assert_eq!(cut("😀😀😀😀😀", 9, &mark), "😀…[cut]");
    }

    #[test]
    fn what_xml_cannot_hold_is_escaped_and_what_looks_escaped_is_kept() {
        for (text, written) in [
            ("a<b>&c", "a&lt;b&gt;&amp;c"),
            ("\0\r\u{1f}\u{fffe}", "_x0000__x000D__x001F__xFFFE_"),
            ("\t\n", "\t\n"),
            ("_x0041_", "_x005F_x0041_"),
            ("_x0041", "_x0041"),
            ("_x0041\u{1}", "_x005F_x0041_x0001_"),
            ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
            ("_x00é1_", "_x00é1_"),
        ] {
            assert_eq!(escaped(text), written);
        }
    }

    /// As ECMA-376 says: from the left.
    fn unescaped(text: &str) -> String {
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        let mut rest = text.replace("&amp;", "&");
        let mut read = String::new();
        while let Some(c) = rest.chars().next() {
            let code = rest
                .get(2..6)
                .and_then(|hex| u32::from_str_radix(hex, 16).ok());
            let hit = rest.starts_with("_x") && rest.get(6..7) == Some("_");
            match code
                .filter(|_| hit && !rest[2..6].contains('+'))
                .and_then(char::from_u32)
            {
                Some(c) => {
                    read.push(c);
                    rest.drain(..7);
                }
                None => {
                    read.push(c);
                    rest.drain(..c.len_utf8());
                }
            }
        }
        read
    }

    proptest! {
        #[test]
        fn any_text_can_be_read_back(text in "[_x0041aF&<;\u{0}\u{1}\r😀 \u{ffff}]{0,30}") {
            let written = escaped(&text);
            prop_assert_eq!(unescaped(&written), text);
        }
    }
}
