//! What every test of the collector needs: tools or a loud skip, a run of the script, the bundle it wrote, a process
//! under a component's name.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub use crate::support::skipped;

/// Is `tool` installed? A machine without it skips the test and says so; CI fails.
pub fn have(tool: &str, package: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", &format!("command -v {tool} >/dev/null")])
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        skipped(&format!("{tool} is missing: apt-get install {package}"));
    }
    found
}

/// Is this root? Some things only root can set up.
pub fn root() -> bool {
    let root = fs::metadata("/proc/self")
        .is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0);
    if !root {
        skipped("this needs root");
    }
    root
}

/// The shells the script has to work under; those that are missing are skipped loudly.
pub fn shells() -> Vec<Vec<&'static str>> {
    let mut shells = Vec::new();
    if have("dash", "dash") {
        shells.push(vec!["dash"]);
    }
    if have("busybox", "busybox") {
        shells.push(vec!["busybox", "sh"]);
    }
    shells
}

pub fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/collect-node.sh")
}

/// One run of the collector, with its output folder.
pub struct Run {
    pub out: TempDir,
    pub command: Command,
}

impl Run {
    pub fn new(shell: &[&str]) -> Self {
        let out = tempfile::tempdir().unwrap();
        let mut command = Command::new(shell[0]);
        command
            .args(&shell[1..])
            .arg(script())
            .arg("--out")
            .arg(out.path())
            .env_remove("NODEPROOF_ROOT")
            .stdin(Stdio::null());
        Self { out, command }
    }

    /// On a fake root instead of this host.
    pub fn on(shell: &[&str], image: &Path) -> Self {
        let mut run = Self::new(shell);
        run.command.env("NODEPROOF_ROOT", image);
        run
    }

    pub fn args(mut self, args: &[&str]) -> Self {
        self.command.args(args);
        self
    }

    /// The bundle of a run that has to succeed.
    pub fn bundle(mut self) -> Bundle {
        let output = self.command.output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        Bundle::read(&self.out, &output)
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A bundle as a judge would see it, already checked for what holds of every bundle.
pub struct Bundle {
    pub json: Value,
    pub members: BTreeMap<String, Vec<u8>>,
    pub stat: BTreeMap<String, BTreeMap<String, String>>,
    pub stderr: String,
}

impl Bundle {
    fn read(out: &TempDir, output: &Output) -> Self {
        let line = text(&output.stdout);
        assert_eq!(line.lines().count(), 1, "one line on stdout: {line}");
        let (path, rest) = line.trim_end().rsplit_once(".tar.gz ").unwrap();
        let archive = fs::read(format!("{path}.tar.gz")).unwrap();
        assert_eq!(
            rest,
            format!("{} bytes sha256:{}", archive.len(), sha256(&archive))
        );
        assert_eq!(
            listing(out.path()).len(),
            1,
            "only the bundle is left in --out"
        );
        assert_eq!(
            fs::metadata(format!("{path}.tar.gz"))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o600
        );

        let mut order = Vec::new();
        let mut members = BTreeMap::new();
        for entry in tar::Archive::new(flate2::read::GzDecoder::new(&archive[..]))
            .entries()
            .unwrap()
        {
            let mut entry = entry.unwrap();
            let name = text(&entry.path_bytes());
            let (top, member) = name.split_once('/').unwrap();
            assert!(
                path.ends_with(top) || !path.contains("nodeproof-"),
                "top folder {top} of {path}"
            );
            if entry.header().entry_type().is_file() {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                order.push(member.to_owned());
                assert!(
                    members.insert(member.to_owned(), bytes).is_none(),
                    "{member} twice"
                );
            }
        }
        assert_eq!(order[0], "bundle.json", "the first member");
        check_sums(&members);
        let json = serde_json::from_slice(&members["bundle.json"]).unwrap();
        let stat = stat_rows(&text(&members["stat.tsv"]));
        Self {
            json,
            members,
            stat,
            stderr: text(&output.stderr),
        }
    }

    pub fn file(&self, path: &str) -> String {
        let member = format!("files{path}");
        text(
            self.members
                .get(&member)
                .unwrap_or_else(|| panic!("no {member} in {:?}", self.members.keys())),
        )
    }

    pub fn has_file(&self, path: &str) -> bool {
        self.members.contains_key(&format!("files{path}"))
    }

    pub fn row(&self, path: &str, column: &str) -> &str {
        &self
            .stat
            .get(path)
            .unwrap_or_else(|| panic!("no row for {path}"))[column]
    }

    pub fn skipped(&self, path: &str) -> Option<&str> {
        let skipped = self.json["skipped"].as_array().unwrap();
        skipped
            .iter()
            .find(|skip| skip["path"] == path)
            .and_then(|skip| skip["reason"].as_str())
    }

    /// What was masked in `member`: kind and count.
    pub fn redactions(&self, member: &str) -> BTreeMap<String, u64> {
        let all = self.json["redactions"].as_array().unwrap().iter();
        all.filter(|one| one["member"] == member)
            .map(|one| {
                (
                    one["kind"].as_str().unwrap().to_owned(),
                    one["count"].as_u64().unwrap(),
                )
            })
            .collect()
    }

    /// The members in which `needle` occurs, names included.
    pub fn members_with(&self, needle: &str) -> Vec<&str> {
        let has = |bytes: &[u8]| {
            bytes
                .windows(needle.len())
                .any(|window| window == needle.as_bytes())
        };
        let found = self
            .members
            .iter()
            .filter(|(name, bytes)| name.contains(needle) || has(bytes));
        found.map(|(name, _)| name.as_str()).collect()
    }
}

/// `SHA256SUMS` names every member but itself, with its digest, in the format of `sha256sum`.
fn check_sums(members: &BTreeMap<String, Vec<u8>>) {
    let mut named = BTreeMap::new();
    for line in text(&members["SHA256SUMS"]).lines() {
        let (digest, name) = line.split_once("  ").unwrap();
        let name = match digest.strip_prefix('\\') {
            Some(_) => unescape(name),
            None => name.to_owned(),
        };
        named.insert(name, digest.trim_start_matches('\\').to_owned());
    }
    let actual: BTreeMap<_, _> = members
        .iter()
        .filter(|(name, _)| *name != "SHA256SUMS")
        .map(|(name, bytes)| (name.clone(), sha256(bytes)))
        .collect();
    assert_eq!(named, actual);
}

fn stat_rows(tsv: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut lines = tsv.lines();
    let header: Vec<_> = lines.next().unwrap().split('\t').collect();
    assert_eq!(
        header.join(" "),
        "path type mode uid gid owner group size mtime ctime sha256 target"
    );
    let mut rows = BTreeMap::new();
    for line in lines {
        let cells: Vec<_> = line.split('\t').collect();
        assert_eq!(cells.len(), header.len(), "{line}");
        assert!(
            ["file", "dir", "symlink", "absent", "unreadable"].contains(&cells[1]),
            "{line}"
        );
        let row = header
            .iter()
            .zip(&cells)
            .map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned()))
            .collect();
        assert!(
            rows.insert(unescape(cells[0]), row).is_none(),
            "two rows: {line}"
        );
    }
    rows
}

fn unescape(name: &str) -> String {
    name.replace("\\\\", "\u{0}")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\r", "\r")
        .replace('\u{0}', "\\")
}

pub use nodeproof::bundle::sha256_hex as sha256;

/// Every name in a folder, hidden ones too.
pub fn listing(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// Writes `content` at `path` below `root`, with its folders.
pub fn plant(root: &Path, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let target = root.join(path.trim_start_matches('/'));
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::write(&target, content).unwrap();
    target
}

/// A process of a fake root: its `proc/<pid>/`.
pub fn plant_process(root: &Path, pid: u32, argv: &[&str]) {
    let cmdline: String = argv.iter().map(|arg| format!("{arg}\0")).collect();
    plant(root, &format!("proc/{pid}/cmdline"), cmdline);
    // Started 12,345 ticks of 1/100 s after boot; a command may hold blanks and parentheses.
    let fields = "S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 12345 0 0";
    plant(
        root,
        &format!("proc/{pid}/stat"),
        format!("{pid} (a) b (c)) {fields}\n"),
    );
    plant(root, "proc/stat", "cpu 1 2 3\nbtime 1700000000\n");
    std::os::unix::fs::symlink("/", root.join(format!("proc/{pid}/cwd"))).unwrap();
    std::os::unix::fs::symlink(argv[0], root.join(format!("proc/{pid}/exe"))).unwrap();
}

/// A real process whose first argument ends in a component's name and which ignores the others; gone when dropped.
pub struct StandIn {
    child: Child,
    _stdin: ChildStdin,
    pub dir: TempDir,
}

impl StandIn {
    /// A copy of the shell under the component's name, which the kernel starts as the interpreter of a script: so the
    /// arguments are ours, and the process waits for its input to close.
    pub fn start(name: &str, args: &[&str]) -> Self {
        Self::start_as(name, args, None)
    }

    pub fn start_as(name: &str, args: &[&str], uid: Option<u32>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let program = dir.path().join(name);
        fs::copy("/bin/sh", &program).unwrap();
        let waiter = plant(
            dir.path(),
            "waiter",
            format!("#!{}\nread -r line\n", program.display()),
        );
        fs::set_permissions(&waiter, fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new(&waiter);
        command
            .args(args)
            .current_dir(dir.path())
            .stdin(Stdio::piped());
        if let Some(uid) = uid {
            command.uid(uid).gid(uid);
        }
        let mut child = command.spawn().unwrap();
        let stdin = child.stdin.take().unwrap();
        Self {
            child,
            _stdin: stdin,
            dir,
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
