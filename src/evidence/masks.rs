//! Masks: what tools write where a value was. A value with a mask in it says nothing, whoever
//! masked it; a name that is one is nobody's.
//!
//! Source: facts on archives of other tools, section 10.

use std::sync::LazyLock;

use regex::Regex;

use super::REDACTED;
use super::document::{Node, Value};

/// Words that say so where no letter or digit touches them; capitals, as tools write them.
const WORDS: [&str; 5] = ["REDACTED", "HIDDEN", "SCRUBBED", "MASKED", "OMITTED"];
/// The same in brackets, where any case will do: `<token redacted>`, `[masked]`.
const BRACKETS: [(char, char); 4] = [('<', '>'), ('[', ']'), ('{', '}'), ('(', ')')];
/// What sos clean and must-gather-clean number.
const NUMBERED: [&str; 4] = [
    "obfuscateddomain",
    "obfuscateduser",
    "obfuscatedword",
    "obfuscated-",
];
/// Masks that stand for nothing else, wherever they are.
const FIXED: [&str; 7] = [
    "***",
    "obfuscated.com",
    "53:4f:53:",
    "domain##########",
    "DATA+OMITTED",
    "<set to the key ",
    "xxx.xxx.xxx.xxx",
];
/// The key of an object that stands for a masked value (mco-sanitize).
const MASKED_KEY: &str = "_REDACTED";

/// What every mask has some of, in one pass: most texts have none of it.
static SIGNS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let signs = r"(?i-u)redacted|hidden|scrubbed|masked|omitted|obfuscated|\*\*\*|xxx|53:4f:53:|domain[0-9#]|<set to the key |[0-9] bytes long|x-(ipv4|ipv6|mac)-";
    Regex::new(signs).ok()
});

/// The mask in a text: all of it, or the part that says so.
#[must_use]
pub fn mask_in(text: &str) -> Option<&str> {
    match SIGNS.as_ref().is_some_and(|signs| !signs.is_match(text)) {
        true => None,
        false => looked_for(text),
    }
}

/// The same in any text, sign or none.
fn looked_for(text: &str) -> Option<&str> {
    let part = |start: usize, length: usize| text.get(start..start + length);
    if let Some(at) = text.find(REDACTED) {
        return part(at, REDACTED.len());
    }
    let whole = text.trim();
    if is_run(whole) || is_length(whole) || is_address(whole) || whole.ends_with(".redacted") {
        return Some(whole);
    }
    let lower = || text.to_ascii_lowercase();
    if let Some(at) = FIXED.iter().find_map(|fixed| text.find(fixed)) {
        return Some(around(text, at));
    }
    if let Some(at) = WORDS.iter().find_map(|word| place_of(text, word)) {
        return Some(around(text, at));
    }
    if text.contains("bfuscated")
        && let Some(at) = (place_of(&lower(), "obfuscated"))
            .or_else(|| NUMBERED.iter().find_map(|start| lower().find(start)))
    {
        return Some(around(text, at));
    }
    BRACKETS.iter().find_map(|(open, close)| {
        let inner = whole.strip_prefix(*open)?.strip_suffix(*close)?;
        let inner = inner.to_ascii_uppercase();
        let says_so = WORDS.iter().any(|word| place_of(&inner, word).is_some());
        says_so.then_some(whole)
    })
}

/// A text that is no mask.
#[must_use]
pub fn unmasked(text: &str) -> Option<&str> {
    mask_in(text).is_none().then_some(text)
}

/// The blank-free part of a text around a place in it, and all of a mask that has blanks.
fn around(text: &str, at: usize) -> &str {
    let whole = text.trim();
    if whole.starts_with(['*', '<', '[', '-']) && whole.chars().count() <= 60 {
        return whole;
    }
    let start = text.get(..at).and_then(|before| {
        let blank = before.rfind(char::is_whitespace)?;
        let width = before.get(blank..)?.chars().next()?.len_utf8();
        Some(blank + width)
    });
    let end = text
        .get(at..)
        .and_then(|rest| rest.find(char::is_whitespace));
    text.get(start.unwrap_or(0)..end.map_or(text.len(), |end| at + end))
        .unwrap_or(text)
}

/// Where a word stands that no letter or digit touches.
fn place_of(text: &str, word: &str) -> Option<usize> {
    let is_letter = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|t| t.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}

/// `***`, `xxxxxxxx`, `XXX`: one sign three times or more.
fn is_run(text: &str) -> bool {
    ['*', 'x', 'X'].iter().any(|sign| {
        let mut signs = text.chars();
        text.len() >= 3 && signs.all(|c| c == *sign)
    })
}

/// `1704 bytes long`, as `oc adm inspect` writes of Secrets.
fn is_length(text: &str) -> bool {
    let number = text.strip_suffix(" bytes long");
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// `x-ipv4-0000000001-x`, `x-mac-…-x`, `domain0000000001` of must-gather-clean.
fn is_address(text: &str) -> bool {
    let marked = ["x-ipv4-", "x-ipv6-", "x-mac-"];
    let domain = text.strip_prefix("domain").unwrap_or_default();
    text.ends_with("-x") && marked.iter().any(|start| text.starts_with(start))
        || domain.len() == 10 && domain.bytes().all(|b| b.is_ascii_digit())
}

impl Node {
    /// The first mask in it or below.
    #[must_use]
    pub fn mask(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => mask_in(text),
            Value::List(items) => items.iter().find_map(Self::mask),
            Value::Map(entries) => entries.iter().find_map(|entry| {
                let key = Some(entry.key.as_str()).filter(|key| *key == MASKED_KEY);
                key.or_else(|| entry.node.mask())
            }),
            _ => None,
        }
    }

    /// The mask in its place: it would be a map, had nobody masked it.
    #[must_use]
    pub fn mask_of_whole(&self) -> Option<&str> {
        match &self.value {
            Value::Map(_) => self.get(MASKED_KEY).map(|entry| entry.key.as_str()),
            _ => self.mask(),
        }
    }
}

/// The text with its bare masks in quotes, where it has any: in YAML `a: ***HIDDEN***` is an alias,
/// and in JSON nothing.
#[must_use]
pub fn quoted(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let is_json = text.trim_start().starts_with('{');
    let mut out = String::with_capacity(text.len() + 64);
    let mut found = false;
    for line in text.split_inclusive('\n') {
        found |= quote_line(line, is_json, &mut out);
    }
    found.then(|| out.into_bytes())
}

/// What stands up to the end of a value without quotes.
fn bare_token(rest: &str) -> &str {
    let end = rest.find([',', '}', ']', '\n', '"', '\'']);
    let token = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
    token.split(" #").next().unwrap_or(token).trim_end()
}

fn quote_line(line: &str, is_json: bool, out: &mut String) -> bool {
    let mut found = false;
    let mut open: Option<char> = None;
    // Whether a value may begin here.
    let mut is_start = true;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let bare = open.is_none() && is_start && (c == '*' || is_json && "<RHSMO".contains(c));
        // Looked for only where one may begin: a line may be a megabyte long.
        let token = if bare { bare_token(rest) } else { "" };
        if bare && mask_in(token).is_some() {
            out.push('"');
            out.push_str(token);
            out.push('"');
            found = true;
            is_start = false;
            rest = rest.get(token.len()..).unwrap_or_default();
            continue;
        }
        open = match open {
            Some(quote) if quote == c => None,
            Some(quote) => Some(quote),
            None if is_start && (c == '"' || c == '\'' && !is_json) => Some(c),
            None => None,
        };
        is_start = ":-,[{".contains(c) || is_start && c.is_whitespace();
        out.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::yaml_or_json;
    use crate::limits::Limits;

    #[test]
    fn masks_of_every_tool_are_masks() {
        for mask in [
            "REDACTED-BY-NODEPROOF",
            "***HIDDEN***",
            "***TOKEN_1f***",
            "-----SCRUBBED",
            "***** SCRUBBED BASE64 PEM *****",
            "********",
            "https://******:******@proxy",
            "obfuscateddomain3",
            "a.obfuscateddomain0.com",
            "obfuscateduser1",
            "obfuscatedword7",
            "53:4f:53:00:00:01",
            "<REDACTED>",
            "[REDACTED]",
            "REDACTED",
            "<token redacted>",
            "<access-key redacted>",
            "<secret-key redacted>",
            "key.redacted",
            "x-ipv4-0000000001-x",
            "x-ipv6-0000000001-x",
            "x-mac-0000000001-x",
            "domain##########",
            "domain0000000001",
            "xxx.xxx.xxx.xxx",
            "api.obfuscated.com",
            "obfuscated-node-1",
            "xxxxxxxx",
            "XXX",
            "1704 bytes long",
            "DATA+OMITTED",
            "<set to the key 'a' of secret 'b'>",
            "/etc/***HIDDEN***/ca.crt",
            "[masked]",
            "(hidden)",
            "__OMITTED__",
        ] {
            assert!(mask_in(mask).is_some(), "{mask}");
            assert!(mask.contains(mask_in(mask).unwrap()), "{mask}");
        }
    }

    #[test]
    fn values_that_look_a_little_like_a_mask_are_none() {
        for value in [
            "",
            "x",
            "xx",
            "**",
            "Webhook",
            "/etc/hidden/ca.crt",
            "/var/lib/kubelet/masked.yaml",
            "host1",
            "xfs",
            "domain1",
            "example.com",
            "UNHIDDEN",
            "REDACTED2",
            "boxxx",
            "0.0.0.0:10250",
            "TLS_AES_128_GCM_SHA256",
            "12 bytes",
            "<unset>",
        ] {
            assert_eq!(mask_in(value), None, "{value}");
        }
    }

    #[test]
    fn bare_mask_does_not_break_a_document() {
        for text in [
            "a: ***HIDDEN***\nb: 1\n",
            "a: ******** # was here\nb: 1\n",
            "{\"a\": ***HIDDEN***, \"b\": 1}",
            "{\"a\": <REDACTED>,\n\"b\": 1}",
            "a: {x: ***HIDDEN***, y: [***HIDDEN***, z]}\nb: 1\n",
            "a:\n- ***** SCRUBBED BASE64 PEM *****\nb: 1\n",
            "a: [REDACTED]\nb: 1\n",
            "a: {_REDACTED: This was masked, length: 7}\nb: 1\n",
        ] {
            let document = yaml_or_json::parse(text.as_bytes(), &Limits::default()).unwrap();
            let mask = |path: &str| document.root.toward(path).unwrap().1.mask();
            assert!(mask("a").is_some(), "{text}");
            assert_eq!(mask("b"), None, "{text}");
            assert_eq!(document.root.at("b").unwrap().node.to_string(), "1");
        }
        for text in ["a: *alias\n", "a: \"***\nb: 1\n"] {
            assert!(yaml_or_json::parse(text.as_bytes(), &Limits::default()).is_err());
        }
    }

    #[test]
    fn every_mask_has_a_sign() {
        assert!(SIGNS.is_some());
        for mask in FIXED.iter().chain(&WORDS).chain(&NUMBERED) {
            assert_eq!(mask_in(mask), looked_for(mask), "{mask}");
        }
    }

    proptest! {
        #[test]
        fn a_text_without_a_sign_is_no_mask(
            parts in proptest::collection::vec(
                prop_oneof![
                    "[<\\[{(]?([Rr]edacted|REDACTED|[Hh]idden|SCRUBBED|masked|[Oo]mitted)[>\\]})]?",
                    "[Oo]?bfuscated(domain|user|word|-|.com)?[0-9]?",
                    "(domain|x-ipv4-|x-ipv6-|x-mac-)[0-9#]{1,10}(-x)?",
                    "[*xX]{1,4}|53:4f:53:|xxx\\.xxx|\\.redacted",
                    "[0-9]{0,4} bytes long|<set to the key ",
                    "[ -~\u{17f}\u{212a}]{0,3}",
                ],
                0..4,
            ),
        ) {
            let text = parts.concat();
            prop_assert_eq!(mask_in(&text), looked_for(&text));
        }
    }
}
