//! What makes a folder a bundle: what no other tool puts into its archives.

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
