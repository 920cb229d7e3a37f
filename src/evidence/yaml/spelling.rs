//! A text as libyaml 1.1 reads it → one that the YAML 1.2 parser reads the same.

use std::borrow::Cow;

/// Stands for a `:` that is part of a text between brackets.
const COLON: char = '\u{e000}';

/// The text for the parser; [`restored`] takes back what it changes in scalars.
///
/// Directives become comments: `%YAML 1.1` says nothing new, and `%TAG` nothing where no node has
/// a tag. A `:` right before what ends an entry between brackets belongs to the text before it.
pub(super) fn for_parser(text: &str) -> Cow<'_, str> {
    let text = match without_directives(text) {
        Some(text) => Cow::Owned(text),
        None => Cow::Borrowed(text),
    };
    if holds_mark(&text) || !is_to_be_marked(&text) {
        return text;
    }
    let mut changed = String::with_capacity(text.len());
    let mut before = ' ';
    let mut all = text.chars().peekable();
    while let Some(c) = all.next() {
        let ends_entry = matches!(all.peek(), Some(',' | ']' | '}' | '[' | '{'));
        let after_text = !matches!(before, ' ' | '\t' | '\n' | '\r' | '"' | '\'' | ']' | '}');
        changed.push(match c {
            ':' if ends_entry && after_text && !matches!(before, '[' | '{' | ',') => COLON,
            c => c,
        });
        before = c;
    }
    Cow::Owned(changed)
}

/// Whether a `:` may be part of a text between brackets.
pub(super) fn is_to_be_marked(text: &str) -> bool {
    let ends = [":,", ":]", ":}", ":[", ":{"];
    ends.iter().any(|end| text.contains(end))
}

/// Whether a file has the mark as a character of its own, so that nothing in it is marked.
pub(super) fn holds_mark(text: &str) -> bool {
    text.contains(COLON)
}

/// Whether a scalar between brackets begins with a `:`, marked or not.
pub(super) fn begins_with_colon(scalar: &str) -> bool {
    scalar.starts_with([':', COLON])
}

/// Whether a text begins with brackets that libyaml takes behind a document: it reads on to the end of
/// their line, since they may be a key, and to what stands behind it.
pub(super) fn is_plain_key(text: &str) -> bool {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let (line, rest) = text.split_at(end);
    let blank = rest.len() - rest.trim_ascii_start().len();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " [{}],:./_".contains(c);
    text.starts_with(['[', '{'])
        && line.chars().all(is_plain)
        && line.matches(':').count() < 2
        && line.matches(['[', '{']).count() == line.matches([']', '}']).count()
        && !rest.get(..blank).is_some_and(|blank| blank.contains('\t'))
}

/// A scalar as the file has it, where the mark is none of its own characters.
pub(super) fn restored(text: &str) -> Option<String> {
    holds_mark(text).then(|| text.replace(COLON, ":"))
}

/// The text with its directives as comments of the same length; `None` where it has none, or one
/// that means something.
fn without_directives(text: &str) -> Option<String> {
    let mut changed = String::with_capacity(text.len());
    let (mut versions, mut found) = (0, false);
    for line in text.split_inclusive('\n') {
        let blank = line.trim().is_empty() || line.starts_with('#');
        if !blank && !line.starts_with('%') {
            break;
        }
        let mut words = line
            .split([' ', '\t', '\r', '\n'])
            .filter(|word| !word.is_empty());
        let directive: Vec<&str> = words
            .by_ref()
            .take_while(|word| !word.starts_with('#'))
            .collect();
        match directive.as_slice() {
            ["%YAML", "1.1"] => {
                versions += 1;
                found = true;
            }
            ["%TAG", handle, _] if handle.starts_with('!') && handle.ends_with('!') => {
                found = true;
            }
            _ if blank => {}
            _ => return None,
        }
        match line.strip_prefix('%') {
            Some(rest) => {
                changed.push('#');
                changed.push_str(rest);
            }
            None => changed.push_str(line),
        }
    }
    let rest = text.get(changed.len()..)?;
    let is_tagged = changed.contains("#TAG") && rest.contains('!');
    let begins = rest.strip_prefix("---")?;
    let begins = begins.is_empty() || begins.starts_with([' ', '\t', '\r', '\n']);
    (found && versions <= 1 && begins && !is_tagged).then(|| changed + rest)
}
