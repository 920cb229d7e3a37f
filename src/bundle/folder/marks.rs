//! What makes a folder a bundle: what no other tool puts into its archives, or how people call what they
//! take from a node.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// Members that unpacked archives of a tool have together. A folder ends in a slash; a star stands for
/// the name of one folder, and is looked for once the others are there.
const TOGETHER: [&[&str]; 11] = [
    &["kind-version.txt", "*/kubernetes-version.txt"],
    &["kube-status", "settings.json"],
    &["nodes.json", "*/pods.json"],
    &["cluster/", "*/processes"],
    &["args/kubelet", "sys/ps"],
    &["collect/", "var/log/azure/"],
    &["config/node/", "config/version.json"],
    &["config/node/", "insights-operator/"],
    &["config.json", "serverversion/serverversion.json"],
    &["kubeletcmd/kubeletcmd"],
    &["kubeletinfo.json"],
];

/// Whether a folder holds what some tool puts into its archives together.
pub(super) fn is_of_tool(folder: &Path) -> bool {
    TOGETHER
        .iter()
        .any(|marks| marks.iter().all(|mark| has(folder, mark)))
}

/// What people call a list of processes, a reply of configz or a configuration, among other words.
const WORDS: [&str; 5] = ["ps", "processes", "configz", "kubelet", "kubeletconfig"];
const ENDINGS: [&str; 6] = ["", "txt", "log", "json", "yaml", "yml"];

/// Whether a file is called as people call evidence of a node: `ps.txt`, `n1-configz.json`.
pub(in crate::bundle) fn is_by_hand(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_lowercase();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let mut words = stem.split(['-', '_', '.', ' ']);
    ENDINGS.contains(&ending) && words.any(|word| WORDS.contains(&word))
}

fn has(folder: &Path, mark: &str) -> bool {
    match mark.strip_prefix("*/") {
        Some(below) => fs::read_dir(folder).is_ok_and(|entries| {
            let folders = entries.filter_map(Result::ok);
            let mut folders = folders.filter(|it| it.file_type().is_ok_and(|it| it.is_dir()));
            folders.any(|inside| is_there(&inside.path(), below))
        }),
        None => is_there(folder, mark),
    }
}

fn is_there(folder: &Path, name: &str) -> bool {
    let found = fs::symlink_metadata(folder.join(name));
    found.is_ok_and(|it| match name.ends_with('/') {
        true => it.is_dir(),
        false => it.is_file(),
    })
}
