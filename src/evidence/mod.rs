//! Members → typed evidence, parsed when first asked for.
//!
//! [`layout`] says what a member is, the readers say what it holds; this file answers the
//! questions later rooms ask, and remembers which members an answer rests on, so that their
//! digests can be compared with `SHA256SUMS`.

pub mod citation;
pub mod document;
pub mod json;
pub mod layout;
pub mod manifest;
pub mod process;
pub mod ps;
pub mod stat;
pub mod yaml;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::bundle::{Bundle, Content, Member, sums};
use crate::limits::Limits;
use crate::problem::Problem;
use citation::Citation;
use document::Document;
use layout::Kind;
use manifest::Manifest;
use process::Process;
use stat::{PathKind, Stat};

/// What one bundle proves.
pub struct Evidence<'b> {
    /// The bundle it comes from.
    pub bundle: &'b Bundle,
    /// `bundle.json`, where it is there and right.
    pub manifest: Option<Manifest>,
    limits: &'b Limits,
    by_kind: Vec<(Kind, usize)>,
    stat: Option<Stat>,
    stat_member: Option<usize>,
    read: RefCell<BTreeSet<usize>>,
    problems: RefCell<Vec<Problem>>,
}

/// A file of the node, as far as the bundle shows it.
pub enum File<'b> {
    /// Its bytes are here.
    Here(&'b Member, Citation),
    /// Its bytes are in the bundle and cannot be used: why.
    Unusable(String, Citation),
    /// It was looked for and is not on the node.
    Absent(Option<Citation>),
    /// Nobody looked, or it was not taken: why.
    NotCollected(String),
}

/// A folder of the node.
pub enum Folder {
    /// Every path below it that the bundle names, sorted.
    Listed(Vec<String>),
    /// It was looked for and is not on the node.
    Absent,
    /// Nobody looked.
    NotCollected,
}

/// A configz reply.
pub struct Configz {
    /// The node its file is named after.
    pub node: String,
    /// The reply, or why it cannot be read.
    pub reply: Result<Document, String>,
    /// Where it stands.
    pub citation: Citation,
    /// When it was taken (RFC 3339).
    pub taken_at: Option<String>,
}

/// What comparing the members read with `SHA256SUMS` gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// All members read are listed and match.
    Verified,
    /// There is no `SHA256SUMS`.
    NoSums,
    /// What does not match: a sentence.
    Mismatch(String),
}

impl Integrity {
    /// The word of the `integrity` column.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::NoSums => "no-sums",
            Self::Mismatch(_) => "mismatch",
        }
    }
}

impl<'b> Evidence<'b> {
    /// Recognises the members of a bundle.
    #[must_use]
    pub fn of(bundle: &'b Bundle, limits: &'b Limits) -> Self {
        let by_kind = bundle
            .members
            .iter()
            .enumerate()
            .filter(|(_, member)| !matches!(member.content, Content::Passed))
            .map(|(index, member)| (layout::classify(&member.name, head(member)), index))
            .filter(|(kind, _)| *kind != Kind::Other)
            .collect();
        let mut evidence = Self {
            bundle,
            manifest: None,
            limits,
            by_kind,
            stat: None,
            stat_member: None,
            read: RefCell::default(),
            problems: RefCell::default(),
        };
        evidence.read_manifest();
        evidence.read_stat();
        evidence
    }

    fn read_manifest(&mut self) {
        let Some(index) = self.first(&Kind::Manifest) else {
            return;
        };
        match self.bytes(index).and_then(Manifest::parse) {
            Ok(manifest) => self.manifest = Some(manifest),
            Err(what) => self.report(
                index,
                what,
                "the bundle is judged by what its members show; collect again to have its names and times",
            ),
        }
    }

    fn read_stat(&mut self) {
        let Some(index) = self.first(&Kind::Metadata) else {
            return;
        };
        match self.bytes(index).and_then(|bytes| {
            stat::parse(bytes).map_err(|e| format!("is no file metadata: {e}"))
        }) {
            Ok(stat) => {
                self.stat = Some(stat);
                self.stat_member = Some(index);
            }
            Err(what) => self.report(index, what, "file metadata is not known; collect again"),
        }
    }

    fn report(&self, index: usize, what: String, next: &str) {
        let member = self.bundle.members.get(index).map(|m| m.name.clone());
        self.problems.borrow_mut().push(Problem {
            bundle: self.bundle.name.clone(),
            member,
            what,
            next: next.to_owned(),
        });
    }

    /// What went wrong in members while they were read.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.borrow().clone()
    }

    fn first(&self, wanted: &Kind) -> Option<usize> {
        self.all(|kind| kind == wanted).next().map(|(_, i)| i)
    }

    fn all<'a>(
        &'a self,
        wanted: impl Fn(&Kind) -> bool + 'a,
    ) -> impl Iterator<Item = (&'a Kind, usize)> + 'a {
        self.by_kind
            .iter()
            .filter(move |(kind, _)| wanted(kind))
            .map(|(kind, index)| (kind, *index))
    }

    /// A member's bytes; from now on a verdict rests on it.
    fn bytes(&self, index: usize) -> Result<&'b [u8], String> {
        self.read.borrow_mut().insert(index);
        let Some(member) = self.bundle.members.get(index) else {
            return Err("is not in the bundle".to_owned());
        };
        match &member.content {
            Content::Kept(bytes) => Ok(bytes),
            Content::TooLarge => Err(format!(
                "has {} bytes, more than --limit member-bytes={}",
                member.size, self.limits.member_bytes
            )),
            Content::NotAFile(what) => Err(format!("is a {what}, which is never followed")),
            Content::Unreadable(why) => Err(format!("cannot be read: {why}")),
            Content::Passed => Err("was not kept".to_owned()),
        }
    }

    fn cite(&self, index: usize) -> Citation {
        let Some(member) = self.bundle.members.get(index) else {
            return Citation::whole("");
        };
        Citation {
            sha256: match &member.content {
                Content::Kept(_) => member.sha256().to_owned(),
                _ => String::new(),
            },
            ..Citation::whole(&member.name)
        }
    }

    /// Parses a document as the kubelet chooses its format.
    ///
    /// # Errors
    /// Line (0 when unknown) and what is wrong.
    pub fn document(&self, member: &Member) -> Result<Document, document::ParseError> {
        match &member.content {
            Content::Kept(bytes) => document::parse(bytes, self.limits),
            _ => Err(document::ParseError {
                line: 0,
                what: "its bytes were not kept".to_owned(),
            }),
        }
    }

    /// Every process the bundle shows, `cmdline` before `ps`. An unreadable list is reported.
    #[must_use]
    pub fn processes(&self) -> Vec<Process> {
        let mut by_pid: BTreeMap<u32, Process> = BTreeMap::new();
        let mut without_pid = Vec::new();
        for (_, index) in self.all(|kind| *kind == Kind::ProcessList) {
            let Some(listing) = self.listing(index) else {
                continue;
            };
            let citation = self.cite(index);
            for row in listing.processes {
                let process = Process {
                    pid: row.pid,
                    words: process::split(&row.command),
                    exact: false,
                    cut: row.cut,
                    citation: citation.line(row.line),
                    cwd: None,
                    started_at: None,
                };
                match row.pid {
                    // Of two lists, the one that shows more of the line is the better witness.
                    Some(pid) => match by_pid.get(&pid) {
                        Some(other) if (!other.cut, other.words.len()) >= (!process.cut, process.words.len()) => {}
                        _ => {
                            by_pid.insert(pid, process);
                        }
                    },
                    None => without_pid.push(process),
                }
            }
        }
        for (kind, index) in self.all(|kind| matches!(kind, Kind::CommandLine(_))) {
            let Kind::CommandLine(pid) = kind else {
                continue;
            };
            match self.bytes(index) {
                Ok(bytes) => {
                    let words = process::words(bytes);
                    // Kernel threads and zombies have an empty one: `ps` names those.
                    if words.is_empty() {
                        continue;
                    }
                    let cwd = self.small_text(&Kind::WorkingDirectory(*pid));
                    let started_at = self
                        .small_text(&Kind::StartedAt(*pid))
                        .and_then(|text| epoch_seconds(&text));
                    by_pid.insert(
                        *pid,
                        Process {
                            pid: Some(*pid),
                            words,
                            exact: true,
                            cut: bytes.len() == OLD_KERNEL_CMDLINE,
                            citation: self.cite(index),
                            cwd,
                            started_at,
                        },
                    );
                }
                Err(what) => self.report(index, what, "the process list decides; collect again"),
            }
        }
        by_pid.into_values().chain(without_pid).collect()
    }

    fn listing(&self, index: usize) -> Option<ps::Listing> {
        let member = self.bundle.members.get(index)?;
        let wide = self.manifest.as_ref().is_some_and(|manifest| {
            manifest
                .commands
                .iter()
                .any(|c| c.member == member.name && c.argv.contains("ww"))
        });
        let listing = self.bytes(index).and_then(|bytes| {
            ps::parse(bytes, wide).ok_or_else(|| "has no header line of a process list".to_owned())
        });
        match listing {
            Ok(listing) => Some(listing),
            Err(what) => {
                self.report(index, what, "collect it again with `ps -efww`");
                None
            }
        }
    }

    /// Whether a process list was taken as root and holds PID 1: nothing was hidden from it.
    #[must_use]
    pub fn whole_process_list(&self) -> Option<Citation> {
        let root = self.manifest.as_ref().and_then(|m| m.uid) == Some(0);
        self.all(|kind| *kind == Kind::ProcessList)
            .find(|(_, index)| {
                root && self.listing(*index).is_some_and(|listing| {
                    listing.processes.iter().any(|p| p.pid == Some(1))
                })
            })
            .map(|(_, index)| self.cite(index))
    }

    fn small_text(&self, kind: &Kind) -> Option<String> {
        let index = self.first(kind)?;
        let text = String::from_utf8_lossy(self.bytes(index).ok()?);
        Some(text.trim_end_matches(['\n', '\0']).to_owned()).filter(|t| !t.is_empty())
    }

    /// What `kubelet --version` printed.
    #[must_use]
    pub fn kubelet_version(&self) -> Option<(String, Citation)> {
        let text = self.small_text(&Kind::KubeletVersion)?;
        let index = self.first(&Kind::KubeletVersion)?;
        Some((text, self.cite(index)))
    }

    /// The configz replies in the bundle.
    #[must_use]
    pub fn configz(&self) -> Vec<Configz> {
        self.all(|kind| matches!(kind, Kind::Configz(_)))
            .filter_map(|(kind, index)| {
                let Kind::Configz(node) = kind else {
                    return None;
                };
                let member = self.bundle.members.get(index)?;
                let reply = self.bytes(index).and_then(|bytes| {
                    json::parse(bytes, self.limits).map_err(|e| format!("is not JSON: {}", e.what))
                });
                Some(Configz {
                    node: node.clone(),
                    reply,
                    citation: self.cite(index),
                    taken_at: self
                        .manifest
                        .as_ref()
                        .and_then(|m| m.taken_at(&member.name))
                        .map(str::to_owned),
                })
            })
            .collect()
    }

    /// `api/nodes.json`, where the bundle has it.
    #[must_use]
    pub fn api_nodes(&self) -> Option<(Result<serde_json::Value, String>, Citation)> {
        let index = self.first(&Kind::ApiNodes)?;
        let parsed = self.bytes(index).and_then(|bytes| {
            serde_json::from_slice(bytes).map_err(|e| format!("is not JSON: {e}"))
        });
        Some((parsed, self.cite(index)))
    }

    /// KubeletConfiguration documents, wherever they stand.
    #[must_use]
    pub fn kubelet_configs(&self) -> Vec<(&'b Member, Citation)> {
        self.all(|kind| matches!(kind, Kind::LooseKubeletConfig | Kind::File(_)))
            .filter_map(|(_, index)| {
                let member = self.bundle.members.get(index)?;
                layout::is_kubelet_config(head(member)).then(|| (member, index))
            })
            .map(|(member, index)| {
                self.read.borrow_mut().insert(index);
                (member, self.cite(index))
            })
            .collect()
    }

    /// The file at an absolute path of the node.
    #[must_use]
    pub fn file(&self, path: &str) -> File<'b> {
        let matches: Vec<usize> = self
            .all(|kind| matches!(kind, Kind::File(at) if at == path))
            .map(|(_, index)| index)
            .collect();
        if let [first, second, ..] = matches.as_slice()
            && self.bundle.members.get(*first).map(|m| &m.name)
                != self.bundle.members.get(*second).map(|m| &m.name)
        {
            return File::NotCollected(format!(
                "several members could be {path}: {} and {}",
                self.cite(*first).member,
                self.cite(*second).member
            ));
        }
        if let Some(index) = matches.first() {
            let citation = self.cite(*index);
            return match (self.bytes(*index), self.bundle.members.get(*index)) {
                (Ok(_), Some(member)) => File::Here(member, citation),
                (Err(why), _) => File::Unusable(why, citation),
                (Ok(_), None) => File::NotCollected("its member is not in the bundle".to_owned()),
            };
        }
        let skipped = self
            .manifest
            .iter()
            .flat_map(|m| &m.skipped)
            .find(|skipped| skipped.path == path)
            .map(|skipped| skipped.reason.as_str());
        match (skipped, self.metadata(path).map(|(row, _)| row.kind)) {
            (Some("absent"), _) => File::Absent(None),
            (Some(reason), _) => File::NotCollected(format!("the collector skipped it as {reason}")),
            (None, Some(PathKind::Absent)) => {
                File::Absent(self.metadata(path).map(|(_, citation)| citation))
            }
            (None, Some(PathKind::Unreadable)) => {
                File::NotCollected("the collector could not read it".to_owned())
            }
            _ => File::NotCollected("it is not in the bundle".to_owned()),
        }
    }

    /// The paths below a folder of the node.
    #[must_use]
    pub fn folder(&self, path: &str) -> Folder {
        let path = path.trim_end_matches('/');
        let prefix = format!("{path}/");
        let mut below: BTreeSet<String> = self
            .all(|kind| matches!(kind, Kind::File(at) if at.starts_with(&prefix)))
            .filter_map(|(kind, _)| match kind {
                Kind::File(at) => Some(at.clone()),
                _ => None,
            })
            .collect();
        let passed = format!("files{prefix}");
        below.extend(
            self.bundle
                .members
                .iter()
                .filter(|m| m.name.starts_with(&passed))
                .filter_map(|m| m.name.strip_prefix("files"))
                .map(str::to_owned),
        );
        let skipped = self.manifest.iter().flat_map(|m| &m.skipped);
        below.extend(
            skipped
                .filter(|s| s.reason != "absent" && s.path.starts_with(&prefix))
                .map(|s| s.path.clone()),
        );
        if let Some(stat) = self.stat() {
            below.extend(
                stat.rows
                    .iter()
                    .filter(|row| row.path.starts_with(&prefix))
                    .filter(|row| !matches!(row.kind, PathKind::Absent | PathKind::Dir))
                    .map(|row| row.path.clone()),
            );
        }
        let listed = self.metadata(path).map(|(row, _)| row.kind);
        let absent = self
            .manifest
            .iter()
            .flat_map(|m| &m.skipped)
            .any(|s| s.reason == "absent" && s.path.trim_end_matches('/') == path);
        match listed {
            _ if !below.is_empty() => Folder::Listed(below.into_iter().collect()),
            Some(PathKind::Absent) => Folder::Absent,
            Some(PathKind::Dir | PathKind::Symlink) => Folder::Listed(Vec::new()),
            _ if absent => Folder::Absent,
            _ => Folder::NotCollected,
        }
    }

    fn stat(&self) -> Option<&Stat> {
        if let Some(index) = self.stat_member {
            self.read.borrow_mut().insert(index);
        }
        self.stat.as_ref()
    }

    /// The metadata row of a path (the first hop, where it is a link).
    #[must_use]
    pub fn metadata(&self, path: &str) -> Option<(&stat::Row, Citation)> {
        let row = self.stat()?.get(path)?;
        Some((row, self.cite(self.stat_member?).line(row.line)))
    }

    /// Whether paths were looked at, and the first of these that is on the node.
    #[must_use]
    pub fn seen_on_disk(&self, is_it: impl Fn(&str) -> bool) -> Seen {
        let Some(stat) = self.stat() else {
            return Seen::NotLooked;
        };
        let mut looked = false;
        for row in stat.rows.iter().filter(|row| is_it(&row.path)) {
            looked = true;
            if row.kind != PathKind::Absent {
                return Seen::There(row.path.clone());
            }
        }
        if looked { Seen::Absent } else { Seen::NotLooked }
    }

    /// A member read so far that occurs more than once.
    #[must_use]
    pub fn duplicate_read(&self) -> Option<String> {
        let read = self.read.borrow();
        read.iter()
            .filter_map(|index| self.bundle.members.get(*index))
            .find(|member| member.copies > 1)
            .map(|member| member.name.clone())
    }

    /// Compares the members read so far with `SHA256SUMS`.
    #[must_use]
    pub fn integrity(&self) -> Integrity {
        let Some(index) = self.first(&Kind::Sums) else {
            return Integrity::NoSums;
        };
        let listed = match self.bytes(index).map(sums::parse) {
            Ok(Ok(listed)) => listed,
            Ok(Err((line, what))) => {
                return Integrity::Mismatch(format!("SHA256SUMS line {line} {what}"));
            }
            Err(what) => return Integrity::Mismatch(format!("SHA256SUMS {what}")),
        };
        let names: BTreeSet<&str> = self.bundle.members.iter().map(|m| m.name.as_str()).collect();
        if let Some(missing) = listed.keys().filter(|name| !names.contains(name.as_str())).min() {
            return Integrity::Mismatch(format!(
                "SHA256SUMS lists {missing}, which is not in the bundle"
            ));
        }
        for index in self.read.borrow().iter() {
            let Some(member) = self.bundle.members.get(*index) else {
                continue;
            };
            if member.name == "SHA256SUMS" || !matches!(member.content, Content::Kept(_)) {
                continue;
            }
            match listed.get(&member.name) {
                None => {
                    return Integrity::Mismatch(format!(
                        "{} is not listed in SHA256SUMS",
                        member.name
                    ));
                }
                Some(sum) if !sum.eq_ignore_ascii_case(member.sha256()) => {
                    return Integrity::Mismatch(format!(
                        "{} has another SHA-256 than SHA256SUMS says",
                        member.name
                    ));
                }
                Some(_) => {}
            }
        }
        Integrity::Verified
    }

    /// Whether anything at all was recognised.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_kind
            .iter()
            .all(|(kind, _)| matches!(kind, Kind::Manifest | Kind::Sums))
    }
}

/// Whether paths of a component are on the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// This one is.
    There(String),
    /// They were looked for and none is.
    Absent,
    /// Nobody looked.
    NotLooked,
}

/// Kernels before 4.2 cut `/proc/PID/cmdline` at a page.
const OLD_KERNEL_CMDLINE: usize = 4096;

fn head(member: &Member) -> &[u8] {
    match &member.content {
        Content::Kept(bytes) => bytes.get(..bytes.len().min(HEAD)).unwrap_or_default(),
        _ => &[],
    }
}

/// As many first bytes as decided whether the member is kept.
const HEAD: usize = 64 << 10;

/// Seconds since 1970 of an RFC 3339 time.
#[must_use]
pub fn epoch_seconds(text: &str) -> Option<i64> {
    text.trim()
        .parse::<jiff::Timestamp>()
        .ok()
        .map(jiff::Timestamp::as_second)
}
