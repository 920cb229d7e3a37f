//! The shells and tools that the collectors' tests run with, and what they leave in a folder.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::skipped;

/// Where a tool is, or none after saying so; a failure where `CI` is set, so that no check is lost silently there.
pub fn tool(name: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    let found = path
        .split(':')
        .chain(["/usr/sbin", "/sbin"])
        .map(|dir| Path::new(dir).join(name))
        .find(|path| path.is_file());
    if found.is_none() {
        skipped(&format!("{name} is missing: install the package {package}"));
    }
    found
}

/// A shell, and the PATH it is tested with: the system's tools, or busybox's own.
pub struct Shell {
    words: Vec<String>,
    /// Where its tools are.
    pub path: String,
    /// A folder of its own, for what its tools write to HOME.
    pub home: tempfile::TempDir,
}

impl Shell {
    /// dash and busybox sh, as far as they are installed. `programs` are what busybox lacks.
    pub fn all(programs: &[&Path]) -> Vec<Self> {
        let mut shells = Vec::new();
        let system = std::env::var("PATH").unwrap_or_default();
        if let Some(dash) = tool("dash", "dash") {
            shells.push(Self {
                words: vec![dash.display().to_string()],
                path: system,
                home: tempfile::tempdir().unwrap(),
            });
        }
        if let Some(busybox) = tool("busybox", "busybox") {
            let home = tempfile::tempdir().unwrap();
            let bin = home.path().join("bin");
            fs::create_dir(&bin).unwrap();
            let applets = Command::new(&busybox).arg("--list").output().unwrap();
            for applet in String::from_utf8(applets.stdout).unwrap().lines() {
                symlink(&busybox, bin.join(applet)).unwrap();
            }
            for program in programs {
                symlink(program, bin.join(program.file_name().unwrap())).unwrap();
            }
            shells.push(Self {
                words: vec![busybox.display().to_string(), "sh".to_owned()],
                path: bin.display().to_string(),
                home,
            });
        }
        shells
    }

    /// The shell about to run a script, with an empty environment but PATH and HOME.
    pub fn command(&self, script: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.words[0]);
        command
            .args(&self.words[1..])
            .arg(script)
            .args(arguments)
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", self.home.path());
        command
    }
}

pub use nodeproof::bundle::sha256_hex as sha256;

/// What a run said to people.
pub fn stderr(run: &Output) -> String {
    String::from_utf8_lossy(&run.stderr).into_owned()
}

/// The files below a folder, by path relative to it.
pub fn files(folder: &Path) -> Vec<String> {
    let mut found: Vec<String> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            entry
                .path()
                .strip_prefix(folder)
                .unwrap()
                .display()
                .to_string()
        })
        .collect();
    found.sort();
    found
}
