//! A folder of configuration files that a process names → the files in it.

use super::Located;
use crate::evidence::NodeFolder;
use crate::evidence::process::Process;
use crate::problem::Code;
use crate::verdict::subject::Subject;

/// Every `*.conf` in the folder. Where not all of it is known, those that the platform has there are
/// looked at, and it stays in doubt.
pub(super) fn files(
    folder: &str,
    usual: &[String],
    process: &Process,
    subject: &Subject<'_>,
) -> Vec<Located> {
    let at = || process.citation.clone();
    let doubt = |code, why: &str| {
        let why = format!("the process names the folder {folder}: {why}");
        Located::Doubt(code, why, vec![at()])
    };
    let listed = subject.evidence.map(|evidence| evidence.folder(folder));
    match listed {
        Some(NodeFolder::Listed(paths)) => {
            let files = paths.into_iter().filter(|path| path.ends_with(".conf"));
            let files: Vec<Located> = files
                .map(|path| Located::Paths(vec![path], Some(at())))
                .collect();
            if files.is_empty() {
                let why = format!(
                    "the kubelet that runs names the folder {folder} alone, and no .conf file is in it"
                );
                return vec![Located::NotNamed(why, at())];
            }
            files
        }
        Some(NodeFolder::Absent) => vec![doubt(Code::FileNotOnNode, "it is not on the node")],
        None => vec![doubt(Code::FileNotCollected, "it is not in the bundle")],
        Some(NodeFolder::NotCollected(why)) => {
            let names = usual.iter().filter_map(|path| path.rsplit_once('/'));
            let names = names.filter(|(_, name)| name.ends_with(".conf"));
            names
                .map(|(_, name)| Located::Paths(vec![format!("{folder}/{name}")], Some(at())))
                .chain([doubt(Code::FileNotCollected, &why)])
                .collect()
        }
    }
}
