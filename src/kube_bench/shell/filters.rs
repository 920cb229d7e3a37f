//! Commands that read lines and print some of them, or parts.

use super::Ran;
use super::pattern::{GrepDialect, regex};
use crate::kube_bench::stop::AuditStop;

/// A number of lines, or the number of a field.
pub(super) fn count(text: &str) -> Result<usize, AuditStop> {
    text.parse()
        .map_err(|_| AuditStop::at(format!("the number `{text}`")))
}

/// `sed` with one `s`.
pub(super) fn sed(arguments: &[String], stdin: &str) -> Result<Ran, AuditStop> {
    let mut dialect = GrepDialect::Basic;
    let mut quiet = false;
    let mut script = None;
    for word in arguments {
        match word.as_str() {
            "-r" | "-E" => dialect = GrepDialect::Extended,
            "-n" => quiet = true,
            "-e" => {}
            option if option.starts_with('-') => {
                return Err(AuditStop::at(format!("`sed {option}`")));
            }
            text if script.is_none() => script = Some(text),
            _ => return Err(AuditStop::at("`sed` of a file")),
        }
    }
    let script = script.unwrap_or_default().trim();
    let not = || AuditStop::at(format!("`sed '{script}'`"));
    let behind = script.strip_prefix('s').ok_or_else(not)?;
    let mark = behind
        .chars()
        .next()
        .filter(char::is_ascii_punctuation)
        .ok_or_else(not)?;
    let parts = divided(behind.get(1..).unwrap_or_default(), mark);
    let [pattern, by, flags] = parts.as_slice() else {
        return Err(not());
    };
    if !flags.chars().all(|flag| matches!(flag, 'g' | 'p')) {
        return Err(not());
    }
    let pattern = regex(pattern, dialect, false)?;
    let by = replacement(by).ok_or_else(not)?;
    let mut out = String::new();
    for line in stdin.lines() {
        let changed = match flags.contains('g') {
            true => pattern.replace_all(line, by.as_str()),
            false => pattern.replace(line, by.as_str()),
        };
        let is_changed = pattern.is_match(line);
        if !quiet {
            out.push_str(&changed);
            out.push('\n');
        }
        if flags.contains('p') && is_changed {
            out.push_str(&changed);
            out.push('\n');
        }
    }
    Ok(Ran::out(out))
}

/// The parts between marks; a backslash takes a mark as it is.
fn divided(text: &str, mark: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let Some(part) = parts.last_mut() else {
            break;
        };
        match c {
            '\\' => match chars.next() {
                Some(next) if next == mark => part.push(next),
                Some(next) => part.extend(['\\', next]),
                None => part.push('\\'),
            },
            c if c == mark => parts.push(String::new()),
            c => part.push(c),
        }
    }
    parts
}

/// `\1` and `&` in the words of the `regex` crate.
fn replacement(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '$' => out.push_str("$$"),
            '&' => out.push_str("${0}"),
            '\\' => match chars.next()? {
                'n' => out.push('\n'),
                digit if digit.is_ascii_digit() => out.push_str(&format!("${{{digit}}}")),
                c if c.is_ascii_alphabetic() => return None,
                c => out.push(c),
            },
            c => out.push(c),
        }
    }
    Some(out)
}

/// `awk` that prints one field of every line.
pub(super) fn awk(arguments: &[String], stdin: &str) -> Result<Ran, AuditStop> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (separator, program) = match words.as_slice() {
        ["-F", separator, program] => (Some((*separator).to_owned()), *program),
        [first, program] if first.starts_with("-F") => {
            (first.get(2..).map(str::to_owned), *program)
        }
        [program] => (None, *program),
        _ => return Err(AuditStop::at("`awk` with these arguments")),
    };
    let not = || AuditStop::at(format!("`awk '{program}'`"));
    let inner = program
        .trim()
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let print = inner
        .ok_or_else(not)?
        .trim()
        .trim_end_matches(';')
        .trim_end();
    let fields = print.strip_prefix("print").ok_or_else(not)?.trim();
    let number = |field: &str| -> Result<PrintedField, AuditStop> {
        match field.trim().strip_prefix('$').ok_or_else(not)? {
            "NF" => Ok(PrintedField::Last),
            digits => digits.parse().map(PrintedField::At).map_err(|_| not()),
        }
    };
    if fields.is_empty() {
        return Ok(Ran::out(stdin));
    }
    let wanted: Vec<PrintedField> = fields.split(',').map(number).collect::<Result<_, _>>()?;
    let separator = match separator.as_deref() {
        None | Some(" ") => None,
        Some(text) => Some(separator_of(text)?),
    };
    let mut out = String::new();
    for line in stdin.lines() {
        let parts: Vec<&str> = match &separator {
            None => line.split_ascii_whitespace().collect(),
            Some(separator) => separator.split(line).collect(),
        };
        let shown: Vec<&str> = wanted
            .iter()
            .map(|part| match part {
                PrintedField::Last => parts.last().copied().unwrap_or_default(),
                PrintedField::At(0) => line,
                PrintedField::At(at) => parts.get(at - 1).copied().unwrap_or_default(),
            })
            .collect();
        out.push_str(&shown.join(" "));
        out.push('\n');
    }
    Ok(Ran::out(out))
}

/// The expression that fields stand between; of alternatives `awk` takes the longest match, so the
/// longer one is tried first.
fn separator_of(text: &str) -> Result<regex::Regex, AuditStop> {
    if text.chars().count() == 1 {
        return regex(text, GrepDialect::Fixed, false);
    }
    if text.contains(['(', '\\', '[']) {
        return Err(AuditStop::at(format!("`awk -F '{text}'`")));
    }
    let mut alternatives: Vec<&str> = text.split('|').collect();
    alternatives.sort_by_key(|one| std::cmp::Reverse(one.len()));
    regex(&alternatives.join("|"), GrepDialect::Extended, false)
}

/// What `awk` prints of a line: a field, or with 0 all of it.
enum PrintedField {
    At(usize),
    Last,
}

/// Which lines are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KeptEnd {
    Head,
    Tail,
}

/// `head` and `tail`.
pub(super) fn ends(arguments: &[String], stdin: &str, end: KeptEnd) -> Result<Ran, AuditStop> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = match words.as_slice() {
        [] => "10",
        ["-n", number] => number,
        [word] => {
            let number = word.strip_prefix("-n").or_else(|| word.strip_prefix('-'));
            number.ok_or_else(|| AuditStop::at("`head` or `tail` of a file"))?
        }
        _ => return Err(AuditStop::at("`head` or `tail` with these arguments")),
    };
    let number = count(number)?;
    let lines: Vec<&str> = stdin.split_inclusive('\n').collect();
    let kept = match end {
        KeptEnd::Head => lines.get(..number.min(lines.len())),
        KeptEnd::Tail => lines.get(lines.len().saturating_sub(number)..),
    };
    Ok(Ran::out(kept.unwrap_or_default().concat()))
}

/// `tr` of single characters.
pub(super) fn tr(arguments: &[String], stdin: &str) -> Result<Ran, AuditStop> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let not = || AuditStop::at(format!("`tr {}`", words.join(" ")));
    let single = |text: &str| -> Option<char> {
        let text = match text {
            "\\0" => "\0",
            "\\n" => "\n",
            "\\t" => "\t",
            text => text,
        };
        let mut chars = text.chars();
        chars.next().filter(|_| chars.next().is_none())
    };
    match words.as_slice() {
        ["-d", set] => {
            let set = single(set).ok_or_else(not)?;
            Ok(Ran::out(stdin.replace(set, "")))
        }
        [from, to] if !from.starts_with('-') => {
            let (from, to) = single(from).zip(single(to)).ok_or_else(not)?;
            Ok(Ran::out(stdin.replace(from, &to.to_string())))
        }
        _ => Err(not()),
    }
}

/// `wc -l`.
pub(super) fn wc(arguments: &[String], stdin: &str) -> Result<Ran, AuditStop> {
    match arguments {
        [only] if only == "-l" => Ok(Ran::out(format!("{}\n", stdin.matches('\n').count()))),
        _ => Err(AuditStop::at("`wc` other than `wc -l`")),
    }
}

/// `uniq`.
pub(super) fn uniq(arguments: &[String], stdin: &str) -> Result<Ran, AuditStop> {
    if !arguments.is_empty() {
        return Err(AuditStop::at("`uniq` with arguments"));
    }
    let mut lines: Vec<&str> = stdin.lines().collect();
    lines.dedup();
    Ok(Ran::out(
        lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
    ))
}

/// `sort`, by bytes.
pub(super) fn sort(arguments: &[String], stdin: &str) -> Result<Ran, AuditStop> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut lines: Vec<&str> = stdin.lines().collect();
    lines.sort_unstable();
    match words.as_slice() {
        [] => {}
        ["-u"] => lines.dedup(),
        _ => return Err(AuditStop::at("`sort` with arguments")),
    }
    Ok(Ran::out(
        lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
    ))
}

/// `cut -d X -f N`.
pub(super) fn cut(arguments: &[String], stdin: &str) -> Result<Ran, AuditStop> {
    let mut separator = "\t".to_owned();
    let mut field = None;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut value = |option: &str| match word.strip_prefix(option) {
            Some("") => words.next().cloned(),
            rest => rest.map(str::to_owned),
        };
        match word.as_str() {
            word if word.starts_with("-d") => separator = value("-d").unwrap_or_default(),
            word if word.starts_with("-f") => field = value("-f"),
            other => return Err(AuditStop::at(format!("`cut {other}`"))),
        }
    }
    let field = count(&field.unwrap_or_default())?;
    let mut out = String::new();
    for line in stdin.lines() {
        let mut parts = line.split(separator.as_str());
        let shown = match line.contains(separator.as_str()) {
            true => parts.nth(field.saturating_sub(1)).unwrap_or_default(),
            false => line,
        };
        out.push_str(shown);
        out.push('\n');
    }
    Ok(Ran::out(out))
}
