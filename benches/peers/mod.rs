//! Programs that others judge or search archives with: what they need, and runs of them.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::measure::{self, Usage};

/// The programs, installed.
pub struct Peers {
    python: PathBuf,
}

impl Peers {
    /// Installs insights-core from PyPI into a virtual environment below `folder`, and ripgrep from Debian
    /// where no `rg` is.
    ///
    /// # Errors
    /// A step that failed, by its command.
    pub fn install(folder: &Path) -> io::Result<Self> {
        let environment = folder.join("peers");
        let python = environment.join("bin/python");
        if !python.exists() {
            call(
                "python3",
                &["-m".as_ref(), "venv".as_ref(), environment.as_os_str()],
            )?;
        }
        let requirements = own("requirements.txt");
        let install = ["-m", "pip", "install", "-q", "-r"].map(OsStr::new);
        let install = [&install[..], &[requirements.as_os_str()]].concat();
        call(&python, &install)?;
        if Command::new("rg").arg("--version").output().is_err() {
            call("apt-get", &["update", "-q"].map(OsStr::new))?;
            call("apt-get", &["install", "-qy", "ripgrep"].map(OsStr::new))?;
        }
        Ok(Self { python })
    }

    /// A rule of insights-core on every bundle in `bundles`, by two processes; what it says goes to `out`.
    ///
    /// # Errors
    /// It does not run to its end.
    pub fn insights(&self, bundles: &Path, out: &Path) -> io::Result<Usage> {
        let rule = own("insights_rule.py");
        let arguments = [rule.as_os_str(), bundles.as_os_str(), out.as_os_str()];
        measure::run(self.python.as_os_str(), &arguments, &[0])
    }

    /// `rg -z` for the name of the setting in the raw bytes of every bundle, by two threads: it inflates, and
    /// neither takes archives apart nor judges.
    ///
    /// # Errors
    /// It does not run.
    pub fn ripgrep(&self, bundles: &Path) -> io::Result<Usage> {
        let arguments = [
            "-z",
            "-a",
            "-c",
            "-j2",
            "-i",
            "make-?iptables-?util-?chains",
        ];
        let arguments = [&arguments.map(OsStr::new)[..], &[bundles.as_os_str()]].concat();
        // 2: archives that are damaged.
        measure::run("rg".as_ref(), &arguments, &[0, 2])
    }
}

fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("benches/peers")
        .join(name)
}

fn call(program: impl AsRef<OsStr>, arguments: &[&OsStr]) -> io::Result<()> {
    let mut command = Command::new(program);
    command.args(arguments);
    match command.status()?.success() {
        true => Ok(()),
        false => Err(io::Error::other(format!("{command:?} failed"))),
    }
}
