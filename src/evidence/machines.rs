//! Which machines a loose archive is of. Evidence of two machines is never joined: a machine is the
//! smallest folder that holds recognised evidence, and what lies deeper belongs to it only at an
//! absolute path or in a folder of commands.

mod stem;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::kind::Kind;
use super::layout;
use super::layouts::{self, Import};
use super::{Evidence, head};
use crate::bundle::{Bundle, Content, Member};
use crate::limits::Limits;
use stem::stem;

/// The first folders of an absolute path of Linux. A path counts from the root of its machine: below
/// `root/` or `mnt/` lies a copy.
const TOP_FOLDERS: [&str; 24] = [
    "backup",
    "bin",
    "boot",
    "data",
    "dev",
    "etc",
    "home",
    "lib",
    "lib32",
    "lib64",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "sbin",
    "snap",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var",
    "lost+found",
];
/// Folders that somebody puts around the files of a machine, beside what its commands printed.
const AROUND_FILES: [&str; 2] = ["host", "rootfs"];
/// Folders in which what commands printed is filed.
const COMMAND_FOLDERS: [&str; 7] = [
    "commands",
    "configz",
    "insights_commands",
    "sos_commands",
    "sos_logs",
    "system",
    "systeminfo",
];
/// One machine in a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Its root below the bundle's top folder: empty, or with a slash at its end.
    pub root: String,
    /// What its folder or its files are called; none where it is the whole bundle.
    pub name: Option<String>,
    /// The members that are its, where others lie in the same folder.
    only: Option<BTreeSet<usize>>,
    /// The bundle is of one machine, so all that is recognised in it speaks of that.
    is_whole: bool,
    /// Nothing but its folders says so.
    is_undescribed: bool,
    /// What it was read as, where another tool made the archive.
    pub(super) import: Option<Arc<Import>>,
    /// Others' evidence lies in the same folder, and nothing shows whose this is.
    pub is_ambiguous: bool,
    /// Its files lie in a folder put around them.
    around: Option<&'static str>,
}

impl Machine {
    fn whole(bundle: &Bundle) -> Self {
        Self {
            is_whole: true,
            around: around(bundle, ""),
            ..Self::default()
        }
    }

    /// A member's name below the machine's root; `None` where it belongs to another machine.
    fn below<'n>(&self, index: usize, name: &'n str) -> Option<&'n str> {
        let is_own = self.only.as_ref().is_none_or(|only| only.contains(&index));
        name.strip_prefix(&self.root).filter(|_| is_own)
    }

    /// What a member is to this machine.
    pub(super) fn kind(&self, index: usize, member: &Member) -> Kind {
        if let Some(import) = &self.import {
            return import.kind(index);
        }
        let Some(below) = self.below(index, &member.name) else {
            return Kind::Other;
        };
        let kind = layout::classify(below, head(member));
        if self.is_whole && !matches!(kind, Kind::File(_) | Kind::CommandLine(_)) {
            let runs = matches!(kind, Kind::ProcessList | Kind::ServiceState | Kind::Journal);
            let is_beside = self.is_undescribed && runs && !root_of(below, &kind).is_empty();
            return if is_beside { Kind::Other } else { kind };
        }
        let is_elsewhere = || root_of(&member.name, &kind) != self.root;
        let is_copy = match &kind {
            Kind::File(path) => !self.ends_as(path, below),
            Kind::CommandLine(pid) => !self.ends_as(&format!("/proc/{pid}/cmdline"), below),
            _ => false,
        };
        if kind == Kind::Other || is_copy || (is_by_content(below, &kind) && is_elsewhere()) {
            return Kind::Other;
        }
        kind
    }

    /// The absolute path on the machine at which a member stands.
    pub(super) fn node_path(&self, index: usize, member: &Member) -> Option<String> {
        if let Some(import) = &self.import {
            return import.node_path(index, &member.name);
        }
        let below = self.below(index, &member.name)?;
        layout::node_path(below).filter(|path| self.ends_as(path, below))
    }

    /// Whether a path is what stands at the machine's root, and not a copy further down.
    fn ends_as(&self, path: &str, below: &str) -> bool {
        let around = [Some("files").filter(|_| self.is_whole), self.around];
        let mut inside = around.into_iter().flatten().filter_map(|around| {
            let rest = below.strip_prefix(around)?;
            rest.strip_prefix('/')
        });
        let below = inside.next().unwrap_or(below);
        path.strip_prefix('/') == Some(below)
    }
}

/// The folder around the files of the machine with this root. Beside a tree of the machine's own it
/// holds another one's, such as a container's; so it does beside the configuration of a container.
fn around(bundle: &Bundle, root: &str) -> Option<&'static str> {
    let names = bundle
        .members
        .iter()
        .filter_map(|m| m.name.strip_prefix(root));
    let mut found = None;
    for name in names {
        let first = name.split_once('/').map(|(first, _)| first);
        let folder = AROUND_FILES
            .into_iter()
            .find(|around| first == Some(*around));
        let is_other = folder.is_some() && found.is_some() && found != folder;
        if is_other || name == "config.json" || first.is_some_and(|f| TOP_FOLDERS.contains(&f)) {
            return None;
        }
        found = found.or(folder);
    }
    found
}

/// Whether only a member's content or the end of its name says what it is.
fn is_by_content(below: &str, kind: &Kind) -> bool {
    !layout::is_native(below) && !matches!(kind, Kind::File(_))
}

/// The root of the machine that a member of this kind is of.
fn root_of(name: &str, kind: &Kind) -> String {
    let folders: Vec<&str> = name.split('/').collect();
    let (_, folders) = folders.split_last().unwrap_or((&"", &[]));
    let is_path = matches!(kind, Kind::File(_) | Kind::CommandLine(_));
    let end = if is_path {
        let top = folders
            .iter()
            .position(|folder| TOP_FOLDERS.contains(folder));
        let around = top.and_then(|at| at.checked_sub(1));
        let around = around.filter(|at| AROUND_FILES.contains(&folders[*at]));
        around.or(top)
    } else {
        folders
            .iter()
            .position(|folder| COMMAND_FOLDERS.contains(folder))
    };
    let root = folders
        .get(..end.unwrap_or(folders.len()))
        .unwrap_or_default();
    root.iter().map(|folder| format!("{folder}/")).collect()
}

/// Whether it is evidence of a machine, and not only what an API says of it.
fn is_of_machine(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::ProcessList
            | Kind::ServiceState
            | Kind::CommandLine(_)
            | Kind::Journal
            | Kind::File(_)
    )
}

/// The machines of a bundle, by root. A bundle that describes itself, or is laid out as ours, is of
/// one; so is an archive without processes, as of replies of the API, whose nodes are told apart by name.
#[must_use]
pub fn machines(bundle: &Bundle) -> Vec<Machine> {
    if let Some(imports) = layouts::imports(bundle) {
        let of_import = |import| Machine {
            import: Some(Arc::new(import)),
            ..Machine::default()
        };
        return imports.into_iter().map(of_import).collect();
    }
    let members = || bundle.members.iter().enumerate();
    let kept = |member: &Member| !matches!(member.content, Content::Passed);
    // Replies of the API may be of many nodes.
    let is_reply = |name: &str| name.starts_with("configz/") || name.starts_with("api/");
    // What was put beside the files of others when they were masked.
    let put_beside = layouts::before_masking(bundle).is_some();
    let is_beside = |name: &str| put_beside && !name.contains('/');
    let is_ours = |name: &str| layout::is_native(name) && !is_reply(name) && !is_beside(name);
    if members().any(|(_, member)| is_ours(&member.name)) {
        let is_undescribed = !members().any(|(_, member)| member.name == "bundle.json");
        return vec![Machine {
            is_undescribed,
            ..Machine::whole(bundle)
        }];
    }
    let mut roots: BTreeMap<String, Vec<(usize, Kind)>> = BTreeMap::new();
    for (index, member) in members().filter(|(_, it)| kept(it) && !is_beside(&it.name)) {
        let kind = layout::classify(&member.name, head(member));
        if !matches!(kind, Kind::Other | Kind::Unread(_)) {
            let root = root_of(&member.name, &kind);
            roots.entry(root).or_default().push((index, kind));
        }
    }
    let runs = |(_, kind): &(usize, Kind)| {
        matches!(
            kind,
            Kind::ProcessList | Kind::ServiceState | Kind::CommandLine(_)
        )
    };
    if !roots.values().flatten().any(runs) {
        return vec![Machine::whole(bundle)];
    }
    // A configuration that lies somewhere by itself is of nobody.
    let speaks = |kinds: &[(usize, Kind)]| {
        kinds
            .iter()
            .any(|(_, kind)| is_of_machine(kind) || matches!(kind, Kind::Configz(_)))
    };
    roots.retain(|_, kinds| speaks(kinds));
    let is_only = roots.len() == 1;
    let mut machines = Vec::new();
    for (root, kinds) in roots {
        let folder = root
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let name = Some(folder.to_owned()).filter(|folder| !folder.is_empty());
        let whole = Machine {
            name: name.filter(|_| !is_only),
            around: around(bundle, &root),
            root,
            only: None,
            is_whole: false,
            is_undescribed: false,
            import: None,
            is_ambiguous: false,
        };
        let apart = by_name(bundle, &whole, &kinds);
        match apart.len() {
            0 | 1 => machines.push(whole),
            _ => machines.extend(apart),
        }
    }
    machines
}

/// The machines whose evidence has one root: files beside each other are told by what their names
/// have beside the words for what is in them, process lists further down by their folders. Two lists
/// that nothing shows to be of one machine are of two, and files at absolute paths are nobody's then.
fn by_name(bundle: &Bundle, whole: &Machine, kinds: &[(usize, Kind)]) -> Vec<Machine> {
    let mut groups: BTreeMap<(&str, String), BTreeSet<usize>> = BTreeMap::new();
    let mut lists: BTreeMap<(&str, String), Vec<usize>> = BTreeMap::new();
    let mut others = BTreeSet::new();
    let no_list = !kinds.iter().any(|(_, kind)| *kind == Kind::ProcessList);
    for (index, kind) in kinds {
        let member = bundle.members.get(*index);
        let below = member.and_then(|member| member.name.strip_prefix(&whole.root));
        let Some(below) = below.filter(|_| !matches!(kind, Kind::File(_) | Kind::CommandLine(_)))
        else {
            others.insert(*index);
            continue;
        };
        let key = match below.rsplit_once('/') {
            None => ("", stem(below)),
            Some((folder, _)) => (folder, String::new()),
        };
        let is_list = *kind == Kind::ProcessList || (*kind == Kind::ServiceState && no_list);
        if is_list {
            lists.entry(key.clone()).or_default().push(*index);
        }
        groups.entry(key).or_default().insert(*index);
    }
    let bytes = |index: &usize| bundle.members.get(*index).map(|member| &member.content);
    let differ = |indices: &Vec<usize>| {
        let mut all = indices.iter().map(bytes);
        let first = all.next();
        all.any(|other| Some(other) != first)
    };
    let is_split = |key: &(&str, String)| key.0.is_empty() && lists.get(key).is_some_and(differ);
    let stems = groups
        .keys()
        .filter(|(folder, stem)| folder.is_empty() && !stem.is_empty());
    if stems.count() < 2 && lists.len() < 2 && !groups.keys().any(is_split) {
        return Vec::new();
    }
    let machine = |name: Option<String>, only: BTreeSet<usize>| Machine {
        name,
        only: Some(only),
        ..whole.clone()
    };
    let mut machines = Vec::new();
    for (key, mut only) in groups {
        if is_split(&key) {
            for index in lists.get(&key).into_iter().flatten() {
                only.remove(index);
                let file = bundle
                    .members
                    .get(*index)
                    .and_then(|m| m.name.rsplit('/').next());
                machines.push(machine(file.map(str::to_owned), BTreeSet::from([*index])));
            }
        }
        let (folder, stem) = key;
        let name = match folder.rsplit('/').next() {
            Some(folder) if !folder.is_empty() => folder.to_owned(),
            _ if !stem.is_empty() => stem,
            _ => {
                others.append(&mut only);
                continue;
            }
        };
        if !only.is_empty() {
            machines.push(machine(Some(name), only));
        }
    }
    if !others.is_empty() {
        machines.push(Machine {
            is_ambiguous: true,
            ..machine(whole.name.clone(), others)
        });
    }
    machines
}

impl<'b> Evidence<'b> {
    /// The evidence of every machine in a bundle.
    #[must_use]
    pub fn of_machines(bundle: &'b Bundle, limits: &'b Limits) -> Vec<Self> {
        let machines = machines(bundle).into_iter();
        machines
            .map(|machine| Self::of_machine(bundle, limits, machine))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_begins_where_its_evidence_lies() {
        let file = |path: &str| Kind::File(path.to_owned());
        for (name, kind, root) in [
            ("ps.txt", Kind::ProcessList, ""),
            ("a/ps.txt", Kind::ProcessList, "a/"),
            ("a/sos_commands/process/ps_auxwww", Kind::ProcessList, "a/"),
            ("a/proc/7/cmdline", Kind::CommandLine(7), "a/"),
            ("a/var/lib/kubelet/config.yaml", file("x"), "a/"),
            ("a/host/etc/kubernetes/x", file("x"), "a/"),
            ("root/backup/var/lib/kubelet/config.yaml", file("x"), ""),
            ("mnt/snapshot/etc/kubernetes/x", file("x"), ""),
            ("snapshot/etc/kubernetes/x", file("x"), "snapshot/"),
        ] {
            assert_eq!(root_of(name, &kind), root, "{name}");
        }
    }
}
