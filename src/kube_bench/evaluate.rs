//! Outputs of audits × the questions of a check → whether they hold, as kube-bench evaluates them
//! (check/test.go; its oracle's units).

use regex::Regex;

use super::check::{Item, Tests};
use super::json_path::{self, Found};
use super::stop::AuditStop;
use crate::evidence::REDACTED;
use crate::evidence::masks::mask_in;

/// What the three scripts of a check printed.
#[derive(Clone, Debug, Default)]
pub struct AuditOutputs {
    /// Of `audit`.
    pub audit: String,
    /// Of `audit_config`; `None`: the check has none.
    pub config: Option<String>,
    /// Of `audit_env`.
    pub env: String,
}

/// What came of all questions.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// Whether they hold.
    pub passes: bool,
    /// The text that the first question was asked of.
    pub actual: String,
    /// What was expected, in kube-bench's words.
    pub expected: String,
}

/// Where a value is looked for.
#[derive(Clone, Copy, PartialEq)]
enum TextSource {
    Audit,
    Config,
    Env,
}

struct TestAnswer {
    passes: bool,
    found: bool,
    expected: String,
    actual: String,
}

/// Evaluates the questions; `Ok(Err(why))` where kube-bench gives up with an error.
///
/// # Errors
/// A question that kube-bench itself ends with a panic, and what is not understood here.
pub fn evaluate(
    tests: &Tests,
    outputs: &AuditOutputs,
    each_line: bool,
) -> Result<Result<Evaluated, String>, AuditStop> {
    let mut answers = Vec::with_capacity(tests.items.len());
    for item in &tests.items {
        let mut answer = ask(item, &outputs.audit, TextSource::Audit, each_line)?;
        if let Some(config) = outputs.config.as_ref().filter(|text| !text.is_empty())
            && !answer.found
        {
            answer = ask(item, config, TextSource::Config, each_line)?;
        }
        if !answer.found && !item.env.is_empty() {
            answer = ask(item, &outputs.env, TextSource::Env, each_line)?;
        }
        answers.push(answer);
    }
    let (passes, joined) = match tests.bin_op.as_str() {
        "" | "and" => (answers.iter().all(|answer| answer.passes), " AND "),
        "or" => (answers.iter().any(|answer| answer.passes), " OR "),
        other => return Ok(Err(format!("unknown binary operator for tests {other}"))),
    };
    let expected: Vec<String> = answers.iter().map(|one| one.expected.clone()).collect();
    let first = answers.into_iter().next();
    Ok(Ok(Evaluated {
        passes,
        actual: first.map(|answer| answer.actual).unwrap_or_default(),
        expected: expected.join(joined),
    }))
}

fn ask(
    item: &Item,
    text: &str,
    source: TextSource,
    each_line: bool,
) -> Result<TestAnswer, AuditStop> {
    let text = text.trim_end_matches([' ', '\n']);
    let lines: Vec<&str> = match each_line {
        true => text.split('\n').collect(),
        false => vec![text],
    };
    let mut last = None;
    for line in lines {
        let answer = ask_of(item, line, source)?;
        let goes_on = answer.passes;
        last = Some(answer);
        if !goes_on {
            break;
        }
    }
    let mut answer =
        last.ok_or_else(|| AuditStop::NotUnderstood("an output without lines".into()))?;
    text.clone_into(&mut answer.actual);
    Ok(answer)
}

fn ask_of(item: &Item, text: &str, source: TextSource) -> Result<TestAnswer, AuditStop> {
    let (found, name) = match source {
        TextSource::Audit => (of_flag(&item.flag, text)?, &item.flag),
        TextSource::Config => (json_path::find(&item.path, text)?, &item.path),
        TextSource::Env => (Ok(of_env(&item.env, text)?), &item.env),
    };
    let answer = |passes, found, expected| TestAnswer {
        passes,
        found,
        expected,
        actual: String::new(),
    };
    let Ok(value) = found else {
        return Ok(answer(false, false, String::new()));
    };
    let hidden = match &value {
        Some(value) => mask_in(value).is_some(),
        None => may_hide(text, source),
    };
    if hidden {
        let why = format!("what the evidence says of {name} is masked, or may be");
        return Err(AuditStop::Missing(why));
    }
    Ok(match (item.set, value) {
        (true, Some(value)) if !item.op.is_empty() => {
            let (passes, expected) = compare(&item.op, &value, &item.value, name)?;
            answer(passes, true, expected)
        }
        (true, value) => answer(
            value.is_some(),
            value.is_some(),
            format!("'{name}' is present"),
        ),
        (false, value) => answer(
            value.is_none(),
            value.is_some(),
            format!("'{name}' is not present"),
        ),
    })
}

/// Whether what is looked for may stand behind a mask: one in the place of a whole argument, or of a
/// part of a configuration.
fn may_hide(text: &str, source: TextSource) -> bool {
    let mut before = "";
    match source {
        TextSource::Audit => text.split_whitespace().any(|word| {
            let flag = std::mem::replace(&mut before, word);
            let is_value = flag.starts_with('-') && !flag.contains('=');
            mask_in(word) == Some(word) && !is_value
        }),
        TextSource::Config => text.contains(REDACTED),
        TextSource::Env => false,
    }
}

/// The first match of the flag with its value; the flag is a piece of a regular expression.
fn of_flag(flag: &str, text: &str) -> Result<Found, AuditStop> {
    if flag.is_empty() || text.is_empty() || !text.contains(flag) {
        return Ok(Ok(None));
    }
    let pattern = format!(r"({flag})(=|: *)*([^\s]*) *");
    let Some(groups) = regex(&pattern)?.captures(text) else {
        return Ok(Err(format!("invalid flag in testItem definition: {text}")));
    };
    let group = |at| groups.get(at).map_or("", |group| group.as_str());
    Ok(Ok(Some(match group(3) {
        "" if flag.starts_with("--") => "true".to_owned(),
        "" => group(1).to_owned(),
        value => value.to_owned(),
    })))
}

/// The first line from where the name stands; an empty value is none.
fn of_env(name: &str, text: &str) -> Result<Option<String>, AuditStop> {
    if name.is_empty() || text.is_empty() {
        return Ok(None);
    }
    let found = regex(&format!(r"{name}=.*(?:$|\n)"))?.find(text);
    let line = found.map_or("", |found| found.as_str());
    let value = line.replacen('\n', "", 1);
    let value = value.replacen(&format!("{name}="), "", 1);
    Ok(Some(value).filter(|value| !value.is_empty()))
}

/// An expression with the classes of Go's: only ASCII's blanks are blanks.
fn regex(pattern: &str) -> Result<Regex, AuditStop> {
    let blanks = r"\t\n\x0C\r ";
    let ascii = pattern.replace(r"[^\s]", &format!("[^{blanks}]"));
    let ascii = ascii.replace(r"\s", &format!("[{blanks}]"));
    let built = Regex::new(&ascii);
    built.map_err(|_| AuditStop::Panics(format!("`{pattern}` is no regular expression")))
}

/// Whether the value compares as wanted, and what was expected in kube-bench's words.
fn compare(op: &str, value: &str, wanted: &str, name: &str) -> Result<(bool, String), AuditStop> {
    let numbers = || Some((number(value)?, number(wanted)?));
    let numeric = |words: &str, holds: fn(i64, i64) -> bool| match numbers() {
        Some((a, b)) => (holds(a, b), format!("'{name}' is {words} {wanted}")),
        None => {
            let expected = format!("Invalid Number(s) used for comparison: '{value}' '{wanted}'");
            (false, expected)
        }
    };
    Ok(match op {
        "eq" => (
            equal(value, wanted),
            format!("'{name}' is equal to '{wanted}'"),
        ),
        "noteq" => (
            !equal(value, wanted),
            format!("'{name}' is not equal to '{wanted}'"),
        ),
        "gt" => numeric("greater than", |a, b| a > b),
        "gte" => numeric("greater or equal to", |a, b| a >= b),
        "lt" => numeric("lower than", |a, b| a < b),
        "lte" => numeric("lower or equal to", |a, b| a <= b),
        "has" => (value.contains(wanted), format!("'{name}' has '{wanted}'")),
        "nothave" => (
            !value.contains(wanted),
            format!("'{name}' does not have '{wanted}'"),
        ),
        "regex" => (
            regex(wanted)?.is_match(value),
            format!("'{name}' matched by regex expression '{wanted}'"),
        ),
        "valid_elements" => {
            let allowed = elements(wanted);
            let expected = format!("'{name}' contains valid elements from '{wanted}'");
            let given = elements(value);
            // Both empty are the same list.
            let passes = given == allowed
                || (!given.is_empty() && given.iter().all(|one| allowed.contains(one)));
            (passes, expected)
        }
        "bitmask" => match (octal(value), octal(wanted)) {
            (Some(has), Some(most)) => (
                most & has == has,
                format!("{name} has permissions {value}, expected {wanted} or more restrictive"),
            ),
            (None, _) => (false, format!("Not numeric value - flag: {value}")),
            (_, None) => (false, format!("Not numeric value - flag: {wanted}")),
        },
        _ => (false, String::new()),
    })
}

fn equal(value: &str, wanted: &str) -> bool {
    let lower = value.to_lowercase();
    match lower.as_str() {
        "true" | "false" => lower == wanted,
        _ => value == wanted,
    }
}

/// As Go's `Atoi` reads it.
fn number(text: &str) -> Option<i64> {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn octal(text: &str) -> Option<i64> {
    i64::from_str_radix(text, 8).ok()
}

/// The parts of a list, without the blanks around them and a last comma.
fn elements(text: &str) -> Vec<&str> {
    let text = text.trim_end();
    let text = text.strip_suffix(',').unwrap_or(text);
    match text {
        "" => Vec::new(),
        text => text.split(',').map(str::trim).collect(),
    }
}
