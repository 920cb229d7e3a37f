//! A rule about two files that components name × a node.

use super::subject::Subject;
use super::{Decision, Verdict, setting};
use crate::evidence::citation::Citation;
use crate::evidence::folder::tidy;
use crate::evidence::process::Process;
use crate::evidence::stat;
use crate::problem::Code;
use crate::rules::other_file::OtherFile;
use crate::rules::setting::SettingRule;
use crate::settings::Doubt;
use crate::settings::value::SettingValue;

/// Judges whether two settings name different files.
#[must_use]
pub fn judge(rule: &OtherFile, subject: &Subject<'_>) -> Decision {
    let expected = rule.expected();
    let own = setting::judge(&rule.own, subject);
    // What names no file names no other one.
    if own.verdict != Verdict::Pass {
        return Decision { expected, ..own };
    }
    let other = setting::judge(&rule.other, subject);
    let code = match other.verdict {
        Verdict::Error => return Decision { expected, ..other },
        Verdict::NotApplicable => Code::ComponentNotSeen,
        _ => other.code,
    };
    if other.verdict != Verdict::Pass {
        let why = format!(
            "{}, and nothing shows which file {} of {} names: {}",
            own.sentence,
            rule.other.setting.shown(),
            rule.other.component.as_str(),
            other.sentence
        );
        let decision = Decision::new(Verdict::Unknown, code, why, expected);
        return decision.cite(own.evidence).cite(other.evidence);
    }
    let pair = files(&rule.own, subject).and_then(|one| Ok((one, files(&rule.other, subject)?)));
    let (one, others) = match pair {
        Ok(pair) => pair,
        Err(doubt) => {
            return Decision::new(Verdict::Unknown, doubt.code, doubt.why, expected)
                .cite(own.evidence)
                .cite(other.evidence)
                .cite(doubt.citations);
        }
    };
    let mut pairs = one.iter().flat_map(|a| others.iter().map(move |b| (a, b)));
    let same = pairs.find_map(|(a, b)| Some((a, b, a.same_as(b)?)));
    let sentence = |how: &str| format!("{}; {}; {how}", own.sentence, other.sentence);
    let (verdict, sentence) = match same {
        Some((.., how)) => (Verdict::Fail, sentence(how)),
        None => (Verdict::Pass, sentence("these are different files")),
    };
    let mut decision = Decision {
        verdict,
        sentence,
        expected,
        ..own
    };
    for note in other.notes {
        decision.note(note);
    }
    decision = decision.cite(other.evidence);
    for file in one.into_iter().chain(others) {
        decision = decision.cite(file.rows);
    }
    decision
}

/// A file that a process names.
struct NamedFile {
    /// Where it is, links followed.
    path: String,
    digests: Vec<String>,
    rows: Vec<Citation>,
}

impl NamedFile {
    /// How it is shown that both are one file.
    fn same_as(&self, other: &Self) -> Option<&'static str> {
        if self.path == other.path {
            return Some("it is the same file");
        }
        let same = self.digests.iter().any(|one| other.digests.contains(one));
        same.then_some("both files have the same digest")
    }
}

/// The files that the processes of a component name, as every capture of them shows it.
fn files(rule: &SettingRule, subject: &Subject<'_>) -> Result<Vec<NamedFile>, Doubt> {
    let mut all = Vec::new();
    for instance in subject.instances(rule.component) {
        let rival = subject.rival(rule.component, instance);
        for capture in std::iter::once(instance).chain(rival) {
            let process = capture.process();
            match capture.setting(rule.setting)?.winner.value {
                SettingValue::Text(path) => all.push(file(&path, process, subject)?),
                _ => return Err(unclear("its value is no path".to_owned(), process)),
            }
        }
    }
    Ok(all)
}

fn file(path: &str, process: &Process, subject: &Subject<'_>) -> Result<NamedFile, Doubt> {
    if let Some(why) = process.elsewhere {
        return Err(unclear(format!("the process names {path}: {why}"), process));
    }
    let path = match &process.cwd {
        _ if path.starts_with('/') => tidy(path),
        Some(cwd) => tidy(&format!("{cwd}/{path}")),
        None => {
            let why = "is relative, and the working directory of the process is not in the bundle";
            return Err(unclear(format!("{path} {why}"), process));
        }
    };
    let hops = subject.evidence.map(|evidence| evidence.hops(&path));
    let hops = hops.unwrap_or_default();
    let Some((last, _)) = hops.last() else {
        return Ok(NamedFile {
            path,
            digests: Vec::new(),
            rows: Vec::new(),
        });
    };
    if last.kind == stat::FileType::Symlink {
        let source = subject.metadata_source();
        let why = format!("{path} is a link, and {source} does not show what it leads to");
        return Err(unclear(why, process));
    }
    let end = last.path.to_string();
    let digests = hops.iter().filter_map(|(row, _)| row.sha256.as_deref());
    Ok(NamedFile {
        digests: digests.map(str::to_owned).collect(),
        path: end,
        rows: hops.iter().map(|(_, citation)| citation.clone()).collect(),
    })
}

fn unclear(why: String, process: &Process) -> Doubt {
    Doubt::new(Code::FileNotCollected, why, vec![process.citation.clone()])
}
