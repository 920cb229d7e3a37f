//! What an archive holds, and whether that makes it one of bundles.

use std::collections::{BTreeMap, BTreeSet};

use super::super::failure::Failure;
use super::super::pack::{IndexClaim, Listed};
use super::super::{First, find};
use super::{Inner, InnerKind, ancestors};
use crate::limits::Limits;

pub(super) struct Archive<T> {
    pub(super) copies: u32,
    /// It begins with a bundle.json that says what it is.
    pub(super) described: bool,
    pub(super) index: T,
}

/// A folder that is a bundle.
pub(super) struct Root<T> {
    /// What its bundle.json gave, if that says what it is.
    pub(super) described: Option<T>,
    pub(super) entries: u64,
    pub(super) has_evidence: bool,
}

#[derive(Default)]
pub(super) struct HeldFolder {
    pub(super) entries: u64,
    pub(super) has_evidence: bool,
}

/// What was met so far.
pub(super) struct Inventory<T> {
    /// The first component of all members; the inner `None` if they have none in common.
    top: Option<Option<String>>,
    pub(super) archives: BTreeMap<String, Archive<T>>,
    pub(super) roots: BTreeMap<String, Root<T>>,
    /// Where members lie that no root was known for when they came.
    pub(super) folders: BTreeMap<String, HeldFolder>,
    /// The index of a pack, or what is wrong with it.
    pub(super) pack: Option<Result<Listed, String>>,
}

impl<T> Default for Inventory<T> {
    fn default() -> Self {
        Self {
            top: None,
            archives: BTreeMap::new(),
            roots: BTreeMap::new(),
            folders: BTreeMap::new(),
            pack: None,
        }
    }
}

impl<T> Inventory<T> {
    /// One more member, of any kind.
    pub(super) fn see(&mut self, path: &str) {
        let first = path.split_once('/').map(|(first, _)| first);
        match &mut self.top {
            None => self.top = Some(first.map(str::to_owned)),
            Some(top) if top.as_deref() != first => *top = None,
            Some(_) => {}
        }
    }

    /// The bundle that a path lies in.
    pub(super) fn outermost(&self, path: &str) -> Option<&str> {
        let mut folders = ancestors(path);
        folders.find_map(|folder| Some(self.roots.get_key_value(folder)?.0.as_str()))
    }

    /// Archives that lie in no bundle.
    fn free(&self) -> impl Iterator<Item = (&String, &Archive<T>)> {
        self.archives
            .iter()
            .filter(|(path, _)| self.outermost(path).is_none())
    }

    /// Folders that are bundles, and lie in none.
    fn bundles(&self) -> impl Iterator<Item = (&String, &Root<T>)> {
        self.roots
            .iter()
            .filter(|(path, _)| self.outermost(path).is_none())
    }

    /// Whether the index of a pack lists a path.
    pub(super) fn is_listed(&self, path: &str) -> bool {
        let listed = self.pack.as_ref().and_then(|pack| pack.as_ref().ok());
        listed.is_some_and(|listed| listed.contains_key(path))
    }

    /// Whether it is both, so that what it is cannot be told.
    pub(super) fn is_bundle_and_pack(&self) -> bool {
        self.pack.is_some() && self.roots.contains_key("")
    }

    /// Whether it is an archive of bundles.
    pub(super) fn is_nested(&self) -> bool {
        if self.pack.is_some() {
            return true;
        }
        let top = self.top.iter().flatten().next();
        if self.roots.contains_key("") || top.is_some_and(|top| self.roots.contains_key(top)) {
            return false;
        }
        if self.bundles().any(|(_, root)| root.described.is_some())
            || self.free().any(|(_, archive)| archive.described)
        {
            return true;
        }
        // Without a description, evidence decides: outside of bundles it makes a loose bundle.
        let folders = self.folders.iter().filter(|(_, it)| it.has_evidence);
        let roots = self.roots.iter().filter(|(_, it)| it.has_evidence);
        let places = folders
            .map(|(path, _)| path)
            .chain(roots.map(|(path, _)| path));
        let mut with_evidence = BTreeSet::new();
        for path in places {
            let own = || {
                self.roots
                    .get_key_value(path)
                    .map(|(root, _)| root.as_str())
            };
            match self.outermost(path).or_else(own) {
                Some(root) => with_evidence.insert(root),
                None => return false,
            };
        }
        with_evidence.len() > 1 || self.free().next().is_some()
    }

    /// A limit on bundles, as there is one on members.
    pub(super) fn check_count(&self, limits: &Limits) -> Result<(), Failure> {
        let count = (self.free().count() + self.bundles().count()) as u64;
        if self.is_nested() && count > limits.members {
            let what = "it has too many bundles";
            return Err(Failure::limit("members", limits.members, what));
        }
        Ok(())
    }

    /// Members that are no bundle and in none.
    pub(super) fn skipped(&self) -> u64 {
        let folders = self.folders.iter();
        let outside = folders
            .filter(|(path, _)| !self.roots.contains_key(*path) && self.outermost(path).is_none());
        outside.map(|(_, folder)| folder.entries).sum()
    }

    /// The bundles, in row order.
    pub(super) fn into_inner(mut self, index: &dyn Fn(Option<First>) -> T) -> Vec<Inner<T>> {
        let free: Vec<String> = self.free().map(|(path, _)| path.clone()).collect();
        let bundles: Vec<String> = self.bundles().map(|(path, _)| path.clone()).collect();
        let mut inner: Vec<Inner<T>> = Vec::with_capacity(free.len() + bundles.len());
        for path in free {
            if let Some(archive) = self.archives.remove(&path) {
                inner.push(Inner {
                    path: path.into(),
                    index: archive.index,
                    kind: InnerKind::Archive {
                        copies: archive.copies,
                    },
                    said: IndexClaim::Nothing,
                });
            }
        }
        for path in bundles {
            let Some(root) = self.roots.remove(&path) else {
                continue;
            };
            // All that begins with the path and a slash.
            let below = format!("{path}/")..format!("{path}0");
            let own = self.folders.remove(&path);
            let folders = self.folders.extract_if(below.clone(), |_, _| true);
            let folders = folders.map(|(_, folder)| folder).chain(own);
            let mut entries = root.entries + folders.map(|it| it.entries).sum::<u64>();
            let archives = self.archives.extract_if(below.clone(), |_, _| true);
            entries += archives.map(|(_, it)| u64::from(it.copies)).sum::<u64>();
            let roots = self.roots.extract_if(below, |_, _| true);
            entries += roots.map(|(_, it)| it.entries).sum::<u64>();
            inner.push(Inner {
                index: root.described.unwrap_or_else(|| index(None)),
                path: path.into(),
                kind: InnerKind::Folder { entries },
                said: IndexClaim::Nothing,
            });
        }
        if let Some(pack) = &self.pack {
            compare(pack, &mut inner, index);
        }
        inner.sort_by(|a, b| find::row_order(&a.path, &b.path));
        inner
    }
}

/// Takes over what the index of a pack says, also of bundles that are not in it.
fn compare<T>(
    pack: &Result<Listed, String>,
    inner: &mut Vec<Inner<T>>,
    index: &dyn Fn(Option<First>) -> T,
) {
    for one in &mut *inner {
        one.said = IndexClaim::of(pack, &one.path);
    }
    let held: BTreeSet<Box<str>> = inner.iter().map(|one| one.path.clone()).collect();
    let listed = pack.iter().flat_map(Listed::keys);
    inner.extend(
        listed
            .filter(|name| !held.contains(*name))
            .map(|name| Inner {
                path: name.clone(),
                index: index(None),
                kind: InnerKind::Missing,
                said: IndexClaim::Nothing,
            }),
    );
}
