//! `nodeproof collector DIR`: writes the built-in collector scripts out, so that one binary is all
//! that needs to be carried in.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::args::CollectorArgs;
use super::stop::CliError;
use super::{Exit, message};
use crate::bundle::sha256_hex;
use crate::evidence::manifest::Collector;
use crate::export::terminal;

/// The scripts, by file name.
const SCRIPTS: [(&str, &str); 4] = [
    (
        "collect-node.sh",
        include_str!("../../scripts/collect-node.sh"),
    ),
    (
        "collect-cluster.sh",
        include_str!("../../scripts/collect-cluster.sh"),
    ),
    (
        "collect-fleet.sh",
        include_str!("../../scripts/collect-fleet.sh"),
    ),
    (
        "collect-daemonset.yaml",
        include_str!("../../scripts/collect-daemonset.yaml"),
    ),
];

/// What the scripts are called, their version and digest: for reports.
pub fn built_in() -> Vec<Collector> {
    let script = |(name, text): &(&str, &str)| Collector {
        name: Some((*name).to_owned()),
        version: text
            .lines()
            .find_map(|line| line.strip_prefix(VERSION))
            .map(str::to_owned),
        sha256: Some(sha256_hex(text.as_bytes())),
    };
    SCRIPTS.iter().map(script).collect()
}

/// How a script begins the line with its version.
const VERSION: &str = "NODEPROOF_COLLECTOR_VERSION=";

pub fn run(args: &CollectorArgs) -> Result<Exit, CliError> {
    let cannot = |path: &Path, e: io::Error| {
        let name = path.display();
        CliError::Output(format!("{name}: {e}; choose a folder that can be written"))
    };
    fs::create_dir_all(&args.dir).map_err(|e| cannot(&args.dir, e))?;
    let mut written = String::new();
    for (name, text) in SCRIPTS {
        let path = args.dir.join(name);
        write(&path, text).map_err(|e| cannot(&path, e))?;
        let digest = sha256_hex(text.as_bytes());
        written.push_str(&format!("{digest}  "));
        written.push_str(&terminal::line(&path.display().to_string()));
        written.push('\n');
    }
    Ok(message::print(&written))
}

/// Whole or not at all; a script can be run as it is.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let script = path.extension().is_some_and(|ending| ending == "sh");
        builder.permissions(fs::Permissions::from_mode(if script {
            0o777
        } else {
            0o666
        }));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}
