//! `find`.

use super::files::{self, absolute, names};
use super::pattern::file_name;
use super::{Ran, Shell};
use crate::evidence::stat::{FileType, StatRow};
use crate::kube_bench::stop::AuditStop;

/// What `find` asks of each path.
#[derive(Default)]
struct FindTest {
    names: Vec<(bool, regex::Regex)>,
    kind: Option<FileType>,
    least: usize,
    most: Option<usize>,
    execute: Option<Vec<String>>,
    all_at_once: bool,
}

impl Shell<'_> {
    /// `find FOLDER… [TESTS]`, in the order of names.
    pub(super) fn find(&mut self, arguments: &[String]) -> Result<Ran, AuditStop> {
        let starts = arguments
            .iter()
            .take_while(|word| !word.starts_with(['-', '!', '(']));
        let starts: Vec<&String> = starts.collect();
        let asked = asked(arguments.get(starts.len()..).unwrap_or_default())?;
        let mut ran = Ran::default();
        let mut failed = false;
        let mut found = Vec::new();
        let here = ".".to_owned();
        let starts = if starts.is_empty() {
            vec![&here]
        } else {
            starts
        };
        for start in starts {
            match files::row(self.host, start)? {
                None => {
                    failed = true;
                    let message = format!("find: ‘{start}’: No such file or directory\n");
                    ran = ran.then(Ran::err(1, message));
                }
                Some(row) => self.walk(start, &row, 0, &asked, &mut found)?,
            }
        }
        match &asked.execute {
            None => {
                let lines = found.iter().map(|path| format!("{path}\n"));
                ran = ran.then(Ran::out(lines.collect::<String>()));
            }
            Some(command) => {
                let Some((name, fixed)) = command.split_first() else {
                    return Err(AuditStop::at("`find -exec` without a command"));
                };
                let calls: Vec<Vec<String>> = match asked.all_at_once {
                    true if found.is_empty() => Vec::new(),
                    true => {
                        let fixed = fixed.iter().filter(|word| *word != "{}").cloned();
                        vec![fixed.chain(found).collect()]
                    }
                    false => found
                        .iter()
                        .map(|path| fixed.iter().map(|word| word.replace("{}", path)).collect())
                        .collect(),
                };
                for arguments in calls {
                    ran = ran.then(self.call(name, &arguments, "")?);
                    failed |= asked.all_at_once && ran.status != 0;
                }
            }
        }
        ran.status = i32::from(failed);
        Ok(ran)
    }

    fn walk(
        &self,
        path: &str,
        row: &StatRow<'_>,
        depth: usize,
        asked: &FindTest,
        found: &mut Vec<String>,
    ) -> Result<(), AuditStop> {
        const MOST: usize = 64;
        let name = path
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let is_named = |(wanted, pattern): &(bool, regex::Regex)| pattern.is_match(name) == *wanted;
        if depth >= asked.least
            && asked.kind.is_none_or(|kind| kind == row.kind)
            && asked.names.iter().all(is_named)
        {
            found.push(path.to_owned());
        }
        if row.kind != FileType::Dir || depth >= asked.most.unwrap_or(MOST) {
            return Ok(());
        }
        for name in names(self.host, &absolute(path))? {
            let path = format!("{}/{name}", path.trim_end_matches('/'));
            if let Some(row) = files::row(self.host, &path)? {
                self.walk(&path, &row, depth + 1, asked, found)?;
            }
        }
        Ok(())
    }
}

fn asked(words: &[String]) -> Result<FindTest, AuditStop> {
    let mut asked = FindTest::default();
    let mut wanted = true;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || {
            let value = words.next();
            value.ok_or_else(|| AuditStop::at(format!("`find {word}` without a value")))
        };
        match word.as_str() {
            "!" | "-not" => {
                wanted = false;
                continue;
            }
            "-name" => asked.names.push((wanted, file_name(value()?)?)),
            "-type" if wanted => {
                asked.kind = Some(match value()?.as_str() {
                    "f" => FileType::File,
                    "d" => FileType::Dir,
                    "l" => FileType::Symlink,
                    other => return Err(AuditStop::at(format!("`find -type {other}`"))),
                });
            }
            "-mindepth" => asked.least = depth(value()?)?,
            "-maxdepth" => asked.most = Some(depth(value()?)?),
            "-print" => {}
            "-exec" => {
                let mut command = Vec::new();
                loop {
                    let word = words
                        .next()
                        .ok_or_else(|| AuditStop::at("`find -exec` without an end"))?;
                    match word.as_str() {
                        ";" => break,
                        "+" => {
                            asked.all_at_once = true;
                            break;
                        }
                        _ => command.push(word.clone()),
                    }
                }
                asked.execute = Some(command);
            }
            other => return Err(AuditStop::at(format!("`find {other}`"))),
        }
        wanted = true;
    }
    Ok(asked)
}

fn depth(text: &str) -> Result<usize, AuditStop> {
    text.parse()
        .map_err(|_| AuditStop::at(format!("the depth `{text}` of find")))
}
