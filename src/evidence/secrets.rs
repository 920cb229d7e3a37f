//! A line of evidence → the same line with secrets masked. When in doubt a word is masked: what a
//! report shows too little can be looked up, what it shows too much cannot be taken back.

use super::REDACTED;

mod signs;

use signs::{signed_token, without_hook};

/// How far a secret goes on.
#[derive(Clone, Copy, Default, PartialEq)]
enum MaskedUntil {
    /// Nothing is masked.
    #[default]
    Here,
    /// The next word is one, whatever it looks like.
    Word,
    /// To where the next option begins: values may hold blanks.
    Option,
    /// To the word with this quote.
    Quote(char),
    /// To the end of the line.
    End,
}

/// A line whose secrets are masked; blanks in a row are one.
#[must_use]
pub fn masked(line: &str) -> String {
    let mut until = MaskedUntil::Here;
    let mut out: Vec<String> = Vec::new();
    for word in line.split(|c: char| c.is_whitespace() || c.is_control()) {
        let is_over = match until {
            MaskedUntil::Here => true,
            MaskedUntil::Word | MaskedUntil::Quote(_) | MaskedUntil::End => false,
            MaskedUntil::Option => word.is_empty() || word.starts_with('-') || is_harmless(word),
        };
        if is_over {
            // A blank does not end a value that has not begun yet.
            let goes_on = until == MaskedUntil::Option && word.is_empty();
            let (shown, next) = masked_word(word);
            out.push(shown);
            until = if goes_on { until } else { next };
            continue;
        }
        if word.is_empty() {
            continue;
        }
        if out.last().is_none_or(|last| !last.ends_with(REDACTED)) {
            out.push(REDACTED.to_owned());
        }
        until = match until {
            MaskedUntil::Word => MaskedUntil::Here,
            MaskedUntil::Quote(quote) if word.contains(quote) => MaskedUntil::Here,
            other => other,
        };
    }
    out.join(" ")
}

/// Whether a line is the value of a key that names a secret and stands on a line before it: in a
/// YAML block or a JSON object, or behind a `\` at a line's end.
#[must_use]
pub fn is_below_secret<'l>(before: impl DoubleEndedIterator<Item = &'l str>, line: &str) -> bool {
    let mut indent = indent_of(line);
    for (at, above) in before.rev().enumerate() {
        if above.trim().is_empty() {
            continue;
        }
        if let Some(start) = above.trim_end().strip_suffix('\\').filter(|_| at == 0) {
            let (_, until) = start
                .split_whitespace()
                .next_back()
                .map(masked_word)
                .unwrap_or_default();
            if until != MaskedUntil::Here {
                return true;
            }
        }
        if above.contains("-----BEGIN") {
            return true;
        }
        if above.contains("-----END") || indent == 0 && !is_base64(line) {
            return false;
        }
        if indent_of(above) >= indent {
            continue;
        }
        indent = indent_of(above);
        let key = above.trim().trim_start_matches("- ");
        let key = key.split(':').next().unwrap_or_default();
        if is_secret(key) {
            return true;
        }
    }
    false
}

/// Whether a key names a secret, so that all below it is one.
#[must_use]
pub fn is_secret(key: &str) -> bool {
    names_secret(&spelled(key))
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a whole line is base64 text, as those inside of a PEM block are.
fn is_base64(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 16
        && line
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
}

/// One word, and how far the secret goes on that it begins.
fn masked_word(word: &str) -> (String, MaskedUntil) {
    for (at, sign) in word.match_indices(['=', ':']) {
        let (name, value) = (word.get(..at), word.get(at + 1..));
        let (name, value) = (name.unwrap_or_default(), value.unwrap_or_default());
        let name = spelled(last_name(name));
        let is_login = is_user(&name) && has_password(value);
        if !is_login && !names_secret(&name) && !is_header(&name) {
            continue;
        }
        if value.trim_matches(QUOTES).is_empty() {
            // The value is in the words behind.
            let until = match sign {
                ":" if is_header(&name) || is_value_name(&name) => MaskedUntil::End,
                _ => MaskedUntil::Option,
            };
            return (word.to_owned(), until);
        }
        let item = value.trim_matches(|c| c == '[' || QUOTES.contains(&c));
        if value.trim_start_matches(QUOTES).starts_with('[') && !is_harmless(item) {
            // A list of them goes on to the end of the line, for all that can be told from a word.
            let shown = format!("{}{sign}[{REDACTED}", word.get(..at).unwrap_or_default());
            return (shown, MaskedUntil::End);
        }
        if is_word(value) || !is_value_name(&name) && is_harmless(value) {
            continue;
        }
        let shown = format!("{}{sign}{REDACTED}", word.get(..at).unwrap_or_default());
        let quote = value.chars().next().filter(|c| QUOTES.contains(c));
        let is_open = |quote: &char| value.matches(*quote).count() % 2 == 1;
        let until = match quote.filter(is_open) {
            Some(quote) => MaskedUntil::Quote(quote),
            None if is_header(&name) => MaskedUntil::End,
            None => MaskedUntil::Option,
        };
        return (shown, until);
    }
    if word.contains("-----BEGIN") {
        return (REDACTED.to_owned(), MaskedUntil::End);
    }
    if let Some(shown) = without_user(word).or_else(|| without_hook(word)) {
        return (shown, MaskedUntil::Here);
    }
    if let Some(at) = token_at(word) {
        let shown = format!("{}{REDACTED}", word.get(..at).unwrap_or_default());
        return (shown, MaskedUntil::Here);
    }
    let bare = spelled(word);
    let until = match bare.as_str() {
        "t" | "p" | "w" | "u" if word.len() == 2 && word.starts_with('-') => MaskedUntil::Word,
        _ if word.contains(['=', ':']) || !names_secret(&bare) => MaskedUntil::Here,
        _ if is_value_name(&bare) && word.starts_with('-') => MaskedUntil::Word,
        _ => MaskedUntil::Option,
    };
    (word.to_owned(), until)
}

const QUOTES: [char; 3] = ['"', '\'', ','];

/// The name that stands at the end of what is before a sign.
fn last_name(before: &str) -> &str {
    let before = before.trim_end_matches(['"', '\'', '\\']);
    let is_name = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let start = before.rfind(|c: char| !is_name(c));
    let start = start.map(|at| {
        before
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(at, |c| at + c.len_utf8())
    });
    before.get(start.unwrap_or_default()..).unwrap_or_default()
}

/// A name without what people spell in different ways: capitals, and what parts words.
fn spelled(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.collect::<String>().to_ascii_lowercase()
}

fn is_header(name: &str) -> bool {
    // `--authorization-mode` is none.
    matches!(
        name,
        "authorization" | "proxyauthorization" | "cookie" | "setcookie"
    )
}

/// Names whose values are secrets. Settings that only speak of tokens have harmless values.
fn names_secret(name: &str) -> bool {
    const PARTS: [&str; 16] = [
        "passw",
        "passphrase",
        "cookie",
        "signingkey",
        "encryptionkey",
        "webhookurl",
        "secret",
        "token",
        "credential",
        "privatekey",
        "keydata",
        "apikey",
        "accesskey",
        "certificatekey",
        "bearer",
        "signature",
    ];
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    PARTS.iter().any(|part| name.contains(part))
        || ["sig", "auth", "session", "sessionid", "jwt", "etcdkey"].contains(&name)
        || ["pwd", "pw", "psk", "cred", "creds"]
            .iter()
            .any(|end| name.ends_with(end))
        || name.ends_with("pass") && !name.ends_with("bypass")
}

fn is_user(name: &str) -> bool {
    matches!(name, "user" | "username" | "proxyuser")
}

/// `user:password`; the names of Kubernetes' own users hold a colon too.
fn has_password(value: &str) -> bool {
    let value = value.trim_matches(QUOTES);
    let is_name = value.starts_with("system:") || value.contains('/');
    !is_name
        && value
            .split_once(':')
            .is_some_and(|(_, after)| !after.is_empty())
}

/// Names whose values are the secret itself, and no path to it.
fn is_value_name(name: &str) -> bool {
    const ENDS: [&str; 16] = [
        "pw",
        "psk",
        "cred",
        "creds",
        "cookie",
        "session",
        "jwt",
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "keydata",
        "pass",
        "pwd",
        "bearer",
    ];
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    ENDS.iter().any(|end| name.ends_with(end))
}

/// What no secret looks like: nothing, booleans, numbers and durations, paths, brackets, the mark.
fn is_harmless(value: &str) -> bool {
    let value = value.trim_start_matches(QUOTES);
    let value = value.split(QUOTES).next().unwrap_or_default();
    value.starts_with('/') || is_word(value) || is_short_number(value)
}

/// What is no secret under any name.
fn is_word(value: &str) -> bool {
    let value = value.trim_start_matches(QUOTES);
    let value = value.split(QUOTES).next().unwrap_or_default();
    value == REDACTED
        || matches!(
            value
                .trim_end_matches(['}', ']'])
                .to_ascii_lowercase()
                .as_str(),
            "" | "true" | "false" | "null" | "t" | "f" | "{" | "[" | "|" | ">" | "|-"
        )
}

/// A number, or a duration such as `2m0s`.
fn is_short_number(value: &str) -> bool {
    value.len() <= 10
        && value.starts_with(|c: char| c.is_ascii_digit())
        && value
            .split(|c: char| c.is_ascii_digit())
            .all(|unit| matches!(unit, "" | "." | "h" | "m" | "s" | "ms" | "us" | "ns"))
}

/// `scheme://user:password@host`, with or without the scheme, without the user.
fn without_user(word: &str) -> Option<String> {
    let at = word.rfind('@')?;
    let (before, host) = word.split_at(at);
    if let Some(scheme) = before.find("://") {
        let scheme = before.get(..scheme)?;
        return Some(format!("{scheme}://{REDACTED}{host}"));
    }
    // `image:tag@sha256:…` has no user.
    let is_user = before.contains(':') && !host.starts_with("@sha256:");
    is_user.then(|| format!("{REDACTED}{host}"))
}

/// Where something begins that looks like a token by itself.
fn token_at(word: &str) -> Option<usize> {
    // JSON web tokens, k3s' tokens, AWS' key ids.
    let known = [("eyJ", 3), ("K10", 6), ("AKIA", 20), ("ASIA", 20)];
    let known = known.into_iter().filter_map(|(start, least)| {
        let at = word.find(start)?;
        let rest = word.get(at..)?;
        let run = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        (run >= least).then_some(at)
    });
    let begins = |start: usize| {
        let rest = word.get(start..).unwrap_or_default();
        let is_path = rest.starts_with('/');
        let is_run = |b: &u8| b.is_ascii_alphanumeric() || *b == b'+' || !is_path && *b == b'/';
        let run = rest.get(usize::from(is_path)..).unwrap_or_default();
        let run: Vec<u8> = run.bytes().take_while(is_run).collect();
        let has = |is: fn(&u8) -> bool| run.iter().any(is);
        let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
        let is_token = run.len() >= 28 && is_mixed && has(u8::is_ascii_digit);
        is_token.then_some(start)
    };
    let is_start = |at: usize| {
        let before = word.get(..at).and_then(|before| before.bytes().next_back());
        before.is_none_or(|b| !b.is_ascii_alphanumeric() && !b"+/".contains(&b))
    };
    let starts = word
        .char_indices()
        .map(|(at, _)| at)
        .filter(|at| is_start(*at));
    known
        .chain(starts.filter_map(begins))
        .chain(kubeadm_token(word))
        .chain(signed_token(word))
        .min()
}

/// `abcdef.0123456789abcdef`
fn kubeadm_token(word: &str) -> Option<usize> {
    let bare = word.trim_matches(QUOTES);
    let (id, secret) = bare.split_once('.')?;
    let is_part = |part: &str, length: usize| {
        part.len() == length
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let is_token = is_part(id, 6) && is_part(secret, 16);
    is_token.then_some(0)
}

#[cfg(test)]
mod tests;
