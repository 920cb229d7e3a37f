//! Commands that look at files: `stat`, `cat`, `find`, and the names that patterns match.

use super::Ran;
use super::pattern::file_name;
use crate::evidence::folder::tidy;
use crate::evidence::stat::{FileType, StatRow};
use crate::kube_bench::host::{AuditHost, Bytes};
use crate::kube_bench::stop::AuditStop;

/// A path as the commands see it; audits run in `/`.
pub(super) fn absolute(path: &str) -> String {
    match path.starts_with('/') {
        true => tidy(path),
        false => tidy(&format!("/{path}")),
    }
}

pub(super) fn row<'h>(host: &AuditHost<'h>, path: &str) -> Result<Option<StatRow<'h>>, AuditStop> {
    let at = absolute(path);
    match host.looked_at(&at) {
        Ok(row) => Ok(row.cloned()),
        // A word that names nothing of the node, as `$kubeletconf` without a file becomes `kubelet`;
        // or lines that a `sed` let through.
        Err(_) if !path.starts_with('/') && !is_root_folder(&at) || path.contains('\n') => Ok(None),
        Err(why) => Err(why),
    }
}

/// Folders that every node has below its root.
fn is_root_folder(path: &str) -> bool {
    const FOLDERS: [&str; 16] = [
        "bin", "boot", "dev", "etc", "home", "lib", "lib64", "opt", "proc", "root", "run", "sbin",
        "sys", "tmp", "usr", "var",
    ];
    FOLDERS.contains(&path.trim_start_matches('/'))
}

/// `test -e` and its kin; all but `-L` follow links.
pub(super) fn is_there(
    host: &AuditHost<'_>,
    operator: &str,
    path: &str,
) -> Result<bool, AuditStop> {
    if path.is_empty() {
        return Ok(false);
    }
    let Some(own) = row(host, path)? else {
        return Ok(false);
    };
    if matches!(operator, "-L" | "-h") {
        return Ok(own.kind == FileType::Symlink);
    }
    let end = match own.kind {
        FileType::Symlink => match host.end_of(&own.path)? {
            Some(end) => end,
            None => return Ok(false),
        },
        kind => (kind, own.size),
    };
    Ok(match operator {
        "-f" => end.0 == FileType::File,
        "-d" => end.0 == FileType::Dir,
        "-s" => end.1 != Some(0),
        _ => true,
    })
}

/// `stat -c FORMAT FILE…`; links are not followed.
pub(super) fn stat(host: &AuditHost<'_>, arguments: &[String]) -> Result<Ran, AuditStop> {
    let mut words = arguments.iter();
    let mut format = None;
    let mut paths = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-c" | "--format" => format = words.next().cloned(),
            option if option.starts_with("-c") => format = option.get(2..).map(str::to_owned),
            option if option.starts_with("--format=") => {
                format = option.get(9..).map(str::to_owned);
            }
            option if option.starts_with('-') && option.len() > 1 => {
                return Err(AuditStop::at(format!("`stat {option}`")));
            }
            _ => paths.push(word),
        }
    }
    if paths.is_empty() {
        let usage = "stat: missing operand\nTry 'stat --help' for more information.\n";
        return Ok(Ran::err(1, usage));
    }
    let format = format.ok_or_else(|| AuditStop::at("`stat` without a format"))?;
    let mut ran = Ran::default();
    let mut failed = false;
    for path in paths {
        match row(host, path)? {
            Some(row) => ran = ran.then(Ran::out(formatted(&format, path, &row)? + "\n")),
            None => {
                failed = true;
                let message = format!("stat: cannot statx '{path}': No such file or directory\n");
                ran = ran.then(Ran::err(1, message));
            }
        }
    }
    ran.status = i32::from(failed);
    Ok(ran)
}

fn formatted(format: &str, path: &str, row: &StatRow<'_>) -> Result<String, AuditStop> {
    let lacks =
        |what: &str| AuditStop::Missing(format!("the evidence does not say the {what} of {path}"));
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('a') => out += &format!("{:o}", row.mode.ok_or_else(|| lacks("mode"))?),
            Some('U') => out += row.owner.as_deref().ok_or_else(|| lacks("owner"))?,
            Some('G') => out += row.group.as_deref().ok_or_else(|| lacks("group"))?,
            Some('u') => out += &row.uid.ok_or_else(|| lacks("owner"))?.to_string(),
            Some('g') => out += &row.gid.ok_or_else(|| lacks("group"))?.to_string(),
            Some('n') => out += path,
            Some('%') => out.push('%'),
            other => {
                let other: String = other.into_iter().collect();
                return Err(AuditStop::at(format!("`%{other}` of stat")));
            }
        }
    }
    Ok(out)
}

/// `cat`: files one behind the other, or what it reads.
pub(super) fn cat(
    host: &AuditHost<'_>,
    arguments: &[String],
    stdin: &str,
) -> Result<Ran, AuditStop> {
    if let Some(option) = arguments.iter().find(|word| word.starts_with('-')) {
        return Err(AuditStop::at(format!("`cat {option}`")));
    }
    if arguments.is_empty() {
        return Ok(Ran::out(stdin));
    }
    let mut ran = Ran::default();
    let mut failed = false;
    for path in arguments {
        let next = match content(host, path)? {
            Ok(text) => Ran::out(text),
            Err(why) => {
                failed = true;
                Ran::err(1, format!("cat: {path}: {why}\n"))
            }
        };
        ran = ran.then(next);
    }
    ran.status = i32::from(failed);
    Ok(ran)
}

/// What a file holds, or why a command cannot read it.
pub(super) fn content(
    host: &AuditHost<'_>,
    path: &str,
) -> Result<Result<String, &'static str>, AuditStop> {
    const NOTHING: &str = "No such file or directory";
    let at = absolute(path);
    if let Some(rest) = at.strip_prefix("/proc/") {
        // A number that is none is the folder of no process.
        let Some((pid, "environ")) = rest.split_once('/') else {
            return match rest.contains("environ") {
                true => Ok(Err(NOTHING)),
                false => Err(AuditStop::Missing(format!("{path} is not in the bundle"))),
            };
        };
        return match pid.parse() {
            Ok(pid) => host.environment(pid).map(Ok),
            Err(_) => Ok(Err(NOTHING)),
        };
    }
    match host.file(&at)? {
        Bytes::Here(text) => Ok(Ok(text)),
        Bytes::Absent => Ok(Err(NOTHING)),
        Bytes::NotCollected(why) => match row(host, path)? {
            None => Ok(Err(NOTHING)),
            Some(row) if row.kind == FileType::Dir => Ok(Err("Is a directory")),
            Some(row) if row.kind == FileType::File && row.size == Some(0) => Ok(Ok(String::new())),
            Some(_) => Err(AuditStop::Missing(format!("what {path} holds: {why}"))),
        },
    }
}

/// The paths that a pattern matches, sorted; in it, a backslash takes the next character as it is.
pub(super) fn glob(host: &AuditHost<'_>, pattern: &str) -> Result<Vec<String>, AuditStop> {
    let Some(rest) = pattern.strip_prefix('/') else {
        // A name without a folder is looked for in the working folder, where no evidence is.
        return Ok(Vec::new());
    };
    let mut found = vec![String::new()];
    for part in rest.split('/').filter(|part| !part.is_empty()) {
        let has_pattern = |c: char| matches!(c, '*' | '?' | '[');
        let mut next = Vec::new();
        if !part
            .replace("\\*", "")
            .replace("\\?", "")
            .replace("\\[", "")
            .contains(has_pattern)
        {
            let name = part.replace('\\', "");
            for folder in &found {
                next.push(format!("{folder}/{name}"));
            }
            found = next;
            continue;
        }
        let matches = file_name(part)?;
        for folder in &found {
            for name in names(host, folder)? {
                let is_shown = !name.starts_with('.') || part.starts_with('.');
                if is_shown && matches.is_match(&name) {
                    next.push(format!("{folder}/{name}"));
                }
            }
        }
        next.sort();
        found = next;
    }
    let mut there = Vec::new();
    for path in found {
        if is_there(host, "-L", &path)? || is_there(host, "-e", &path)? {
            there.push(path);
        }
    }
    Ok(there)
}

/// The names in a folder; none of what is no folder.
pub(super) fn names(host: &AuditHost<'_>, folder: &str) -> Result<Vec<String>, AuditStop> {
    if !is_there(host, "-d", folder)? {
        return Ok(Vec::new());
    }
    let prefix = format!("{folder}/");
    let below = host.below(folder)?;
    let names = below.iter().filter_map(|path| path.strip_prefix(&prefix));
    let mut names: Vec<String> = names
        .filter_map(|rest| rest.split('/').next())
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}
