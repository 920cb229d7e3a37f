//! An argument line → the arguments, as spf13/pflag reads them for the kubelet.
//!
//! Source: facts on pflag (run against the real code), and the flag table `kubelet-flags.csv`.

use super::flag_table::FlagTable;
use super::value::{SettingValue, ValueKind};
use crate::evidence::masks::mask_in;
use crate::node::version::Minor;

/// One flag as it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// The flag's name, normalised (`_` is `-`).
    pub name: String,
    /// Its text: `""` when empty, `"true"` for a bare boolean.
    pub text: String,
    /// Its value; texts of vendor flags are kept as they are.
    pub value: SettingValue,
    /// Index of the word it begins in.
    pub word: usize,
}

/// An argument line, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CommandLine {
    /// Flags in the order given.
    pub arguments: Vec<Argument>,
    /// Why the program would have exited: one sentence each.
    pub malformed: Vec<String>,
    /// Flags that the version in evidence does not have.
    pub other_version: Vec<String>,
    /// Flags no version has: a vendor's.
    pub unknown: Vec<String>,
    /// The mask that stands where flags would.
    pub mask: Option<String>,
    /// A `$` in a text begins a variable.
    variables: bool,
    /// The program's version.
    pub(super) version: Option<Minor>,
}

impl CommandLine {
    /// Takes a flag for one that no version has.
    pub fn forget(&mut self, name: &str) {
        let before = self.arguments.len();
        self.arguments.retain(|argument| argument.name != name);
        if self.arguments.len() < before {
            self.unknown.push(name.to_owned());
        }
    }

    /// Whether a text is not what the program got: masked, or with a variable in it.
    #[must_use]
    pub fn hides(&self, text: &str) -> bool {
        mask_in(text).is_some() || (self.variables && text.contains('$'))
    }

    /// Every occurrence of a flag.
    pub fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &Argument> {
        self.arguments.iter().filter(move |a| a.name == name)
    }

    /// Every occurrence of a flag as it was given, in one text.
    #[must_use]
    pub fn written(&self, name: &str) -> String {
        let one = |argument: &Argument| format!("--{name}={}", argument.text);
        let all: Vec<String> = self.all(name).map(one).collect();
        all.join(" ")
    }

    /// The last occurrence of a flag, the one that counts for a scalar.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().rfind(|a| a.name == name)
    }

    /// The flag with which the program prints something and ends, as no running one has.
    pub(super) fn prints_and_ends(&self) -> Option<String> {
        let prints = |a: &&Argument| match a.name.as_str() {
            "help" => true,
            "version" => matches!(a.text.as_str(), "" | "true" | "raw"),
            _ => false,
        };
        let argument = self.arguments.iter().find(prints)?;
        Some(format!("with --{} it prints and ends", argument.name))
    }

    /// The text of a flag's last occurrence; an empty one counts as not given.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.last(name)
            .map(|a| a.text.as_str())
            .filter(|t| !t.is_empty())
    }
}

/// How exact the words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// The words themselves (`/proc/PID/cmdline`).
    Exact,
    /// Words split at blanks (`ps`): a value with blanks has come apart.
    Split,
    /// Words in which a `$` begins a variable that nobody expanded.
    Unexpanded,
}

/// Reads the words after the program's name; `cut`: more words may have followed.
#[must_use]
pub fn parse(
    words: &[String],
    kind: Words,
    cut: bool,
    table: &FlagTable,
    version: Option<Minor>,
) -> CommandLine {
    let mut line = CommandLine {
        variables: kind == Words::Unexpanded,
        version,
        ..CommandLine::default()
    };
    // The value of this argument may go on in words that are no flags.
    let mut open: Option<usize> = None;
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let at = index;
        index += 1;
        let previous = open.and_then(|open| line.arguments.get(open));
        let goes_on = kind == Words::Split && previous.is_some_and(|a| mask_in(&a.text).is_some());
        if hides_flags(word) && !goes_on {
            line.mask = mask_in(word).map(str::to_owned);
            continue;
        }
        let Some(body) = word.strip_prefix("--") else {
            if word.starts_with('-') && word.len() > 1 {
                open = None;
                index = shorthand(word, at, words, cut, &mut line);
            } else if word.is_empty() && (kind == Words::Split || table.takes_empty_words) {
                continue;
            } else if let (Words::Split, Some(previous)) = (kind, open) {
                extend(&mut line, previous, word, table);
            } else {
                positional(word, version, &mut line);
            }
            continue;
        };
        open = None;
        if body.is_empty() {
            let rest = words.get(index..).unwrap_or_default().iter();
            for word in rest.filter(|word| !(word.is_empty() && table.takes_empty_words)) {
                positional(word, version, &mut line);
            }
            break;
        }
        if body.starts_with('-') || body.starts_with('=') {
            line.malformed.push(format!("`{word}` is bad flag syntax"));
            continue;
        }
        let (raw_name, given) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        let name = raw_name.replace('_', "-");
        let Some(flag) = table.flags.get(name.as_str()) else {
            if let Some(meant) = table.misspelt(&name) {
                line.malformed
                    .push(format!("`{word}` is no flag; `--{meant}` is"));
                continue;
            }
            let text = match given {
                Some(value) => value.to_owned(),
                // The process runs, so a word that is no flag must be this flag's value.
                None => match words.get(index).filter(|next| !next.starts_with('-')) {
                    Some(next) => {
                        index += 1;
                        next.clone()
                    }
                    None => String::new(),
                },
            };
            open = Some(line.arguments.len());
            line.unknown.push(name.clone());
            line.arguments.push(Argument {
                name,
                value: SettingValue::Text(text.clone()),
                text,
                word: at,
            });
            continue;
        };
        let elsewhere = version.is_some_and(|v| {
            flag.first.is_some_and(|first| v < first) || flag.last.is_some_and(|last| v > last)
        });
        if elsewhere {
            line.other_version.push(name.clone());
        }
        let text = match given {
            Some(value) => value.to_owned(),
            None if flag.kind == ValueKind::Bool => "true".to_owned(),
            None if name == "version" => "true".to_owned(),
            None => match words.get(index) {
                Some(next) => {
                    index += 1;
                    next.clone()
                }
                None if cut => continue,
                // `ps` shows an empty last argument as nothing.
                None if kind == Words::Split => String::new(),
                None => {
                    line.malformed
                        .push(format!("`{word}` needs a value and is the last word"));
                    continue;
                }
            },
        };
        if !(flag.kind == ValueKind::Bool && given.is_none()) {
            open = Some(line.arguments.len());
        }
        line.arguments.push(Argument {
            name,
            value: SettingValue::zero(flag.kind),
            text,
            word: at,
        });
    }
    settle(&mut line, table);
    line
}

/// Values are read once their text is whole.
fn settle(line: &mut CommandLine, table: &FlagTable) {
    let hidden: Vec<bool> = line.arguments.iter().map(|a| line.hides(&a.text)).collect();
    for (argument, hidden) in line.arguments.iter_mut().zip(hidden) {
        let Some(flag) = table.flags.get(argument.name.as_str()) else {
            continue;
        };
        if hidden {
            argument.value = SettingValue::Text(argument.text.clone());
            continue;
        }
        let value = match flag.shape.refuses(&argument.text) {
            Some(why) => Err(why),
            None if flag.is_array => Ok(SettingValue::List(vec![argument.text.clone()])),
            None => SettingValue::from_argument(flag.kind, &argument.text),
        };
        match value {
            Ok(value) => argument.value = value,
            Err(why) => line
                .malformed
                .push(format!("`--{}={}`: {why}", argument.name, argument.text)),
        }
    }
}

fn extend(line: &mut CommandLine, argument: usize, word: &str, table: &FlagTable) {
    if let Some(argument) = line.arguments.get_mut(argument) {
        argument.text.push(' ');
        argument.text.push_str(word);
        if !table.flags.contains_key(argument.name.as_str()) {
            argument.value = SettingValue::Text(argument.text.clone());
        }
    }
}

/// Whether a mask stands where a flag's name would.
fn hides_flags(word: &str) -> bool {
    let name = word.split('=').next().unwrap_or(word);
    mask_in(name).is_some()
}

/// The kubelet takes no positional arguments since 1.11; older ones ignored them.
fn positional(word: &str, version: Option<Minor>, line: &mut CommandLine) {
    if version.is_none_or(|v| v >= Minor(1, 11)) {
        line.malformed
            .push(format!("`{word}` is no flag, and no other words are taken"));
    }
}

/// Only `-v` and `-h` exist. Returns the index of the next word to read.
fn shorthand(word: &str, at: usize, words: &[String], cut: bool, line: &mut CommandLine) -> usize {
    let next = at + 1;
    let rest = &word[1..];
    if rest == "h" {
        line.arguments.push(Argument {
            name: "help".to_owned(),
            text: "true".to_owned(),
            value: SettingValue::Bool(true),
            word: at,
        });
        return next;
    }
    let Some(value) = rest.strip_prefix('v') else {
        line.malformed
            .push(format!("`{word}` begins with one dash and is no flag"));
        return next;
    };
    let (text, next) = match value.strip_prefix('=').unwrap_or(value) {
        "" => match words.get(next) {
            Some(text) => (text.clone(), next + 1),
            None if cut => return next,
            None => {
                line.malformed.push(format!("`{word}` needs a value"));
                return next;
            }
        },
        text => (text.to_owned(), next),
    };
    line.arguments.push(Argument {
        name: "v".to_owned(),
        value: SettingValue::Int(0),
        text,
        word: at,
    });
    next
}
