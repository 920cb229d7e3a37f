//! Archives of other tools: recognised by the names of their members, then read as the tool's own
//! layout has it. One file per layout, one line in [`LAYOUTS`].
//!
//! A layout says which members are evidence of which machine. What it does not name is no evidence:
//! a process, a file and a mode are combined only where the tool took them from one machine, and an
//! archive inside is a member like others.

mod aks;
mod api;
mod bottlerocket;
mod eks;
mod hostname;
mod insights_client;
mod kind;
mod kubescape;
mod masked;
mod microk8s;
mod must_gather;
mod names;
mod node_collector;
mod nodes;
mod nothing;
mod packed;
mod periscope;
mod rancher;
mod rebased;
mod scanned;
mod sonobuoy;
mod sos;
mod talos;
mod troubleshoot;

use std::collections::BTreeMap;

use hostname::{hostname_override, node_name, override_of};
pub(super) use masked::{before_masking, masked};

use super::Evidence;
use super::kind::Kind;
use super::layout;
use super::manifest::{Collector, Manifest};
use super::stat::{self, Stat, StatRow};
use super::{head, text, yaml_or_json};
pub use names::{by_name, named};

use crate::bundle::{Bundle, Content, Member};
use crate::limits::Limits;
pub use nothing::without_evidence;

/// A layout of a tool.
pub struct Layout {
    /// What `--read-as` calls it.
    pub name: &'static str,
    /// What it is an archive of.
    pub tool: &'static str,
    /// What it can decide.
    pub decides: &'static str,
    /// What its members are recognised by.
    pub looks_for: &'static str,
    is_it: fn(&MemberNames<'_>) -> bool,
    /// Whether files that somebody put beside what its tool packed say more than that.
    gives_way: bool,
    /// Members that are read beside those that any archive gives.
    wants: fn(&str) -> bool,
    read: fn(&Bundle) -> Vec<Import>,
}

impl Layout {
    /// Whether a tool's archives have it, and not ours or what somebody put together.
    #[must_use]
    pub fn is_of_tool(&self) -> bool {
        ![NATIVE.name, LOOSE.name].contains(&self.name)
    }
}

/// Every layout, in the order they are looked for.
pub static LAYOUTS: [&Layout; 19] = [
    &NATIVE,
    &sos::LAYOUT,
    &insights_client::LAYOUT,
    &eks::LAYOUT,
    &rancher::LAYOUT,
    &microk8s::LAYOUT,
    &sonobuoy::LAYOUT,
    &must_gather::LAYOUT,
    &api::INSIGHTS,
    &troubleshoot::LAYOUT,
    &api::DUMP,
    &kind::LAYOUT,
    &aks::LAYOUT,
    &periscope::LAYOUT,
    &talos::LAYOUT,
    &bottlerocket::LAYOUT,
    &kubescape::LAYOUT,
    &node_collector::LAYOUT,
    &LOOSE,
];

/// Our own, which [`super::layout`] reads.
static NATIVE: Layout = Layout {
    name: "nodeproof",
    tool: "collect-node.sh, collect-cluster.sh and collect-fleet.sh",
    decides: "all of it",
    looks_for: "bundle.json",
    is_it: |names| names.has("bundle.json"),
    gives_way: false,
    wants: |_| false,
    read: |_| Vec::new(),
};

/// What is left, which [`super::layout`] recognises member by member.
static LOOSE: Layout = Layout {
    name: "loose",
    tool: "files that somebody put together, of one machine or of several",
    decides: "arguments, configuration files, configz; no modes but those in a stat.tsv",
    looks_for: "process lists, configz replies, KubeletConfiguration, files at absolute paths",
    is_it: |_| true,
    gives_way: false,
    wants: |_| false,
    read: |_| Vec::new(),
};

/// What an archive of another tool holds of one machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// The layout it was read as.
    pub layout: &'static str,
    /// What the tool says of its own archive.
    pub manifest: Manifest,
    /// The distribution, where the tool is made for one alone.
    pub platform: Option<&'static str>,
    /// What each member is; those that are not here are nothing.
    kinds: BTreeMap<usize, Kind>,
    /// The version of its kubelet, and the member that says so.
    version: Option<(String, usize)>,
    /// How many seconds its clock is before UTC, where the tool recorded both.
    utc_offset: Option<i64>,
    /// The folder below which every file stands at its own path, if the tool keeps paths.
    own_paths: Option<&'static str>,
    /// The members whose attributes are those of their files on the machine.
    pub(super) real: Vec<usize>,
}

impl Import {
    fn of(layout: &Layout, tool: &str, version: Option<String>) -> Self {
        Self {
            layout: layout.name,
            manifest: Manifest {
                kind: "node".to_owned(),
                collector: Some(Collector {
                    name: Some(tool.to_owned()),
                    version,
                    sha256: None,
                }),
                ..Manifest::default()
            },
            ..Self::default()
        }
    }

    /// What a member is.
    pub(super) fn kind(&self, index: usize) -> Kind {
        self.kinds.get(&index).cloned().unwrap_or(Kind::Other)
    }

    /// The absolute path on the machine at which a member stands.
    pub(super) fn node_path(&self, index: usize, name: &str) -> Option<String> {
        match self.kinds.get(&index) {
            Some(Kind::File(path)) => Some(path.clone()),
            Some(_) => None,
            // A folder is listed whole only with the files that are no evidence by themselves.
            None => Some(format!("/{}", name.strip_prefix(self.own_paths?)?)),
        }
    }

    /// The version of its kubelet, and the member that says so.
    pub(super) fn version(&self) -> Option<(&str, usize)> {
        let (version, index) = self.version.as_ref()?;
        Some((version, *index))
    }

    /// How many seconds its clock is before UTC, where the tool recorded both.
    pub(super) fn utc_offset(&self) -> Option<i64> {
        self.utc_offset
    }

    /// The attributes of files as a tool recorded them on the machine; none where it did not.
    pub(super) fn stat<'b>(&self, bundle: &'b Bundle) -> Option<Stat<'b>> {
        let rows = self.real.iter().enumerate().filter_map(|(source, index)| {
            let member = bundle.members.get(*index)?;
            let attributes = member.attributes.as_ref()?;
            Some(StatRow {
                path: self.node_path(*index, &member.name)?.into(),
                kind: match scanned::is_folder(&member.name) {
                    true => stat::FileType::Dir,
                    false => stat::FileType::File,
                },
                mode: attributes.mode,
                uid: attributes.uid,
                gid: attributes.gid,
                owner: attributes.owner.as_deref().map(Into::into),
                group: attributes.group.as_deref().map(Into::into),
                size: None,
                mtime: attributes.mtime,
                ctime: attributes.ctime,
                sha256: None,
                target: None,
                line: 0,
                source,
            })
        });
        let rows: Vec<StatRow<'b>> = rows.collect();
        (!rows.is_empty()).then(|| Stat::of(rows))
    }
}

/// The names of an archive's members.
struct MemberNames<'b>(&'b Bundle);

impl MemberNames<'_> {
    fn has(&self, name: &str) -> bool {
        self.any(|other| other == name)
    }

    fn has_below(&self, folder: &str) -> bool {
        self.any(|name| name.starts_with(folder))
    }

    fn any(&self, is_it: impl Fn(&str) -> bool) -> bool {
        self.0.members.iter().any(|member| is_it(&member.name))
    }
}

/// The layout of an archive: the one that somebody says it has, the one it had before something in
/// it was masked, or the first it is recognised by.
#[must_use]
pub fn layout_of(bundle: &Bundle) -> Option<&'static Layout> {
    match bundle.read_as.or_else(|| before_masking(bundle)) {
        Some(name) => by_name(name),
        None => {
            let names = MemberNames(bundle);
            let mut layouts = LAYOUTS.iter().copied();
            layouts.find(|layout| (layout.is_it)(&names))
        }
    }
}

/// Names members as the tool of their archive does, and makes what reports of scanners hold members.
#[must_use]
pub fn unfolded(bundle: Bundle) -> Bundle {
    let mut bundle = rebased::rebased(bundle);
    let is_scanned = layout_of(&bundle).is_some_and(|it| it.name == kubescape::LAYOUT.name);
    if is_scanned {
        let parts = scanned::parts(&bundle);
        bundle.members.extend(parts);
    }
    bundle.problems.extend(packed::not_read(&bundle));
    bundle
}

/// What an archive of another tool holds, machine by machine; `None` if it is none of these.
#[must_use]
pub fn imports(bundle: &Bundle) -> Option<Vec<Import>> {
    let layout = layout_of(bundle).filter(|layout| layout.is_of_tool())?;
    let mut imports = (layout.read)(bundle);
    let is_thin = imports.iter().all(|import| import.kinds.is_empty());
    let gives_way = layout.gives_way && bundle.read_as.is_none() && is_thin;
    if gives_way && shows_nodes(bundle) {
        return None;
    }
    // What neither is named nor has evidence is no machine that anybody has shown.
    imports.retain(|import| import.manifest.node.is_some() || !import.kinds.is_empty());
    Some(imports)
}

/// Whether something in an archive shows a node's processes or its configuration in force.
fn shows_nodes(bundle: &Bundle) -> bool {
    // What pods log, and what an API lists, may look like anything.
    let is_of_api = |name: &str| {
        let folders = ["cluster-scoped-resources/", "namespaces/", "/pods/"];
        folders.iter().any(|folder| name.contains(folder)) || name.ends_with("/logs.txt")
    };
    files(bundle).any(|(_, member)| {
        !is_of_api(&member.name)
            && matches!(
                layout::classify(&member.name, head(member)),
                Kind::ProcessList | Kind::CommandLine(_) | Kind::Configz(_)
            )
    })
}

/// Whether a member's bytes are needed: name with or without its top folder, size, first bytes.
#[must_use]
pub fn wanted(name: &str, size: u64, head: &[u8]) -> bool {
    layout::is_evidence(name, size, head) || is_read(name)
}

/// Whether some layout reads the member, whose name is given with whatever folders are around it.
fn is_read(name: &str) -> bool {
    let slashes = name.match_indices('/').map(|(at, _)| at + 1);
    let mut starts = std::iter::once(0).chain(slashes.take(1 + rebased::MOST_AROUND));
    starts.any(|start| {
        let below = name.get(start..).unwrap_or_default();
        LAYOUTS.iter().any(|layout| (layout.wants)(below))
    })
}

impl Evidence<'_> {
    /// Whose word a file's mode and owner are.
    #[must_use]
    pub fn metadata_source(&self) -> &'static str {
        match self.import() {
            Some(_) => "the archive",
            None => "stat.tsv",
        }
    }

    /// What it was read as, if it is of another tool.
    #[must_use]
    pub fn import(&self) -> Option<&Import> {
        self.machine.import.as_deref()
    }
}

/// The members that are files, by number; those that a Mac puts beside others are none.
fn files(bundle: &Bundle) -> impl Iterator<Item = (usize, &Member)> {
    let is_twin = |name: &str| name.split('/').any(|part| part.starts_with("._"));
    let members = bundle.members.iter().enumerate();
    members.filter(move |(_, member)| {
        !matches!(member.content, Content::NotAFile(_)) && !is_twin(&member.name)
    })
}

/// The bytes of a member that is there once.
fn kept(member: &Member) -> Option<&[u8]> {
    match &member.content {
        Content::Kept(bytes) if member.copies == 1 => Some(bytes),
        _ => None,
    }
}

/// The text of a member that is there once.
fn small_text(bundle: &Bundle, name: &str) -> Option<String> {
    let member = bundle.members.iter().find(|member| member.name == name)?;
    Some(text(kept(member)?).trim().to_owned())
}

/// A member that is JSON.
fn json(bundle: &Bundle, name: &str) -> Option<serde_json::Value> {
    let member = bundle.members.iter().find(|member| member.name == name)?;
    serde_json::from_slice(kept(member)?).ok()
}

/// A member that is YAML or JSON.
fn yaml(member: &Member) -> Option<serde_json::Value> {
    let document = yaml_or_json::parse(kept(member)?, &Limits::default()).ok()?;
    Some(document.root.to_json())
}

/// A time of a tool, in seconds since 1970, as RFC 3339.
fn rfc3339(seconds: f64) -> Option<String> {
    const END: f64 = 4_102_444_800.0;
    let whole = (0.0..END).contains(&seconds).then_some(seconds as i64)?;
    Some(jiff::Timestamp::from_second(whole).ok()?.to_string())
}

#[cfg(test)]
mod tests;
