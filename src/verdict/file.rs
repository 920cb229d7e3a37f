//! A rule about a file × a node: the row of the file's role in `stat.tsv`, links followed.

mod below;
pub mod locate;

use super::located::Located;
use super::subject::{Presence, Subject};
use super::{Decider, Decision, Verdict, combined};
use crate::benchmark::files::Roles;
use crate::evidence::citation::Citation;
use crate::evidence::stat::{self, StatRow};
use crate::problem::Code;
use crate::rules::file::{FileMode, FileOwner, FileRole};
use crate::settings::component::Component;

/// What a rule asks of a file's metadata.
pub trait AsksOfFile {
    /// What is found there; `None` where the row does not say.
    fn found(&self, row: &StatRow) -> Option<String>;
    /// Whether it is as wanted.
    fn is_wanted(&self, row: &StatRow) -> bool;
    /// What the rule wants of a file, for people.
    fn wanted(&self, what: &str) -> String;
    /// What is found, as part of a sentence.
    fn phrase(&self, found: &str) -> String;
    /// What of it is too much.
    fn beyond(&self, row: &StatRow) -> Vec<&'static str>;
}

impl AsksOfFile for FileMode {
    fn found(&self, row: &StatRow) -> Option<String> {
        row.mode.map(|mode| format!("{mode:o}"))
    }

    fn is_wanted(&self, row: &StatRow) -> bool {
        row.mode.is_some_and(|mode| self.holds(mode))
    }

    fn wanted(&self, what: &str) -> String {
        format!("{what} has mode {:o} or stricter", self.at_most)
    }

    fn phrase(&self, found: &str) -> String {
        format!("has mode {found}")
    }

    fn beyond(&self, row: &StatRow) -> Vec<&'static str> {
        row.mode
            .map(|mode| Self::beyond(self, mode))
            .unwrap_or_default()
    }
}

impl AsksOfFile for FileOwner {
    fn found(&self, row: &StatRow) -> Option<String> {
        let owner = name(row.owner.as_deref(), row.uid)?;
        let group = name(row.group.as_deref(), row.gid)?;
        Some(format!("{owner}:{group}"))
    }

    fn is_wanted(&self, row: &StatRow) -> bool {
        let owner = name(row.owner.as_deref(), row.uid);
        let group = name(row.group.as_deref(), row.gid);
        owner
            .zip(group)
            .is_some_and(|(owner, group)| self.holds(&owner, &group))
    }

    fn wanted(&self, what: &str) -> String {
        format!("{what} is owned by {}:{}", self.owner, self.group)
    }

    fn phrase(&self, found: &str) -> String {
        format!("is owned by {found}")
    }

    fn beyond(&self, _: &StatRow) -> Vec<&'static str> {
        Vec::new()
    }
}

/// The name of a user or group; number 0 is root whatever its name, and only that number is.
fn name(name: Option<&str>, number: Option<u32>) -> Option<String> {
    match (number, name) {
        (Some(0), _) => Some("root".to_owned()),
        (Some(number), None | Some("root")) => Some(number.to_string()),
        (_, Some(name)) => Some(name.to_owned()),
        (None, None) => None,
    }
}

/// A question about a role's file on one node.
struct Question<'q> {
    asks: &'q dyn AsksOfFile,
    file: &'q FileRole,
    what: &'q str,
    /// Whose file it is.
    component: Component,
    subject: &'q Subject<'q>,
}

/// Judges the file of a role; of several processes that name one, every file.
#[must_use]
pub fn judge(
    file: &FileRole,
    asks: &dyn AsksOfFile,
    roles: &Roles,
    subject: &Subject<'_>,
    family: &str,
) -> Decision {
    let Some(role) = roles.role(&file.name) else {
        let why = format!("nothing says where {} is", file.name);
        return Decision::new(Verdict::Unknown, Code::FileNotCollected, why, String::new());
    };
    let question = Question {
        asks,
        file,
        what: &role.what,
        component: locate::component(role),
        subject,
    };
    let places = locate::locate(role, subject, family);
    let mut decisions: Vec<Decision> = places.iter().map(|at| question.at(at)).collect();
    if decisions.len() == 1 {
        return decisions.swap_remove(0);
    }
    let instances = subject.instances(question.component);
    let processes = instances.iter().map(|instance| instance.process());
    let disputed = combined::disputed(question.component, processes, &decisions);
    disputed.unwrap_or_else(|| combined::all_of(decisions))
}

impl Question<'_> {
    fn decision(&self, verdict: Verdict, code: Code, sentence: String) -> Decision {
        Decision::new(verdict, code, sentence, self.asks.wanted(self.what))
    }

    fn unknown(&self, code: Code, sentence: String) -> Decision {
        self.decision(Verdict::Unknown, code, sentence)
    }

    fn at(&self, located: &Located) -> Decision {
        match located {
            Located::Doubt(code, why, at) => {
                self.unknown(*code, why.clone()).cite(at.iter().cloned())
            }
            Located::ByDesign => self.decision(
                Verdict::NotApplicable,
                Code::FileNotOnNode,
                format!("nodes of this platform have no such file: {}", self.what),
            ),
            Located::NotNamed(why, at) => self.missing(why.clone(), vec![at.clone()]),
            Located::Paths(paths, by) => {
                let decision = self.first_of(paths);
                decision.cite(by.clone())
            }
        }
    }

    fn first_of(&self, paths: &[String]) -> Decision {
        let Some(evidence) = self.subject.evidence else {
            let why = "nothing of this node was collected".to_owned();
            return self.unknown(Code::FileNotCollected, why);
        };
        let mut absent = Vec::new();
        let mut unseen = None;
        for path in paths {
            let rows = evidence.hops(path);
            if let Some(twice) = self.contradicted(&rows) {
                let why = format!("{} says two things of {twice}", evidence.metadata_source());
                let at = rows.iter().map(|(_, citation)| citation.clone());
                return self.unknown(Code::FileNotCollected, why).cite(at);
            }
            match rows.first() {
                // Of paths that somebody looked at one by one, the one before it may be there.
                Some((row, _)) if row.kind != stat::FileType::Absent => match unseen {
                    Some(_) if evidence.has_some_metadata_alone() => break,
                    _ if self.file.below.is_empty() => return self.row(path, &rows),
                    _ => return self.below(path, &rows),
                },
                Some((_, citation)) => absent.push(citation.clone()),
                None => {
                    let skipped = evidence.manifest.iter().flat_map(|m| &m.skipped);
                    let mut absent = skipped.filter(|s| s.path == *path && s.reason == "absent");
                    if absent.next().is_none() {
                        unseen = unseen.or(Some(path));
                    }
                }
            }
        }
        if let Some(path) = unseen {
            let why = format!(
                "{} does not say what is at {path}",
                evidence.metadata_source()
            );
            let mut decision = self.unknown(Code::FileNotCollected, why);
            if evidence.is_empty() {
                decision.note(Code::NothingRecognised);
            }
            return decision.cite(absent);
        }
        let why = match paths {
            [one] => format!("{one} is not on the node"),
            _ => format!("none of {} is on the node", paths.join(", ")),
        };
        self.not_there(why, absent)
    }

    /// A path on the way that has rows which differ; those of one path stand together.
    fn contradicted<'r>(&self, rows: &'r [(&StatRow<'_>, Citation)]) -> Option<&'r str> {
        let said = |row: &StatRow<'_>| match row.kind {
            stat::FileType::Symlink => row.target.as_deref().map(str::to_owned),
            _ => self.asks.found(row),
        };
        rows.windows(2).find_map(|pair| {
            let [(one, _), (other, _)] = pair else {
                return None;
            };
            let differ = one.kind != other.kind || said(one) != said(other);
            (one.path == other.path && differ).then_some(&*one.path)
        })
    }

    /// The file was looked for.
    fn not_there(&self, why: String, at: Vec<Citation>) -> Decision {
        let component = self.component;
        let seen = !self.subject.instances(component).is_empty()
            || self.subject.embedding(component).is_some();
        if !seen && let Presence::ProvenAbsent(list) = self.subject.presence(component) {
            let why = format!("{why}, and {} is not either", component.spoken());
            return self
                .decision(Verdict::NotApplicable, Code::ComponentNotOnNode, why)
                .cite([list])
                .cite(at);
        }
        self.missing(why, at)
    }

    /// There is no such file: nothing to protect, or something that should be there.
    fn missing(&self, why: String, at: Vec<Citation>) -> Decision {
        let verdict = if self.file.if_exists {
            Verdict::NotApplicable
        } else {
            Verdict::Unknown
        };
        self.decision(verdict, Code::FileNotOnNode, why).cite(at)
    }

    fn row(&self, path: &str, rows: &[(&StatRow, Citation)]) -> Decision {
        let Some((last, citation)) = rows.last() else {
            return self.unknown(Code::FileNotCollected, format!("{path} was not looked at"));
        };
        let hops = || rows.iter().map(|(_, citation)| citation.clone());
        let through = match path == last.path {
            true => path.to_owned(),
            false => format!("{path}, a link to {},", last.path),
        };
        let unknown = |why: String| self.unknown(Code::FileNotCollected, why).cite(hops());
        match last.kind {
            stat::FileType::Symlink => {
                let source = self.subject.metadata_source();
                return unknown(format!("what {path} links to is not in {source}"));
            }
            stat::FileType::Unreadable => {
                return unknown(format!("the collector could not look at {}", last.path));
            }
            stat::FileType::Absent => {
                let why = format!("{path} leads to {}, which is not on the node", last.path);
                return self.not_there(why, hops().collect());
            }
            stat::FileType::Dir if !self.file.directory => {
                let why = format!("{} is a directory, where a file is meant", last.path);
                return self.unknown(Code::FileNotOnNode, why).cite(hops());
            }
            stat::FileType::File if self.file.directory => {
                let why = format!("{} is a file, where a directory is meant", last.path);
                return self.unknown(Code::FileNotOnNode, why).cite(hops());
            }
            stat::FileType::File | stat::FileType::Dir => {}
        }
        let Some(found) = self.asks.found(last) else {
            let source = self.subject.metadata_source();
            return unknown(format!("{source} does not say it of {through}"));
        };
        let verdict = if self.asks.is_wanted(last) {
            Verdict::Pass
        } else {
            Verdict::Fail
        };
        let sentence = format!("{through} {}", self.asks.phrase(&found));
        let mut decision = self
            .decision(verdict, Code::FileMetadataShows, sentence)
            .cite([citation.clone()])
            .cite(hops());
        decision.actual = Some(found);
        decision.source = Some(Decider::FileMetadata);
        decision
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn number_0_is_root_and_no_other_is() {
        for (named, number, expected) in [
            (Some("root"), Some(0), Some("root")),
            (Some("toor"), Some(0), Some("root")),
            (None, Some(0), Some("root")),
            (Some("root"), None, Some("root")),
            (Some("root"), Some(1000), Some("1000")),
            (Some("kube"), Some(1000), Some("kube")),
            (None, Some(1000), Some("1000")),
            (None, None, None),
        ] {
            assert_eq!(
                name(named, number).as_deref(),
                expected,
                "{named:?} {number:?}"
            );
        }
    }
}
