//! Where in an archive its tool's own names begin: somebody may have packed it with folders around it, or
//! with the files that a Mac puts beside others, or its only folder is one that the tool makes.

use super::layout_of;
use crate::bundle::Bundle;

/// Folders that somebody may have put around an archive.
pub(super) const MOST_AROUND: usize = 6;
/// The folder of a zip in which a Mac keeps what no other system has.
const OF_MACS: &str = "__MACOSX/";

/// Names the members of an archive as its tool names them, where that makes it one that is recognised.
pub(super) fn rebased(mut bundle: Bundle) -> Bundle {
    let is_loose = layout_of(&bundle).is_some_and(|layout| layout.name == super::LOOSE.name);
    if is_recognised(&bundle) || bundle.read_as.is_none() && !is_loose {
        return bundle;
    }
    if let Some(top) = bundle.top.clone() {
        rename(&mut bundle, |name| Some(format!("{top}/{name}")));
        if is_recognised(&bundle) {
            return bundle;
        }
        let around = format!("{top}/");
        rename(&mut bundle, |name| {
            name.strip_prefix(&around).map(str::to_owned)
        });
    }
    let top = bundle.top.clone();
    let mut taken = String::new();
    for _ in 0..MOST_AROUND {
        let Some(folder) = only_folder(&bundle) else {
            break;
        };
        let around = format!("{folder}/");
        rename(&mut bundle, |name| {
            name.strip_prefix(&around).map(str::to_owned)
        });
        taken.push_str(&around);
        bundle.top = Some(folder);
        if is_recognised(&bundle) {
            let is_of_mac = |name: &str| name.starts_with(OF_MACS);
            bundle.members.retain(|member| !is_of_mac(&member.name));
            return bundle;
        }
    }
    rename(&mut bundle, |name| Some(format!("{taken}{name}")));
    bundle.top = top;
    bundle
}

/// Whether it has the layout of a tool.
fn is_recognised(bundle: &Bundle) -> bool {
    match bundle.read_as {
        // What it is said to be is looked for where its members are.
        Some(name) => {
            super::by_name(name).is_some_and(|it| (it.is_it)(&super::MemberNames(bundle)))
        }
        None => layout_of(bundle).is_some_and(super::Layout::is_of_tool),
    }
}

/// Gives every member the name that `of` makes of its own; a Mac's keep theirs.
fn rename(bundle: &mut Bundle, of: impl Fn(&str) -> Option<String>) {
    let own = bundle.members.iter_mut();
    for member in own.filter(|member| !member.name.starts_with(OF_MACS)) {
        if let Some(name) = of(&member.name) {
            member.name = name;
        }
    }
}

/// The folder that all members lie in.
fn only_folder(bundle: &Bundle) -> Option<String> {
    let names = bundle.members.iter().map(|member| member.name.as_str());
    let mut names = names.filter(|name| !name.starts_with(OF_MACS) && *name != ".DS_Store");
    let (folder, _) = names.next()?.split_once('/')?;
    let is_in = |name: &str| {
        name.split_once('/')
            .is_some_and(|(first, _)| first == folder)
    };
    names.all(is_in).then(|| folder.to_owned())
}
