//! An argument line → the arguments, as Go's package `flag` reads them for etcd: one dash is as
//! good as two, a boolean takes no word of its own, and the first word that is no flag ends it.

use super::super::flag_table::FlagTable;
use super::super::pflag::{Argument, CommandLine, Words};
use super::super::value::{SettingValue, ValueKind};
use crate::evidence::masks::mask_in;

/// Reads the words after the program's name; `cut`: more words may have followed.
pub(super) fn parse(words: &[String], kind: Words, cut: bool, table: &FlagTable) -> CommandLine {
    let mut line = CommandLine::default();
    let mut rest = words.iter().enumerate().peekable();
    while let Some((at, word)) = rest.next() {
        if let Some(mask) = mask_in(word.split('=').next().unwrap_or(word)) {
            line.mask = Some(mask.to_owned());
            continue;
        }
        if word.is_empty() && kind == Words::Split {
            continue;
        }
        let body = word.strip_prefix("--").or_else(|| word.strip_prefix('-'));
        let Some(body) = body.filter(|_| word.len() > 1) else {
            line.malformed.push(format!("`{word}` is no flag"));
            break;
        };
        if body.is_empty() {
            // What follows is no flag, and etcd takes no other words.
            if let Some((_, word)) = rest.next() {
                line.malformed.push(format!("`{word}` is no flag"));
            }
            break;
        }
        if body.starts_with(['-', '=']) {
            line.malformed.push(format!("`{word}` is bad flag syntax"));
            break;
        }
        let (name, given) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (body, None),
        };
        let Some(kind_of_flag) = table.kind(name) else {
            line.malformed.push(format!(
                "`{word}` is no flag, and etcd refuses what it does not know"
            ));
            break;
        };
        let text = match given {
            Some(text) => text,
            None if kind_of_flag == ValueKind::Bool => "true".to_owned(),
            None => match rest.next() {
                Some((_, next)) => next.clone(),
                None if cut => break,
                None if kind == Words::Split => String::new(),
                None => {
                    line.malformed
                        .push(format!("`{word}` needs a value and is the last word"));
                    break;
                }
            },
        };
        let value = match mask_in(&text) {
            Some(_) => Ok(SettingValue::Text(text.clone())),
            None => SettingValue::from_argument(kind_of_flag, &text),
        };
        let value = value.unwrap_or_else(|why| {
            line.malformed.push(format!("`{word}`: {why}"));
            SettingValue::zero(kind_of_flag)
        });
        line.arguments.push(Argument {
            name: name.to_owned(),
            text,
            value,
            word: at,
        });
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &str) -> CommandLine {
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let table = &super::super::named("etcd").unwrap().flags;
        parse(&words, Words::Exact, false, table)
    }

    #[test]
    fn one_dash_is_as_good_as_two_and_a_boolean_takes_no_word() {
        let last = |words: &str, name: &str| line(words).last(name).map(|a| a.text.clone());
        let cert = |words: &str| last(words, "cert-file");
        assert_eq!(cert("-cert-file=a").as_deref(), Some("a"));
        assert_eq!(cert("--cert-file a").as_deref(), Some("a"));
        assert_eq!(cert("--cert-file=a -cert-file=b").as_deref(), Some("b"));
        let auth = |words: &str| last(words, "client-cert-auth");
        assert_eq!(auth("--client-cert-auth").as_deref(), Some("true"));
        for refused in [
            "--client-cert-auth true",
            "--client_cert_auth",
            "--client-cert-auth=yes",
            "--nope=1",
            "---cert-file=a",
            "-- x",
            "--cert-file",
        ] {
            assert!(!line(refused).malformed.is_empty(), "{refused}");
        }
    }
}
