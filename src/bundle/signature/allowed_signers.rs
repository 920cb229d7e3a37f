//! The file of allowed signers, as ssh-keygen(1) describes it under ALLOWED SIGNERS:
//! `principals [options] keytype key [comment]`.
//!
//! Times without a zone are UTC here, where OpenSSH takes the local zone: a report must not depend
//! on the machine it is made on.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ssh_key::PublicKey;
use ssh_key::public::KeyData;

use super::pattern::matches_list;
use super::sshsig::NAMESPACE;

/// Who may sign.
#[derive(Clone, Debug, Default)]
pub struct AllowedSigners {
    lines: Vec<SignerLine>,
}

#[derive(Clone, Debug)]
struct SignerLine {
    number: usize,
    principals: String,
    options: Options,
    key: KeyData,
}

#[derive(Clone, Debug, Default)]
struct Options {
    namespaces: Option<String>,
    valid_after: Option<Timestamp>,
    valid_before: Option<Timestamp>,
}

impl AllowedSigners {
    /// Reads the file.
    ///
    /// # Errors
    /// The first line that is wrong or not taken, and what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())?;
        let mut signers = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let line = read(number, line).map_err(|why| format!("line {number}: {why}"))?;
            signers.lines.push(line);
        }
        match signers.lines.is_empty() {
            true => Err("it names no signer".to_owned()),
            false => Ok(signers),
        }
    }

    /// Who a key is of, at the time a bundle was collected. Of a line with patterns that is `by`,
    /// who collected it, where the patterns match, else the patterns themselves.
    ///
    /// # Errors
    /// Nobody: why, as a sentence.
    pub(super) fn signer(
        &self,
        key: &KeyData,
        collected_at: Option<&str>,
        by: Option<&str>,
    ) -> Result<String, String> {
        let mut whys = Vec::new();
        for line in self.lines.iter().filter(|line| line.key == *key) {
            match line.options.refusal(collected_at) {
                None => {
                    let by = by.filter(|by| matches_list(&line.principals, by));
                    return Ok(by.unwrap_or(&line.principals).to_owned());
                }
                Some(why) => whys.push(format!(
                    "{why} (line {} of the allowed signers)",
                    line.number
                )),
            }
        }
        match whys.is_empty() {
            true => Err("its key is not among the allowed signers".to_owned()),
            false => Err(whys.join("; ")),
        }
    }
}

impl Options {
    /// Why a key is not good for what was collected at this time.
    fn refusal(&self, collected_at: Option<&str>) -> Option<String> {
        if let Some(namespaces) = &self.namespaces
            && !matches_list(namespaces, NAMESPACE)
        {
            return Some(format!(
                "its key is allowed for the namespaces `{namespaces}`, and not for `{NAMESPACE}`"
            ));
        }
        if self.valid_after.is_none() && self.valid_before.is_none() {
            return None;
        }
        let at: Option<Timestamp> = collected_at.and_then(|at| at.trim().parse().ok());
        let Some(at) = at else {
            return Some(
                "its key is allowed for a time, and the bundle does not say when it was collected"
                    .to_owned(),
            );
        };
        if let Some(after) = self.valid_after.filter(|after| at < *after) {
            return Some(format!(
                "its key is valid after {after}, and the bundle was collected at {at}"
            ));
        }
        let before = self.valid_before.filter(|before| at > *before)?;
        Some(format!(
            "its key is valid before {before}, and the bundle was collected at {at}"
        ))
    }
}

fn read(number: usize, line: &str) -> Result<SignerLine, String> {
    let (principals, rest) = word(line)?;
    if principals.is_empty() {
        return Err("it names no principal".to_owned());
    }
    let (options, key) = match key(rest) {
        Some(key) => (Options::default(), Some(key)),
        // A key that cannot be read is no option.
        None if KINDS.iter().any(|kind| rest.starts_with(kind)) => (Options::default(), None),
        None => {
            let (words, rest) = options_of(rest)?;
            (options(words)?, key(rest))
        }
    };
    let key = key.ok_or(NO_KEY)?;
    Ok(SignerLine {
        number,
        principals,
        options,
        key,
    })
}

/// The first word, which may stand in quotes, and what follows.
fn word(line: &str) -> Result<(String, &str), String> {
    match line.strip_prefix('"') {
        Some(quoted) => {
            let (word, rest) = quoted
                .split_once('"')
                .ok_or("its principals begin with a quote that does not end")?;
            Ok((word.to_owned(), rest.trim_start()))
        }
        None => {
            let (word, rest) = line.split_once(BLANKS).unwrap_or((line, ""));
            Ok((word.to_owned(), rest.trim_start()))
        }
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

/// How the words for kinds of keys begin.
const KINDS: [&str; 3] = ["ssh-", "ecdsa-", "sk-"];

const NO_KEY: &str = "it has no public key that can be read: principals, options, key type, key";

/// Options up to the first blank outside of quotes, and what follows.
fn options_of(text: &str) -> Result<(&str, &str), String> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !is_escaped => is_quoted = !is_quoted,
            c if BLANKS.contains(&c) && !is_quoted => {
                let (options, rest) = text.split_at(at);
                return Ok((options, rest.trim_start()));
            }
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    Err(NO_KEY.to_owned())
}

fn key(text: &str) -> Option<KeyData> {
    let mut words = text.split(BLANKS).filter(|word| !word.is_empty());
    let (kind, key) = (words.next()?, words.next()?);
    let key = PublicKey::from_openssh(&format!("{kind} {key}")).ok()?;
    Some(key.key_data().clone())
}

fn options(text: &str) -> Result<Options, String> {
    let mut options = Options::default();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(['=', ',']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let name = name.to_ascii_lowercase();
        let value;
        (value, rest) = match after.strip_prefix('=') {
            Some(quoted) => {
                let (value, rest) = dequoted(quoted)
                    .ok_or_else(|| format!("the value of `{name}` does not stand in quotes"))?;
                (Some(value), rest)
            }
            None => (None, after),
        };
        rest = match rest.strip_prefix(',') {
            Some("") => return Err("its options end in a comma".to_owned()),
            Some(rest) => rest,
            None if rest.is_empty() => rest,
            None => return Err(format!("something follows the value of `{name}`")),
        };
        let time = |value: &str| {
            time(value).ok_or_else(|| {
                format!(
                    "`{name}` is no time: YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with Z for UTC"
                )
            })
        };
        let is_given = match (name.as_str(), value) {
            ("cert-authority", _) => {
                return Err(
                    "cert-authority is not supported: list the keys of the signers themselves"
                        .to_owned(),
                );
            }
            ("namespaces", Some(value)) => options.namespaces.replace(value).is_some(),
            ("valid-after", Some(value)) => options.valid_after.replace(time(&value)?).is_some(),
            ("valid-before", Some(value)) => options.valid_before.replace(time(&value)?).is_some(),
            ("namespaces" | "valid-after" | "valid-before", None) => {
                return Err(format!("`{name}` has no value"));
            }
            _ => return Err(format!("there is no option `{name}`")),
        };
        if is_given {
            return Err(format!("`{name}` is given twice"));
        }
    }
    let (after, before) = (options.valid_after, options.valid_before);
    if after
        .zip(before)
        .is_some_and(|(after, before)| before <= after)
    {
        return Err("valid-before is not after valid-after".to_owned());
    }
    Ok(options)
}

/// A value in quotes, in which `\"` is a quote, and what follows.
fn dequoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut chars = inside.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, inside.get(at + 1..)?)),
            '\\' if chars.peek().is_some_and(|(_, next)| *next == '"') => {
                value.push('"');
                chars.next();
            }
            c => value.push(c),
        }
    }
    None
}

fn time(text: &str) -> Option<Timestamp> {
    let utc = |zone: &str| {
        let (digits, end) = text.split_at_checked(text.len().checked_sub(zone.len())?)?;
        end.eq_ignore_ascii_case(zone).then_some(digits)
    };
    let digits = utc("UTC").or_else(|| utc("Z")).unwrap_or(text);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let full = match digits.len() {
        8 => format!("{digits}000000"),
        12 => format!("{digits}00"),
        14 => digits.to_owned(),
        _ => return None,
    };
    let time = DateTime::strptime("%Y%m%d%H%M%S", full).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests;
