//! Members as a container gives them → the members of a bundle, within its limits.

use std::collections::{BTreeSet, HashMap};

use super::failure::Failure;
use super::keeping::Keeping;
use super::known_names::is_description;
use super::known_names::{MANIFEST, NO_TOP};
use super::name::{self, BadName};
use super::room::Room;
use super::tally::ProblemTally;
use super::{Attributes, Bundle, Code, Content, First, Member, Select, Signature};
use crate::limits::Limits;

#[cfg(test)]
mod tests;

/// The folder of lists of API objects.
const API: &str = "api/";

/// The members of one bundle so far.
pub(super) struct Gather<'a> {
    bundle: &'a str,
    pub(super) limits: &'a Limits,
    pub(super) select: &'a Select<'a>,
    /// Room for the head of the member at hand, so that one that is passed over costs none.
    pub(super) head: Vec<u8>,
    members: Vec<Member>,
    /// Of the member that comes next.
    pub(super) attributes: Option<Box<Attributes>>,
    /// The digest of the member that comes next, where it is not taken from what is kept.
    pub(super) digest: Option<String>,
    refused: u64,
    entries: u64,
    pub(super) room: Room<'a>,
    /// Whether it says that it is of a cluster, so that its lists of API objects have room of their own.
    is_of_cluster: bool,
    /// Bytes of these lists.
    lists: u64,
    tally: ProblemTally,
}

impl<'a> Gather<'a> {
    pub(super) fn new(bundle: &'a str, limits: &'a Limits, select: &'a Select<'a>) -> Self {
        Self {
            bundle,
            limits,
            select,
            head: Vec::new(),
            members: Vec::new(),
            attributes: None,
            digest: None,
            refused: 0,
            entries: 0,
            room: Room::new(limits),
            is_of_cluster: false,
            lists: 0,
            tally: ProblemTally::default(),
        }
    }

    /// Counts one more member or folder.
    pub(super) fn count(&mut self) -> Result<(), Failure> {
        self.entries += 1;
        if self.entries > self.limits.members {
            let value = self.limits.members;
            return Err(Failure::limit("members", value, "it has too many members"));
        }
        Ok(())
    }

    /// The name a member is kept under; `None`, and a problem, if it is refused.
    pub(super) fn name(&mut self, raw: &[u8]) -> Result<Option<String>, Failure> {
        match name::normalise(raw, self.limits.path_length) {
            Ok(name) => {
                self.room.hold(name.len() as u64)?;
                Ok(Some(name))
            }
            Err(bad) => {
                self.refuse(bad, raw);
                Ok(None)
            }
        }
    }

    pub(super) fn refuse(&mut self, bad: BadName, raw: &[u8]) {
        self.refused += 1;
        self.tally.add(bad.what(), bad.next(), &name::shown(raw));
    }

    /// Takes room for the content of a member.
    pub(super) fn hold_content(&mut self, name: &str, bytes: u64) -> Result<(), Failure> {
        if !self.is_list(name) {
            return self.room.hold(bytes);
        }
        self.lists = self.lists.saturating_add(bytes);
        let value = self.limits.api_bytes;
        match self.lists > value {
            true => Err(Failure::limit(
                "api-bytes",
                value,
                "its lists of API objects are too many bytes",
            )),
            false => Ok(()),
        }
    }

    /// Gives back what was [held](Self::hold_content) for content that is not kept after all.
    pub(super) fn release_content(&mut self, name: &str, bytes: u64) {
        match self.is_list(name) {
            true => self.lists = self.lists.saturating_sub(bytes),
            false => self.room.release(bytes),
        }
    }

    /// What takes a member's bytes where they are reduced to what is read of them.
    pub(super) fn keeping(&self, name: &str) -> Option<Keeping<'a>> {
        let list = name.rsplit('/').next().filter(|_| self.is_list(name))?;
        let shrink = self.select.shrink(list.strip_suffix(".json")?)?;
        Some(Keeping::of(shrink))
    }

    /// The most bytes that a member may have.
    pub(super) fn most(&self, name: &str) -> u64 {
        match self.is_list(name) {
            true => self.limits.api_bytes,
            false => self.limits.member_bytes,
        }
    }

    fn is_list(&self, name: &str) -> bool {
        let below_top = name.split_once('/').map_or("", |(_, below)| below);
        let is_api = |name: &str| name.strip_prefix(API).is_some_and(|n| !n.contains('/'));
        self.is_of_cluster && name.ends_with(".json") && (is_api(name) || is_api(below_top))
    }

    pub(super) fn note(&mut self, what: &str, next: &'static str, example: &str) {
        self.tally.add(what, next, example);
    }

    pub(super) fn push(&mut self, name: String, size: u64, content: Content) {
        let is_manifest = name.rsplit('/').next() == Some(MANIFEST);
        if is_manifest && let Content::Kept(bytes) = &content {
            self.is_of_cluster = is_of_cluster(bytes);
        }
        self.members.push(Member {
            attributes: self.attributes.take(),
            ..Member::new(name, size, content, self.digest.take())
        });
    }

    /// Fails if not a single member was found: nothing can be judged.
    pub(super) fn some_member(&mut self) -> Result<(), Failure> {
        if !self.members.is_empty() {
            return Ok(());
        }
        let refused = std::mem::take(&mut self.tally);
        let what = match refused.into_problems(self.bundle).next() {
            None => "there is no file in it".to_owned(),
            Some(problem) => {
                let name = problem.member.unwrap_or_default();
                format!("no file in it can be used: `{name}` {}", problem.what)
            }
        };
        Err(Failure::new(Code::NoMember, what))
    }

    /// Fails if there are several bundles: what one says would be judged as if another said it.
    pub(super) fn one_bundle(&self) -> Result<(), Failure> {
        let described = self.members.iter().filter(|member| {
            let folder = member.name.strip_suffix(MANIFEST);
            folder.is_some_and(|folder| folder.matches('/').count() == 1)
                && matches!(&member.content, Content::Kept(bytes) if is_description(bytes))
        });
        let folders: BTreeSet<&str> = described.map(|member| member.name.as_str()).collect();
        if folders.len() < 2 {
            return Ok(());
        }
        let what = "it holds several bundles, and is named after one of them";
        Err(Failure {
            next: "rename it, or unpack it and hand over the folder".to_owned(),
            ..Failure::new(Code::Corrupt, what)
        })
    }

    /// `top` is known of a folder; an archive's is what all its members are below.
    pub(super) fn into_bundle(
        mut self,
        digest: String,
        (top, stem): (Option<String>, String),
    ) -> Bundle {
        let top = top.or_else(|| {
            let top = common_top(&self.members)?.to_owned();
            for member in &mut self.members {
                member.name.drain(..=top.len());
            }
            Some(top)
        });
        for member in &self.members {
            let limit = match self.is_of_cluster && member.name.starts_with(API) {
                true => "api-bytes",
                false => "member-bytes",
            };
            note_content(&mut self.tally, member, limit);
        }
        self.count_copies();
        Bundle {
            name: self.bundle.to_owned(),
            digest,
            top,
            stem,
            members: self.members,
            problems: self.tally.into_problems(self.bundle).collect(),
            refused: self.refused,
            is_hashed: self.select.hashes_all(),
            signature: Signature::Unsigned,
            read_as: None,
            not_as_packed: None,
        }
    }

    /// The first member, if it is kept, without what looks like its top folder.
    pub(super) fn into_first(self) -> Option<First> {
        let top = common_top(self.members.get(..1)?).map(str::to_owned);
        let first = self.members.into_iter().next()?;
        let start = top.as_ref().map_or(0, |top| top.len() + 1);
        match first.content {
            Content::Kept(bytes) => Some(First {
                top,
                name: first.name.get(start..)?.to_owned(),
                bytes,
            }),
            _ => None,
        }
    }

    fn count_copies(&mut self) {
        let mut copies: HashMap<&str, u32> = HashMap::with_capacity(self.members.len());
        for member in &self.members {
            *copies.entry(&member.name).or_default() += 1;
        }
        if copies.len() == self.members.len() {
            return;
        }
        let counts: Vec<u32> = self
            .members
            .iter()
            .map(|member| copies.get(member.name.as_str()).copied().unwrap_or(1))
            .collect();
        for (member, count) in self.members.iter_mut().zip(counts) {
            member.copies = count;
            if count > 1 {
                self.tally.add(
                    "is in it more than once, so that nothing that rests on it is decided",
                    "collect again, each file once",
                    &member.name,
                );
            }
        }
    }
}

/// Whether a description says that its bundle is of a cluster.
fn is_of_cluster(bytes: &[u8]) -> bool {
    /// What it says besides may be of any size.
    #[derive(serde::Deserialize)]
    struct Kind {
        kind: String,
    }
    let description: Option<Kind> = serde_json::from_slice(bytes).ok();
    description.is_some_and(|description| description.kind == "cluster")
}

fn note_content(tally: &mut ProblemTally, member: &Member, limit: &str) {
    match &member.content {
        Content::NotAFile(kind) => tally.add(
            &format!("is a {kind}, which is reported and not followed"),
            "if it is evidence, collect the file itself",
            &member.name,
        ),
        Content::TooLarge => tally.add(
            &format!("is larger than the limit `{limit}` and is not read"),
            match limit {
                "api-bytes" => "if it is evidence and trusted, raise `--limit api-bytes=N`",
                _ => "if it is evidence and trusted, raise `--limit member-bytes=N`",
            },
            &member.name,
        ),
        Content::Unreadable(reason) => tally.add(
            &format!("cannot be read ({reason})"),
            "make it readable for this user, then run again",
            &member.name,
        ),
        Content::Kept(_) | Content::Passed => {}
    }
}

/// The first component of all names, if all have a second one and it is a top folder's name.
fn common_top(members: &[Member]) -> Option<&str> {
    let (top, _) = members.first()?.name.split_once('/')?;
    let below = |name: &str| {
        name.strip_prefix(top)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    let is_described =
        |member: &Member| below(&member.name) && member.name.get(top.len() + 1..) == Some(MANIFEST);
    let is_top = !NO_TOP.contains(&top) || members.iter().any(is_described);
    (is_top && members.iter().all(|member| below(&member.name))).then_some(top)
}
