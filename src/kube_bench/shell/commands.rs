//! The commands that are interpreted, and those that need no more than processes and journals.

use super::{Ran, Shell, files, filters, grep};
use crate::evidence::printed::{PS_HEADER, PrintedProcess};
use crate::kube_bench::host::AuditHost;
use crate::kube_bench::stop::AuditStop;

impl Shell<'_> {
    /// One command with its arguments.
    pub(super) fn call(
        &mut self,
        name: &str,
        arguments: &[String],
        stdin: &str,
    ) -> Result<Ran, AuditStop> {
        let folders = ["/bin/", "/usr/bin/"];
        let own = folders.iter().find_map(|folder| name.strip_prefix(folder));
        let host = self.host;
        match own.unwrap_or(name) {
            "" => Ok(Ran::err(127, "/bin/sh: 1: : Permission denied\n")),
            "true" | ":" => Ok(Ran::default()),
            "false" => Ok(Ran::of(1, "", "")),
            "echo" => echo(arguments),
            "test" => test(host, arguments, "test"),
            "[" => match arguments.split_last() {
                Some((last, arguments)) if last == "]" => test(host, arguments, "["),
                _ => Ok(Ran::err(2, "/bin/sh: 1: [: missing ]\n")),
            },
            "sh" | "bash" | "dash" => self.shell(arguments, stdin),
            "ps" => ps(host, arguments),
            "journalctl" => journalctl(host, arguments),
            "stat" => files::stat(host, arguments),
            "cat" => files::cat(host, arguments, stdin),
            "find" => self.find(arguments),
            "xargs" => self.xargs(arguments, stdin),
            "grep" | "egrep" | "fgrep" => grep::grep(host, own.unwrap_or(name), arguments, stdin),
            "sed" => filters::sed(arguments, stdin),
            "awk" => filters::awk(arguments, stdin),
            "head" => filters::ends(arguments, stdin, filters::KeptEnd::Head),
            "tail" => filters::ends(arguments, stdin, filters::KeptEnd::Tail),
            "tr" => filters::tr(arguments, stdin),
            "wc" => filters::wc(arguments, stdin),
            "uniq" => filters::uniq(arguments, stdin),
            "sort" => filters::sort(arguments, stdin),
            "cut" => filters::cut(arguments, stdin),
            // A whole script in quotes is the name of no program.
            other if other.contains([' ', '\n', '\t']) => {
                Ok(Ran::err(127, format!("/bin/sh: 1: {name}: not found\n")))
            }
            other => Err(AuditStop::at(format!("the command `{other}`"))),
        }
    }

    fn shell(&mut self, arguments: &[String], stdin: &str) -> Result<Ran, AuditStop> {
        match arguments {
            [] => self.script(stdin, ""),
            [flag, script] if flag == "-c" => self.script(script, stdin),
            _ => Err(AuditStop::at(
                "a shell with other arguments than `-c SCRIPT`",
            )),
        }
    }

    fn xargs(&mut self, arguments: &[String], stdin: &str) -> Result<Ran, AuditStop> {
        let mut rest = arguments;
        let (mut replace, mut per_line, mut if_empty) = (None, false, true);
        while let Some((first, behind)) = rest.split_first() {
            rest = behind;
            match first.as_str() {
                "--no-run-if-empty" | "-r" => if_empty = false,
                "-I" | "-L" | "-n" => {
                    let Some((value, behind)) = rest.split_first() else {
                        return Err(AuditStop::at(format!("`xargs {first}` without a value")));
                    };
                    rest = behind;
                    match (first.as_str(), value.as_str()) {
                        ("-I", mark) => replace = Some(mark.to_owned()),
                        (_, "1") => per_line = true,
                        _ => return Err(AuditStop::at(format!("`xargs {first} {value}`"))),
                    }
                }
                "-i" => replace = Some("{}".to_owned()),
                option if option.starts_with("-I") => {
                    replace = option.get(2..).map(str::to_owned);
                }
                option if option.starts_with('-') => {
                    return Err(AuditStop::at(format!("`xargs {option}`")));
                }
                _ => {
                    rest = arguments
                        .get(arguments.len() - behind.len() - 1..)
                        .unwrap_or(rest);
                    break;
                }
            }
        }
        let echo = ["echo".to_owned()];
        let command = if rest.is_empty() { &echo[..] } else { rest };
        let Some((name, fixed)) = command.split_first() else {
            return Ok(Ran::default());
        };
        if stdin.contains(['\'', '"', '\\']) {
            return Err(AuditStop::at("quotes in what xargs reads"));
        }
        let mut calls: Vec<Vec<String>> = Vec::new();
        if let Some(mark) = &replace {
            for line in stdin
                .lines()
                .map(str::trim_start)
                .filter(|line| !line.is_empty())
            {
                calls.push(fixed.iter().map(|word| word.replace(mark, line)).collect());
            }
        } else {
            let words = stdin.split_whitespace().map(str::to_owned);
            let with = |words: Vec<String>| fixed.iter().cloned().chain(words).collect();
            match per_line {
                true => calls.extend(words.map(|word| with(vec![word]))),
                false => calls.push(with(words.collect())),
            }
            let is_empty = stdin.trim().is_empty();
            if is_empty && !if_empty {
                calls.clear();
            } else if is_empty && per_line {
                calls.push(fixed.to_vec());
            }
        }
        let mut ran = Ran::default();
        let mut failed = false;
        for arguments in calls {
            ran = ran.then(self.call(name, &arguments, "")?);
            failed |= ran.status != 0;
        }
        ran.status = if failed { 123 } else { 0 };
        Ok(ran)
    }
}

/// As dash prints it: backslashes are read.
fn echo(arguments: &[String]) -> Result<Ran, AuditStop> {
    let (ends, words) = match arguments {
        [first, rest @ ..] if first == "-n" => ("", rest),
        words => ("\n", words),
    };
    let text = words.join(" ");
    if text.contains('\\') {
        return Err(AuditStop::at("`echo` with a backslash"));
    }
    Ok(Ran::out(text + ends))
}

/// `test`: one condition, or its contrary.
fn test(host: &AuditHost<'_>, arguments: &[String], name: &str) -> Result<Ran, AuditStop> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let unexpected = |what: &str| {
        let message = format!("/bin/sh: 1: {name}: {what}: unexpected operator\n");
        Ok(Ran::err(2, message))
    };
    let holds = match words.as_slice() {
        [] => false,
        ["!", rest @ ..] if !rest.is_empty() => {
            let rest: Vec<String> = rest.iter().map(|word| (*word).to_owned()).collect();
            let mut ran = test(host, &rest, name)?;
            if ran.status < 2 {
                ran.status = 1 - ran.status;
            }
            return Ok(ran);
        }
        // One word alone is asked whether it is empty: `test -e $EMPTY` holds.
        [word] => !word.is_empty(),
        ["-z", word] => word.is_empty(),
        ["-n", word] => !word.is_empty(),
        [
            operator @ ("-e" | "-f" | "-d" | "-r" | "-s" | "-L" | "-h"),
            path,
        ] => files::is_there(host, operator, path)?,
        [first, "=", second] => first == second,
        [first, "!=", second] => first != second,
        [
            first,
            operator @ ("-eq" | "-ne" | "-gt" | "-ge" | "-lt" | "-le"),
            second,
        ] => {
            let numbers = first
                .trim()
                .parse::<i64>()
                .ok()
                .zip(second.trim().parse::<i64>().ok());
            let Some((a, b)) = numbers else {
                let wrong = match first.trim().parse::<i64>() {
                    Ok(_) => second,
                    Err(_) => first,
                };
                let message = format!("/bin/sh: 1: {name}: Illegal number: {wrong}\n");
                return Ok(Ran::err(2, message));
            };
            match *operator {
                "-eq" => a == b,
                "-ne" => a != b,
                "-gt" => a > b,
                "-ge" => a >= b,
                "-lt" => a < b,
                _ => a <= b,
            }
        }
        [_, "==", _] => return unexpected("=="),
        [_, _, _, "-a" | "-o", ..] | [_, _, "-a" | "-o", ..] => {
            return Err(AuditStop::at("`test` with more than one condition"));
        }
        [_, second, ..] => return unexpected(second),
    };
    Ok(Ran::of(i32::from(!holds), "", ""))
}

/// Every process, or those of a program's name.
fn ps(host: &AuditHost<'_>, arguments: &[String]) -> Result<Ran, AuditStop> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (names, columns) = match words.as_slice() {
        ["-ef"] => (None, CutColumns::Full),
        ["-fC", names] | ["-f", "-C", names] | ["-C", names, "-f"] => {
            (Some(*names), CutColumns::Full)
        }
        ["-C", names, "-o", "pid="] => (Some(*names), CutColumns::Pid),
        ["-C", names, "-o", "cmd", "--no-headers"] => (Some(*names), CutColumns::Command),
        ["-fC" | "-C"] | ["-C", "-o", ..] => {
            let usage = "error: list of command names must follow -C\n\nUsage:\n ps [options]\n";
            return Ok(Ran::err(1, usage));
        }
        _ => return Err(AuditStop::at(format!("`ps {}`", words.join(" ")))),
    };
    let processes = host.processes()?;
    let cut = |name: &str| -> String { name.chars().take(15).collect() };
    let names = names.map(|names| -> Vec<String> { names.split([',', ' ']).map(cut).collect() });
    let is_wanted = |process: &&PrintedProcess| {
        let names = names.as_ref();
        names.is_none_or(|names| names.contains(&cut(&process.comm)))
    };
    let wanted: Vec<&PrintedProcess> = processes.iter().filter(is_wanted).collect();
    // What stands in the part that is missing might be what is looked for, or must not be there.
    if let Some(process) = wanted.iter().find(|process| process.cut) {
        let why = format!(
            "the arguments of {} are cut off in the process list",
            process.comm
        );
        return Err(AuditStop::Missing(why));
    }
    let mut out = String::new();
    if columns == CutColumns::Full {
        out.push_str(PS_HEADER);
        out.push('\n');
    }
    for process in &wanted {
        match columns {
            CutColumns::Full => out.push_str(process.line.trim_end()),
            CutColumns::Pid => {
                let pid = process.pid.unwrap_or_default();
                out.push_str(&format!("{pid:>7}"));
            }
            CutColumns::Command => out.push_str(process.command()),
        }
        out.push('\n');
    }
    Ok(Ran::of(i32::from(wanted.is_empty()), out, ""))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CutColumns {
    Full,
    Pid,
    Command,
}

/// The journals of units.
fn journalctl(host: &AuditHost<'_>, arguments: &[String]) -> Result<Ran, AuditStop> {
    let mut words = arguments.iter();
    let mut units: Vec<&str> = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-m" | "--merge" | "--no-pager" => {}
            "-D" => {
                words.next();
            }
            "-u" => units.extend(words.next().map(String::as_str)),
            unit if unit.starts_with("-u") => units.extend(unit.get(2..)),
            other => return Err(AuditStop::at(format!("`journalctl {other}`"))),
        }
    }
    let text = host.journals(&units)?;
    Ok(Ran::out(match text.trim() {
        "" => "-- No entries --\n".to_owned(),
        _ => text,
    }))
}
