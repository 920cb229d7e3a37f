//! Files of the node, as far as the bundle shows them.

use super::citation::Citation;
use super::kind::Kind;
use super::layout;
use super::stat::{self, StatRow};
use super::{Evidence, head};
use crate::bundle::Member;

/// A file of the node, as far as the bundle shows it.
pub enum NodeFile<'b> {
    /// Its bytes are here.
    Here(&'b Member, Citation),
    /// Its bytes are in the bundle and cannot be used: why.
    Unusable(String, Citation),
    /// It was looked for and is not on the node.
    Absent(Option<Citation>),
    /// Nobody looked, or it was not taken: why.
    NotCollected(String),
}

/// Whether paths of a component are on the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenOnDisk {
    /// This one is.
    There(String),
    /// They were looked for and none is.
    Absent,
    /// Nobody looked.
    NotLooked,
}

impl<'b> Evidence<'b> {
    /// Configuration documents of this kind, wherever they stand.
    #[must_use]
    pub fn configs(&self, kind: &str) -> Vec<(&'b Member, Citation)> {
        self.all(|of| matches!(of, Kind::LooseKubeletConfig | Kind::File(_)))
            .filter_map(|(_, index)| {
                let member = self.bundle.members.get(index)?;
                layout::is_config(head(member), kind).then_some((member, index))
            })
            .map(|(member, index)| {
                self.read.borrow_mut().insert(index);
                (member, self.cite(index))
            })
            .collect()
    }

    /// The file at an absolute path of the node.
    #[must_use]
    pub fn file(&self, path: &str) -> NodeFile<'b> {
        let members = |path: &str| {
            let found = self.places.get(&Kind::File(path.to_owned()));
            found.map(Vec::as_slice).unwrap_or_default()
        };
        let mut matches = members(path);
        if matches.is_empty()
            && let Some(real) = self.real_path(path)
        {
            matches = members(&real);
        }
        if let [first, second, ..] = matches
            && self.bundle.members.get(*first).map(|m| &m.name)
                != self.bundle.members.get(*second).map(|m| &m.name)
        {
            return NodeFile::NotCollected(format!(
                "several members could be {path}: {} and {}",
                self.cite(*first).member,
                self.cite(*second).member
            ));
        }
        if let Some(index) = matches.first() {
            let citation = self.cite(*index);
            return match (self.bytes(*index), self.bundle.members.get(*index)) {
                (Ok(_), Some(member)) => NodeFile::Here(member, citation),
                (Err(why), _) => NodeFile::Unusable(why, citation),
                (Ok(_), None) => {
                    NodeFile::NotCollected("its member is not in the bundle".to_owned())
                }
            };
        }
        let skipped = self
            .manifest
            .iter()
            .flat_map(|m| &m.skipped)
            .find(|skipped| skipped.path == path)
            .map(|skipped| skipped.reason.as_str());
        match (skipped, self.metadata(path).map(|(row, _)| row.kind)) {
            (Some("absent"), _) => NodeFile::Absent(None),
            (Some(reason), _) => {
                NodeFile::NotCollected(format!("the collector skipped it as {reason}"))
            }
            (None, Some(stat::FileType::Absent)) => {
                NodeFile::Absent(self.metadata(path).map(|(_, citation)| citation))
            }
            (None, Some(stat::FileType::Unreadable)) => {
                NodeFile::NotCollected("the collector could not read it".to_owned())
            }
            _ => {
                let mut members = self.bundle.members.iter().enumerate();
                let below = path.trim_start_matches('/');
                let passed = members.find(|(index, member)| {
                    member.name.ends_with(below)
                        && self.machine.node_path(*index, member).as_deref() == Some(path)
                });
                NodeFile::NotCollected(match passed {
                    Some((_, member)) => format!(
                        "{} is not recognised as a kubelet configuration, or too large for one",
                        member.name
                    ),
                    None => "it is not in the bundle".to_owned(),
                })
            }
        }
    }

    /// Whether a row of the metadata has an owner's number: there is a Unix.
    #[must_use]
    pub fn shows_unix_owners(&self) -> bool {
        let rows = self.stat().into_iter().flat_map(|stat| stat.rows());
        rows.into_iter().any(|row| row.uid.is_some())
    }

    /// Whether the metadata has nothing but paths that somebody looked at one by one.
    #[must_use]
    pub fn has_some_metadata_alone(&self) -> bool {
        self.stat.as_ref().is_some_and(|stat| stat.is_partial)
    }

    /// The metadata row of a path (the first hop, where it is a link).
    #[must_use]
    pub fn metadata(&self, path: &str) -> Option<(&StatRow<'b>, Citation)> {
        let row = self.stat()?.get(path)?;
        Some((row, self.cite_row(row)))
    }

    /// Whether paths were looked at, and the first of these that is on the node: by a row, or by a
    /// member or a skip that no row speaks of. A row that cannot be read proves no absence.
    #[must_use]
    pub fn seen_on_disk(&self, is_it: impl Fn(&str) -> bool) -> SeenOnDisk {
        let Some(stat) = self.stat() else {
            return SeenOnDisk::NotLooked;
        };
        let members = self.by_kind.iter().filter_map(|(kind, _)| match kind {
            Kind::File(path) => Some(path.as_str()),
            _ => None,
        });
        let skipped = self.manifest.iter().flat_map(|m| &m.skipped);
        let skipped = skipped.filter(|s| s.reason != "absent");
        let rows = stat.rows().iter();
        let there = rows
            .clone()
            .filter(|row| row.kind != stat::FileType::Absent);
        let broken = stat.problems.iter().filter_map(|p| p.path.as_deref());
        let mut present = there
            .map(|row| &*row.path)
            .chain(members)
            .chain(skipped.map(|s| s.path.as_str()))
            .chain(broken);
        if let Some(path) = present.find(|path| is_it(path)) {
            return SeenOnDisk::There(path.to_owned());
        }
        if !stat.is_partial && rows.clone().any(|row| is_it(&row.path)) {
            SeenOnDisk::Absent
        } else {
            SeenOnDisk::NotLooked
        }
    }
}
