//! `grep`.

use super::filters::count;
use super::pattern::{GrepDialect, regex};
use super::{Ran, files};
use crate::kube_bench::host::AuditHost;
use crate::kube_bench::stop::AuditStop;

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
    dialect: Option<GrepDialect>,
}

/// `grep`.
pub(super) fn grep(
    host: &AuditHost<'_>,
    name: &str,
    arguments: &[String],
    stdin: &str,
) -> Result<Ran, AuditStop> {
    let grep = asked(name, arguments)?;
    let Some(dialect) = grep.dialect.filter(|_| !grep.patterns.is_empty()) else {
        let usage =
            "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";
        return Ok(Ran::err(2, usage));
    };
    let mut patterns = Vec::new();
    for pattern in grep.patterns.iter().flat_map(|all| all.split('\n')) {
        let pattern = match grep.whole_word {
            true if dialect == GrepDialect::Fixed => {
                return Err(AuditStop::at("`grep -w` of fixed strings"));
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
                match files::content(host, path)? {
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

fn asked(name: &str, arguments: &[String]) -> Result<Grep, AuditStop> {
    let mut grep = Grep {
        dialect: Some(match name {
            "egrep" => GrepDialect::Extended,
            "fgrep" => GrepDialect::Fixed,
            _ => GrepDialect::Basic,
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
            return Err(AuditStop::at(format!("`grep {word}`")));
        }
        for (at, letter) in options.char_indices() {
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
                'E' => grep.dialect = Some(GrepDialect::Extended),
                'F' => grep.dialect = Some(GrepDialect::Fixed),
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
                _ => return Err(AuditStop::at(format!("`grep -{letter}`"))),
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
