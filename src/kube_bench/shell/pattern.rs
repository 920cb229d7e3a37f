//! Patterns of `grep`, `sed` and file names → regular expressions.

use regex::{Regex, RegexBuilder};

use crate::kube_bench::stop::AuditStop;

/// How a pattern is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum GrepDialect {
    Basic,
    Extended,
    Fixed,
}

/// A pattern of `grep` or `sed`.
///
/// # Errors
/// A construct that means something else here than there.
pub(super) fn regex(
    pattern: &str,
    dialect: GrepDialect,
    ignore_case: bool,
) -> Result<Regex, AuditStop> {
    let not = || AuditStop::at(format!("the pattern `{pattern}`"));
    let translated = match dialect {
        GrepDialect::Fixed => regex::escape(pattern),
        GrepDialect::Basic | GrepDialect::Extended => {
            translate(pattern, dialect == GrepDialect::Extended).ok_or_else(not)?
        }
    };
    let mut builder = RegexBuilder::new(&translated);
    builder.case_insensitive(ignore_case).unicode(true);
    builder.build().map_err(|_| not())
}

fn translate(pattern: &str, is_extended: bool) -> Option<String> {
    let mut out = String::new();
    let mut chars = pattern.chars().peekable();
    let mut at_start = true;
    while let Some(c) = chars.next() {
        let was_start = std::mem::replace(&mut at_start, false);
        match c {
            '\\' => match chars.next()? {
                c @ ('(' | ')' | '{' | '}' | '|' | '+' | '?') => {
                    if is_extended {
                        out.push('\\');
                    }
                    out.push(c);
                    at_start = !is_extended && matches!(c, '(' | '|');
                }
                's' => out.push_str(r"[ \t\n\x0B\x0C\r]"),
                'S' => out.push_str(r"[^ \t\n\x0B\x0C\r]"),
                c @ ('w' | 'W' | 'b' | 'B') => {
                    out.push('\\');
                    out.push(c);
                }
                '<' | '>' => out.push_str(r"\b"),
                c if c.is_ascii_digit() => return None,
                c if c.is_ascii_punctuation() => {
                    out.push('\\');
                    out.push(c);
                }
                // A backslash before another letter is the letter.
                c => out.push(c),
            },
            '[' => out.push_str(&bracket(&mut chars)?),
            '*' if was_start && !is_extended => out.push_str(r"\*"),
            '^' if !was_start && !is_extended => out.push_str(r"\^"),
            '^' => {
                out.push('^');
                at_start = true;
            }
            '$' if chars.peek().is_some() && !is_extended && !ends_group(&chars) => {
                out.push_str(r"\$");
            }
            '(' | ')' | '{' | '}' | '|' | '+' | '?' if !is_extended => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    Some(out)
}

fn ends_group(chars: &std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let mut ahead = chars.clone();
    ahead.next() == Some('\\') && matches!(ahead.next(), Some(')' | '|'))
}

/// A bracket expression: a backslash in it stands for itself.
fn bracket(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut out = String::from("[");
    if chars.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    if chars.next_if_eq(&']').is_some() {
        out.push_str(r"\]");
    }
    loop {
        match chars.next()? {
            ']' => break,
            '[' if chars.peek() == Some(&':') => {
                out.push('[');
                for c in chars.by_ref() {
                    out.push(c);
                    if c == ']' {
                        break;
                    }
                }
            }
            c @ ('[' | '\\' | '&' | '~') => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(']');
    Some(out)
}

/// A pattern for one part of a path, in which a backslash takes the next character as it is.
pub(super) fn file_name(pattern: &str) -> Result<Regex, AuditStop> {
    let mut out = String::from("^(?s:");
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push_str(&regex::escape(&chars.next().unwrap_or('\\').to_string())),
            '*' => out.push_str(".*"),
            '?' => out.push('.'),
            '[' => {
                let mut class = chars.clone();
                if class.next_if_eq(&'!').is_some() {
                    let inner = bracket(&mut class);
                    let inner = inner.ok_or_else(|| AuditStop::at(format!("`{pattern}`")))?;
                    out.push_str(&inner.replacen('[', "[^", 1));
                    chars = class;
                } else if let Some(inner) = bracket(&mut class) {
                    out.push_str(&inner);
                    chars = class;
                } else {
                    out.push_str(r"\[");
                }
            }
            c => out.push_str(&regex::escape(&c.to_string())),
        }
    }
    out.push_str(")$");
    Regex::new(&out).map_err(|_| AuditStop::at(format!("the pattern `{pattern}`")))
}
