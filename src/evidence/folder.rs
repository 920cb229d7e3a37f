//! Folders and links of the node, as far as the bundle shows them: what lies below a folder, and
//! whether anything could lie there that the bundle does not name.

use std::collections::BTreeSet;

use super::Evidence;
use super::citation::Citation;
use super::stat::{self, StatRow};

/// A folder of the node.
pub enum NodeFolder {
    /// Every path below it that the kubelet would come to, sorted.
    Listed(Vec<String>),
    /// It was looked for and is not on the node.
    Absent,
    /// What is in it is not known, or not all of it: why.
    NotCollected(String),
}

/// Links followed for one path: the kernel's own limit.
const MOST_LINKS: usize = 40;
/// Folders of one path that may be links.
const MOST_PARTS: usize = 256;

impl<'b> Evidence<'b> {
    /// The rows of a path and, where it is a link, of what it leads to, link by link.
    #[must_use]
    pub fn hops(&self, path: &str) -> Vec<(&StatRow<'b>, Citation)> {
        let Some(stat) = self.stat() else {
            return Vec::new();
        };
        let mut rows: Vec<(&StatRow<'b>, Citation)> = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next.take()
            && rows.len() < MOST_LINKS
            && !rows.iter().any(|(row, _)| row.path == path)
        {
            let start = rows.len();
            rows.extend(stat.all(&path).map(|row| (row, self.cite_row(row))));
            if rows.len() == start {
                // A folder on its way may be the link, as `..data` of a mounted ConfigMap is.
                if let Some((row, rest)) = linked_folder(stat, &path) {
                    rows.push((row, self.cite_row(row)));
                    next = row.target.as_deref().map(|target| {
                        let folder = target_of(&row.path, target);
                        tidy(&format!("{folder}/{rest}"))
                    });
                }
                continue;
            }
            let link = rows.iter().skip(start).find_map(|(row, _)| {
                let target = row.target.as_deref();
                target.filter(|_| row.kind == stat::FileType::Symlink)
            });
            next = link.map(|target| target_of(&path, target));
        }
        rows
    }

    /// Where a path leads that is a link or goes through one, as far as `stat.tsv` shows a file there.
    #[must_use]
    pub fn real_path(&self, path: &str) -> Option<String> {
        let (row, _) = self.hops(path).pop()?;
        (row.kind == stat::FileType::File && row.path != path).then(|| row.path.to_string())
    }

    /// Whether the path itself is a link.
    #[must_use]
    pub fn is_link(&self, path: &str) -> bool {
        let is_link = |row: &StatRow<'_>| row.kind == stat::FileType::Symlink;
        self.stat().is_some_and(|stat| stat.all(path).any(is_link))
    }

    /// The paths below a folder of the node, of a link's target if nothing is known below the link.
    #[must_use]
    pub fn folder(&self, path: &str) -> NodeFolder {
        let path = path.trim_end_matches('/');
        let hops = self.hops(path);
        let mut names = vec![path];
        names.extend(hops.iter().map(|(row, _)| &*row.path));
        for name in names {
            let prefix = format!("{name}/");
            let below = self.below(&prefix);
            let mut unlisted = self.unlisted(name).into_iter();
            match unlisted.next() {
                Some(part) => {
                    return NodeFolder::NotCollected(format!("{part} could not be listed whole"));
                }
                None if below.is_empty() => {}
                None => return NodeFolder::Listed(below),
            }
        }
        let skipped = self.manifest.iter().flat_map(|m| &m.skipped);
        let mut skipped = skipped.filter(|s| s.path.trim_end_matches('/') == path);
        match hops.last().map(|(row, _)| row.kind) {
            Some(stat::FileType::Dir) if self.stat().is_some_and(|stat| stat.is_partial) => {
                NodeFolder::NotCollected("what is in it is not in the bundle".to_owned())
            }
            Some(stat::FileType::Dir) => NodeFolder::Listed(Vec::new()),
            Some(stat::FileType::Absent) => NodeFolder::Absent,
            None if skipped.any(|s| s.reason == "absent") => NodeFolder::Absent,
            Some(stat::FileType::Symlink) => {
                NodeFolder::NotCollected("what it links to is not in the bundle".to_owned())
            }
            _ => NodeFolder::NotCollected("it is not in the bundle".to_owned()),
        }
    }

    /// Paths with this prefix that members, rows or skips name, and that no link hides.
    fn below(&self, prefix: &str) -> Vec<String> {
        let members = self.bundle.members.iter().enumerate();
        let mut below: BTreeSet<String> = members
            .filter_map(|(index, member)| self.machine.node_path(index, member))
            .filter(|path| path.starts_with(prefix))
            .collect();
        let skipped = self.manifest.iter().flat_map(|m| &m.skipped);
        below.extend(
            skipped
                .filter(|s| s.reason != "absent" && s.path.starts_with(prefix))
                .map(|s| s.path.clone()),
        );
        let mut links: BTreeSet<String> = BTreeSet::new();
        if let Some(stat) = self.stat() {
            let rows = stat.rows().iter().filter(|r| r.path.starts_with(prefix));
            for row in rows {
                if row.kind == stat::FileType::Symlink {
                    links.insert(format!("{}/", row.path));
                }
                if !matches!(row.kind, stat::FileType::Absent | stat::FileType::Dir) {
                    below.insert(row.path.to_string());
                }
            }
            let broken = stat.problems.iter().filter_map(|p| p.path.clone());
            below.extend(broken.filter(|path| path.starts_with(prefix)));
        }
        // Go's WalkDir follows no link to a folder.
        for link in links {
            let from = below.range(link.clone()..);
            let hidden = from.take_while(|path| path.starts_with(&link));
            for path in hidden.cloned().collect::<Vec<_>>() {
                below.remove(&path);
            }
        }
        below.into_iter().collect()
    }

    /// The folder and those below it that were not listed to their end.
    fn unlisted(&self, folder: &str) -> Vec<String> {
        let prefix = format!("{folder}/");
        let within = |path: &str| path == folder || path.starts_with(&prefix);
        let may_be_folder = |path: &str| {
            let kind = self.hops(path).last().map(|(row, _)| row.kind);
            path == folder || matches!(kind, None | Some(stat::FileType::Dir))
        };
        let skipped = self.manifest.iter().flat_map(|m| &m.skipped);
        let cut_off = skipped
            .filter(|s| !matches!(s.reason.as_str(), "absent" | "private-key"))
            .map(|s| s.path.trim_end_matches('/'))
            .filter(|path| within(path) && may_be_folder(path));
        let stat = self.stat();
        let rows = stat.iter().flat_map(|stat| stat.rows());
        // What cannot be told from a folder may be one.
        let hidden = rows
            .filter(|row| row.kind == stat::FileType::Unreadable && within(&row.path))
            .map(|row| &*row.path);
        cut_off.chain(hidden).map(str::to_owned).collect()
    }

    /// The rows of what lies below a folder, or below what it links to; and why there may be more.
    #[must_use]
    pub fn rows_below(&self, path: &str) -> (Vec<(&StatRow<'b>, Citation)>, Option<String>) {
        let real = self.hops(path).last().map(|(row, _)| row.path.to_string());
        let real = real.unwrap_or_else(|| path.to_owned());
        let Some(stat) = self.stat() else {
            return (Vec::new(), None);
        };
        let prefix = format!("{}/", real.trim_end_matches('/'));
        let rows = stat
            .rows()
            .iter()
            .filter(|row| row.path.starts_with(&prefix));
        let rows = rows.map(|row| (row, self.cite_row(row))).collect();
        let in_parts = stat.is_partial.then(|| real.clone());
        let unlisted = self.unlisted(&real).into_iter().chain(in_parts).next();
        (rows, unlisted)
    }

    /// The folders below a folder, and itself.
    #[must_use]
    pub fn folders(&self, folder: &str) -> Vec<String> {
        let prefix = format!("{folder}/");
        let rows = self.stat().into_iter().flat_map(|stat| stat.rows());
        let below =
            rows.filter(|row| row.kind == stat::FileType::Dir && row.path.starts_with(&prefix));
        std::iter::once(folder.to_owned())
            .chain(below.map(|row| row.path.to_string()))
            .collect()
    }
}

/// The folder nearest to the root, of those that a path goes through, that is a link, and the rest
/// of the path below it.
fn linked_folder<'s, 'b, 'p>(
    stat: &'s stat::Stat<'b>,
    path: &'p str,
) -> Option<(&'s StatRow<'b>, &'p str)> {
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1);
    ends.take(MOST_PARTS).find_map(|at| {
        let (folder, rest) = path.split_at(at);
        let row = stat
            .all(folder)
            .find(|row| row.kind == stat::FileType::Symlink)?;
        Some((row, rest.trim_start_matches('/')))
    })
}

/// Where a link at a path leads.
fn target_of(path: &str, target: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) if !target.starts_with('/') => tidy(&format!("{folder}/{target}")),
        _ => tidy(target),
    }
}

/// `/a//b/./c` → `/a/b/c`; `..` takes back the part before it.
#[must_use]
pub fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
