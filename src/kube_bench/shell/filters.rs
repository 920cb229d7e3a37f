//! Commands that read lines and print some of them, or parts.

use super::pattern::{Dialect, regex};
use super::{Ran, files};
use crate::evidence::Evidence;
use crate::kube_bench::stop::Stop;

/// What `grep` is asked.
#[derive(Default)]
struct Grep {
    patterns: Vec<String>,
    files: Vec<String>,
    contrary: bool,
    only: bool,
    quiet: bool,
    count: bool,
    ignore_case: bool,
    whole_word: bool,
    silent: bool,
    numbered: bool,
    without_name: bool,
    most: Option<usize>,
    after: usize,
    dialect: Option<Dialect>,
}

/// `grep`.
pub(super) fn grep(
    evidence: &Evidence<'_>,
    name: &str,
    arguments: &[String],
    stdin: &str,
) -> Result<Ran, Stop> {
    let grep = asked(name, arguments)?;
    let Some(dialect) = grep.dialect.filter(|_| !grep.patterns.is_empty()) else {
        let usage =
            "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";
        return Ok(Ran::err(2, usage));
    };
    let mut patterns = Vec::new();
    for pattern in grep.patterns.iter().flat_map(|all| all.split('\n')) {
        let pattern = match grep.whole_word {
            true if dialect == Dialect::Fixed => {
                return Err(Stop::at("`grep -w` of fixed strings"));
            }
            true => format!(r"\<{pattern}\>"),
            false => pattern.to_owned(),
        };
        patterns.push(regex(&pattern, dialect, grep.ignore_case)?);
    }
    let mut inputs: Vec<(Option<&str>, String)> = Vec::new();
    let mut ran = Ran::default();
    let mut failed = false;
    match grep.files.as_slice() {
        [] => inputs.push((None, stdin.to_owned())),
        paths => {
            for path in paths {
                let shown = Some(path.as_str()).filter(|_| paths.len() > 1 && !grep.without_name);
                match files::content(evidence, path)? {
                    Ok(text) => inputs.push((shown, text)),
                    Err(why) => {
                        failed = true;
                        if !grep.silent {
                            ran = ran.then(Ran::err(2, format!("grep: {path}: {why}\n")));
                        }
                    }
                }
            }
        }
    }
    let mut matched = false;
    let mut out = String::new();
    for (name, text) in &inputs {
        matched |= grep.of_text(&patterns, *name, text, &mut out);
    }
    let out = if grep.quiet { String::new() } else { out };
    let mut ran = ran.then(Ran::out(out));
    ran.status = match (failed, matched) {
        (_, true) if grep.quiet => 0,
        (true, _) => 2,
        (false, true) => 0,
        (false, false) => 1,
    };
    Ok(ran)
}

impl Grep {
    fn of_text(
        &self,
        patterns: &[regex::Regex],
        name: Option<&str>,
        text: &str,
        out: &mut String,
    ) -> bool {
        let mut selected = 0;
        let mut after = 0;
        let mut last_shown: Option<usize> = None;
        let head = |at: usize, mark: char| {
            let name = name.map(|name| format!("{name}{mark}")).unwrap_or_default();
            match self.numbered {
                true => format!("{name}{}{mark}", at + 1),
                false => name,
            }
        };
        for (at, line) in text.lines().enumerate() {
            if self.most.is_some_and(|most| selected >= most) && after == 0 {
                break;
            }
            let room = self.most.is_none_or(|most| selected < most);
            let matches = patterns.iter().any(|pattern| pattern.is_match(line));
            if matches != self.contrary && room {
                selected += 1;
                after = self.after;
                if self.count {
                    continue;
                }
                if self.only {
                    if !self.contrary {
                        for pattern in patterns {
                            let found = pattern.find_iter(line).map(|found| found.as_str());
                            for found in found.filter(|found| !found.is_empty()) {
                                out.push_str(&format!("{}{found}\n", head(at, ':')));
                            }
                        }
                    }
                    continue;
                }
                self.separate(last_shown, at, out);
                last_shown = Some(at);
                out.push_str(&format!("{}{line}\n", head(at, ':')));
            } else if after > 0 {
                after -= 1;
                if !self.only && !self.count {
                    last_shown = Some(at);
                    out.push_str(&format!("{}{line}\n", head(at, '-')));
                }
            }
        }
        if self.count {
            out.push_str(&format!("{}{selected}\n", head(0, ':')));
        }
        selected > 0
    }

    /// Groups of lines with context stand apart.
    fn separate(&self, last: Option<usize>, at: usize, out: &mut String) {
        if self.after > 0 && last.is_some_and(|last| last + 1 < at) {
            out.push_str("--\n");
        }
    }
}

fn asked(name: &str, arguments: &[String]) -> Result<Grep, Stop> {
    let mut grep = Grep {
        dialect: Some(match name {
            "egrep" => Dialect::Extended,
            "fgrep" => Dialect::Fixed,
            _ => Dialect::Basic,
        }),
        ..Grep::default()
    };
    let mut named = false;
    let mut operands: Vec<String> = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            operands.extend(words.by_ref().cloned());
            break;
        }
        let Some(options) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
            operands.push(word.clone());
            continue;
        };
        if options.starts_with('-') {
            return Err(Stop::at(format!("`grep {word}`")));
        }
        let mut letters = options.char_indices();
        while let Some((at, letter)) = letters.next() {
            let rest = options.get(at + 1..).unwrap_or_default();
            let mut value = || match rest {
                "" => words.next().cloned().unwrap_or_default(),
                rest => rest.to_owned(),
            };
            match letter {
                'v' => grep.contrary = true,
                'o' => grep.only = true,
                'q' => grep.quiet = true,
                'c' => grep.count = true,
                'i' => grep.ignore_case = true,
                'w' => grep.whole_word = true,
                's' => grep.silent = true,
                'n' => grep.numbered = true,
                'h' => grep.without_name = true,
                'E' => grep.dialect = Some(Dialect::Extended),
                'F' => grep.dialect = Some(Dialect::Fixed),
                'e' => {
                    grep.patterns.push(value());
                    named = true;
                    break;
                }
                'm' => {
                    grep.most = Some(count(&value())?);
                    break;
                }
                'A' => {
                    grep.after = count(&value())?;
                    break;
                }
                _ => return Err(Stop::at(format!("`grep -{letter}`"))),
            }
        }
    }
    let mut operands = operands.into_iter();
    if !named {
        grep.patterns.extend(operands.next());
    }
    grep.files = operands.collect();
    Ok(grep)
}

fn count(text: &str) -> Result<usize, Stop> {
    text.parse()
        .map_err(|_| Stop::at(format!("the number `{text}`")))
}

/// `sed` with one `s`.
pub(super) fn sed(arguments: &[String], stdin: &str) -> Result<Ran, Stop> {
    let mut dialect = Dialect::Basic;
    let mut quiet = false;
    let mut script = None;
    for word in arguments {
        match word.as_str() {
            "-r" | "-E" => dialect = Dialect::Extended,
            "-n" => quiet = true,
            "-e" => {}
            option if option.starts_with('-') => return Err(Stop::at(format!("`sed {option}`"))),
            text if script.is_none() => script = Some(text),
            _ => return Err(Stop::at("`sed` of a file")),
        }
    }
    let script = script.unwrap_or_default().trim();
    let not = || Stop::at(format!("`sed '{script}'`"));
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
pub(super) fn awk(arguments: &[String], stdin: &str) -> Result<Ran, Stop> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (separator, program) = match words.as_slice() {
        ["-F", separator, program] => (Some((*separator).to_owned()), *program),
        [first, program] if first.starts_with("-F") => {
            (first.get(2..).map(str::to_owned), *program)
        }
        [program] => (None, *program),
        _ => return Err(Stop::at("`awk` with these arguments")),
    };
    let not = || Stop::at(format!("`awk '{program}'`"));
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
    let number = |field: &str| -> Result<Part, Stop> {
        match field.trim().strip_prefix('$').ok_or_else(not)? {
            "NF" => Ok(Part::Last),
            digits => digits.parse().map(Part::At).map_err(|_| not()),
        }
    };
    if fields.is_empty() {
        return Ok(Ran::out(stdin));
    }
    let wanted: Vec<Part> = fields.split(',').map(number).collect::<Result<_, _>>()?;
    let separator = match separator.as_deref() {
        None | Some(" ") => None,
        Some(text) if text.chars().count() == 1 => Some(text.to_owned()),
        Some(text)
            if text
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '=' | '_')) =>
        {
            Some(text.to_owned())
        }
        Some(_) => return Err(not()),
    };
    let mut out = String::new();
    for line in stdin.lines() {
        let parts: Vec<&str> = match &separator {
            None => line.split_ascii_whitespace().collect(),
            Some(text) => line.split(text.as_str()).collect(),
        };
        let shown: Vec<&str> = wanted
            .iter()
            .map(|part| match part {
                Part::Last => parts.last().copied().unwrap_or_default(),
                Part::At(0) => line,
                Part::At(at) => parts.get(at - 1).copied().unwrap_or_default(),
            })
            .collect();
        out.push_str(&shown.join(" "));
        out.push('\n');
    }
    Ok(Ran::out(out))
}

/// What `awk` prints of a line: a field, or with 0 all of it.
enum Part {
    At(usize),
    Last,
}

/// Which lines are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Head,
    Tail,
}

/// `head` and `tail`.
pub(super) fn ends(arguments: &[String], stdin: &str, end: End) -> Result<Ran, Stop> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = match words.as_slice() {
        [] => "10",
        ["-n", number] => number,
        [word] => {
            let number = word.strip_prefix("-n").or_else(|| word.strip_prefix('-'));
            number.ok_or_else(|| Stop::at("`head` or `tail` of a file"))?
        }
        _ => return Err(Stop::at("`head` or `tail` with these arguments")),
    };
    let number = count(number)?;
    let lines: Vec<&str> = stdin.split_inclusive('\n').collect();
    let kept = match end {
        End::Head => lines.get(..number.min(lines.len())),
        End::Tail => lines.get(lines.len().saturating_sub(number)..),
    };
    Ok(Ran::out(kept.unwrap_or_default().concat()))
}

/// `tr` of single characters.
pub(super) fn tr(arguments: &[String], stdin: &str) -> Result<Ran, Stop> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let not = || Stop::at(format!("`tr {}`", words.join(" ")));
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
pub(super) fn wc(arguments: &[String], stdin: &str) -> Result<Ran, Stop> {
    match arguments {
        [only] if only == "-l" => Ok(Ran::out(format!("{}\n", stdin.matches('\n').count()))),
        _ => Err(Stop::at("`wc` other than `wc -l`")),
    }
}

/// `uniq`.
pub(super) fn uniq(arguments: &[String], stdin: &str) -> Result<Ran, Stop> {
    if !arguments.is_empty() {
        return Err(Stop::at("`uniq` with arguments"));
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
pub(super) fn sort(arguments: &[String], stdin: &str) -> Result<Ran, Stop> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut lines: Vec<&str> = stdin.lines().collect();
    lines.sort_unstable();
    match words.as_slice() {
        [] => {}
        ["-u"] => lines.dedup(),
        _ => return Err(Stop::at("`sort` with arguments")),
    }
    Ok(Ran::out(
        lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
    ))
}

/// `cut -d X -f N`.
pub(super) fn cut(arguments: &[String], stdin: &str) -> Result<Ran, Stop> {
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
            other => return Err(Stop::at(format!("`cut {other}`"))),
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
