//! Text as Windows programs write it → UTF-8. PowerShell writes what a program prints as UTF-16.

/// A text in UTF-16 as UTF-8; `None` where no byte order mark says that it is one, or it is none.
#[must_use]
pub fn from_utf_16(bytes: &[u8]) -> Option<Vec<u8>> {
    decoded(bytes, false)
}

/// The same of the first bytes of a text, which may end within a character.
#[must_use]
pub fn from_utf_16_head(bytes: &[u8]) -> Option<Vec<u8>> {
    decoded(bytes, true)
}

/// What comes after the byte order mark of UTF-8.
#[must_use]
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn decoded(bytes: &[u8], may_end_early: bool) -> Option<Vec<u8>> {
    let (unit, rest): (fn([u8; 2]) -> u16, _) = match bytes.split_first_chunk()? {
        (b"\xff\xfe", rest) => (u16::from_le_bytes, rest),
        (b"\xfe\xff", rest) => (u16::from_be_bytes, rest),
        _ => return None,
    };
    let (pairs, odd) = rest.as_chunks();
    if !odd.is_empty() && !may_end_early {
        return None;
    }
    let mut units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    let is_half = |unit: &u16| (0xd800..0xdc00).contains(unit);
    if may_end_early && units.last().is_some_and(is_half) {
        units.pop();
    }
    String::from_utf16(&units).ok().map(String::into_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_says_how_a_text_is_written() {
        let le = b"\xff\xfea\0\xe9\0";
        assert_eq!(from_utf_16(le).unwrap(), "aé".as_bytes());
        assert_eq!(from_utf_16(b"\xfe\xff\0a").unwrap(), b"a");
        assert_eq!(from_utf_16(b"a\0"), None);
        assert_eq!(from_utf_16(b"\xff\xfea"), None);
        assert_eq!(from_utf_16(b"\xff\xfe\0\xd8"), None);
        assert_eq!(from_utf_16_head(b"\xff\xfea\0\0\xd8b").unwrap(), b"a");
        assert_eq!(without_mark(b"\xef\xbb\xbfa"), b"a");
    }
}
