//! The Insights client of RHEL: one machine, its files at their own paths, what commands printed beside
//! them. Nothing says that the modes in its headers are those of the machine.

use super::{Import, Layout, MemberNames, files, hostname_override, kept, node_name, small_text};
use crate::bundle::{Bundle, Member};
use crate::evidence::kind::Kind;
use crate::evidence::layout;
use crate::evidence::{head, text};

pub(super) static LAYOUT: Layout = Layout {
    name: "insights-client",
    tool: "archives of the Insights client of RHEL",
    decides: "arguments and configuration files; no modes",
    looks_for: "insights_commands/, or data/insights_commands/",
    is_it: |names: &MemberNames<'_>| root(names).is_some(),
    gives_way: false,
    wants: |name| HOSTNAMES.contains(&name),
    read,
};

const COMMANDS: &str = "insights_commands/";
/// Where its members begin, in older and newer archives.
const ROOTS: [&str; 2] = ["", "data/"];
const HOSTNAMES: [&str; 2] = [
    "insights_commands/hostname",
    "insights_commands/hostname_-f",
];

fn root(names: &MemberNames<'_>) -> Option<&'static str> {
    let mut roots = ROOTS.into_iter();
    roots.find(|root| names.has_below(&format!("{root}{COMMANDS}")))
}

fn read(bundle: &Bundle) -> Vec<Import> {
    let mut import = Import::of(&LAYOUT, "Insights client", None);
    let root = root(&MemberNames(bundle)).unwrap_or_default();
    import.own_paths = Some(root);
    let mut lists = Vec::new();
    for (index, member) in files(bundle) {
        let Some(name) = member.name.strip_prefix(root) else {
            continue;
        };
        let Some(kind) = kind(name, member) else {
            continue;
        };
        if kind == Kind::ProcessList {
            lists.extend(kept(member).map(text));
        }
        import.kinds.insert(index, kind);
    }
    let own = lists.iter().find_map(|list| hostname_override(list));
    let hostname = || {
        let mut names = HOSTNAMES.iter().map(|name| format!("{root}{name}"));
        names.find_map(|name| node_name(&small_text(bundle, &name)?))
    };
    import.manifest.node = own.or_else(hostname);
    // Its own command is in the list: as root, or what others run was not shown to it.
    let is_own = |line: &str| line.starts_with("root ") && line.contains(" ps auxww");
    if lists.iter().any(|list| list.lines().any(is_own)) {
        import.manifest.uid = Some(0);
    }
    vec![import]
}

/// What a member is: what a command printed, or a file at its own path.
fn kind(name: &str, member: &Member) -> Option<Kind> {
    let found = layout::classify(name, head(member));
    if let Some(command) = name.strip_prefix(COMMANDS) {
        // Names of programs without their arguments.
        let names_only = command.contains("auxcww") || command.contains("_comm");
        let is_list = command.starts_with("ps_") && !names_only;
        return (is_list && found == Kind::ProcessList).then_some(found);
    }
    match found {
        Kind::File(path) if path.strip_prefix('/') == Some(name) => Some(Kind::File(path)),
        _ => None,
    }
}
