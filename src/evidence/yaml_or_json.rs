//! A member that may be YAML or JSON → its document, by the reader that the kubelet would choose.

use super::document::{Document, ParseError};
use super::{json, masks, yaml};
use crate::limits::Limits;

/// Reads a member as the kubelet does: JSON if its first character that is no blank is `{`, else YAML.
///
/// # Errors
/// What the reader chosen cannot read; there is no second try with the other one, as in the kubelet.
/// Only a mask without quotes, which the kubelet never saw, is put in quotes.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Document, ParseError> {
    parse_as_is(bytes, limits).or_else(|error| {
        let quoted = masks::quoted(bytes).ok_or_else(|| error.clone())?;
        parse_as_is(&quoted, limits).map_err(|_| error)
    })
}

fn parse_as_is(bytes: &[u8], limits: &Limits) -> Result<Document, ParseError> {
    if String::from_utf8_lossy(bytes).trim_start().starts_with('{') {
        json::parse(bytes, limits)
    } else {
        yaml::parse(bytes, limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::document::Format;

    fn read(text: &str) -> Result<Document, ParseError> {
        parse(text.as_bytes(), &Limits::default())
    }

    #[test]
    fn the_first_character_chooses_the_format() {
        for (text, format) in [
            (" \r\n\t{\"a\":1}", Format::Json),
            ("a: 1", Format::Yaml),
            ("\u{feff}{\"a\": 1}", Format::Yaml),
            ("[1]", Format::Yaml),
            ("", Format::Yaml),
        ] {
            assert_eq!(read(text).unwrap().format, format, "{text:?}");
        }
    }

    #[test]
    fn what_starts_like_json_gets_no_second_try_as_yaml() {
        for text in ["{a: 1}", "{\"a\":1,}", "{\"a\":1} # c", "{\"a\":1}\n---\n"] {
            assert!(read(text).is_err(), "{text:?}");
        }
        assert!(read("// c\n{\"a\": 1}").is_err());
    }
}
