//! What stat.tsv says of files against the members that hold them.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::Kind;
use super::stat::{self, StatRow};
use super::{Citation, Evidence};
use crate::bundle::{Content, Member};

/// What stat.tsv says of a file against the member that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The members that hold it.
    pub members: Vec<String>,
    /// The member with the metadata, and the lines that speak of the file.
    pub metadata: (String, Vec<u32>),
    /// Whether the bytes are others than the digest is of.
    pub is_digest: bool,
    /// A sentence.
    pub why: String,
}

/// What is asked of every file of a bundle, once.
struct FileQuestion<'e> {
    /// The members that hold files of the node, by its paths.
    held: BTreeMap<&'e str, &'e Member>,
    /// Members in which something was masked: their sizes are others than those on the node.
    redacted: BTreeSet<&'e str>,
    /// Whether whoever wrote stat.tsv wrote digests.
    has_digests: bool,
}

impl Evidence<'_> {
    /// Files of which stat.tsv says something else than the member that holds them.
    #[must_use]
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let Some(metadata) = self
            .first(&Kind::Metadata)
            .and_then(|at| self.bundle.members.get(at))
        else {
            return Vec::new();
        };
        let held = self.by_kind.iter().filter_map(|(kind, index)| match kind {
            Kind::File(path) => Some((path.as_str(), self.bundle.members.get(*index)?)),
            _ => None,
        });
        let is_kept = |(_, member): &(&str, &Member)| matches!(member.content, Content::Kept(_));
        let redacted = self.manifest.iter().flat_map(|m| &m.redacted);
        let mut rows = self.stat().into_iter().flat_map(stat::Stat::rows);
        let files = FileQuestion {
            held: held.filter(is_kept).collect(),
            redacted: redacted.map(String::as_str).collect(),
            has_digests: rows.any(|row| row.sha256.is_some()),
        };
        let all = files.held.iter();
        all.filter_map(|(path, member)| {
            let hops = self.hops(path);
            files.contradiction(path, member, &hops, &metadata.name)
        })
        .collect()
    }
}

impl FileQuestion<'_> {
    /// Of a file, the member that holds it, and its rows, link by link.
    fn contradiction(
        &self,
        path: &str,
        member: &Member,
        hops: &[(&StatRow<'_>, Citation)],
        metadata: &str,
    ) -> Option<Contradiction> {
        let (last, _) = hops.last()?;
        let linked = self.held.get(&*last.path).filter(|_| last.path != path);
        let ends = hops.iter().filter(|(row, _)| row.path == last.path);
        let wrong = ends.filter_map(|(row, _)| self.contradicts(member, row));
        let wrong = wrong.chain(linked.and_then(|other| {
            let why = format!(
                "stat.tsv says that {path} is a link to {}, and {} and {} differ",
                last.path, member.name, other.name
            );
            (other.sha256() != member.sha256()).then_some((true, why))
        }));
        let (is_digest, why) = wrong.max_by_key(|(is_digest, _)| *is_digest)?;
        let members = std::iter::once(member).chain(linked.copied());
        let lines = hops.iter().map(|(row, _)| row.line);
        Some(Contradiction {
            members: members.map(|member| member.name.clone()).collect(),
            metadata: (metadata.to_owned(), lines.collect()),
            is_digest,
            why,
        })
    }

    /// What one row says against a member: whether it is about its bytes, and a sentence.
    fn contradicts(&self, member: &Member, row: &StatRow<'_>) -> Option<(bool, String)> {
        let (path, name) = (&row.path, &member.name);
        let not = |what: &str| {
            let why =
                format!("stat.tsv says that {path} {what}, and the bundle holds it as {name}");
            Some((false, why))
        };
        match row.kind {
            stat::FileType::Absent => not("is not on the node"),
            stat::FileType::Unreadable => not("could not be looked at"),
            stat::FileType::Dir => not("is a folder"),
            stat::FileType::Symlink => None,
            stat::FileType::File => match row.sha256.as_deref() {
                Some(digest) if Some(digest) == member.sha256() => None,
                Some(_) => Some((
                    true,
                    format!("{name} has another SHA-256 than stat.tsv says of {path}"),
                )),
                None => self.size(member, row),
            },
        }
    }

    /// Where a row that should have a digest has none, the size speaks. Files of /proc say 0.
    fn size(&self, member: &Member, row: &StatRow<'_>) -> Option<(bool, String)> {
        let is_comparable = self.has_digests && !self.redacted.contains(member.name.as_str());
        let size = row.size.filter(|size| *size != member.size && *size > 0);
        let size = size.filter(|_| is_comparable)?;
        let why = format!(
            "{} has {} bytes, and stat.tsv says {size} of {}",
            member.name, member.size, row.path
        );
        Some((true, why))
    }
}
